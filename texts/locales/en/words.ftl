words-answer-kind-interview = Interview proposal
words-answer-kind-info = Request for information
words-answer-kind-rejection = Rejection
words-answer-kind-hire = Hire
words-answer-action-interview = Propose an interview
words-answer-action-info = Ask for information
words-answer-action-rejection = Decline
words-answer-action-hire = Announce a hire
words-rejection-reason-unknown = No reason given
words-rejection-reason-no-vacancy = There is no vacancy at present
words-rejection-reason-experience = The experience does not match the position
words-rejection-reason-skills = The skills do not match the position
words-rejection-reason-education = The education does not match the position
words-place-onsite = On site
words-place-phone = By phone
words-place-video = By video call
words-status-submitted = Being sent
words-status-sent = With the employer
words-status-undeliverable = Not delivered to the employer
words-status-info-requested = Information requested
words-status-interview-proposed = Interview proposed
words-status-rejected = Rejected
words-status-hired = Hired
words-status-withdrawn = Withdrawn
words-media-type-pdf = PDF
words-media-type-word = Word document
words-media-type-odt = OpenDocument text
words-media-type-rtf = RTF document
words-media-type-txt = Text
words-media-type-jpeg = JPEG image
words-media-type-png = PNG image
words-bytes = { $count } { $count ->
    [one] byte
   *[other] bytes
}
words-kilobytes = { $count } kB
words-megabytes = { $tenth ->
    [0] { $whole } MB
   *[other] { $whole }.{ $tenth } MB
}
