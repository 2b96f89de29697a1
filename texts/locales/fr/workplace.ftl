# The frame of the pages of those who are signed in.
workplace-sign-out = Se déconnecter
workplace-pages = Pages
workplace-everywhere = Partout
workplace-find-anything = Tout trouver
workplace-find = Trouver
workplace-menu = Menu
workplace-waiting = { $count ->
    [one] ({ $count } non lue)
   *[other] ({ $count } non lues)
}
workplace-close-menu = Fermer le menu
workplace-you-may-not-do-this = Vous n’avez pas ce droit
workplace-your-role-does-not-give-access = Votre rôle ne donne pas accès à cette page.
workplace-ask-administrator-or-go-back-to = Demandez à un administrateur, ou revenez à l’accueil.
