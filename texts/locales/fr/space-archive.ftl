archive-letter-subject = { $count ->
    [one] { $count } candidature archivée en { $month }
   *[other] { $count } candidatures archivées en { $month }
}
archive-letter-title = { $count ->
    [one] Une candidature est entrée dans vos archives en { $month } : elle était sans nouvelles depuis longtemps.
   *[other] { $count } candidatures sont entrées dans vos archives en { $month } : elles étaient sans nouvelles depuis longtemps.
}
archive-letter-more = { $count ->
    [one] Une autre candidature a également été archivée.
   *[other] { $count } autres candidatures ont également été archivées.
}
archive-letter-back = Vous pouvez sortir chacune des archives sur sa page.
archive-letter-see-all = Voir les archives
archive-letter-stop = Ne plus recevoir ces e-mails
archive-letter-why = Vous recevez cet e-mail, une fois par mois au plus, parce que vous l’avez demandé dans votre espace sur { $service }.
archive-letters-title = Un e-mail par mois
archive-letters-about = Au début de chaque mois, un e-mail donne la liste de ce qui s’est archivé de lui-même le mois précédent. S’il n’y a rien, il n’y en a pas.
archive-letters-address-first = Votre adresse e-mail n’est pas encore confirmée : rien n’est envoyé avant.
archive-letters-switch-on = Recevoir cet e-mail
archive-letters-switch-off = Ne plus le recevoir
archive-letters-done-on = Vous recevrez cet e-mail à partir de la fin de ce mois.
archive-letters-done-off = Vous ne recevrez plus cet e-mail.
archive-letters-stop-title = Ne plus recevoir ces e-mails mensuels ?
archive-letters-stop-text = Nous ne vous dirons plus ce qui s’archive. Vous pourrez redemander ces e-mails dans votre espace.
archive-letters-stop-action = Ne plus recevoir ces e-mails
archive-letters-stopped-title = Ces e-mails sont arrêtés
archive-letters-stopped-text = Nous ne vous dirons plus ce qui s’archive. Vous pourrez redemander ces e-mails dans votre espace.
archive-letters-stop-forged-next = Ouvrez le lien d’un e-mail plus récent, ou arrêtez ces e-mails dans votre espace, sur la page des archives.
