//! Which interview takes the place of which, what is called off by what, and who hears of it.

use domain::application::{
    Answer, AnswerKind, Application, ApplicationEvent, Letter, SkipReason, Successor, Withdraw,
};
use domain::examples::{self, answer, answer_id, at, minutes, valid};
use domain::{Decision as _, JobApplication, Personal};
use jiff::Timestamp;
use rstest::rstest;

fn known(events: &[ApplicationEvent]) -> Application {
    examples::state(events).known().expect("it was submitted").clone()
}

/// An interview proposed by the answer number `n`, given at `given` and undoable for two minutes.
fn proposed(n: u128, given: Timestamp, starts_at: &str) -> ApplicationEvent {
    let Answer::Interview(mut interview) = answer(AnswerKind::Interview, true) else {
        panic!("the example is an interview");
    };
    interview.starts_at = valid(starts_at);
    ApplicationEvent::InterviewProposed {
        answer_id: answer_id(n),
        interview: Box::new(interview),
        evidence: None,
        undo_until: given + jiff::SignedDuration::from_mins(2),
        at: given,
    }
}

fn given(n: u128, kind: AnswerKind, when: Timestamp) -> ApplicationEvent {
    let mut event = examples::answered(n, answer(kind, true), None);
    match &mut event {
        ApplicationEvent::InfoRequested { at, undo_until, .. }
        | ApplicationEvent::Rejected { at, undo_until, .. }
        | ApplicationEvent::Hired { at, undo_until, .. } => {
            *at = when;
            *undo_until = when + jiff::SignedDuration::from_mins(2);
        }
        _ => panic!("an interview has a date"),
    }
    event
}

fn left(n: u128) -> ApplicationEvent {
    let message_id = valid(&format!("{n}.answer@postulo.example"));
    ApplicationEvent::AnswerSentToCandidate { answer_id: answer_id(n), message_id, at: minutes(30) }
}

const THURSDAY: &str = "2026-12-03T14:30[Europe/Paris]";
const FRIDAY: &str = "2026-12-04T09:00[Europe/Paris]";

fn begun() -> Vec<ApplicationEvent> {
    vec![examples::submitted(), examples::sent()]
}

fn with(more: &[ApplicationEvent]) -> Vec<ApplicationEvent> {
    [begun(), more.to_vec()].concat()
}

#[test]
fn another_date_is_the_same_meeting_until_the_first_has_begun() {
    let after = at("2026-12-03T15:00:00Z");
    let history = with(&[
        proposed(1, minutes(10), THURSDAY),
        proposed(2, minutes(20), "2026-12-03T10:00[Europe/Paris]"),
        proposed(3, after, FRIDAY),
        proposed(4, after + jiff::SignedDuration::from_mins(5), FRIDAY),
    ]);
    let application = known(&history);
    let meetings = application.meetings();
    let numbers: Vec<_> = meetings.iter().map(|it| (it.number, it.sequence)).collect();
    assert_eq!(numbers, [(1, 0), (1, 1), (2, 0), (2, 1)]);
}

#[test]
fn a_date_that_was_taken_back_counts_for_none() {
    let undone = ApplicationEvent::AnswerUndone { answer_id: answer_id(1), at: minutes(11) };
    let history =
        with(&[proposed(1, minutes(10), THURSDAY), undone, proposed(2, minutes(20), FRIDAY)]);
    let application = known(&history);
    let meetings = application.meetings();
    assert_eq!(meetings.len(), 1);
    assert_eq!((meetings[0].given.id, meetings[0].sequence), (answer_id(2), 0));
}

#[rstest]
#[case::rejection(AnswerKind::Rejection)]
#[case::hire(AnswerKind::Hire)]
fn an_ending_calls_off_the_latest_date_that_left(#[case] kind: AnswerKind) {
    let one = [proposed(1, minutes(10), THURSDAY), left(1)];
    let two = [proposed(2, minutes(40), FRIDAY), left(2)];
    let end = given(3, kind, minutes(60));
    let application = known(&with(&[&one[..], std::slice::from_ref(&end)].concat()));
    let meeting = application.called_off(minutes(60), Some(answer_id(3))).unwrap();
    assert_eq!((meeting.given.id, meeting.sequence), (answer_id(1), 1));

    let application = known(&with(&[&one[..], &two[..], &[end]].concat()));
    let meeting = application.called_off(minutes(60), Some(answer_id(3))).unwrap();
    assert_eq!((meeting.given.id, meeting.sequence), (answer_id(2), 2));
    assert_eq!(meeting.interview.starts_at, valid(FRIDAY));
}

#[test]
fn another_date_takes_the_place_of_the_one_before_it_alone() {
    let history = with(&[
        proposed(1, minutes(10), THURSDAY),
        left(1),
        proposed(2, minutes(40), FRIDAY),
        left(2),
    ]);
    let application = known(&history);
    assert_eq!(application.called_off(minutes(10), Some(answer_id(1))), None);
    let before = application.called_off(minutes(40), Some(answer_id(2))).unwrap();
    assert_eq!(before.given.id, answer_id(1));
}

#[test]
fn what_never_left_is_not_called_off() {
    let failed = ApplicationEvent::EmailFailed {
        letter: Letter::Answer { answer_id: answer_id(1) },
        cause: Personal::new(valid("550 5.1.1")),
        at: minutes(30),
    };
    let skipped = ApplicationEvent::EmailSkipped {
        letter: Letter::Answer { answer_id: answer_id(1) },
        reason: SkipReason::Suppressed,
        at: minutes(30),
    };
    for never in [failed, skipped] {
        let kind = never.kind();
        let end = given(3, AnswerKind::Rejection, minutes(60));
        let application = known(&with(&[proposed(1, minutes(10), THURSDAY), never, end]));
        assert_eq!(application.called_off(minutes(60), Some(answer_id(3))), None, "{kind}");
    }
    // Rejected while the proposal could still be taken back: its e-mail is held.
    let end = given(3, AnswerKind::Rejection, minutes(11));
    let application = known(&with(&[proposed(1, minutes(10), THURSDAY), end]));
    assert_eq!(application.called_off(minutes(11), Some(answer_id(3))), None);
    // Rejected later, while the mail server did not answer: it may be under way.
    let end = given(3, AnswerKind::Rejection, minutes(60));
    let application = known(&with(&[proposed(1, minutes(10), THURSDAY), end]));
    assert!(application.called_off(minutes(60), Some(answer_id(3))).is_some());
}

#[test]
fn an_interview_that_had_begun_is_not_called_off() {
    let after = at("2026-12-03T13:31:00Z");
    let end = given(2, AnswerKind::Rejection, after);
    let history = with(&[proposed(1, minutes(10), THURSDAY), left(1), end]);
    assert_eq!(known(&history).called_off(after, Some(answer_id(2))), None);
    let withdrawn = ApplicationEvent::Withdrawn { reason: None, at: after };
    let history = with(&[proposed(1, minutes(10), THURSDAY), left(1), withdrawn]);
    let application = known(&history);
    assert_eq!(application.missed_interview(), None);
    assert!(!application.withdrawal_letters().contains(&Letter::Cancellation));
}

#[test]
fn a_later_answer_takes_the_place_of_an_interview_and_a_question_takes_none() {
    let info = given(2, AnswerKind::Info, minutes(20));
    let application = known(&with(&[proposed(1, minutes(10), THURSDAY), info.clone()]));
    let first = application.answer(answer_id(1)).unwrap();
    assert_eq!(application.successor(first), None);
    let end = given(3, AnswerKind::Hire, minutes(30));
    let application = known(&with(&[proposed(1, minutes(10), THURSDAY), info, end]));
    for n in [1, 2] {
        let given = application.answer(answer_id(n)).unwrap();
        let hire = application.answer(answer_id(3)).unwrap();
        assert_eq!(application.successor(given), Some(Successor::Answer(hire)));
        assert_eq!(application.successor(hire), None);
    }
    let withdrawn = ApplicationEvent::Withdrawn { reason: None, at: minutes(30) };
    let application = known(&with(&[proposed(1, minutes(10), THURSDAY), withdrawn]));
    let first = application.answer(answer_id(1)).unwrap();
    assert_eq!(application.successor(first), Some(Successor::Withdrawal(minutes(30))));
}

fn letters(history: &[ApplicationEvent]) -> Vec<Letter> {
    known(history).withdrawal_letters()
}

#[test]
fn a_withdrawal_is_told_to_whoever_counts_on_the_candidate() {
    let withdrawn = ApplicationEvent::Withdrawn { reason: None, at: minutes(60) };
    assert_eq!(letters(&begun()), [], "nobody withdrew");
    assert_eq!(letters(&[examples::submitted(), withdrawn.clone()]), [], "nobody has it");
    assert_eq!(letters(&with(std::slice::from_ref(&withdrawn))), [Letter::Withdrawal]);
    let interview = [proposed(1, minutes(10), THURSDAY), left(1), withdrawn.clone()];
    let recruiter = Letter::RecruiterWithdrawal { answer_id: answer_id(1) };
    assert_eq!(letters(&with(&interview)), [Letter::Withdrawal, recruiter, Letter::Cancellation]);
    let held = [proposed(1, minutes(59), THURSDAY), withdrawn.clone()];
    assert_eq!(letters(&with(&held)), [Letter::Withdrawal, recruiter], "the candidate never knew");
    let info = [given(1, AnswerKind::Info, minutes(10)), withdrawn.clone()];
    assert_eq!(letters(&with(&info)), [Letter::Withdrawal, recruiter]);

    // Brought to the employer by an operator, after it failed.
    let request_id = uuid::Uuid::from_u128(9);
    let failed = ApplicationEvent::EmailFailed {
        letter: Letter::Employer,
        cause: Personal::new(valid("550")),
        at: minutes(1),
    };
    let (letter, at) = (Letter::Employer, minutes(2));
    let asked = ApplicationEvent::ResendRequested { request_id, letter, at };
    let message_id = valid("0195.employer@postulo.example");
    let resent = ApplicationEvent::EmailResent { request_id, letter, message_id, at };
    let history = [examples::submitted(), failed, asked, resent, withdrawn];
    assert_eq!(letters(&history), [Letter::Withdrawal]);
}

#[test]
fn each_address_is_told_once() {
    let with_address = |n, address: &str| {
        let mut event = proposed(n, minutes(10 * i64::try_from(n).unwrap()), THURSDAY);
        if let ApplicationEvent::InterviewProposed { interview, .. } = &mut event {
            interview.recruiter.email = Some(Personal::new(valid(address)));
        }
        event
    };
    let history = with(&[
        with_address(1, "Recrutement@Boulangerie.example"), // the employer's own
        with_address(2, "dominique@boulangerie.example"),
        with_address(3, "alix@boulangerie.example"),
        with_address(4, "DOMINIQUE@boulangerie.example"),
        ApplicationEvent::Withdrawn { reason: None, at: minutes(60) },
    ]);
    let recruiters: Vec<_> = letters(&history).iter().filter_map(|it| it.answer_id()).collect();
    assert_eq!(recruiters, [answer_id(4), answer_id(3)]);
    let application = known(&history);
    let to = |n| application.recipient(Letter::RecruiterWithdrawal { answer_id: answer_id(n) });
    assert_eq!(to(3).unwrap().reveal().as_str(), "alix@boulangerie.example");
    assert_eq!(to(9), None);
}

#[test]
fn what_became_of_a_letter_of_the_withdrawal_is_kept_and_said_once() {
    use domain::application::RecordWithdrawalSent;
    let withdrawn = Withdraw { reason: None, at: minutes(60) };
    let mut state: JobApplication = examples::state(&begun());
    let record = RecordWithdrawalSent {
        letter: Letter::Withdrawal,
        message_id: valid("0195.withdrawal@postulo.example"),
        at: minutes(61),
    };
    assert!(record.decide(&state).is_err(), "nobody withdrew");
    for event in withdrawn.decide(&state).unwrap() {
        state.apply(event);
    }
    let about_another = RecordWithdrawalSent { letter: Letter::Employer, ..record.clone() };
    assert!(about_another.decide(&state).is_err());
    for event in record.decide(&state).unwrap() {
        state.apply(event);
    }
    assert!(state.known().unwrap().delivery(Letter::Withdrawal).unwrap().is_sent());
    assert!(!state.known().unwrap().delivery(Letter::Cancellation).unwrap().is_sent());
    assert_eq!(record.decide(&state), Ok(vec![]));
}
