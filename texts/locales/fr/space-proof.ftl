space-proof-title = Liste signée des candidatures
space-proof-intro = Un PDF pour l’agence : ce que vous avez envoyé, à qui et quand. Ce qui est parti par Postulo est prouvé ; ce que vous avez saisi figure à part, comme déclaré. La personne qui le reçoit peut vérifier que rien n’a été modifié.
space-proof-confirm-first = Confirmez d’abord votre adresse e-mail : ce que vous avez envoyé par Postulo n’y figure qu’ensuite.
space-proof-first-day = Premier jour
space-proof-last-day = Dernier jour
space-proof-days-hint = Laissez les deux champs vides pour tout avoir.
space-proof-language = Langue de la liste
space-proof-make = Créer le PDF
space-proof-checked-at = La personne qui la reçoit la vérifie ici :
space-proof-wrong-day = Écrivez un jour sous la forme AAAA-MM-JJ, par exemple 2026-11-28, ou rien.
space-proof-ends-before = Le dernier jour précède le premier.
space-proof-nothing = Vous n’avez envoyé aucune candidature pendant cette période. Choisissez d’autres jours.
space-proof-too-many = Il y a trop de candidatures pendant cette période : une liste en a 1 000 au plus, et moins si vos messages étaient très longs. Choisissez moins de jours.
space-proof-no-key = Ce service ne signe rien : il ne crée ni ne vérifie de liste signée. Adressez-vous à ses responsables.
space-proof-file = candidatures-{ $day }.pdf
space-proof-from-to = Candidatures du { $from } au { $to }
space-proof-from = Candidatures depuis le { $from }
space-proof-to = Candidatures jusqu’au { $to }
space-proof-whole = Toutes les candidatures
space-proof-made = Créée par Postulo le { $time }.
space-proof-proven = Prouvées : envoyées par Postulo
space-proof-proven-means = { $count ->
    [one] Postulo a envoyé cette candidature par e-mail au moment indiqué, et son journal signé le prouve.
   *[other] Postulo a envoyé ces { $count } candidatures par e-mail aux moments indiqués, et son journal signé le prouve.
}
space-proof-none-proven = Rien n’a été envoyé par Postulo pendant cette période.
space-proof-not-delivered = { $count ->
    [one] Une autre candidature n’est pas arrivée dans la messagerie de l’employeur, ou pas encore : elle ne figure pas ici.
   *[other] { $count } autres candidatures ne sont pas arrivées dans la messagerie de l’employeur, ou pas encore : elles ne figurent pas ici.
}
space-proof-sent-on = Envoyée le
space-proof-sent-to = À
space-proof-employer = { $employer }, SIRET { $siret }
space-proof-declared = Déclarées : saisies par la personne
space-proof-declared-means = { $count ->
    [one] La personne a saisi cette candidature elle-même. Postulo ne l’a pas envoyée et ne peut pas la prouver.
   *[other] La personne a saisi ces { $count } candidatures elle-même. Postulo ne les a pas envoyées et ne peut pas les prouver.
}
space-proof-how = Comment vérifier cette liste
space-proof-how-text = Scannez le code, ou ouvrez l’adresse qui figure dessous, et envoyez ce PDF. La page dit si un seul octet a changé depuis sa création. Les mêmes données sont jointes à ce PDF dans un fichier, pour les programmes.
space-proof-code-alt = Code QR qui mène à la page de vérification de cette liste. L’adresse figure dessous.
space-proof-key = Clé publique de la signature : { $key }
space-proof-attached = La liste en JSON canonique, avec sa signature et les preuves du journal
space-proof-footer = Liste signée { $id }
space-proof-page = page { $page } sur { $of }
space-proof-check-title = Vérifier une liste signée
space-proof-was-made = Cette liste de candidatures a été créée le { $time } par { $service }.
space-proof-check-any = Vérifiez ici une liste de candidatures créée et signée par { $service }.
space-proof-check-intro = Envoyez le PDF tel que vous l’avez reçu, ou le fichier JSON qui y est joint. Rien n’en est conservé.
space-proof-check-file = Le PDF ou le JSON
space-proof-check-hint = 10 Mo au plus. Un PDF imprimé, numérisé ou enregistré à nouveau par un autre programme ne peut pas être vérifié : demandez le fichier d’origine.
space-proof-check-it = Vérifier
space-proof-refused = Ce fichier est refusé
space-proof-holds = Cette liste est authentique
space-proof-holds-pdf = Rien n’a changé dans ce PDF depuis sa signature, et le journal prouve ce qui y figure comme prouvé.
space-proof-holds-json = Rien n’a changé dans ce fichier depuis sa signature, et le journal prouve ce qui y figure comme prouvé. C’est le fichier joint : ce qu’un PDF affiche n’a pas été vérifié.
space-proof-other-list = Cette liste est authentique, mais c’en est une autre
space-proof-other-list-means = Ce n’est pas la liste de cette adresse. Suivez le code imprimé dans le PDF lui-même.
space-proof-made-on = Créée le
space-proof-no-file = Choisissez d’abord un fichier : aucun n’a été envoyé, ou il est vide.
space-proof-other-file = Ce fichier n’est ni une liste signée, ni le fichier JSON qui y est joint.
space-proof-no-signature = Ce PDF ne porte pas de signature de Postulo à sa fin. Un autre programme l’a écrit ou enregistré à nouveau, ou ce n’est pas une liste signée. Demandez le fichier d’origine.
space-proof-pdf-altered = Ce PDF n’est pas celui qui a été signé : il a été modifié ou coupé. Demandez le fichier d’origine.
space-proof-not-canonical = Ce fichier JSON n’a pas la forme qui a été signée (RFC 8785) : il a été réécrit ou modifié.
space-proof-unknown-key = Cette liste est signée avec une clé qui n’est pas de ce service : { $key }
space-proof-altered = Le contenu de cette liste n’est pas celui qui a été signé : il a été modifié.
space-proof-not-proven = La liste est signée, mais ses preuves ne montrent pas ce qu’elle dit avoir été envoyé.
space-proof-too-large = Ce fichier dépasse 10 Mo : aucune liste signée n’est aussi grande. Envoyez le PDF tel que vous l’avez reçu.
space-proof-json-too-large = Le JSON de ce fichier dépasse 8 Mio : aucune liste signée n’est aussi grande. Envoyez le fichier tel que vous l’avez reçu.
space-proof-unknown = Aucune liste n’a cette adresse
space-proof-unknown-means = L’adresse contient une faute, ou le compte pour lequel la liste a été créée est fermé : rien n’en est alors conservé.
space-proof-unknown-next = Une liste se vérifie aussi sans son adresse : ouvrez /proof et envoyez le PDF.
space-proof-by-program = Par un programme
space-proof-by-program-text = Le fichier joint est du JSON canonique (RFC 8785). La signature est un Ed25519 (RFC 8032) de la forme canonique de son membre « list », avec la clé ci-dessous (C2SP signed-note), qui se trouve aussi à /proof/key. La commande postulo audit check-list vérifie les deux fichiers sans connexion.
