recruiter-already-answered = Déjà répondu
recruiter-this-application-can-no-longer-answered = Cette candidature ne peut plus recevoir de réponse
recruiter-take-this-answer-back = Annuler cette réponse
recruiter-possible-until = possible jusqu’au { $time }
recruiter-what-you-can-still-do = Ce que vous pouvez encore faire
recruiter-you-can-give-another-answer-it = Vous pouvez donner une autre réponse : elle s’ajoutera à celle-ci.
recruiter-application-closed-to-reach-candidate-write = La candidature est close. Pour joindre le candidat, écrivez-lui directement : ses coordonnées sont sur la page de la candidature.
recruiter-back-to-application = Revenir à la candidature
recruiter-this-email-as-it-will-leave = Voici l’e-mail tel qu’il partira. Relisez-le, puis envoyez-le.
recruiter-send-proposal = Envoyer la proposition
recruiter-send-request = Envoyer la demande
recruiter-send-rejection = Envoyer le refus
recruiter-send-good-news = Envoyer la bonne nouvelle
recruiter-document-deleted = Document supprimé
recruiter-documents-kept-for-limited-time = Les documents ne sont conservés qu’un temps.
recruiter-they-still-attached-to-email-you = Ils restent joints à l’e-mail que vous avez reçu.
recruiter-answer-recorded = Réponse enregistrée
recruiter-your-answer-recorded = Votre réponse est enregistrée
recruiter-email-has-left-to = L’e-mail est parti à { $candidate }.
recruiter-will-receive-your-answer-by-email = { $candidate } recevra votre réponse par e-mail dans quelques instants.
recruiter-mistake-you-can-take-this-answer = Une erreur ? Vous pouvez annuler cette réponse jusqu’au { $time }.
recruiter-what-comes-next = Et maintenant ?
recruiter-you-can-answer-again-at-any = Vous pouvez répondre de nouveau à tout moment, par exemple pour proposer une autre date.
recruiter-this-application-closed-there-nothing-more = Cette candidature est close : vous n’avez plus rien à faire.
recruiter-where-will-interview-take-place = Où aura lieu l’entretien ?
recruiter-date = Date
recruiter-time = Heure
recruiter-time-zone-place = Fuseau horaire du lieu
recruiter-for-which-reason = Pour quel motif ?
recruiter-what-would-you-like-to-know = Que souhaitez-vous savoir ?
recruiter-reminder-question-or-rejection-based-on = Rappel : une question ou un refus fondés sur l’origine, le sexe, l’âge, la santé ou un autre critère de l’article L1132-1 du Code du travail sont interdits.
recruiter-how-can-you-reached = Comment vous joindre ?
recruiter-give-at-least-email-address-phone = Indiquez au moins un e-mail, un téléphone ou une adresse.
recruiter-your-name = Votre nom
recruiter-email = E-mail
recruiter-phone = Téléphone
recruiter-address = Adresse
recruiter-your-message-to-candidate = Votre message au candidat
recruiter-i-confirm-that-this-person-hired = Je confirme que cette personne est recrutée.
recruiter-see-email-before-sending = Voir l’e-mail avant envoi
recruiter-this-link-no-longer-takes-answer = Ce lien ne permet plus de répondre
recruiter-email-that-held-it-sent-by = L’e-mail qui le contenait a été envoyé par notre ancien service. La candidature reste valable, mais ce lien ne s’ouvre plus, et rien n’a été envoyé au candidat.
recruiter-simply-reply-to-that-email-your = Répondez simplement à cet e-mail : votre réponse arrivera chez le candidat. Son adresse et son numéro de téléphone se trouvent aussi dans l’e-mail.
recruiter-this-date-no-longer-holds-another = Cette date ne tient plus : une autre la remplace.
recruiter-this-interview-will-not-take-place = Cet entretien n’aura pas lieu.
recruiter-place = Lieu
recruiter-reason = Motif
recruiter-contact = Contact
recruiter-application = Candidature de { $candidate }
recruiter-answer = Répondre
recruiter-nothing-sent-before-you-have-seen = Rien n’est envoyé avant que vous ayez vu l’e-mail et confirmé.
recruiter-message = Message
recruiter-attachments = Pièces jointes
recruiter-they-still-attached-to-email-you-received = { $documents_deleted } Elles restent jointes à l’e-mail que vous avez reçu.
recruiter-none = Aucune.
recruiter-contact-details = Coordonnées
recruiter-sent-on = Envoyée le
recruiter-preview-email = Aperçu de l’e-mail
recruiter-this-email-that-will-leave = Voici l’e-mail qui partira
recruiter-to = À
recruiter-subject = Objet
recruiter-attachment = Pièce jointe
recruiter-invitation-for-calendar = l’invitation pour l’agenda
recruiter-modify = Modifier
recruiter-text-version = Version texte
recruiter-take-answer-back = Annuler la réponse
recruiter-this-answer-can-no-longer-taken = Cette réponse ne peut plus être annulée
recruiter-its-email-has-left-it-taken = Son e-mail est parti, elle a été annulée, ou une réponse plus récente existe.
recruiter-take-this-answer-back-annuler = Annuler cette réponse ?
recruiter-it-has-not-sent-to-candidate = Elle n’a pas encore été envoyée au candidat. Possible jusqu’au { $time }.
recruiter-it-too-late-to-take-it = Il est trop tard pour annuler
recruiter-write-to-candidate-directly-address-in = Écrivez directement au candidat : son adresse est dans l’e-mail de la candidature.
recruiter-answer-taken-back = La réponse est annulée
recruiter-nothing-sent-to-candidate = Rien n’a été envoyé au candidat.
recruiter-you-can-answer-again-from-applications = Vous pouvez répondre de nouveau depuis l’e-mail de la candidature.
recruiter-zone = { $zone ->
    [Europe-Paris] France métropolitaine, Belgique, Suisse
    [America-Guadeloupe] Guadeloupe
    [America-Martinique] Martinique
    [America-Cayenne] Guyane
    [Indian-Reunion] La Réunion
    [Indian-Mayotte] Mayotte
    [America-Miquelon] Saint-Pierre-et-Miquelon
    [Pacific-Noumea] Nouvelle-Calédonie
    [Pacific-Tahiti] Tahiti
    [Pacific-Wallis] Wallis-et-Futuna
    [Europe-London] Royaume-Uni
    [America-Montreal] Québec
   *[UTC] Temps universel (UTC)
}
recruiter-documents-deleted = Supprimées au bout de { $days } { $days ->
    [one] jour
   *[other] jours
}.
