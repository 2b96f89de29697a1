recruiter-already-answered = Already answered
recruiter-this-application-can-no-longer-answered = This application can no longer be answered
recruiter-take-this-answer-back = Take this answer back
recruiter-possible-until = possible until { $time }
recruiter-what-you-can-still-do = What you can still do
recruiter-you-can-give-another-answer-it = You can give another answer: it adds to this one.
recruiter-application-closed-to-reach-candidate-write = The application is closed. To reach the candidate, write directly: the contact details are on the application’s page.
recruiter-back-to-application = Back to the application
recruiter-this-email-as-it-will-leave = This is the e-mail as it will leave. Read it again, then send it.
recruiter-send-proposal = Send the proposal
recruiter-send-request = Send the request
recruiter-send-rejection = Send the rejection
recruiter-send-good-news = Send the good news
recruiter-document-deleted = Document deleted
recruiter-documents-kept-for-limited-time = Documents are kept for a limited time.
recruiter-they-still-attached-to-email-you = They are still attached to the e-mail you received.
recruiter-answer-recorded = Answer recorded
recruiter-your-answer-recorded = Your answer is recorded
recruiter-email-has-left-to = The e-mail has left to { $candidate }.
recruiter-will-receive-your-answer-by-email = { $candidate } will receive your answer by e-mail in a moment.
recruiter-mistake-you-can-take-this-answer = A mistake? You can take this answer back until { $time }.
recruiter-what-comes-next = What comes next?
recruiter-you-can-answer-again-at-any = You can answer again at any time, to propose another date for instance.
recruiter-this-application-closed-there-nothing-more = This application is closed: there is nothing more for you to do.
recruiter-where-will-interview-take-place = Where will the interview take place?
recruiter-date = Date
recruiter-time = Time
recruiter-time-zone-place = Time zone of the place
recruiter-for-which-reason = For which reason?
recruiter-what-would-you-like-to-know = What would you like to know?
recruiter-reminder-question-or-rejection-based-on = Reminder: a question or a rejection based on origin, sex, age, health or another criterion of article L1132-1 of the French Labour Code is unlawful.
recruiter-how-can-you-reached = How can you be reached?
recruiter-give-at-least-email-address-phone = Give at least an e-mail address, a phone number or a postal address.
recruiter-your-name = Your name
recruiter-email = E-mail
recruiter-phone = Phone
recruiter-address = Address
recruiter-your-message-to-candidate = Your message to the candidate
recruiter-i-confirm-that-this-person-hired = I confirm that this person is hired.
recruiter-see-email-before-sending = See the e-mail before sending
recruiter-this-link-no-longer-takes-answer = This link no longer takes an answer
recruiter-email-that-held-it-sent-by = The e-mail that held it was sent by our former service. The application still stands, but this link no longer opens, and nothing was sent to the candidate.
recruiter-simply-reply-to-that-email-your = Simply reply to that e-mail: your reply reaches the candidate. Their address and phone number are in the e-mail, too.
recruiter-this-date-no-longer-holds-another = This date no longer holds: another one takes its place.
recruiter-this-interview-will-not-take-place = This interview will not take place.
recruiter-place = Place
recruiter-reason = Reason
recruiter-contact = Contact
recruiter-application = Application of { $candidate }
recruiter-answer = Answer
recruiter-nothing-sent-before-you-have-seen = Nothing is sent before you have seen the e-mail and confirmed.
recruiter-message = Message
recruiter-attachments = Attachments
recruiter-they-still-attached-to-email-you-received = { $documents_deleted } They are still attached to the e-mail you received.
recruiter-none = None.
recruiter-contact-details = Contact details
recruiter-sent-on = Sent on
recruiter-preview-email = Preview of the e-mail
recruiter-this-email-that-will-leave = This is the e-mail that will leave
recruiter-to = To
recruiter-subject = Subject
recruiter-attachment = Attachment
recruiter-invitation-for-calendar = the invitation for the calendar
recruiter-modify = Modify
recruiter-text-version = Text version
recruiter-take-answer-back = Take the answer back
recruiter-this-answer-can-no-longer-taken = This answer can no longer be taken back
recruiter-its-email-has-left-it-taken = Its e-mail has left, it was taken back already, or a newer answer exists.
recruiter-take-this-answer-back-annuler = Take this answer back?
recruiter-it-has-not-sent-to-candidate = It has not been sent to the candidate yet. Possible until { $time }.
recruiter-it-too-late-to-take-it = It is too late to take it back
recruiter-write-to-candidate-directly-address-in = Write to the candidate directly: the address is in the application’s e-mail.
recruiter-answer-taken-back = The answer is taken back
recruiter-nothing-sent-to-candidate = Nothing was sent to the candidate.
recruiter-you-can-answer-again-from-applications = You can answer again from the application’s e-mail.
recruiter-zone = { $zone ->
    [Europe-Paris] Mainland France, Belgium, Switzerland
    [America-Guadeloupe] Guadeloupe
    [America-Martinique] Martinique
    [America-Cayenne] French Guiana
    [Indian-Reunion] Réunion
    [Indian-Mayotte] Mayotte
    [America-Miquelon] Saint Pierre and Miquelon
    [Pacific-Noumea] New Caledonia
    [Pacific-Tahiti] Tahiti
    [Pacific-Wallis] Wallis and Futuna
    [Europe-London] United Kingdom
    [America-Montreal] Quebec
   *[UTC] Universal time (UTC)
}
recruiter-documents-deleted = Deleted after { $days } { $days ->
    [one] day
   *[other] days
}.
