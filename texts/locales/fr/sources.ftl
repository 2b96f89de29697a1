sources-menu = Offres d’emploi
sources-title = Sources d’offres d’emploi
sources-intro = D’où viennent les offres collectées. Les sites sont interrogés avec égards : comme leur robots.txt le permet, une fois par seconde, et seulement pour ce qui a changé.
sources-none = Il n’y a pas encore de source. Ajoutez-en une : le plan (sitemap) d’un site dont les offres portent des données JobPosting, ou la page de recrutement d’une entreprise.
sources-new = Nouvelle source
sources-change = Modifier la source { $name }
sources-what = Quoi
sources-when = Quand
sources-worked = Dernier succès
sources-never = Elle n’a pas encore fonctionné.
sources-not-while-paused = pas tant qu’elle est en pause
sources-with-all = avec toutes les sources ; prochaine fois { $next }
sources-own-schedule = { $cron } ; prochaine fois { $next }
sources-before = Collectes précédentes
sources-failing-tag = trois échecs de suite
sources-paused = en pause
sources-waits = attend son tour
sources-run = Collecter maintenant
sources-pause = Mettre en pause
sources-resume = Reprendre
sources-edit = Modifier
sources-outcome = { $outcome ->
    [done] terminée
    [failed] échouée
    [broken_off] interrompue
   *[open] pas encore terminée
}
sources-count = { $what ->
    [found] { $count } { $count ->
        [one] offre
       *[other] offres
    }
    [new] { $count } { $count ->
        [one] nouvelle
       *[other] nouvelles
    }
    [changed] { $count } { $count ->
        [one] modifiée
       *[other] modifiées
    }
    [gone] { $count } { $count ->
        [one] disparue
       *[other] disparues
    }
    [left-out] { $count } { $count ->
        [one] écartée
       *[other] écartées
    }
    [pages-failed] { $count } { $count ->
        [one] page non lue
       *[other] pages non lues
    }
   *[other] { $count }
}
sources-kind = { $kind ->
    [pages] Pages avec des données JobPosting, ou leur plan (sitemap)
    [browser] Pages avec des données JobPosting que seul un navigateur voit, ou leur plan (sitemap)
    [feed] Flux RSS ou Atom
    [greenhouse] Page Greenhouse
    [lever] Page Lever
    [ashby] Page Ashby
    [smart-recruiters] Page SmartRecruiters
    [france-travail] France Travail, par mots
    [search] Recherche sur le web (Tavily), par mots
   *[other] { $kind }
}
sources-name = Nom
sources-name-hint = Des minuscules, des chiffres, des points et des tirets. Les offres la connaissent sous ce nom, qui ne change donc pas : acme.greenhouse
sources-name-wrong = Saisissez un nom fait de minuscules, de chiffres, de points, de tirets et de tirets bas, par exemple acme.greenhouse.
sources-name-taken = Une source porte déjà ce nom. Choisissez-en un autre.
sources-kind-label = Type
sources-kind-missing = Choisissez un type de source.
sources-target = Adresse, nom de la page ou mots
sources-target-hint = L’adresse d’une page, d’un plan (sitemap) ou d’un flux ; le nom de l’entreprise tel qu’il figure dans l’adresse de sa page de recrutement ; ou les mots à chercher.
sources-target-missing = Saisissez l’adresse, le nom de la page ou les mots à chercher.
sources-target-address = Saisissez l’adresse entière, qui commence par https://.
sources-target-name = Saisissez le nom tel qu’il figure dans l’adresse de la page, sans espace.
sources-cron = Horaire propre
sources-cron-hint = Une expression cron à cinq champs, à l’heure de Paris, par exemple 30 6 * * 1-5. Sans elle, la source est collectée avec toutes les autres, le lundi et le jeudi à 5 heures sauf réglage contraire.
sources-cron-wrong = Ce n’est pas une expression cron à cinq champs. Saisissez minute, heure, jour, mois et jour de la semaine, par exemple 30 6 * * 1-5.
sources-applies-here = On peut postuler ici à ses offres
sources-applies-here-hint = Qui écrit ses pages décide alors à quelle adresse partent les documents des candidats, et au nom de quelle entreprise. Ne cochez cette case que pour un site que vous connaissez.
sources-applies-here-search = Une recherche trouve les pages de n’importe quel site : décochez cette case, ou choisissez un autre type.
sources-applied-to-here = on peut postuler ici à ses offres
sources-save = Enregistrer la source
sources-cancel = Annuler
sources-remove-title = Supprimer la source
sources-remove-hint = Plus rien n’en sera collecté. Ses offres restent jusqu’à leur dernier jour, ou jusqu’à ce qu’aucune source ne les montre plus depuis longtemps.
sources-remove = Supprimer la source
sources-is-added = La source est ajoutée. Lancez une collecte, ou attendez sa prochaine heure.
sources-is-unmarked = La source est ajoutée. Qu’on peut postuler ici à ses offres n’a pas été enregistré : cochez la case, puis enregistrez à nouveau.
sources-is-asked-for = La collecte est demandée. Elle commence dans la seconde, là où un processus exécute les tâches.
sources-is-paused = La source est en pause.
sources-is-resumed = La source est de nouveau collectée.
sources-is-removed = La source est supprimée.
sources-failing = La source d’offres d’emploi { $name } a échoué trois fois de suite
sources-page-after-page = Les pages ont échoué l’une après l’autre, la dernière parce que { $why }
# Pourquoi une collecte a échoué ; $detail en dépend : un hôte, un statut, une taille, un réglage.
sources-reason = { $reason ->
    [address] l’adresse n’est pas celle d’une page
    [not-public] l’adresse n’est pas sur l’Internet public
    [forbidden] le site { $detail } l’interdit dans son robots.txt
    [robots-unknown] le site { $detail } ne montre pas son robots.txt : rien ne peut y être lu pour l’instant
    [redirects] la page renvoie sans fin vers d’autres
    [missing] cette page n’existe plus ({ $detail })
    [refused] le site ne nous montre pas la page ({ $detail })
    [busy] le site demande moins de requêtes ({ $detail })
    [unwell] le site ne va pas bien ({ $detail })
    [unreachable] le site ne répond pas
    [too-long] la page dépasse { $detail } Mio
    [compressed] la page est comprimée d’une manière qui ne peut pas être lue
    [target] l’adresse, le nom ou les mots ne sont pas écrits comme ce type de source le demande
    [not-a-list] ce qui y répond n’est pas une liste d’offres de ce type
    [too-many] ce qui y répond contient plus qu’aucune liste d’offres
    [no-postings] la page n’a pas d’offre d’emploi dans ses données (JobPosting) et n’en indique aucune : donnez l’adresse de son plan (sitemap)
    [no-key] il manque une clé dans les réglages : { $detail }
    [no-browser] aucun navigateur n’est prévu pour lire ses pages : le réglage { $detail } n’en nomme pas
    [browser-not-started] le navigateur que nomment les réglages ne peut pas être lancé
    [browser-slow] la page n’en finit pas dans le navigateur
    [browser-memory] la page prend trop de mémoire dans le navigateur
    [browser-broken] le navigateur s’est arrêté sans montrer la page
    [key] { $detail } refuse la clé : vérifiez-la dans les réglages
    [quota] l’abonnement à { $detail } ne permet plus de requêtes pour l’instant
   *[other] { $reason }
}
# What the calls of programs say.
sources-no-such-source = Il n’y a pas de source de ce nom.
sources-not-searched = Seuls web-search et france-travail cherchent des mots : indiquez l’un des deux, ou aucune source.
sources-one-is-paused = Cette source est en pause. Un opérateur peut la reprendre.
sources-query-too-long = Dites ce que vous cherchez en 300 caractères au plus.
sources-no-such-run = Il n’y a pas de collecte de ce numéro.
