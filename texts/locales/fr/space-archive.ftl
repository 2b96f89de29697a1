space-archive-letter-subject = { $count ->
    [one] { $count } candidature archivée en { $month }
   *[other] { $count } candidatures archivées en { $month }
}
space-archive-letter-title = { $count ->
    [one] Une candidature est entrée dans vos archives en { $month } : elle était sans nouvelles depuis longtemps.
   *[other] { $count } candidatures sont entrées dans vos archives en { $month } : elles étaient sans nouvelles depuis longtemps.
}
space-archive-letter-more = { $count ->
    [one] Une autre candidature a également été archivée.
   *[other] { $count } autres candidatures ont également été archivées.
}
space-archive-letter-back = Vous pouvez sortir chacune des archives sur sa page.
space-archive-letter-see-all = Voir les archives
space-archive-letter-stop = Ne plus recevoir ces e-mails
space-archive-letter-why = Vous recevez cet e-mail, une fois par mois au plus, parce que vous l’avez demandé dans votre espace sur { $service }.
space-archive-letters-title = Un e-mail par mois
space-archive-letters-about = Au début de chaque mois, un e-mail donne la liste de ce qui s’est archivé de lui-même le mois précédent. S’il n’y a rien, il n’y en a pas.
space-archive-letters-address-first = Votre adresse e-mail n’est pas encore confirmée : rien n’est envoyé avant.
space-archive-letters-switch-on = Recevoir cet e-mail
space-archive-letters-switch-off = Ne plus le recevoir
space-archive-letters-done-on = Vous recevrez cet e-mail à partir de la fin de ce mois.
space-archive-letters-done-off = Vous ne recevrez plus cet e-mail.
space-archive-letters-stop-title = Ne plus recevoir ces e-mails mensuels ?
space-archive-letters-stop-text = Nous ne vous dirons plus ce qui s’archive. Vous pourrez redemander ces e-mails dans votre espace.
space-archive-letters-stop-action = Ne plus recevoir ces e-mails
space-archive-letters-stopped-title = Ces e-mails sont arrêtés
space-archive-letters-stopped-text = Nous ne vous dirons plus ce qui s’archive. Vous pourrez redemander ces e-mails dans votre espace.
space-archive-letters-stop-forged-next = Ouvrez le lien d’un e-mail plus récent, ou arrêtez ces e-mails dans votre espace, sur la page des archives.
