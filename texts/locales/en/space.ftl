space-wrong-field = { $field }: { $detail }
space-unknown-field = The field { $field } is not known. The fields are: { $known }.
space-not-a-text = Write a text.
space-not-a-list = Write a list of texts.
space-not-an-application = Write the _id of one of your applications.
space-not-null = Write a status, or leave the field out.
space-true-or-false = Write true or false.
space-no-cursor = Take the cursor of the page before, unchanged.
space-limit = Write a whole number from 1 to 10,000.
space-no-cv = You have not uploaded a CV.
space-not-found = There is no such thing in your space.
space-not-yours = This belongs to somebody else.
space-erased = This was erased: nothing of it can be changed any more.
space-sent-through-postulo = This application was sent through Postulo: what was sent cannot be changed here. You may add notes and tags to it, or archive it.
space-no-such-note = This note does not exist, or was deleted.
space-too-many-notes = An application has { $max } notes at most. Delete one before you add another.
space-too-many-tags = An application has { $max } tags at most. Take one away before you add another.
space-removed-too-long-ago = This was deleted more than 30 days ago, and is not kept any more.
space-export-file = applications.csv
space-column-company = Company
space-column-application = Application
space-column-position = Job
space-column-status = Status
space-column-applied-on = Date of application
space-column-location = Place
space-column-url = Advertisement
space-column-tags = Tags
space-column-notes = Notes
space-column-description = Description
space-column-archived = Archived
space-column-sent-by = Sent by
space-yes = yes
space-no = no
space-today = Today
space-board = Board
space-list = Applications
space-tasks = Tasks
space-figures = Figures
space-cv = My CV
space-put-away = Archive and bin
space-add = Add an application
space-add-this = Add this application
space-edit = Edit
space-edit-title = Edit the application
space-back = Back
space-keep = Save
space-tidy = Tidy up the capitals
space-tidied = The capitals of the company and the job are tidied up in the form. Look at them, then save.
space-undo = Undo
space-move = Move
space-change-status = Change the status
space-find = Search
space-find-what = Company, job, note
space-search = Search for a company, a job, a note
space-every-status = Every status
space-shelf = Show
space-shelf-current = Current ones
space-shelf-archived = Archived ones
space-clear-filters = Show all
space-nothing-found = Nothing matches this search.
space-next-page = Next page
space-download-csv = Download all of it as CSV, for a spreadsheet
space-empty-title = Your applications will be here
space-empty-text = Add the first one, wherever you sent it: you will see at a glance where each one stands. Those that you send through Postulo come by themselves, once your e-mail address is confirmed.
space-board-columns = Columns of the board
space-board-how = Drag a card to another column. With the keyboard: activate its grip, choose the column with the arrows, then activate it again; Escape puts it back.
space-board-picked = {"{job}"} is picked up, in {"{column}"}.
space-board-over = {"{job}"} over {"{column}"}.
space-board-dropped = {"{job}"} is moved to {"{column}"}.
space-board-put-back = {"{job}"} is put back into {"{column}"}.
space-by-postulo = Sent through Postulo
space-by-postulo-means = Its status follows what the employer answers.
space-undeliverable = It could not be brought to the employer.
space-url-hint = The address of the page, like www.example.com/job.
space-description-hint = The work, the profile, what you want to remember.
space-new-note = New note
space-add-note = Add the note
space-edit-note = Edit the note
space-note-edited = edited
space-delete = Delete
space-delete-means = What is deleted may be restored for 30 days, then it is erased.
space-no-tasks-here = No tasks for this application.
space-add-task = Add a task
space-tags-label = Separated by commas
space-no-description = No description.
space-described-by-page = Taken from the page of the advertisement.
space-described-by-model = Written by a language model ({ $model }) from the page of the advertisement.
space-description-later = The page of the advertisement could not be read for now; Postulo tries again by itself.
space-description-failed = No description could be taken from the page of the advertisement. You can write one.
space-documents = Documents sent
space-emails = E-mails received
space-timeline = History
space-put-it-away = Put away
space-archive = Archive
space-unarchive = Take out of the archive
space-hide = Hide
space-show = Show again
space-restore = Restore
space-archived = Archived
space-archived-about = An application that was sent or refused long ago archives itself; one that you take out of the archive stays out until it moves.
space-hidden = Hidden
space-hidden-about = They are in no list.
space-removed = Deleted
space-removed-about = They are erased 30 days after they were deleted.
space-removed-tasks = Deleted tasks
space-see-all-shelves = All that is put away
space-put-away-none = Nothing is put away
space-put-away-none-text = What you archive, hide or delete will be here, and may come back.
space-refused = This is not possible
space-refused-next = Go back to the page before.
space-done-moved = The application was moved.
space-done-archived = The application was archived.
space-done-unarchived = The application was taken out of the archive.
space-done-hidden = The application was hidden.
space-done-shown = The application is shown again.
space-done-removed = The application was deleted.
space-done-restored = The application was restored.
space-done-added = The application was added.
space-done-changed = The application was saved.
space-done-note = The note was saved.
space-done-note-removed = The note was deleted.
space-done-tags = The tags were saved.
space-done-task = The task was added.
space-done-task-changed = The task was saved.
space-done-task-removed = The task was deleted.
space-done-task-restored = The task was restored.
space-done-cv = The CV was saved.
space-done-cv-removed = The CV was deleted.
space-step-delivered = Brought to the employer
space-step-corrected = Details changed
space-step-description-cleared = Description cleared
space-step-described = Description written
space-step-described-for-you = Description taken from the advertisement
space-step-note-added = Note added
space-step-note-edited = Note edited
space-step-note-removed = Note deleted
space-step-tagged = Tags changed
space-step-archived-by-itself = Archived automatically
space-step-archived = Archived
space-step-unarchived = Taken out of the archive
space-step-hidden = Hidden
space-step-shown = Shown again
space-step-restored = Restored
space-step-removed = Deleted
space-step-began = Begins: { $status }
space-step-moved = Moves to: { $status }
space-with-tag = With the tag { $tag }.
space-move-label = Move { $job } to
space-day-pattern = %-d %b %Y
space-since = for { $length }
space-percent = { $percent } %
space-due = due { $day }
space-overdue = overdue, due { $day }
space-tasks-overdue = Overdue
space-tasks-soon = Within seven days
space-tasks-later = Later
space-tasks-any-time = Without a due date
space-tasks-away = Archived, or about an application that is put away
space-tasks-see-away = See them
space-tasks-done = Done
space-tasks-see-done = See the latest
space-task-for = For the application: { $job }, { $company }.
space-no-tasks = Nothing to do for now
space-no-tasks-text = Write down a call, an interview to prepare, a document to send: what is overdue goes on top.
space-task-title = What is to be done
space-task-due = Due on
space-task-description = Details
space-task-one = Task
space-task-finish = Finish
space-task-reopen = Take up again
space-task-application = the application
space-nothing-today = Nothing waits for you today.
space-today-tasks = To be done within seven days
space-today-offers = Offers received
space-today-offers-about = An employer waits for your answer.
space-today-interviews = Interviews
space-today-interviews-about = Prepare for them, or note what came of them.
space-today-silent = Nothing heard for more than 14 days
space-today-silent-about = A short and polite reminder is often well received.
space-latest = The latest
space-see-all = See all applications
space-figure-current = current applications
space-figure-waiting = waiting for an answer
space-figure-answered = answered
space-figure-interviews = at an interview
space-cv-none = You have not uploaded a CV yet.
space-cv-file = Your CV
space-cv-other-file = Another CV, in the place of this one
space-cv-hint = A PDF, DOC, DOCX or ODT file of 10 MiB at most.
space-cv-upload = Upload the CV
space-cv-remove = Delete the CV
space-cv-private = It is encrypted, and you alone see it.
space-funnel = How far your applications came
space-funnel-step = Step
space-funnel-sent = Sent
space-funnel-answered = Answered
space-funnel-interview = Interviews
space-funnel-offer = Offers
space-funnel-accepted = Accepted
space-weeks = Sent over time
space-answers = Answers over time
space-answers-told = Answers
space-weeks-sent = Sent
space-weeks-answered = of which answered
space-median = Median time to a first answer
space-figures-about = All that you sent, the archive included.
space-status = { $status ->
    [considered] Considered
    [sent] Application sent
    [shortlisted] Shortlisted
    [interview] Interview
    [technical_test] Technical test
    [negotiation] Negotiation
    [offer_received] Offer received
    [offer_accepted] Offer accepted
    [rejected] Refused
   *[withdrawn] Withdrawn
}
space-task-status = { $status ->
    [to_do] To do
    [in_progress] In progress
   *[done] Done
}
space-length = { $unit ->
    [minutes] { $count ->
        [0] less than a minute
       *[other] { $count } min
    }
    [hours] { $count } h
    [days] { $count ->
        [one] { $count } day
       *[other] { $count } days
    }
   *[months] { $count } months
}
space-notes-count = { $count } { $count ->
    [one] note
   *[other] notes
}
space-more = { $count } more
