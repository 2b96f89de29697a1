use domain::application::{Answer, AnswerKind, Interview, Submission, Wish};
use domain::examples::{answer, full_submission, minutes, submission, valid};
use domain::{EmailAddress, Language, Personal};
use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn links() -> AnswerLinks {
    let link = |page: &str| format!("https://postulo.example/r/k1.Zm9v.c2lnbmF0dXJl{page}");
    AnswerLinks {
        overview: link(""),
        interview: link("/interview"),
        rejection: link("/rejection"),
        info: link("/info"),
        hired: link("/hired"),
    }
}

fn in_language(mut submission: Submission, language: Language) -> Submission {
    submission.language = language;
    submission
}

fn invitation() -> Invitation {
    Invitation {
        uid: "0195f3a0-0000-7000-8000-000000000001@postulo.example".into(),
        sequence: 0,
        stamp: minutes(2),
        organizer_email: valid("dominique@boulangerie.example"),
    }
}

const STATUS_URL: &str = "https://postulo.example/c/k1.Zm9v.c2lnbmF0dXJl";
const RESET_URL: &str = "https://postulo.example/admin/sign-in/reset/Zm9vYmFy";
const UNDO_URL: &str = "https://postulo.example/r/k1.Zm9v.c2lnbmF0dXJl/undo?answer=1&sure=0";

/// Every letter about `submission`, by name; `full` answers or minimal ones.
fn every_letter(submission: &Submission, full: bool) -> Vec<(String, Letter)> {
    let client_name = "Emploi Facile";
    let links = links();
    let submitted_at = minutes(0);
    let employer = EmployerApplication { submission, client_name, links: &links, submitted_at };
    let copy = CandidateCopy { submission, client_name, status_url: STATUS_URL, submitted_at };
    let mut letters = vec![
        ("employer_application".to_owned(), employer_application(&employer).unwrap()),
        ("candidate_copy".to_owned(), candidate_copy(&copy).unwrap()),
    ];
    let documents = ForwardedDocuments { submission, client_name, submitted_at };
    letters.push(("forwarded_documents".to_owned(), forwarded_documents(&documents).unwrap()));
    let stopped = WebhookStopped {
        language: submission.language,
        client_name,
        url: "https://postulo.example/hooks?a=1&b=<2>",
        error: submission.employer.description.as_str(),
    };
    letters.push(("webhook_stopped".to_owned(), webhook_stopped(&stopped).unwrap()));
    let reset = PasswordReset {
        language: submission.language,
        service: submission.employer.description.as_str(),
        url: RESET_URL,
        minutes: 30,
    };
    letters.push(("password_reset".to_owned(), password_reset(&reset).unwrap()));
    for wish in [Wish::Export, Wish::Erasure] {
        let link = PersonalDataLink { submission, client_name, wish, url: STATUS_URL };
        let name = format!("personal_data_link_{}", wish.as_str());
        letters.push((name, personal_data_link(&link).unwrap()));
    }
    for kind in AnswerKind::ALL {
        let answer = answer(kind, full);
        letters.extend(about_answer(submission, &answer, None));
        if kind != AnswerKind::Info {
            let called_off = about_answer(submission, &answer, Some(&proposed()));
            letters.extend(called_off.map(|(name, letter)| (format!("{name}_called_off"), letter)));
        }
    }
    letters.extend(about_withdrawal(submission, full.then(proposed).as_ref()));
    letters
}

fn proposed() -> Interview {
    let Answer::Interview(mut interview) = answer(AnswerKind::Interview, true) else {
        panic!("the example is an interview");
    };
    interview.starts_at = valid("2026-12-01T10:00[Europe/Paris]");
    interview
}

/// The letters about a withdrawal, with the interview that does not take place.
fn about_withdrawal(
    submission: &Submission,
    interview: Option<&Interview>,
) -> Vec<(String, Letter)> {
    let client_name = "Emploi Facile";
    let to_employer = Withdrawal {
        submission,
        client_name,
        to_recruiter: false,
        interview,
        withdrawn_at: minutes(9),
    };
    let to_recruiter = Withdrawal { to_recruiter: true, ..to_employer };
    let to_candidate = Cancellation {
        submission,
        client_name,
        interview: &proposed(),
        tells_employer: interview.is_some(),
        status_url: STATUS_URL,
        invitation: Invitation { sequence: 1, ..invitation() },
    };
    vec![
        ("withdrawal".to_owned(), withdrawal(&to_employer).unwrap()),
        ("withdrawal_to_recruiter".to_owned(), withdrawal(&to_recruiter).unwrap()),
        ("cancellation".to_owned(), cancellation(&to_candidate).unwrap()),
    ]
}

/// The letters about `answer`, which takes the place of an interview or of none.
fn about_answer(
    submission: &Submission,
    answer: &Answer,
    called_off: Option<&Interview>,
) -> [(String, Letter); 2] {
    let client_name = "Emploi Facile";
    let to_candidate = CandidateAnswer {
        submission,
        client_name,
        answer,
        status_url: STATUS_URL,
        called_off,
        invitation: Some(invitation()),
    };
    let receipt = RecruiterReceipt {
        submission,
        client_name,
        answer,
        called_off,
        undo_until: minutes(4),
        overview_url: &links().overview,
        undo_url: UNDO_URL,
    };
    let kind = answer.kind().as_str();
    [
        (format!("candidate_answer_{kind}"), candidate_answer(&to_candidate).unwrap()),
        (format!("recruiter_receipt_{kind}"), recruiter_receipt(&receipt).unwrap()),
    ]
}

#[rstest]
fn every_letter_reads_well(
    #[values(Language::Fr, Language::En)] language: Language,
    #[values(true, false)] full: bool,
) {
    let submission = if full { full_submission() } else { submission() };
    let submission = in_language(submission, language);
    for (name, letter) in every_letter(&submission, full) {
        let suffix = if full { "full" } else { "minimal" };
        let name = format!("{name}_{}_{suffix}", language.code());
        let ics = letter.calendar.as_ref().map(|calendar| calendar.ics.replace("\r\n", "\n"));
        let shown =
            format!("Subject: {}\n\n{}\n{}", letter.subject, letter.text, ics.unwrap_or_default());
        insta::assert_snapshot!(name.as_str(), shown);
        if full && language == Language::Fr {
            insta::assert_snapshot!(format!("{name}.html"), letter.html);
        }
    }
}

/// Every letter that the tests know: both languages, full and minimal.
fn all_letters() -> Vec<(String, Letter)> {
    let mut letters = vec![];
    for language in Language::ALL {
        letters.extend(every_letter(&in_language(full_submission(), language), true));
        letters.extend(every_letter(&in_language(submission(), language), false));
    }
    letters
}

#[test]
fn a_letter_is_a_whole_document_that_loads_nothing() {
    for (name, letter) in all_letters() {
        let html = &letter.html;
        let language = if html.contains("lang=\"fr\"") { "fr" } else { "en" };
        assert!(html.starts_with(&format!("<!doctype html><html lang=\"{language}\"")), "{name}");
        assert!(html.ends_with("</body></html>"), "{name}");
        assert!(html.contains(&format!("<title>{}</title>", letter.subject)), "{name}");
        assert!(html.contains("display:none"), "{name} has no preheader");
        for forbidden in ["<img", "<script", "<iframe", "<link", "@import", "url(", "src="] {
            assert!(!html.contains(forbidden), "{name} holds {forbidden}");
        }
        for (at, _) in html.match_indices("http") {
            let address = &html[at..];
            let ours = address.starts_with("https://postulo.example/")
                || address.starts_with("http://www.w3.org/1999/xhtml\"") // the name of a namespace
                || address.starts_with("http-equiv=");
            assert!(ours, "{name}: {}", &address[..60]);
        }
    }
}

#[test]
fn a_letter_has_one_main_action_and_says_why_it_comes() {
    for (name, letter) in all_letters() {
        let main = letter.html.matches("bgcolor=\"#1d4ed8\"").count();
        let asks_nothing = ["forwarded_documents", "webhook_stopped", "withdrawal"];
        let asks_nothing = asks_nothing.iter().any(|it| name.starts_with(it));
        assert_eq!(main, usize::from(!asks_nothing), "{name}");
        let why = ["Vous recevez", "You receive"];
        assert!(why.iter().any(|why| letter.html.contains(why)), "{name}");
        assert!(why.iter().any(|why| letter.text.contains(why)), "{name}");
    }
}

#[test]
fn the_employer_can_give_each_answer_from_both_parts() {
    let links = links();
    for (name, letter) in every_letter(&full_submission(), true) {
        for link in [&links.interview, &links.info, &links.hired, &links.rejection, &links.overview]
        {
            let is_employers = name == "employer_application";
            let in_html = letter.html.contains(&format!("href=\"{link}\""));
            let in_text = letter.text.lines().any(|line| line == link);
            let is_receipts = name.starts_with("recruiter_receipt") && *link == links.overview;
            assert_eq!(
                (in_html, in_text),
                (is_employers || is_receipts, is_employers || is_receipts)
            );
        }
    }
}

#[test]
fn an_interview_carries_a_request_and_what_calls_it_off_a_cancellation_and_nothing_else_a_calendar()
{
    for (name, letter) in all_letters() {
        let expected = match name.as_str() {
            "candidate_answer_interview" | "candidate_answer_interview_called_off" => {
                Some("REQUEST")
            }
            "candidate_answer_rejection_called_off"
            | "candidate_answer_hire_called_off"
            | "cancellation" => Some("CANCEL"),
            _ => None,
        };
        assert_eq!(letter.calendar.as_ref().map(|it| it.method), expected, "{name}");
        let says_so = ["n’aura pas lieu", "will not take place"];
        if expected == Some("CANCEL") {
            assert!(says_so.iter().any(|it| letter.text.contains(it)), "{name}");
            assert!(says_so.iter().any(|it| letter.html.contains(it)), "{name}");
        }
    }
}

#[test]
fn the_preview_is_the_letter_without_its_file() {
    let (submission, answer) = (full_submission(), answer(AnswerKind::Interview, true));
    let sent = CandidateAnswer {
        submission: &submission,
        client_name: "Emploi Facile",
        answer: &answer,
        status_url: STATUS_URL,
        called_off: None,
        invitation: Some(invitation()),
    };
    let preview = CandidateAnswer { invitation: None, ..sent.clone() };
    let (sent, preview) = (candidate_answer(&sent).unwrap(), candidate_answer(&preview).unwrap());
    assert_eq!(preview, Letter { calendar: None, ..sent });
}

/// What people and programs type to break a letter.
const HOSTILE: &str = "\"><script>alert(1)</script><img src=x onerror='x'>{{ 7*7 }}{% raw %}{job}\
]]></mj-text></mjml><!-- & &amp; &lt; \u{202e}evil\u{2066} é 🥖 שלום";

#[test]
fn whatever_a_person_types_is_text() {
    let line = |max: usize| HOSTILE.chars().take(max).collect::<String>();
    let mut submission = full_submission();
    submission.candidate.first_name = Personal::new(valid(&line(64)));
    submission.candidate.last_name = Personal::new(valid(&line(64)));
    submission.candidate.address = Personal::new(valid(&line(256)));
    submission.employer.description = valid(&line(256));
    submission.job = valid(&line(128));
    submission.message = Personal::new(valid(HOSTILE));
    submission.attachments[0].name = Personal::new(valid("<b>{{ x }}</b> & co.pdf"));
    let mut info = answer(AnswerKind::Info, true);
    if let Answer::Info(info) = &mut info {
        info.message = Personal::new(valid(HOSTILE));
        info.recruiter.name = Personal::new(valid(&line(128)));
        info.recruiter.address = Some(Personal::new(valid(&line(256))));
        info.recruiter.email =
            EmailAddress::try_from("\"<i>&,;\"@example.org".to_owned()).ok().map(Personal::new);
    }
    for language in Language::ALL {
        let submission = in_language(submission.clone(), language);
        let mut letters = every_letter(&submission, true);
        letters.extend(about_answer(&submission, &info, None));
        for (name, letter) in letters {
            for forbidden in ["<script", "<img", "<b>", "<i>", "onerror='", "49", "]]></mj"] {
                assert!(!letter.html.contains(forbidden), "{name} holds {forbidden}");
            }
            assert!(letter.html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{name}");
            assert!(letter.html.contains("{{ 7*7 }}"), "{name}");
            assert!(letter.html.ends_with("</body></html>"), "{name}");
            assert!(letter.text.contains("<script>alert(1)</script>"), "{name}");
            assert!(!letter.subject.contains(['\n', '\r', '\u{202e}', '\u{2066}']), "{name}");
        }
    }
}

/// Every letter with `text` wherever a person or a partner may write.
fn letters_with(text: &str) -> Vec<(String, Letter)> {
    let line = |max: usize| text.chars().take(max).collect::<String>();
    let mut submission = full_submission();
    submission.candidate.first_name = Personal::new(valid(&line(64)));
    submission.candidate.last_name = Personal::new(valid(&line(64)));
    submission.candidate.address = Personal::new(valid(&line(256)));
    submission.employer.description = valid(&line(256));
    submission.job = valid(&line(128));
    submission.message = Personal::new(valid(&line(4000)));
    let mut letters = vec![];
    for language in Language::ALL {
        let submission = in_language(submission.clone(), language);
        letters.extend(every_letter(&submission, true));
        for kind in AnswerKind::ALL {
            let mut answer = answer(kind, true);
            let message = Personal::new(valid(&line(4000)));
            let recruiter = match &mut answer {
                Answer::Interview(interview) => {
                    interview.message = Some(message);
                    Some(&mut interview.recruiter)
                }
                Answer::Info(info) => {
                    info.message = message;
                    Some(&mut info.recruiter)
                }
                Answer::Rejection(rejection) => {
                    rejection.message = Some(message);
                    None
                }
                Answer::Hire(hire) => {
                    hire.message = Some(message);
                    None
                }
            };
            if let Some(recruiter) = recruiter {
                recruiter.name = Personal::new(valid(&line(128)));
                recruiter.address = Some(Personal::new(valid(&line(256))));
            }
            letters.extend(about_answer(&submission, &answer, Some(&proposed())));
        }
    }
    letters
}

#[rstest]
#[case::no_break_spaces("Maison\u{a0}: «\u{a0}Dupont\u{a0}»\u{202f}!")]
#[case::combining("Ame\u{301}lie C\u{327}elik")]
#[case::not_printable("a\u{e000}b\u{fdd0}c\u{10ffff}")]
#[case::quotes("Le \"Petit\" Fournil d'Anne")]
#[case::backslashes("C:\\Pain\\nouveau\\'x'")]
#[case::emoji("Boulanger 🥖 👩\u{200d}🍳")]
fn no_letter_holds_spelt_out_escapes(#[case] text: &str) {
    for (name, letter) in all_letters().into_iter().chain(letters_with(text)) {
        let calendar = letter.calendar.as_ref().map_or("", |calendar| calendar.ics.as_str());
        for part in [&letter.subject, &letter.text, &letter.html, calendar] {
            assert!(!part.contains("\\u{"), "{name}: {part}");
        }
        let title = crate::plain::html(&letter.subject);
        assert!(letter.html.contains(&format!("<div aria-label=\"{title}\"")), "{name}");
        assert!(letter.html.contains(&format!("<title>{title}</title>")), "{name}");
    }
}

#[test]
fn nothing_that_is_not_seen_reaches_a_letter_or_a_calendar() {
    let unseen: Vec<char> = "\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\
        \u{2069}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{2060}\u{2064}\u{feff}\u{ad}\u{61c}\
        \u{180e}\u{34f}\u{3164}\u{e0041}"
        .chars()
        .collect();
    let text: String = unseen.iter().flat_map(|c| ['A', *c, 'z']).collect();
    for (name, letter) in letters_with(&text) {
        let calendar = letter.calendar.as_ref().map_or("", |calendar| calendar.ics.as_str());
        for part in [&letter.subject, &letter.text, &letter.html, calendar] {
            for c in &unseen {
                assert!(!part.contains(*c), "{name} holds {}: {part}", c.escape_unicode());
            }
        }
    }
}

/// What of a letter is ours: what people wrote is quoted.
fn our_words(letter: &Letter) -> Vec<String> {
    let ours = letter.text.lines().filter(|line| !line.starts_with("> "));
    let mut words = vec![letter.subject.clone(), ours.collect::<Vec<_>>().join("\n")];
    let (_, body) = letter.html.split_once("<body").unwrap();
    let mut quoted = body.split("<div class=\"said\"");
    let unquoted = quoted
        .next()
        .into_iter()
        .chain(quoted.filter_map(|part| part.split_once("</div>").map(|(_, after)| after)));
    for part in unquoted {
        let texts = part.split('<').filter_map(|tag| tag.split_once('>').map(|(_, text)| text));
        let entities = [
            ("&#8202;", ""),
            ("&nbsp;", "\u{a0}"),
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&#39;", "’"),
        ];
        words.extend(texts.map(|text| {
            let plain =
                entities.iter().fold(text.to_owned(), |text, (is, was)| text.replace(is, was));
            plain.replace("&amp;", "&")
        }));
    }
    words
}

#[test]
fn french_letters_keep_their_signs_at_their_words() {
    let submission = in_language(full_submission(), Language::Fr);
    for (name, letter) in every_letter(&submission, true) {
        for words in our_words(&letter) {
            let mut before = None;
            let mut chars = words.chars().peekable();
            while let Some(c) = chars.next() {
                let ends = chars.peek().is_none_or(|next| " \n\u{a0}),.".contains(*next));
                let is_sign = (":;!?".contains(c) && ends && before.is_some()) || c == '»';
                assert!(!is_sign || before == Some('\u{a0}'), "{name}: {words}");
                assert!(c != '«' || chars.peek() == Some(&'\u{a0}'), "{name}: {words}");
                before = Some(c);
            }
        }
    }
}

#[test]
fn the_first_words_of_a_letter_are_hidden_and_not_written_white_on_white() {
    for (name, letter) in all_letters() {
        let (_, hidden) = letter.html.split_once("<div style=\"display:none").unwrap();
        let (style, _) = hidden.split_once('>').unwrap();
        assert!(!style.contains("color"), "{name}: {style}");
        let first = letter.html.find("<div style=\"display:none").unwrap();
        let shown = letter.html.find("font-family").unwrap();
        assert!(first < shown, "{name}: what is hidden comes first");
    }
}

#[test]
fn a_long_word_breaks_wherever_text_stands() {
    let broken = "<div style=\"overflow-wrap:anywhere;word-break:break-word;font-family:";
    for (name, letter) in all_letters() {
        assert!(letter.html.contains(broken), "{name}");
        assert!(!letter.html.contains("<div style=\"font-family:"), "{name}");
    }
}

#[test]
fn the_longest_letters_stay_below_what_mail_programs_clip() {
    let longest = [
        "<".repeat(4000),
        "a\n\n".repeat(1333) + "a",
        "\"\n".repeat(1999) + "\"",
        "🥖".repeat(4000),
    ];
    for message in &longest {
        let mut submission = full_submission();
        submission.message = Personal::new(valid(message));
        submission.employer.description = valid(&"&".repeat(256));
        submission.job = valid(&"\"".repeat(128));
        submission.candidate.first_name = Personal::new(valid(&"'a".repeat(32)));
        submission.candidate.last_name = Personal::new(valid(&"'a".repeat(32)));
        let mut info = answer(AnswerKind::Info, true);
        if let Answer::Info(info) = &mut info {
            info.message = Personal::new(valid(message));
        }
        let mut letters = every_letter(&submission, true);
        letters.extend(about_answer(&submission, &info, None));
        for (name, letter) in letters {
            assert!(letter.html.len() < 100_000, "{name} has {} bytes", letter.html.len());
        }
    }
}

#[test]
fn what_a_person_wrote_cannot_pass_for_ours_in_the_text_part() {
    let mut submission = full_submission();
    submission.message = Personal::new(valid("Bonjour\n\nVOTRE RÉPONSE\nhttps://evil.example/"));
    for (name, letter) in every_letter(&submission, true) {
        let quoted = |line: &str| line.starts_with("> ");
        assert!(letter.text.lines().filter(|line| line.contains("evil")).all(quoted), "{name}");
    }
}

#[test]
fn debug_output_shows_nothing_of_a_letter() {
    for (_, letter) in every_letter(&full_submission(), true) {
        assert_eq!(format!("{letter:?}"), "Letter(…)");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_name_and_message_make_a_whole_letter(
        name in "\\PC{1,64}",
        message in "(\\PC|[\n\t<>&{%}\"\']){1,400}",
    ) {
        let (Ok(name), Ok(message)) = (name.parse(), message.parse()) else {
            return Ok(()); // nothing but spaces
        };
        let mut submission = submission();
        submission.candidate.first_name = Personal::new(name);
        submission.message = Personal::new(message);
        for (name, letter) in every_letter(&submission, false) {
            prop_assert!(letter.html.ends_with("</body></html>"), "{}", name);
            prop_assert_eq!(letter.html.matches("<h1>").count(), 1);
            prop_assert!(!letter.subject.contains(char::is_control));
        }
    }
}

/// The values of `json` that a person typed: codes of ours are short and small.
fn typed(json: &serde_json::Value, into: &mut Vec<String>) {
    match json {
        serde_json::Value::String(text) => {
            let is_code = |c: char| c.is_ascii_lowercase() || c == '_';
            if !text.chars().all(is_code) {
                into.push(text.clone());
            }
        }
        serde_json::Value::Array(values) => {
            for value in values {
                typed(value, into);
            }
        }
        serde_json::Value::Object(values) => {
            for value in values.values() {
                typed(value, into);
            }
        }
        _ => {}
    }
}

#[rstest]
fn no_letter_holds_a_word_that_a_third_language_would_miss(#[values(true, false)] full: bool) {
    let _spoken = crate::pseudo::speak();
    let submission = if full { full_submission() } else { submission() };
    let mut known = vec![];
    typed(&serde_json::to_value(&submission).unwrap(), &mut known);
    for kind in AnswerKind::ALL {
        for full in [true, false] {
            typed(&serde_json::to_value(answer(kind, full)).unwrap(), &mut known);
        }
    }
    let (candidate, employer) = (&submission.candidate, &submission.employer);
    known.push(candidate.full_name().reveal().clone());
    known
        .extend([candidate.email.reveal(), employer.email.reveal()].map(|it| it.readable().into()));
    known.extend(["Emploi Facile", "Paris", "SIRET"].map(str::to_owned));
    let known: Vec<_> = known.iter().map(String::as_str).collect();
    let mut missed = vec![];
    for (name, letter) in every_letter(&submission, full) {
        let mut texts = vec![letter.subject, letter.text, letter.html];
        if let Some(calendar) = letter.calendar {
            let unfolded = calendar.ics.replace("\r\n ", "").replace("\\n", "\n");
            let unfolded = unfolded.replace("\\,", ",");
            let said = unfolded.lines().filter(|line| line.contains("LANGUAGE="));
            texts.extend(said.filter_map(|line| Some(line.split_once(':')?.1.to_owned())));
        }
        for text in texts {
            let left = crate::pseudo::words_left(&text, &known);
            missed.extend(left.into_iter().map(|word| format!("{name}: {word}")));
        }
    }
    missed.dedup();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn every_message_about_a_wrong_value_and_every_name_is_in_the_catalogues() {
    let _spoken = crate::pseudo::speak();
    let language = Language::En;
    let mut said = vec![
        crate::file_size(1, language),
        crate::file_size(182_044, language),
        crate::file_size(1_440_000, language),
        crate::timestamp(minutes(0), &crate::default_zone(), language),
        crate::invalid(&domain::Invalid::Missing, language),
        crate::invalid(&domain::Invalid::TooLong { max: 7 }, language),
        crate::refusal(&domain::application::ApplicationRefusal::Withdrawn, language),
    ];
    let kinds = AnswerKind::ALL;
    said.extend(kinds.map(|kind| crate::answer_kind(kind, language).to_owned()));
    said.extend(kinds.map(|kind| crate::answer_action(kind, language).to_owned()));
    for text in said {
        assert_eq!(crate::pseudo::words_left(&text, &["Paris"]), Vec::<String>::new(), "{text}");
    }
}
