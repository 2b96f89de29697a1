feedback-title = Avis
feedback-opinions = Avis reçus
feedback-none = Personne n’a encore donné son avis.
feedback-stars = Étoiles
feedback-words = En toutes lettres
feedback-thanks-subject = Merci de votre avis
feedback-thanks-text = { $stars ->
    [one] Vous nous avez donné { $stars } étoile. Nous lisons chaque avis.
   *[other] Vous nous avez donné { $stars } étoiles. Nous lisons chaque avis.
}
feedback-thanks-why = Vous recevez cet e-mail parce que vous nous avez dit ce que vous pensez.
feedback-weekly-given = { $count ->
    [one] { $count } avis en une semaine
   *[other] { $count } avis en une semaine
}
