space-wrong-field = { $field } : { $detail }
space-unknown-field = Le champ { $field } est inconnu. Les champs sont : { $known }.
space-not-a-text = Écrivez un texte.
space-not-a-list = Écrivez une liste de textes.
space-not-an-application = Écrivez l’_id de l’une de vos candidatures.
space-not-null = Écrivez un statut, ou retirez le champ.
space-true-or-false = Écrivez true ou false.
space-no-cursor = Reprenez le curseur de la page précédente, sans le changer.
space-limit = Écrivez un nombre entier de 1 à 10 000.
space-no-cv = Vous n’avez pas déposé de CV.
space-not-found = Il n’y a rien de tel dans votre espace.
space-not-yours = Ceci appartient à quelqu’un d’autre.
space-erased = Ceci a été effacé : plus rien ne peut y être changé.
space-sent-through-postulo = Cette candidature a été envoyée par Postulo : ce qui a été envoyé ne peut pas être changé ici. Vous pouvez y ajouter des notes et des étiquettes, ou l’archiver.
space-no-such-note = Cette note n’existe pas, ou a été supprimée.
space-too-many-notes = Une candidature a au plus { $max } notes. Supprimez-en une avant d’en ajouter.
space-too-many-tags = Une candidature a au plus { $max } étiquettes. Retirez-en une avant d’en ajouter.
space-removed-too-long-ago = Ceci a été supprimé il y a plus de 30 jours, et n’est plus conservé.
space-export-file = candidatures.csv
space-column-company = Entreprise
space-column-application = Candidature
space-column-position = Poste
space-column-status = Statut
space-column-applied-on = Date de candidature
space-column-location = Lieu
space-column-url = Annonce
space-column-tags = Étiquettes
space-column-notes = Notes
space-column-description = Description
space-column-archived = Archivée
space-column-sent-by = Envoyée par
space-yes = oui
space-no = non
space-today = Aujourd’hui
space-board = Tableau
space-list = Candidatures
space-tasks = Tâches
space-figures = Chiffres
space-cv = Mon CV
space-put-away = Archives et corbeille
space-add = Ajouter une candidature
space-add-this = Ajouter cette candidature
space-edit = Modifier
space-edit-title = Modifier la candidature
space-back = Revenir
space-keep = Enregistrer
space-tidy = Corriger les majuscules
space-tidied = Les majuscules de l’entreprise et du poste sont corrigées dans le formulaire. Vérifiez-les, puis enregistrez.
space-undo = Annuler
space-move = Déplacer
space-change-status = Changer le statut
space-find = Chercher
space-find-what = Entreprise, poste, note
space-search = Chercher une entreprise, un poste, une note
space-every-status = Tous les statuts
space-shelf = Montrer
space-shelf-current = En cours
space-shelf-archived = Archivées
space-clear-filters = Tout montrer
space-nothing-found = Rien ne correspond à cette recherche.
space-next-page = Page suivante
space-download-csv = Télécharger tout en CSV, pour un tableur
space-empty-title = Vos candidatures seront ici
space-empty-text = Ajoutez la première, où que vous l’ayez envoyée : vous verrez d’un coup d’œil où en est chacune. Celles que vous envoyez par Postulo arrivent d’elles-mêmes, une fois votre adresse e-mail confirmée.
space-board-columns = Colonnes du tableau
space-board-how = Glissez une carte vers une autre colonne. Au clavier : activez sa poignée, choisissez la colonne avec les flèches, puis activez-la de nouveau ; Échap la repose.
space-board-picked = {"{job}"} est pris, dans {"{column}"}.
space-board-over = {"{job}"} au-dessus de {"{column}"}.
space-board-dropped = {"{job}"} est déplacé vers {"{column}"}.
space-board-put-back = {"{job}"} est reposé dans {"{column}"}.
space-by-postulo = Envoyée par Postulo
space-by-postulo-means = Son statut suit ce que répond l’employeur.
space-undeliverable = Elle n’a pas pu être remise à l’employeur.
space-url-hint = L’adresse de la page, comme www.exemple.fr/offre.
space-description-hint = Les missions, le profil, ce dont vous voulez vous souvenir.
space-new-note = Nouvelle note
space-add-note = Ajouter la note
space-edit-note = Modifier la note
space-note-edited = modifiée
space-delete = Supprimer
space-delete-means = Ce qui est supprimé peut être rétabli pendant 30 jours, puis est effacé.
space-no-tasks-here = Aucune tâche pour cette candidature.
space-add-task = Ajouter une tâche
space-tags-label = Séparées par des virgules
space-no-description = Aucune description.
space-described-by-page = Repris de la page de l’annonce.
space-described-by-model = Rédigé par un modèle de langage ({ $model }) d’après la page de l’annonce.
space-description-later = La page de l’annonce n’a pas pu être lue pour l’instant ; Postulo réessaie de lui-même.
space-description-failed = La page de l’annonce n’a donné aucune description. Vous pouvez en écrire une.
space-documents = Documents envoyés
space-emails = E-mails reçus
space-timeline = Historique
space-put-it-away = Ranger
space-archive = Archiver
space-unarchive = Sortir des archives
space-hide = Masquer
space-show = Montrer de nouveau
space-restore = Rétablir
space-archived = Archivées
space-archived-about = Une candidature envoyée ou refusée depuis longtemps s’archive d’elle-même ; celle que vous sortez des archives n’y retourne pas tant qu’elle ne bouge pas.
space-hidden = Masquées
space-hidden-about = Elles ne sont dans aucune liste.
space-removed = Supprimées
space-removed-about = Elles sont effacées 30 jours après leur suppression.
space-removed-tasks = Tâches supprimées
space-see-all-shelves = Tout ce qui est rangé
space-put-away-none = Rien n’est rangé
space-put-away-none-text = Ce que vous archivez, masquez ou supprimez sera ici, et pourra revenir.
space-refused = Ce n’est pas possible
space-refused-next = Revenez à la page précédente.
space-done-moved = Candidature déplacée.
space-done-archived = Candidature archivée.
space-done-unarchived = Candidature sortie des archives.
space-done-hidden = Candidature masquée.
space-done-shown = Candidature de nouveau visible.
space-done-removed = Candidature supprimée.
space-done-restored = Candidature rétablie.
space-done-added = Candidature ajoutée.
space-done-changed = Candidature enregistrée.
space-done-note = Note enregistrée.
space-done-note-removed = Note supprimée.
space-done-tags = Étiquettes enregistrées.
space-done-task = Tâche ajoutée.
space-done-task-changed = Tâche enregistrée.
space-done-task-removed = Tâche supprimée.
space-done-task-restored = Tâche rétablie.
space-done-cv = CV enregistré.
space-done-cv-removed = CV supprimé.
space-step-delivered = Remise à l’employeur
space-step-corrected = Informations modifiées
space-step-description-cleared = Description effacée
space-step-described = Description écrite
space-step-described-for-you = Description reprise de l’annonce
space-step-note-added = Note ajoutée
space-step-note-edited = Note modifiée
space-step-note-removed = Note supprimée
space-step-tagged = Étiquettes changées
space-step-archived-by-itself = Archivée automatiquement
space-step-archived = Archivée
space-step-unarchived = Sortie des archives
space-step-hidden = Masquée
space-step-shown = De nouveau visible
space-step-restored = Rétablie
space-step-removed = Supprimée
space-step-began = Commence : { $status }
space-step-moved = Passe à : { $status }
space-with-tag = Avec l’étiquette { $tag }.
space-move-label = Déplacer { $job } vers
space-day-pattern = %-d %b %Y
space-since = depuis { $length }
space-percent = { $percent } %
space-due = pour le { $day }
space-overdue = en retard, pour le { $day }
space-tasks-overdue = En retard
space-tasks-soon = Dans les sept jours
space-tasks-later = Plus tard
space-tasks-any-time = Sans échéance
space-tasks-away = Archivées, ou sur une candidature rangée
space-tasks-see-away = Les voir
space-tasks-done = Terminées
space-tasks-see-done = Voir les dernières
space-task-for = Pour la candidature : { $job }, { $company }.
space-no-tasks = Rien à faire pour l’instant
space-no-tasks-text = Notez ici une relance, un entretien à préparer, un document à envoyer : ce qui est en retard passe en haut.
space-task-title = Ce qui est à faire
space-task-due = Pour le
space-task-description = Détails
space-task-one = Tâche
space-task-finish = Terminer
space-task-reopen = Reprendre
space-task-application = la candidature
space-nothing-today = Rien ne vous attend aujourd’hui.
space-today-tasks = À faire sous sept jours
space-today-offers = Offres reçues
space-today-offers-about = Un employeur attend votre réponse.
space-today-interviews = Entretiens
space-today-interviews-about = Préparez-les, ou notez ce qu’ils ont donné.
space-today-silent = Sans nouvelles depuis plus de 14 jours
space-today-silent-about = Une relance courte et polie est souvent bien reçue.
space-latest = Les dernières
space-see-all = Voir toutes les candidatures
space-figure-current = candidatures en cours
space-figure-waiting = en attente d’une réponse
space-figure-answered = avec une réponse
space-figure-interviews = en entretien
space-cv-none = Vous n’avez pas encore déposé de CV.
space-cv-file = Votre CV
space-cv-other-file = Un autre CV, à la place de celui-ci
space-cv-hint = Un fichier PDF, DOC, DOCX ou ODT, de 10 Mio au plus.
space-cv-upload = Déposer le CV
space-cv-remove = Supprimer le CV
space-cv-private = Il est chiffré, et vous seul le voyez.
space-funnel = Jusqu’où vos candidatures sont allées
space-funnel-step = Étape
space-funnel-sent = Envoyées
space-funnel-answered = Réponses
space-funnel-interview = Entretiens
space-funnel-offer = Offres
space-funnel-accepted = Acceptées
space-weeks = Envoyées au fil du temps
space-answers = Les réponses au fil du temps
space-answers-told = Réponses
space-weeks-sent = Envoyées
space-weeks-answered = dont avec une réponse
space-median = Délai médian d’une première réponse
space-figures-about = Tout ce que vous avez envoyé, archives comprises.
space-status = { $status ->
    [considered] En étude
    [sent] Candidature envoyée
    [shortlisted] Première sélection
    [interview] Entretien
    [technical_test] Test technique
    [negotiation] Négociation
    [offer_received] Offre reçue
    [offer_accepted] Offre acceptée
    [rejected] Refusée
   *[withdrawn] Retirée
}
space-task-status = { $status ->
    [to_do] À faire
    [in_progress] En cours
   *[done] Terminée
}
space-length = { $unit ->
    [minutes] { $count ->
        [0] moins d’une minute
       *[other] { $count } min
    }
    [hours] { $count } h
    [days] { $count ->
        [one] { $count } jour
       *[other] { $count } jours
    }
   *[months] { $count } mois
}
space-notes-count = { $count } { $count ->
    [one] note
   *[other] notes
}
space-more = { $count } de plus
