space-archive-letter-subject = { $count ->
    [one] { $count } application archived in { $month }
   *[other] { $count } applications archived in { $month }
}
space-archive-letter-title = { $count ->
    [one] An application went into your archive in { $month }: nothing was heard of it for long.
   *[other] { $count } applications went into your archive in { $month }: nothing was heard of them for long.
}
space-archive-letter-more = { $count ->
    [one] One more application was archived as well.
   *[other] { $count } more applications were archived as well.
}
space-archive-letter-back = You may take any of them out of the archive on its page.
space-archive-letter-see-all = See the archive
space-archive-letter-stop = Stop these e-mails
space-archive-letter-why = You receive this e-mail once a month at most, because you asked for it in your space on { $service }.
space-archive-letters-title = One e-mail a month
space-archive-letters-about = At the beginning of each month, an e-mail lists what was archived by itself in the month before. Where nothing was, there is none.
space-archive-letters-address-first = Your e-mail address is not confirmed yet: nothing is sent before.
space-archive-letters-switch-on = Receive this e-mail
space-archive-letters-switch-off = Receive it no more
space-archive-letters-done-on = You will receive this e-mail from the end of this month on.
space-archive-letters-done-off = You will receive this e-mail no more.
space-archive-letters-stop-title = Stop these monthly e-mails?
space-archive-letters-stop-text = You will be told no more of what is archived. You may ask for these e-mails again in your space.
space-archive-letters-stop-action = Stop these e-mails
space-archive-letters-stopped-title = These e-mails are stopped
space-archive-letters-stopped-text = You will be told no more of what is archived. You may ask for these e-mails again in your space.
space-archive-letters-stop-forged-next = Open the link of a newer e-mail, or switch these e-mails off in your space, on the page of the archive.
