schedules-title = Tâches planifiées
schedules-intro = Ce qui revient de soi-même à heures fixes. Avec plusieurs processus, chaque tâche tourne à un seul endroit à la fois, et une seule fois pour chaque échéance.
schedules-none = Aucun processus n’a encore fait tourner de tâche : elles apparaîtront ici dès que postulo serve, ou postulo worker, tournera.
schedules-about = { $task ->
    [housekeeping] Efface ce qui ne compte plus : envois aux webhooks bien arrivés, limites épuisées, sessions terminées, ce qui reste à côté du journal des personnes oubliées.
    [retention] Supprime ce qui a été gardé assez longtemps : documents, données personnelles, adresses sorties de la liste de suppression.
    [sealing] Scelle ce qu’une version précédente a laissé en clair à côté du journal. Une fois cela fait, elle ne trouve plus rien.
    [documents] Chiffre les documents encore en clair, d’avant leur chiffrement. Quand il n’y en a plus, elle ne coûte rien.
    [permits-sync] Reprend les dossiers d’autorisation de travail tels que le service de démarches les tient.
    [permits-retention] Oublie qui avait une autorisation de travail, une fois celle-ci gardée assez longtemps après sa fin.
    [permits-validity] Écrit validity_check.json, d’après lequel d’autres vérifient les autorisations de travail, dans le dossier de fichiers prévu.
    [permits-statistics] Écrit stats.json, les chiffres des autorisations de travail, dans le dossier de fichiers prévu.
    [accounts-retention] Prévient qui ne s’est pas connecté depuis presque deux ans, puis ferme ces comptes 30 jours plus tard, avec ce qu’ils contiennent.
    [applications-archive] Archive dans l’espace des candidats les candidatures dont plus rien ne vient : envoyées ou refusées, 40 jours après la candidature, sauf autre réglage.
    [archive-letters] Dit une fois par mois aux candidats qui le souhaitent ce qui s’est archivé dans leur espace.
    [applications-clear] Efface ce que les candidats ont supprimé de leur espace il y a plus de 30 jours.
    [alerts-send] Signale les nouvelles offres d’emploi qui correspondent aux alertes, à neuf heures chez chacun.
    [offers-clean] Clôt les offres d’emploi dont la date limite est passée, que leur source ne montre plus depuis plusieurs jours, ou auxquelles il manque l’essentiel.
    [offers-collect] Collecte les offres d’emploi de toutes les sources sans horaire propre, et de celles que quelqu’un a demandées.
    [offers-due] Demande la collecte des sources d’offres d’emploi dont l’horaire propre est venu.
   *[other] { "" }
}
schedules-when = Quand
schedules-next = Prochaines fois
schedules-never = jamais : elle est arrêtée
schedules-last = Dernier passage
schedules-never-ran = Elle n’a pas encore tourné.
schedules-last-thirty = Les 30 derniers passages
schedules-by-clock = à son heure
schedules-by-command-line = à la main, en ligne de commande
schedules-by-operator = demandé par { $email }
schedules-asked-for = demandé : il commence dans la seconde, là où un processus fait tourner les tâches
schedules-under-way = en cours depuis { $time }
schedules-took = { $outcome ->
    [done] en { $length }
    [failed] échec après { $length }
   *[broken_off] interrompu après { $length }
}
schedules-less-than-a-second = moins d’une seconde
schedules-outcome = { $outcome ->
    [done] terminé
    [failed] échoué
   *[broken_off] interrompu
}
schedules-process-died = son processus a été arrêté ou est mort
schedules-count = { $what ->
    [applications-archived] { $count } { $count ->
        [one] candidature archivée
       *[other] candidatures archivées
    }
    [archive-letters-asked] { $count } { $count ->
        [one] lettre demandée
       *[other] lettres demandées
    }
    [alerts-due] { $count } { $count ->
        [one] alerte dont l’heure est venue
       *[other] alertes dont l’heure est venue
    }
    [alerts-offers] { $count } { $count ->
        [one] nouvelle offre
       *[other] nouvelles offres
    }
    [alerts-told] { $count } { $count ->
        [one] lettre demandée
       *[other] lettres demandées
    }
    [space-erased] { $count } { $count ->
        [one] élément effacé
       *[other] éléments effacés
    }
    [posts] { $count } { $count ->
        [one] envoi à un webhook
       *[other] envois aux webhooks
    }
    [limits] { $count } { $count ->
        [one] usage d’une limite
       *[other] usages de limites
    }
    [early-reports] { $count } { $count ->
        [one] compte rendu d’un e-mail inconnu
       *[other] comptes rendus d’e-mails inconnus
    }
    [sessions] { $count } { $count ->
        [one] session
       *[other] sessions
    }
    [people] { $count } { $count ->
        [one] flux oublié
       *[other] flux oubliés
    }
    [unfinished] { $count } { $count ->
        [one] candidature inachevée
       *[other] candidatures inachevées
    }
    [runs] { $count } { $count ->
        [one] passage d’une tâche
       *[other] passages de tâches
    }
    [documents] documents de { $count } { $count ->
        [one] candidature supprimés
       *[other] candidatures supprimés
    }
    [documents-sealed] { $count } { $count ->
        [one] document chiffré
       *[other] documents chiffrés
    }
    [documents-gone] { $count } { $count ->
        [one] document supprimé, dont la candidature n’en a plus
       *[other] documents supprimés, dont la candidature n’en a plus
    }
    [documents-damaged] { $count } { $count ->
        [one] document abîmé laissé tel quel
       *[other] documents abîmés laissés tels quels
    }
    [documents-left] { $count } { $count ->
        [one] document reste à chiffrer
       *[other] documents restent à chiffrer
    }
    [personal-data] données personnelles de { $count } { $count ->
        [one] candidature effacées
       *[other] candidatures effacées
    }
    [addresses] { $count } { $count ->
        [one] adresse oubliée
       *[other] adresses oubliées
    }
    [records] { $count } { $count ->
        [one] autre dossier effacé
       *[other] autres dossiers effacés
    }
    [sealed-reactions] { $count } { $count ->
        [one] réaction en attente scellée
       *[other] réactions en attente scellées
    }
    [sealed-emails] { $count } { $count ->
        [one] e-mail conservé scellé
       *[other] e-mails conservés scellés
    }
    [sealed-operators] { $count } { $count ->
        [one] valeur d’opérateur scellée
       *[other] valeurs d’opérateurs scellées
    }
    [sealed-webhooks] { $count } { $count ->
        [one] secret de webhook scellé
       *[other] secrets de webhooks scellés
    }
    [permits-checked] { $count } { $count ->
        [one] dossier vérifié
       *[other] dossiers vérifiés
    }
    [permits-requests] { $count } { $count ->
        [one] requête
       *[other] requêtes
    }
    [permits-new] { $count } { $count ->
        [one] nouveau
       *[other] nouveaux
    }
    [permits-changed] { $count } { $count ->
        [one] modifié
       *[other] modifiés
    }
    [permits-unchanged] { $count } { $count ->
        [one] inchangé
       *[other] inchangés
    }
    [permits-withdrawn] { $count } { $count ->
        [one] supprimé à la source
       *[other] supprimés à la source
    }
    [permits-set-aside] { $count } { $count ->
        [one] non lu
       *[other] non lus
    }
    [permits-erased] { $count } { $count ->
        [one] dossier oublié
       *[other] dossiers oubliés
    }
    [permits-not-read-cleared] { $count } { $count ->
        [one] qu’on ne rencontre plus
       *[other] qu’on ne rencontre plus
    }
    [accounts-closed] { $count } { $count ->
        [one] compte fermé
       *[other] comptes fermés
    }
    [accounts-told] { $count } { $count ->
        [one] titulaire prévenu
       *[other] titulaires prévenus
    }
    [permits-tries-cleared] essais de { $count } { $count ->
        [one] numéro effacés
       *[other] numéros effacés
    }
    [permits-told] { $count } { $count ->
        [one] autorisation
       *[other] autorisations
    } dans le fichier
    [permits-left-out] { $count } { $count ->
        [one] dossier laissé de côté
       *[other] dossiers laissés de côté
    }, dont le journal donne les numéros
    [permits-counted] { $count } { $count ->
        [one] dossier compté
       *[other] dossiers comptés
    }
    [offers-over] { $count } { $count ->
        [one] offre arrivée à sa date limite
       *[other] offres arrivées à leur date limite
    }
    [offers-not-seen] { $count } { $count ->
        [one] offre que sa source ne montre plus
       *[other] offres que leur source ne montre plus
    }
    [offers-invalid] { $count } { $count ->
        [one] offre incomplète
       *[other] offres incomplètes
    }
    [collections] { $count } { $count ->
        [one] collecte d’offres d’emploi
       *[other] collectes d’offres d’emploi
    }
    [searches-dropped] { $count } { $count ->
        [one] recherche jamais terminée
       *[other] recherches jamais terminées
    }
    [alert-looks] { $count } { $count ->
        [one] trace d’une alerte supprimée
       *[other] traces d’alertes supprimées
    }
    [erased-late] { $count } { $count ->
        [one] compte fermé dont un reste a été effacé après coup
       *[other] comptes fermés dont un reste a été effacé après coup
    }
    [offers-sources] { $count } { $count ->
        [one] source
       *[other] sources
    }
    [offers-sources-failed] dont { $count } en échec
    [offers-sources-asked] { $count } { $count ->
        [one] source demandée
       *[other] sources demandées
    }
    [offers-found] { $count } { $count ->
        [one] offre vue
       *[other] offres vues
    }
    [offers-new] { $count } { $count ->
        [one] nouvelle
       *[other] nouvelles
    }
    [offers-changed] { $count } { $count ->
        [one] modifiée
       *[other] modifiées
    }
    [offers-gone] { $count } { $count ->
        [one] disparue
       *[other] disparues
    }
    [offers-left-out] { $count } { $count ->
        [one] écartée
       *[other] écartées
    }
    [offers-pages-failed] { $count } { $count ->
        [one] page non lue
       *[other] pages non lues
    }
   *[other] { $count }
}
schedules-note = { $note ->
    [clock-doubted] l’horloge est très en avance sur le dernier passage : rien n’est supprimé pendant 24 heures ; si elle est fausse, remettez-la à l’heure
    [documents-all-sealed] tous les documents sont chiffrés
    [nothing-is-sealed] aucune clé principale n’est donnée : rien n’est chiffré
    [permits-no-source] aucun service de démarches n’est configuré : POSTULO_PERMITS_URL manque
    [permits-no-folder] aucun dossier de fichiers n’est prévu pour les autorisations de travail : rien n’est écrit
    [offers-no-collectors] rien n’est réglé pour collecter des offres d’emploi
   *[other] { "" }
}
schedules-line = { $done } { $done ->
    [one] terminé
   *[other] terminés
}, { $failed } { $failed ->
    [one] échoué
   *[other] échoués
}, { $broken } { $broken ->
    [one] interrompu
   *[other] interrompus
} ; { $most ->
    [0] rien à faire
   *[other] jusqu’à { $most } par passage
}
schedules-on = en marche
schedules-off = arrêtée
schedules-off-by-setting = arrêtée par la configuration
schedules-off-since = Arrêtée { $time }, { $who }
schedules-failing-tag = deux échecs de suite
schedules-run = Lancer maintenant
schedules-switch-off = Arrêter
schedules-switch-on = Remettre en marche
schedules-is-asked-for = Le passage est demandé. Il commence dans la seconde, là où un processus fait tourner les tâches.
schedules-was-asked-for = Un passage est déjà demandé.
schedules-is-off = La tâche est arrêtée : elle ne part plus à son heure.
schedules-is-on = La tâche est remise en marche : elle tournera à sa prochaine échéance.
schedules-failing = La tâche { $task } a échoué deux fois de suite
