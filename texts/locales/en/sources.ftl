sources-menu = Job offers
sources-title = Sources of job offers
sources-intro = Where job offers are collected from. Sites are asked politely: as their robots.txt allows, once a second, and for what changed alone.
sources-none = There is no source yet. Add one: the sitemap of a site whose offers carry JobPosting data, or a company’s board.
sources-new = New source
sources-change = Change the source { $name }
sources-what = What
sources-when = When
sources-worked = Last worked
sources-never = It has not worked yet.
sources-not-while-paused = not while it is paused
sources-with-all = with all sources; next { $next }
sources-own-schedule = { $cron }; next { $next }
sources-before = Earlier collections
sources-failing-tag = failed three times in a row
sources-paused = paused
sources-waits = waits for its turn
sources-run = Collect now
sources-pause = Pause
sources-resume = Go on
sources-edit = Change
sources-outcome = { $outcome ->
    [done] done
    [failed] failed
    [broken_off] broken off
   *[open] not over yet
}
sources-count = { $what ->
    [found] { $count } { $count ->
        [one] offer
       *[other] offers
    }
    [new] { $count } new
    [changed] { $count } changed
    [gone] { $count } gone
    [left-out] { $count } left out
    [pages-failed] { $count } { $count ->
        [one] page
       *[other] pages
    } not read
   *[other] { $count }
}
sources-kind = { $kind ->
    [pages] Pages with JobPosting data, or their sitemap
    [browser] Pages with JobPosting data that a browser alone sees, or their sitemap
    [feed] RSS or Atom feed
    [greenhouse] Greenhouse board
    [lever] Lever board
    [ashby] Ashby board
    [smart-recruiters] SmartRecruiters board
    [france-travail] France Travail, by words
    [search] Search of the web (Tavily), by words
   *[other] { $kind }
}
sources-name = Name
sources-name-hint = Lower-case letters, digits, dots and dashes. Offers are known by it, so it does not change: acme.greenhouse
sources-name-wrong = Type a name of lower-case letters, digits, dots, dashes and underscores, such as acme.greenhouse.
sources-name-taken = There is a source of this name already. Choose another name.
sources-kind-label = Kind
sources-kind-missing = Choose a kind of source.
sources-target = Address, name of the board, or words
sources-target-hint = The address of a page, a sitemap or a feed; the company’s name as it stands in the address of its board; or the words to search for.
sources-target-missing = Type the address, the name of the board, or the words to search for.
sources-target-address = Type the whole address, which begins with https://.
sources-target-name = Type the name of the board as it stands in its address, without spaces.
sources-cron = Own schedule
sources-cron-hint = A cron expression of five fields, in the time of Paris, such as 30 6 * * 1-5. Without it the source is collected from with all others, on Mondays and Thursdays at 5 a.m. unless the settings say otherwise.
sources-cron-wrong = This is no cron expression of five fields. Type minute, hour, day, month and weekday, such as 30 6 * * 1-5.
sources-applies-here = Its offers may be applied to here
sources-applies-here-hint = Whoever writes its pages then says to which address candidates’ documents are sent, and in which company’s name. Tick this only for a site that you know.
sources-applies-here-search = A search finds the pages of any site: untick this, or choose another kind.
sources-applied-to-here = one may apply here
sources-save = Save the source
sources-cancel = Cancel
sources-remove-title = Remove the source
sources-remove-hint = Nothing more is collected from it. Its offers stay until their last day is over, or until no source has shown them for long.
sources-remove = Remove the source
sources-is-added = The source is added. Collect now, or wait for its next time.
sources-is-unmarked = The source is added. That its offers may be applied to here was not saved: tick it, and save once more.
sources-is-asked-for = The collection is asked for. It begins within a second, where a process runs tasks.
sources-is-paused = The source is paused.
sources-is-resumed = The source is collected from again.
sources-is-removed = The source is removed.
sources-failing = The source of job offers { $name } failed three times in a row
sources-page-after-page = One page after another failed, the last one because { $why }
# Why a collection failed; what $detail is depends on it: a host, a status, a size, a setting.
sources-reason = { $reason ->
    [address] the address is none of a page
    [not-public] the address is not on the public Internet
    [forbidden] the site { $detail } forbids it in its robots.txt
    [robots-unknown] the site { $detail } does not show its robots.txt, so that nothing of it may be read now
    [redirects] the page leads on to others for ever
    [missing] there is no such page any more ({ $detail })
    [refused] the site does not show the page to us ({ $detail })
    [busy] the site asks for fewer requests ({ $detail })
    [unwell] the site is not well ({ $detail })
    [unreachable] the site does not answer
    [too-long] the page is longer than { $detail } MiB
    [compressed] the page is compressed in a way that cannot be read
    [target] the address, name or words are not written as this kind of source needs them
    [not-a-list] what answers there is no list of offers of this kind
    [too-many] what answers there has more in it than any list of offers
    [no-postings] the page has no job offer in its data (JobPosting) and leads to none: give the address of its sitemap
    [no-key] it needs a key that is not set: { $detail }
    [no-browser] no browser is set up to read its pages: the setting { $detail } names none
    [browser-not-started] the browser that the settings name cannot be started
    [browser-slow] the page does not come to an end in the browser
    [browser-memory] the page takes too much memory in the browser
    [browser-broken] the browser ended without showing the page
    [key] { $detail } refuses the key: check it in the settings
    [quota] the plan of { $detail } allows no more requests now
   *[other] { $reason }
}
# What the calls of programs say.
sources-no-such-source = There is no such source.
sources-not-searched = Only web-search and france-travail look for words: name one of these beside them, or no source.
sources-one-is-paused = This source is paused. An operator may go on with it.
sources-query-too-long = Say what you are looking for in 300 characters at most.
sources-no-such-run = There is no such run.
