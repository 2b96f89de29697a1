use domain::application::{Answer, AnswerKind, Submission};
use domain::examples::{answer, full_submission, minutes, submission, valid};
use domain::{Language, Personal};
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
const UNDO_URL: &str = "https://postulo.example/r/k1.Zm9v.c2lnbmF0dXJl/undo?answer=1&sure=0";

/// Every letter about `submission`, by name; `full` answers or minimal ones.
fn every_letter(submission: &Submission, full: bool) -> Vec<(String, Letter)> {
    let client_name = "Emploi Facile";
    let links = links();
    let submitted_at = minutes(0);
    let employer = EmployerApplication {
        submission,
        client_name,
        links: &links,
        submitted_at,
    };
    let copy = CandidateCopy {
        submission,
        client_name,
        status_url: STATUS_URL,
        submitted_at,
    };
    let mut letters = vec![
        (
            "employer_application".to_owned(),
            employer_application(&employer).unwrap(),
        ),
        ("candidate_copy".to_owned(), candidate_copy(&copy).unwrap()),
    ];
    for kind in AnswerKind::ALL {
        let answer = answer(kind, full);
        letters.extend(about_answer(submission, &answer));
    }
    letters
}

/// The letters about `answer`.
fn about_answer(submission: &Submission, answer: &Answer) -> [(String, Letter); 2] {
    let client_name = "Emploi Facile";
    let to_candidate = CandidateAnswer {
        submission,
        client_name,
        answer,
        status_url: STATUS_URL,
        invitation: Some(invitation()),
    };
    let receipt = RecruiterReceipt {
        submission,
        client_name,
        answer,
        undo_until: minutes(4),
        overview_url: &links().overview,
        undo_url: UNDO_URL,
    };
    let kind = answer.kind().as_str();
    [
        (
            format!("candidate_answer_{kind}"),
            candidate_answer(&to_candidate).unwrap(),
        ),
        (
            format!("recruiter_receipt_{kind}"),
            recruiter_receipt(&receipt).unwrap(),
        ),
    ]
}

#[rstest]
fn every_letter_reads_well(
    #[values(Language::Fr, Language::En)] language: Language,
    #[values(true, false)] full: bool,
) {
    let submission = if full {
        full_submission()
    } else {
        submission()
    };
    let submission = in_language(submission, language);
    for (name, letter) in every_letter(&submission, full) {
        let suffix = if full { "full" } else { "minimal" };
        let name = format!("{name}_{}_{suffix}", language.code());
        let ics = letter
            .calendar
            .as_ref()
            .map(|calendar| calendar.ics.replace("\r\n", "\n"));
        let shown = format!(
            "Subject: {}\n\n{}\n{}",
            letter.subject,
            letter.text,
            ics.unwrap_or_default()
        );
        insta::assert_snapshot!(name.as_str(), shown);
        insta::assert_snapshot!(format!("{name}.html"), letter.html);
    }
}
