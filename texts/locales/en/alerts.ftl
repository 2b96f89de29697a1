alerts-letter-subject = { $count ->
    [one] { $count } new offer
   *[other] { $count } new offers
}: { $name }
alerts-letter-title = { $count ->
    [one] A new offer matches your alert “{ $name }”.
   *[other] { $count } new offers match your alert “{ $name }”.
}
alerts-letter-more = { $count ->
    [one] One more offer matches as well.
   *[other] { $count } more offers match as well.
}
alerts-letter-see-all = See all offers that match
alerts-letter-stop = Stop this alert
alerts-letter-why = You receive this e-mail because you created the alert “{ $name }” on { $service }.
alerts-salary-not-told = salary not stated
alerts-salary-not-comparable = salary in another currency
alerts-title = Job alerts
alerts-intro = New offers that match are told by e-mail at nine in the morning, each only once.
alerts-new = Create an alert
alerts-new-title = New job alert
alerts-edit-title = Edit the alert
alerts-none = No alert yet
alerts-none-text = Say what you look for: you will be told by e-mail as soon as offers match, as often as you like.
alerts-address-first = Your e-mail address is not confirmed yet: nothing is sent before.
alerts-name = Name of the alert
alerts-keywords = Keywords
alerts-keywords-hint = Separated by commas; one of them is enough. Of several words between two commas, all are needed.
alerts-location = Place
alerts-location-hint = A city, a postal code or the number of a department; “remote” for work from anywhere.
alerts-job-types = Type of job
alerts-job-type = { $type ->
    [full_time] Full time
    [part_time] Part time
    [permanent] Permanent contract
    [fixed_term] Fixed-term contract
    [temporary] Temporary work
    [apprenticeship] Apprenticeship
    [internship] Internship
    [freelance] Freelance
    [contract] Fixed term or freelance
   *[other] { $type }
}
alerts-location-types = Where you work
alerts-location-type = { $type ->
    [on_site] On site
    [hybrid] Hybrid
    [remote] Remote
   *[other] { $type }
}
alerts-one-of-these = One of these; none ticked means all.
alerts-salary-min = Salary from (€)
alerts-salary-max = Salary up to (€)
alerts-salary-hint = Gross, for a year, a month, a day or an hour: the size of the amount tells which.
alerts-only-with-salary = Only offers that state a salary
alerts-salary-from = from €{ $min }
alerts-salary-up-to = up to €{ $max }
alerts-salary-between = €{ $min } to €{ $max }
alerts-frequency = How often
alerts-frequency-name = { $frequency ->
    [daily] Daily
    [weekly] Weekly
   *[monthly] Monthly
}
alerts-frequency-means = { $frequency ->
    [daily] Every day at 09:00
    [weekly] Mondays at 09:00
   *[monthly] On the 1st of the month at 09:00
}
alerts-zone = Time zone
alerts-zone-hint = By its name, like Europe/Paris.
alerts-preview = See what matches
alerts-create = Create the alert
alerts-save = Save
alerts-edit = Edit
alerts-delete = Delete
alerts-delete-means = What you look for is erased at once, and cannot be restored.
alerts-switch-on = Switch on
alerts-switch-off = Switch off
alerts-on = On
alerts-off = Off
alerts-matches = { $count ->
    [0] No open offer matches for now.
    [one] { $count } open offer matches.
   *[other] { $count } open offers match.
}
alerts-matches-title = Offers that match
alerts-matches-first = The { $shown } newest are shown.
alerts-told = { $count ->
    [0] No offer told yet
    [one] { $count } offer told, last on { $day }
   *[other] { $count } offers told, last on { $day }
}
alerts-see-matches = See the offers
alerts-back = Job alerts
alerts-done-created = The alert is created.
alerts-done-changed = The alert is changed.
alerts-done-on = The alert is switched on.
alerts-done-off = The alert is switched off.
alerts-done-deleted = The alert is deleted.
alerts-too-many = You have { $max } alerts, which is the most there may be. Delete one first.
alerts-stop-title = Stop this job alert?
alerts-stop-text = You will receive no more e-mails of this alert. You may switch it on again in your space.
alerts-stop-action = Stop the alert
alerts-stopped-title = The alert is stopped
alerts-stopped-text = You will receive no more e-mails of it. You may switch it on again in your space.
alerts-stop-forged = This link is not valid
alerts-stop-forged-means = It was cut on its way, or is more than a year old.
alerts-stop-forged-next = Open the link of a newer e-mail, or switch the alert off in your space.
