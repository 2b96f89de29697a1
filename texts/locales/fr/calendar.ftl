calendar-summary = Entretien chez { $employer } : { $job }
calendar-with = Entretien avec { $recruiter }
calendar-file-name = entretien.ics
calendar-called-off = Cet entretien n’aura pas lieu.
calendar-cancelled-file-name = entretien-annule.ics
calendar-feed-name = Postulo : tâches et entretiens
