schedules-title = Scheduled tasks
schedules-intro = Work that comes back by itself at set times. With several processes each task runs in one place at a time, and once for each time.
schedules-none = No process has run scheduled tasks yet: they are here once postulo serve, or postulo worker, runs.
# $task is its name; a task that has no words here has none.
schedules-about = { $task ->
    [housekeeping] Clears away what no longer counts: posts to webhooks that arrived, used-up limits, sessions that are over, what lies beside the log of people who were forgotten.
    [retention] Deletes what was kept for long enough: documents, personal data, addresses that left the suppression list.
    [sealing] Seals what a version before left in plain beside the log. Once that is done it finds nothing.
    [documents] Seals documents that lie in the open, from before they were sealed. Once there are none it costs nothing.
    [permits-sync] Brings the dossiers of work permits as the government’s form service holds them.
    [permits-retention] Forgets who had a work permit once that was kept for long enough after its end.
    [permits-validity] Writes validity_check.json, from which others check work permits, into the folder that is set for it.
    [permits-statistics] Writes stats.json, the figures of work permits, into the folder that is set for it.
    [accounts-retention] Tells those who have not signed in for nearly two years, and closes their accounts 30 days later, with what is in them.
    [applications-archive] Archives in the spaces of candidates the applications of which nothing is heard any more: sent or refused, 40 days after the application unless set otherwise.
    [archive-letters] Tells candidates who want it, once a month, what was archived in their spaces.
    [applications-clear] Erases what candidates deleted from their spaces more than 30 days ago.
    [alerts-send] Tells people of new job offers that match their alerts, at nine by their own clocks.
    [offers-clean] Ends job offers whose last day is over, that their source has not shown for days, or that lack what an offer must have.
    [offers-collect] Collects job offers from every source that has no schedule of its own, and from those that somebody asked for.
    [offers-due] Asks for a collection from the sources of job offers whose own schedule says so.
   *[other] { "" }
}
schedules-when = When
schedules-next = Next times
schedules-never = never: it is switched off
schedules-last = Last run
schedules-never-ran = It has not run yet.
schedules-last-thirty = Last 30 runs
schedules-by-clock = by the clock
schedules-by-command-line = by hand, on the command line
schedules-by-operator = asked for by { $email }
schedules-asked-for = asked for: it begins within a second, where a process runs tasks
schedules-under-way = under way since { $time }
schedules-took = { $outcome ->
    [done] took { $length }
    [failed] failed after { $length }
   *[broken_off] broken off after { $length }
}
schedules-less-than-a-second = less than 1 s
schedules-outcome = { $outcome ->
    [done] done
    [failed] failed
   *[broken_off] broken off
}
schedules-process-died = its process was stopped or died
# What a run did, of what it counted.
schedules-count = { $what ->
    [applications-archived] { $count } { $count ->
        [one] application archived
       *[other] applications archived
    }
    [archive-letters-asked] { $count } { $count ->
        [one] letter asked for
       *[other] letters asked for
    }
    [alerts-due] { $count } { $count ->
        [one] alert whose time it is
       *[other] alerts whose time it is
    }
    [alerts-offers] { $count } { $count ->
        [one] new offer
       *[other] new offers
    }
    [alerts-told] { $count } { $count ->
        [one] letter called for
       *[other] letters called for
    }
    [space-erased] { $count } { $count ->
        [one] item erased
       *[other] items erased
    }
    [posts] { $count } { $count ->
        [one] post to a webhook
       *[other] posts to webhooks
    }
    [limits] { $count } { $count ->
        [one] use of a limit
       *[other] uses of limits
    }
    [early-reports] { $count } { $count ->
        [one] report of an unknown e-mail
       *[other] reports of unknown e-mails
    }
    [sessions] { $count } { $count ->
        [one] session
       *[other] sessions
    }
    [people] { $count } { $count ->
        [one] forgotten stream
       *[other] forgotten streams
    }
    [unfinished] { $count } { $count ->
        [one] unfinished application
       *[other] unfinished applications
    }
    [runs] { $count } { $count ->
        [one] run of a task
       *[other] runs of tasks
    }
    [documents] documents of { $count } { $count ->
        [one] application
       *[other] applications
    } deleted
    [documents-sealed] { $count } { $count ->
        [one] document
       *[other] documents
    } sealed
    [documents-gone] { $count } { $count ->
        [one] document
       *[other] documents
    } of applications that no longer have any deleted
    [documents-damaged] { $count } damaged { $count ->
        [one] document
       *[other] documents
    } left as found
    [documents-left] { $count } { $count ->
        [one] document
       *[other] documents
    } left to seal
    [personal-data] personal data of { $count } { $count ->
        [one] application
       *[other] applications
    } erased
    [addresses] { $count } { $count ->
        [one] address
       *[other] addresses
    } forgotten
    [records] { $count } other { $count ->
        [one] record
       *[other] records
    } erased
    [sealed-reactions] { $count } { $count ->
        [one] parked reaction
       *[other] parked reactions
    } sealed
    [sealed-emails] { $count } { $count ->
        [one] kept e-mail
       *[other] kept e-mails
    } sealed
    [sealed-operators] { $count } { $count ->
        [one] value of an operator
       *[other] values of operators
    } sealed
    [sealed-webhooks] { $count } { $count ->
        [one] secret of a webhook
       *[other] secrets of webhooks
    } sealed
    [permits-checked] { $count } { $count ->
        [one] dossier
       *[other] dossiers
    } checked
    [permits-requests] { $count } { $count ->
        [one] request
       *[other] requests
    } made
    [permits-new] { $count } new
    [permits-changed] { $count } changed
    [permits-unchanged] { $count } unchanged
    [permits-withdrawn] { $count } deleted at the source
    [permits-set-aside] { $count } not read
    [permits-erased] { $count } { $count ->
        [one] dossier
       *[other] dossiers
    } forgotten
    [permits-not-read-cleared] { $count } not met any more
    [accounts-closed] { $count } { $count ->
        [one] account
       *[other] accounts
    } closed
    [accounts-told] { $count } { $count ->
        [one] owner
       *[other] owners
    } told
    [permits-tries-cleared] tries of { $count } { $count ->
        [one] number
       *[other] numbers
    } cleared
    [permits-told] { $count } { $count ->
        [one] permit
       *[other] permits
    } in the file
    [permits-left-out] { $count } { $count ->
        [one] dossier
       *[other] dossiers
    } left out, of which the log names the numbers
    [permits-counted] { $count } { $count ->
        [one] dossier
       *[other] dossiers
    } counted
    [offers-over] { $count } { $count ->
        [one] offer past its last day
       *[other] offers past their last day
    }
    [offers-not-seen] { $count } { $count ->
        [one] offer that its source shows no more
       *[other] offers that their source shows no more
    }
    [offers-invalid] { $count } { $count ->
        [one] incomplete offer
       *[other] incomplete offers
    }
    [collections] { $count } { $count ->
        [one] collection of job offers
       *[other] collections of job offers
    }
    [searches-dropped] { $count } { $count ->
        [one] search that never ended
       *[other] searches that never ended
    }
    [alert-looks] { $count } { $count ->
        [one] trace of a deleted alert
       *[other] traces of deleted alerts
    }
    [erased-late] { $count } closed { $count ->
        [one] account
       *[other] accounts
    } of which something was erased late
    [offers-sources] { $count } { $count ->
        [one] source
       *[other] sources
    }
    [offers-sources-failed] { $count } of them failed
    [offers-sources-asked] { $count } { $count ->
        [one] source
       *[other] sources
    } asked for
    [offers-found] { $count } { $count ->
        [one] offer
       *[other] offers
    } seen
    [offers-new] { $count } new
    [offers-changed] { $count } changed
    [offers-gone] { $count } gone
    [offers-left-out] { $count } left out
    [offers-pages-failed] { $count } { $count ->
        [one] page
       *[other] pages
    } not read
   *[other] { $count }
}
schedules-note = { $note ->
    [clock-doubted] the clock is far ahead of the last run: nothing is deleted for 24 hours; if it is wrong, set it right
    [documents-all-sealed] every document is sealed
    [nothing-is-sealed] no master key is given: nothing is sealed
    [permits-no-source] no form service is set up: POSTULO_PERMITS_URL is not set
    [permits-no-folder] no folder is set for the files of work permits: none is written
    [offers-no-collectors] nothing is set up that collects job offers
   *[other] { "" }
}
# What the small line shows: how many runs ended how, and what the fewest and the most of them counted.
schedules-line = { $done } done, { $failed } failed, { $broken } broken off; { $most ->
    [0] nothing to do
   *[other] up to { $most } a run
}
schedules-on = on
schedules-off = switched off
schedules-off-by-setting = switched off by the settings
schedules-off-since = Switched off { $time }, { $who }
schedules-failing-tag = failed twice in a row
schedules-run = Run now
schedules-switch-off = Switch off
schedules-switch-on = Switch on
schedules-is-asked-for = The run is asked for. It begins within a second, where a process runs tasks.
schedules-was-asked-for = A run is asked for already.
schedules-is-off = The task is switched off: the clock starts it no more.
schedules-is-on = The task is switched on: it runs the next time that it is due.
schedules-failing = The task { $task } failed twice in a row
