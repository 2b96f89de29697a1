alerts-letter-subject = { $count ->
    [one] { $count } nouvelle offre
   *[other] { $count } nouvelles offres
} : { $name }
alerts-letter-title = { $count ->
    [one] Une nouvelle offre correspond à votre alerte « { $name } ».
   *[other] { $count } nouvelles offres correspondent à votre alerte « { $name } ».
}
alerts-letter-more = { $count ->
    [one] Une autre offre correspond également.
   *[other] { $count } autres offres correspondent également.
}
alerts-letter-see-all = Voir toutes les offres qui correspondent
alerts-letter-stop = Arrêter cette alerte
alerts-letter-why = Vous recevez cet e-mail parce que vous avez créé l’alerte « { $name } » sur { $service }.
alerts-salary-not-told = salaire non précisé
alerts-salary-not-comparable = salaire dans une autre devise
alerts-title = Alertes emploi
alerts-intro = Les nouvelles offres qui correspondent vous sont envoyées par e-mail à neuf heures du matin, une seule fois chacune.
alerts-new = Créer une alerte
alerts-new-title = Nouvelle alerte emploi
alerts-edit-title = Modifier l’alerte
alerts-none = Aucune alerte pour l’instant
alerts-none-text = Dites ce que vous cherchez : vous recevrez un e-mail dès que des offres correspondent, au rythme de votre choix.
alerts-address-first = Votre adresse e-mail n’est pas encore confirmée : rien n’est envoyé d’ici là.
alerts-name = Nom de l’alerte
alerts-keywords = Mots-clés
alerts-keywords-hint = Séparés par des virgules ; un seul suffit. De plusieurs mots entre deux virgules, tous sont nécessaires.
alerts-location = Lieu
alerts-location-hint = Une ville, un code postal ou un numéro de département ; « télétravail » pour travailler de partout.
alerts-job-types = Type de poste
alerts-job-type = { $type ->
    [full_time] Temps plein
    [part_time] Temps partiel
    [permanent] CDI
    [fixed_term] CDD
    [temporary] Intérim
    [apprenticeship] Alternance
    [internship] Stage
    [freelance] Indépendant
    [contract] CDD ou indépendant
   *[other] { $type }
}
alerts-location-types = Lieu d’exercice
alerts-location-type = { $type ->
    [on_site] Sur place
    [hybrid] Hybride
    [remote] Télétravail
   *[other] { $type }
}
alerts-one-of-these = L’un de ces choix ; si rien n’est coché, tous conviennent.
alerts-salary-min = Salaire à partir de (€)
alerts-salary-max = Salaire jusqu’à (€)
alerts-salary-hint = Brut, par an, par mois, par jour ou de l’heure : le montant dit lequel.
alerts-only-with-salary = Uniquement les offres qui précisent un salaire
alerts-salary-from = à partir de { $min } €
alerts-salary-up-to = jusqu’à { $max } €
alerts-salary-between = de { $min } à { $max } €
alerts-frequency = Fréquence
alerts-frequency-name = { $frequency ->
    [daily] Quotidienne
    [weekly] Hebdomadaire
   *[monthly] Mensuelle
}
alerts-frequency-means = { $frequency ->
    [daily] Chaque jour à 9 h
    [weekly] Le lundi à 9 h
   *[monthly] Le 1er du mois à 9 h
}
alerts-zone = Fuseau horaire
alerts-zone-hint = Par son nom, comme Europe/Paris.
alerts-preview = Voir ce qui correspond
alerts-create = Créer l’alerte
alerts-save = Enregistrer
alerts-edit = Modifier
alerts-delete = Supprimer
alerts-delete-means = Ce que vous cherchez est effacé aussitôt, sans retour possible.
alerts-switch-on = Activer
alerts-switch-off = Suspendre
alerts-on = Active
alerts-off = Suspendue
alerts-matches = { $count ->
    [0] Aucune offre ouverte ne correspond pour l’instant.
    [one] { $count } offre ouverte correspond.
   *[other] { $count } offres ouvertes correspondent.
}
alerts-matches-title = Offres qui correspondent
alerts-matches-first = Les { $shown } plus récentes sont affichées.
alerts-told = { $count ->
    [0] Aucune offre envoyée pour l’instant
    [one] { $count } offre envoyée, la dernière fois le { $day }
   *[other] { $count } offres envoyées, la dernière fois le { $day }
}
alerts-see-matches = Voir les offres
alerts-back = Alertes emploi
alerts-done-created = L’alerte est créée.
alerts-done-changed = L’alerte est modifiée.
alerts-done-on = L’alerte est activée.
alerts-done-off = L’alerte est suspendue.
alerts-done-deleted = L’alerte est supprimée.
alerts-too-many = Vous avez { $max } alertes, le maximum possible. Supprimez-en une d’abord.
alerts-stop-title = Arrêter cette alerte emploi ?
alerts-stop-text = Vous ne recevrez plus d’e-mails de cette alerte. Vous pourrez la réactiver dans votre espace.
alerts-stop-action = Arrêter l’alerte
alerts-stopped-title = L’alerte est arrêtée
alerts-stopped-text = Vous n’en recevrez plus d’e-mails. Vous pouvez la réactiver dans votre espace.
alerts-stop-forged = Ce lien n’est pas valide
alerts-stop-forged-means = Il a été coupé en chemin, ou date de plus d’un an.
alerts-stop-forged-next = Ouvrez le lien d’un e-mail plus récent, ou suspendez l’alerte dans votre espace.
