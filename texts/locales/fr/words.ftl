words-answer-kind-interview = Proposition d’entretien
words-answer-kind-info = Demande d’informations
words-answer-kind-rejection = Réponse négative
words-answer-kind-hire = Embauche
words-answer-action-interview = Proposer un entretien
words-answer-action-info = Demander des informations
words-answer-action-rejection = Ne pas donner suite
words-answer-action-hire = Annoncer une embauche
words-rejection-reason-unknown = Aucun motif indiqué
words-rejection-reason-no-vacancy = Le poste n’est pas ou plus à pourvoir
words-rejection-reason-experience = L’expérience ne correspond pas au poste
words-rejection-reason-skills = Les compétences ne correspondent pas au poste
words-rejection-reason-education = La formation ne correspond pas au poste
words-place-onsite = Sur place
words-place-phone = Par téléphone
words-place-video = En visioconférence
words-status-submitted = En cours d’envoi
words-status-sent = Transmise à l’employeur
words-status-undeliverable = Non remise à l’employeur
words-status-info-requested = Informations demandées
words-status-interview-proposed = Entretien proposé
words-status-rejected = Non retenue
words-status-hired = Retenue
words-status-withdrawn = Retirée
words-media-type-pdf = PDF
words-media-type-word = Document Word
words-media-type-odt = Document OpenDocument
words-media-type-rtf = Document RTF
words-media-type-txt = Texte
words-media-type-jpeg = Image JPEG
words-media-type-png = Image PNG
words-bytes = { $count } { $count ->
    [one] octet
   *[other] octets
}
words-kilobytes = { $count } Ko
words-megabytes = { $tenth ->
    [0] { $whole } Mo
   *[other] { $whole },{ $tenth } Mo
}
