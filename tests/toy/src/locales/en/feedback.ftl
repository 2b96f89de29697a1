feedback-title = Feedback
feedback-opinions = Opinions
feedback-none = Nobody has said anything yet.
feedback-stars = Stars
feedback-words = In their words
feedback-thanks-subject = Thank you for your opinion
feedback-thanks-text = { $stars ->
    [one] You gave us one star. We read every opinion.
   *[other] You gave us { $stars } stars. We read every opinion.
}
feedback-thanks-why = You receive this e-mail because you told us what you think.
feedback-weekly-given = { $count ->
    [one] one opinion in a week
   *[other] { $count } opinions in a week
}
