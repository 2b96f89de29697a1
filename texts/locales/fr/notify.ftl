notify-title = Notifications
notify-intro = Les nouvelles offres de vos alertes, les réponses des employeurs et les entretiens des 90 derniers jours.
notify-matched-title = { $count ->
    [one] Une nouvelle offre d’emploi
   *[other] { $count } nouvelles offres d’emploi
}
notify-matched = { $count ->
    [one] Elle correspond à votre alerte « { $name } ».
   *[other] Elles correspondent à votre alerte « { $name } ».
}
notify-answered-title = { $kind ->
    [interview] Un entretien vous est proposé
    [info] Un employeur vous demande des informations
    [hire] Un employeur vous embauche
   *[rejection] Un employeur ne retient pas votre candidature
}
notify-answered = { $employer }, { $job }
notify-none = Aucune notification
notify-none-text = Les réponses des employeurs et les nouvelles offres de vos alertes d’emploi s’afficheront ici.
notify-unread = { $count ->
    [0] Vous avez tout lu.
    [one] { $count } n’est pas lue.
   *[other] { $count } ne sont pas lues.
}
notify-is-unread = Non lue
notify-see = Voir
notify-mark-read = Marquer comme lue
notify-mark-all = Tout marquer comme lu
notify-delete = Supprimer
notify-newer = Plus récentes
notify-older = Plus anciennes
notify-done-read = C’est marqué comme lu.
notify-done-removed = La notification est supprimée.
notify-told-read = Notification marquée comme lue
notify-told-all = Toutes les notifications sont marquées comme lues
notify-told-removed = Notification supprimée
notify-limit = Écrivez un nombre entier de 1 à 100.
notify-offset = Écrivez un nombre entier, 0 ou plus.
