match-score = Correspondance : { $score } %
match-why = Pourquoi
match-skills-found = Vous apportez : { $skills }
match-skills-missing = Absent de votre profil : { $skills }
match-title-yes = Le métier que vous cherchez, ou avez exercé
match-title-partly = Proche du métier que vous cherchez, ou avez exercé
match-title-no = Un autre métier que le vôtre
match-place-there = Là où vous voulez travailler
match-place-near = Dans votre département
match-place-remote = En télétravail, d’où vous voulez
match-place-as-wanted = Sur place ou hybride, comme vous le souhaitez
match-place-elsewhere = Ailleurs que là où vous voulez
match-place-not-said = Le lieu n’est pas indiqué
match-contract-yes = Le contrat que vous souhaitez
match-contract-no = Un autre contrat que celui que vous souhaitez
match-contract-not-said = Le contrat ou le temps de travail n’est pas indiqué
match-days = { $days ->
    [0] Parue aujourd’hui
    [one] Parue il y a { $days } jour
   *[other] Parue il y a { $days } jours
}
match-title = Pour vous
match-intro = Les offres ouvertes qui correspondent à votre profil et à votre CV, les meilleures d’abord. Votre nom, votre adresse, votre âge et votre famille n’y comptent pour rien.
match-profile-first = Rien à comparer pour l’instant
match-profile-first-text = Indiquez dans votre profil le métier que vous cherchez et ce que vous savez faire, ou déposez votre CV : les offres qui correspondent seront ici.
match-to-profile = Remplir mon profil
match-none = Aucune offre ouverte ne correspond encore
match-none-text = Davantage de compétences dans votre profil trouvent davantage d’offres.
match-cv-none = Vous n’avez pas de CV ici : les offres sont comparées à votre seul profil.
match-cv-kind = Le texte d’un document DOC n’est pas lu : les offres sont comparées à votre seul profil. Déposez votre CV en PDF, DOCX ou ODT, et il comptera aussi.
match-cv-unreadable = Le texte de votre CV ne peut pas être lu (c’est peut-être une image, ou il est protégé) : les offres sont comparées à votre seul profil.
match-cv-too-much = Votre CV est trop long à lire : les offres sont comparées à votre seul profil. Enregistrez-le de nouveau en un PDF plus léger.
