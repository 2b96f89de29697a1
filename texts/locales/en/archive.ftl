archive-your-data-at-postulo = Your data at Postulo
archive-your-data = Your data
archive-all-that-we-kept-on = All that we kept on { $time } of applications sent with the address { $address }.
archive-same-data-for-program-in = The same data, for a program, are in
archive-semicolon = ;
archive-explains-it = explains it.
archive-nothing-sent-to-your-address-until = Nothing is sent to your address until { $time }: e-mails to it came back or were called spam.
archive-applications = Applications
archive-your-message = Your message
archive-your-attachments = Your attachments
archive-answers = The answers
archive-why-you-withdrew-it = Why you withdrew it
archive-what-happened = What happened
archive-your-requests = Your requests
archive-emails-that-we-sent-you = The e-mails that we sent you
archive-you-asked-for-your-data = you asked for your data
archive-you-asked-for-your-data-to = you asked for your data to be erased
archive-sent-on = Sent on
archive-through-platform = Through the platform
archive-name = Name
archive-phone = Phone
archive-address = Address
archive-job-seekers-id = Job seeker’s id
archive-sent-to = Sent to
archive-passed-on-to = Passed on to
archive-readme =
    YOUR DATA

    index.html       the same as data.json, for people: open it in a browser
    data.json        for programs: JSON (RFC 8259), UTF-8; the keys are explained below
    attachments/     your documents, in a folder for each application, as you sent them
    cv/              the CV that you keep in your space
    emails/          the e-mails that we sent you, as they were sent

    A time is written as RFC 3339 says, in UTC. A key without a value is null. Keys may be added; none
    changes its meaning while "format" stays the same.

    format           "postulo-personal-data/1"
    made_at          when this archive was made
    person.email     the address whose applications these are
    suppression      null, or why nothing is sent to this address for now:
      address, reason (spam, blocked, bounced or operator), since, until
    applications     newest first; of each:
      id             names it
      client         the platform through which you applied
      status         submitted, sent, undeliverable, info_requested, interview_proposed, rejected, hired
                     or withdrawn
      language       of its pages and e-mails: fr or en
      submitted_at   when you applied
      candidate      you, as you wrote it: first_name, last_name, email, phone, address, peid (your id at
                     the employment service), rome_code (the occupation looked for)
      employer       to whom it went: description, siret, email
      job, message   the title of the job, your message
      send_confirmation   whether you asked for a copy
      documents      of each: name, media_type, size (bytes), sha256, file (its place in this archive;
                     null once it was deleted)
      documents_deleted_at   when they were deleted, since they are kept for a limited time
      answers        oldest first; of each: id, at, emailed_at, kind (interview, info, rejection or hire),
                     and by kind: place (onsite, phone or video), starts_at (with its time zone, RFC 9557),
                     recruiter (name, email, phone, address), reason (novacancy, experience, skills,
                     education or unknown), message
      withdrawn_at, withdrawal_reason   when and why you withdrew it
      passed_on      who else had it from us: to (memo: your dashboard; ami: your adviser; or an address),
                     at
      emails         those that we sent you: letter (confirmation, answer or cancellation), sent_at, to, subject, files
      data_requests  what you asked of your data: wish (export or erasure), at
      events         all that happened, oldest first: type, at
    messages         where there are any, the letters that we sent you and that belong to no application; of
                     each: id, letter (which one), language, to, subject, queued_at, sent_at, files
    accounts         where there is one, your account: id, email, username, full_name and what else is known of
                     it; and beside it:
      sessions       where you are signed in with a browser; of each: opened_at, used_at, network (without its
                     last part), browser, system (their families)
      programs       the apps and extensions that act in your name, each with all that you may do yourself
                     with a program; of each: id, signed_in_at, used_at
      signed_lists   the signed lists that you made, without what stands in them; of each: id, made_at, digest
                     (SHA-256), key (the public key that signed it)
      calendar       null, or since when your calendar has its secret address: made_at
      hidden_offers  the ids of job offers that you hid
      notifications  those that you read or deleted; of each: notification (its number), read_at, removed_at
      collections    the collections of job offers that you asked for; of each: run, asked_at
    profiles         where there is one, your profile: all that it says
    tracked_applications, tasks   where there are any, what you keep in your space; "removed_at" says that
                     you deleted it: it goes 30 days later
      events         of an application, all that happened to it, oldest first: type, at, status (where it stood
                     from then on), by (who described it: owner, page or model; who archived it: owner or
                     schedule)
    job_alerts       where there are any, your job alerts: name, criteria, frequency and what else is known of
                     them; looked_at is when new offers were last looked at
      told           the offers that you were told of, oldest first; of each letter: at, offers (the ids of
                     those that stand in it), total (how many matched)
    cvs              where there is one, your CV: name, media_type, size (bytes), digest (SHA-256), files
    erasure_requests   where there are any, requests to erase your data that are being decided; of each: id,
                     requested_at

    Not in here, since it is not yours: how the service makes sure that a person answered, links by which
    the employer answers, messages between mail servers, and the platform’s own secrets. An answer that the
    employer may still take back is not in here yet.
archive-email = E-mail
archive-other-records = Other letters and requests
archive-erasure-asked-for = Your data were asked to be erased; it is being decided
archive-programs = Apps and extensions that act in your name
archive-signed-lists = Signed lists that you made
archive-calendar-address = The secret address of your calendar
archive-hidden-offers = Job offers that you hid
archive-notifications = Notifications that you read or deleted
archive-notification-read = Read on { $time }
archive-notification-removed = Deleted on { $time }
archive-collections = Collections of job offers that you asked for
archive-offers-told = Job offers that you were told of
