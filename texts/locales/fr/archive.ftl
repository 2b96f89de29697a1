archive-your-data-at-postulo = Vos données chez Postulo
archive-your-data = Vos données
archive-all-that-we-kept-on = Tout ce que nous gardions le { $time } des candidatures envoyées avec l’adresse { $address }.
archive-same-data-for-program-in = Les mêmes données, pour un programme, sont dans
archive-semicolon =  ;
archive-explains-it = l’explique.
archive-nothing-sent-to-your-address-until = Rien n’est envoyé à votre adresse jusqu’au { $time } : des e-mails y sont revenus ou ont été signalés comme indésirables.
archive-applications = Candidatures
archive-your-message = Votre message
archive-your-attachments = Vos pièces jointes
archive-answers = Les réponses
archive-why-you-withdrew-it = Pourquoi vous l’avez retirée
archive-what-happened = Ce qui s’est passé
archive-your-requests = Vos demandes
archive-emails-that-we-sent-you = Les e-mails que nous vous avons envoyés
archive-you-asked-for-your-data = vous avez demandé une copie de vos données
archive-you-asked-for-your-data-to = vous avez demandé l’effacement de vos données
archive-sent-on = Envoyée le
archive-through-platform = Par la plateforme
archive-name = Nom
archive-phone = Téléphone
archive-address = Adresse
archive-job-seekers-id = Identifiant de demandeur d’emploi
archive-sent-to = Envoyée à
archive-passed-on-to = Transmise aussi à
archive-readme =
    VOS DONNÉES

    index.html       la même chose que data.json, à lire : ouvrez-le dans un navigateur
    data.json        pour un programme : JSON (RFC 8259), UTF-8 ; les clés sont expliquées plus bas
    attachments/     vos documents, un dossier par candidature, tels que vous les avez envoyés
    cv/              le CV que vous gardez dans votre espace
    emails/          les e-mails que nous vous avons envoyés, tels qu’ils sont partis

    Les heures suivent la RFC 3339, en UTC. Une clé sans valeur vaut null. Des clés peuvent s’ajouter ;
    aucune ne change de sens tant que « format » reste le même.

    format           "postulo-personal-data/1"
    made_at          quand cette archive a été faite
    person.email     l’adresse dont ce sont les candidatures
    suppression      null, ou pourquoi rien n’est envoyé à cette adresse pour l’instant :
      address, reason (spam, blocked, bounced ou operator), since (depuis), until (jusqu’à)
    applications     de la plus récente à la plus ancienne ; pour chacune :
      id             son identifiant
      client         la plateforme par laquelle vous avez postulé
      status         submitted (reçue), sent (envoyée), undeliverable (non remise), info_requested
                     (informations demandées), interview_proposed (entretien proposé), rejected (refusée),
                     hired (recrutement) ou withdrawn (retirée)
      language       celle de ses pages et de ses e-mails : fr ou en
      submitted_at   quand vous avez postulé
      candidate      vous, tel que vous l’avez écrit : first_name, last_name, email, phone, address, peid
                     (votre identifiant de demandeur d’emploi), rome_code (le métier recherché)
      employer       à qui elle a été envoyée : description, siret, email
      job, message   l’intitulé du poste, votre message
      send_confirmation   si vous avez demandé une copie
      documents      pour chacun : name, media_type, size (octets), sha256, file (sa place dans cette
                     archive ; null s’il a été supprimé)
      documents_deleted_at   quand ils ont été supprimés : ils ne sont conservés qu’un temps
      answers        de la plus ancienne à la plus récente ; pour chacune : id, at, emailed_at, kind
                     (interview, info, rejection ou hire), et selon le cas : place (onsite, phone ou video),
                     starts_at (avec son fuseau horaire, RFC 9557), recruiter (name, email, phone, address),
                     reason (novacancy, experience, skills, education ou unknown), message
      withdrawn_at, withdrawal_reason   quand et pourquoi vous l’avez retirée
      passed_on      qui d’autre l’a reçue de nous : to (memo : votre tableau de bord ; ami : votre
                     conseiller ; ou une adresse), at
      emails         ceux que nous vous avons envoyés : letter (confirmation, answer ou cancellation), sent_at, to,
                     subject, files
      data_requests  ce que vous avez demandé de vos données : wish (export ou erasure), at
      events         tout ce qui s’est passé, dans l’ordre : type, at
    messages         s’il y en a, les courriers que nous vous avons envoyés et qui ne relèvent d’aucune
                     candidature ; pour chacun : id, letter (lequel), language, to, subject, queued_at,
                     sent_at, files
    accounts         s’il y en a un, votre compte : id, email, username, full_name et ce que l’on en sait
                     d’autre ; et, à côté :
      sessions       où vous êtes connecté avec un navigateur ; pour chacune : opened_at, used_at, network
                     (le réseau, sans sa dernière partie), browser, system (leurs familles)
      programs       les applications et extensions qui agissent en votre nom, chacune avec tout ce que vous
                     pouvez faire vous-même par un programme ; pour chacune : id, signed_in_at, used_at
      signed_lists   les listes signées que vous avez faites, sans ce qu’elles disent ; pour chacune : id,
                     made_at, digest (SHA-256), key (la clé publique qui l’a signée)
      calendar       null, ou depuis quand votre calendrier a son adresse secrète : made_at
      hidden_offers  les id des offres d’emploi que vous avez masquées
      notifications  celles que vous avez lues ou supprimées ; pour chacune : notification (son numéro),
                     read_at, removed_at
      collections    les collectes d’offres d’emploi que vous avez demandées ; pour chacune : run, asked_at
    profiles         s’il y en a un, votre profil : tout ce qu’il dit
    tracked_applications, tasks   s’il y en a, ce que vous gardez dans votre espace ; « removed_at » indique
                     que vous l’avez supprimé : cela disparaît 30 jours plus tard
      events         pour une candidature, tout ce qui lui est arrivé, dans l’ordre : type, at, status (où elle
                     en était depuis), by (qui l’a décrite : owner, page ou model ; qui l’a archivée : owner ou
                     schedule)
    job_alerts       s’il y en a, vos alertes emploi : name, criteria, frequency et ce que l’on en sait d’autre ;
                     looked_at : quand de nouvelles offres ont été cherchées la dernière fois
      told           les offres qui vous ont été signalées, dans l’ordre ; pour chaque courrier : at, offers
                     (les id de celles qui y figurent), total (combien correspondaient)
    cvs              s’il y en a un, votre CV : name, media_type, size (octets), digest (SHA-256), files
    erasure_requests   s’il y en a, les demandes d’effacement de vos données en cours de décision ; pour
                     chacune : id, requested_at

    N’y sont pas, car ce ne sont pas vos données : ce qui montre qu’une personne a répondu, les liens par
    lesquels l’employeur répond, les messages entre serveurs d’e-mail et les secrets de la plateforme. Une
    réponse que l’employeur peut encore reprendre n’y est pas encore.
archive-email = E-mail
archive-other-records = Autres courriers et demandes
archive-erasure-asked-for = L’effacement de vos données a été demandé ; la décision est en cours
archive-programs = Les applications et extensions qui agissent en votre nom
archive-signed-lists = Les listes signées que vous avez faites
archive-calendar-address = L’adresse secrète de votre calendrier
archive-hidden-offers = Les offres d’emploi que vous avez masquées
archive-notifications = Les notifications que vous avez lues ou supprimées
archive-notification-read = Lue le { $time }
archive-notification-removed = Supprimée le { $time }
archive-collections = Les collectes d’offres d’emploi que vous avez demandées
archive-offers-told = Les offres d’emploi qui vous ont été signalées
