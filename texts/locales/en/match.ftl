match-score = Match: { $score }%
match-why = Why
match-skills-found = You bring: { $skills }
match-skills-missing = Not in your profile: { $skills }
match-title-yes = The job that you look for, or had
match-title-partly = Close to the job that you look for, or had
match-title-no = Another job than yours
match-place-there = Where you want to work
match-place-near = In your department
match-place-remote = Work from anywhere
match-place-as-wanted = From where you want to work
match-place-elsewhere = Elsewhere than you want
match-place-not-said = The place is not stated
match-contract-yes = The contract that you want
match-contract-no = Another contract than you want
match-contract-not-said = The contract or the hours are not stated
match-days = { $days ->
    [0] Published today
    [one] { $days } day old
   *[other] { $days } days old
}
match-title = For you
match-intro = Open offers that fit your profile and your CV, the best first. Your name, address, age and family count for nothing.
match-profile-first = Nothing to compare with yet
match-profile-first-text = Write in your profile which job you look for and what you can, or upload your CV: offers that fit will be here.
match-to-profile = Fill in my profile
match-none = No open offer fits yet
match-none-text = More skills in your profile find more offers.
match-cv-none = You have no CV here: offers are compared with your profile alone.
match-cv-kind = The text of a DOC document is not read: offers are compared with your profile alone. Upload your CV as a PDF, DOCX or ODT and it will count too.
match-cv-unreadable = The text of your CV cannot be read (it may be a picture, or protected): offers are compared with your profile alone.
match-cv-too-much = Your CV takes too long to read: offers are compared with your profile alone. Save it again as a smaller PDF.
