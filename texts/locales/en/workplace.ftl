# The frame of the pages of those who are signed in.
workplace-sign-out = Sign out
workplace-pages = Pages
workplace-everywhere = Everywhere
workplace-find-anything = Find anything
workplace-find = Find
workplace-menu = Menu
workplace-waiting = ({ $count } unread)
workplace-close-menu = Close the menu
workplace-you-may-not-do-this = You may not do this
workplace-your-role-does-not-give-access = Your role does not give access to this page.
workplace-ask-administrator-or-go-back-to = Ask an administrator, or go back to the front page.
