//! Given a history, when a decision is taken, then this happens: every decision in every state.

use std::fmt::Write as _;

use cqrs_es::test::TestFramework;
use domain::application::{
    AnswerKind, ApplicationEvent, ApplicationRefusal, DeleteAttachments, ErasePersonalData,
    GiveAnswer, IssueAnswerLink, JobApplication, Letter, MemoOutcome, RecordAnswerSent,
    RecordConfirmed, RecordEmailFailed, RecordEmailSkipped, RecordForwardedToAmi,
    RecordForwardedToMemo, RecordReceiptSent, RecordReport, RecordSentToEmployer,
    RecordWithdrawalSent, Report, RequestAttachmentsForward, RequestErasure, RequestPersonalData,
    RequestResend, SkipReason, Submit, UndoAnswer, Wish, Withdraw,
};
use domain::erasure::ErasureBasis;
use domain::examples::{self, answer, answer_id, minutes, valid};
use domain::{Decision, Fault, Personal};

type Boxed = Box<dyn Decision<Aggregate = JobApplication>>;

/// What a decision comes to: the kinds of events, or the refusal.
fn outcome(history: Vec<ApplicationEvent>, decision: Boxed) -> String {
    let framework = TestFramework::<JobApplication>::with(());
    let executor = if history.is_empty() {
        framework.given_no_previous_events()
    } else {
        framework.given(history)
    };
    match executor.when(decision).inspect_result() {
        Ok(events) if events.is_empty() => "nothing".to_owned(),
        Ok(events) => events.iter().map(|e| e.kind().as_str()).collect::<Vec<_>>().join(", "),
        Err(refusal) => format!("no: {}", refusal.code()),
    }
}

fn give(kind: AnswerKind, seen: usize) -> Boxed {
    Box::new(GiveAnswer {
        id: answer_id(2),
        answer: answer(kind, true),
        answers_seen: seen,
        evidence: None,
        undo_until: minutes(12),
        at: minutes(10),
    })
}

/// Every decision, with how many answers the recruiter has seen in the given state.
fn decisions(seen: usize) -> Vec<(&'static str, Boxed)> {
    let message_id = || valid("0195.example@postulo.example");
    let cause = || Personal::new(valid("550 5.1.1 no such user"));
    let at = minutes(10);
    let request_id = uuid::Uuid::from_u128(9);
    let failed = |letter| -> Boxed { Box::new(RecordEmailFailed { letter, cause: cause(), at }) };
    vec![
        (
            "Submit",
            Box::new(Submit { submission: examples::submission(), request_digest: None, at }),
        ),
        ("RecordSentToEmployer", Box::new(RecordSentToEmployer { message_id: message_id(), at })),
        ("RecordEmailFailed employer", failed(Letter::Employer)),
        (
            "RecordEmailSkipped employer",
            Box::new(RecordEmailSkipped {
                letter: Letter::Employer,
                reason: SkipReason::StagingClient,
                at,
            }),
        ),
        ("RecordConfirmed", Box::new(RecordConfirmed { message_id: message_id(), at })),
        ("GiveAnswer interview", give(AnswerKind::Interview, seen)),
        ("GiveAnswer info", give(AnswerKind::Info, seen)),
        ("GiveAnswer rejection", give(AnswerKind::Rejection, seen)),
        ("GiveAnswer hire", give(AnswerKind::Hire, seen)),
        ("UndoAnswer", Box::new(UndoAnswer { id: answer_id(1), at: minutes(3) })),
        (
            "RecordAnswerSent",
            Box::new(RecordAnswerSent { answer_id: answer_id(1), message_id: message_id(), at }),
        ),
        (
            "RecordReceiptSent",
            Box::new(RecordReceiptSent { answer_id: answer_id(1), message_id: message_id(), at }),
        ),
        ("RecordEmailFailed confirmation", failed(Letter::Confirmation)),
        ("RecordEmailFailed answer", failed(Letter::Answer { answer_id: answer_id(1) })),
        ("RecordEmailFailed receipt", failed(Letter::Receipt { answer_id: answer_id(1) })),
        (
            "RecordWithdrawalSent employer",
            Box::new(RecordWithdrawalSent {
                letter: Letter::Withdrawal,
                message_id: message_id(),
                at,
            }),
        ),
        ("RecordEmailFailed withdrawal", failed(Letter::Withdrawal)),
        ("RecordEmailFailed cancellation", failed(Letter::Cancellation)),
        (
            "RecordReport bounced",
            Box::new(RecordReport {
                message_id: message_id(),
                report: Report::Bounced { permanent: true, fault: Fault::Address, cause: cause() },
                at,
            }),
        ),
        (
            "RecordReport delivered",
            Box::new(RecordReport { message_id: message_id(), report: Report::Delivered, at }),
        ),
        (
            "RecordForwardedToMemo",
            Box::new(RecordForwardedToMemo { outcome: MemoOutcome::Taken, at }),
        ),
        ("RecordForwardedToAmi", Box::new(RecordForwardedToAmi { at })),
        (
            "RequestResend employer",
            Box::new(RequestResend { request_id, letter: Letter::Employer, at }),
        ),
        ("IssueAnswerLink", Box::new(IssueAnswerLink { expires_at: minutes(500), at })),
        (
            "RequestAttachmentsForward",
            Box::new(RequestAttachmentsForward {
                request_id,
                recipients: vec![Personal::new(valid("direction@boulangerie.example"))],
                at,
            }),
        ),
        ("Withdraw", Box::new(Withdraw { reason: None, at })),
        (
            "RequestPersonalData",
            Box::new(RequestPersonalData { request_id, wish: Wish::Export, at }),
        ),
        (
            "RequestErasure",
            Box::new(RequestErasure { request_id, requested_by: valid("operator-1"), at }),
        ),
        (
            "ErasePersonalData candidate",
            Box::new(ErasePersonalData { basis: ErasureBasis::Candidate, at }),
        ),
        (
            "ErasePersonalData retention",
            Box::new(ErasePersonalData { basis: ErasureBasis::Retention { before: at }, at }),
        ),
        ("DeleteAttachments", Box::new(DeleteAttachments { before: at, at })),
    ]
}

#[test]
fn every_decision_has_its_outcome_in_every_state() {
    let mut table = String::new();
    for (state, history) in examples::every_state() {
        let seen = history.iter().filter(|event| event.given_answer().is_some()).count();
        writeln!(table, "given {state}").unwrap();
        for (name, decision) in decisions(seen) {
            writeln!(table, "  when {name}: {}", outcome(history.clone(), decision)).unwrap();
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn every_decision_repeated_at_once_changes_nothing_or_is_refused() {
    for (state, history) in examples::every_state() {
        let seen = history.iter().filter(|event| event.given_answer().is_some()).count();
        for (name, decision) in decisions(seen) {
            let Ok(first) = decision.decide(&examples::state(&history)) else {
                continue;
            };
            let after: Vec<_> = history.iter().cloned().chain(first).collect();
            let again = decision.decide(&examples::state(&after));
            let quiet = matches!(&again, Ok(events) if events.is_empty()) || again.is_err();
            // Each link that is handed out counts.
            let quiet = quiet || name == "IssueAnswerLink";
            assert!(quiet, "{name} in {state}: {again:?}");
        }
    }
}

#[test]
fn of_two_answers_to_the_same_state_one_wins() {
    let before = vec![examples::submitted(), examples::sent()];
    let after = [before, vec![examples::answered(1, answer(AnswerKind::Interview, true), None)]];
    let late = give(AnswerKind::Interview, 0);
    assert_eq!(outcome(after.concat(), late), "no: answered_meanwhile");
}

#[test]
fn a_second_click_answers_once() {
    let given = examples::answered(2, answer(AnswerKind::Hire, true), None);
    let history = vec![examples::submitted(), given];
    assert_eq!(outcome(history, give(AnswerKind::Hire, 0)), "nothing");
}

#[test]
fn information_may_be_asked_for_twice_and_an_interview_proposed_twice() {
    let mut history = vec![examples::submitted(), examples::sent()];
    let kinds = [AnswerKind::Info, AnswerKind::Info, AnswerKind::Interview, AnswerKind::Interview];
    for (seen, kind) in kinds.into_iter().enumerate() {
        let id = answer_id(seen as u128 + 10);
        let decision = GiveAnswer {
            id,
            answer: answer(kind, true),
            answers_seen: seen,
            evidence: None,
            undo_until: minutes(12),
            at: minutes(10),
        };
        let decided = decision.decide(&examples::state(&history));
        history.extend(decided.expect("a report is never refused"));
    }
    assert_eq!(outcome(history, give(AnswerKind::Rejection, 4)), "Rejected");
}

#[test]
fn an_interview_in_the_past_is_refused_when_it_is_sent() {
    let late = GiveAnswer {
        id: answer_id(2),
        answer: answer(AnswerKind::Interview, true),
        answers_seen: 0,
        evidence: None,
        undo_until: examples::at("2026-12-04T00:00:00Z"),
        at: examples::at("2026-12-04T00:00:00Z"),
    };
    assert_eq!(outcome(vec![examples::submitted()], Box::new(late)), "no: past_interview");
}

#[test]
fn an_undone_rejection_opens_the_application_again() {
    let rejected = examples::answered(1, answer(AnswerKind::Rejection, true), None);
    let undone = ApplicationEvent::AnswerUndone { answer_id: answer_id(1), at: minutes(3) };
    let history = vec![examples::submitted(), rejected, undone];
    assert_eq!(outcome(history, give(AnswerKind::Interview, 1)), "InterviewProposed");
}

#[test]
fn an_answer_cannot_be_undone_late_or_after_its_email_left() {
    let given = examples::answered(1, answer(AnswerKind::Info, true), None);
    let history = vec![examples::submitted(), given];
    let late = UndoAnswer { id: answer_id(1), at: minutes(4) };
    assert_eq!(outcome(history.clone(), Box::new(late)), "no: undo_too_late");
    let left = ApplicationEvent::AnswerSentToCandidate {
        answer_id: answer_id(1),
        message_id: valid("x@postulo.example"),
        at: minutes(3),
    };
    let in_time = UndoAnswer { id: answer_id(1), at: minutes(3) };
    let history = [history, vec![left]].concat();
    assert_eq!(outcome(history, Box::new(in_time)), "no: undo_too_late");
}

#[test]
fn only_the_latest_answer_can_be_undone() {
    let first = examples::answered(1, answer(AnswerKind::Info, true), None);
    let second = examples::answered(2, answer(AnswerKind::Info, true), None);
    let history = vec![examples::submitted(), first, second];
    let undo = UndoAnswer { id: answer_id(1), at: minutes(3) };
    assert_eq!(outcome(history, Box::new(undo)), "no: undo_too_late");
}

#[test]
fn an_employer_that_failed_once_may_be_reached_later() {
    let cause = Personal::new(valid("550"));
    let failed = ApplicationEvent::EmailFailed { letter: Letter::Employer, cause, at: minutes(1) };
    let sent = RecordSentToEmployer { message_id: valid("x@postulo.example"), at: minutes(9) };
    let history = vec![examples::submitted(), failed];
    assert_eq!(outcome(history, Box::new(sent)), "SentToEmployer");
}

#[test]
fn an_event_is_read_back_as_it_was_written() {
    for event in examples::every_event() {
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<ApplicationEvent>(&text).unwrap(), event);
        assert!(text.starts_with(&format!(r#"{{"type":"{}""#, event.kind())), "{text}");
    }
}

#[test]
fn a_refusal_is_a_sentence() {
    let refusal = ApplicationRefusal::Withdrawn.to_string();
    assert!(refusal.ends_with('.') && refusal.len() > 20, "{refusal}");
}

fn reported(kinds: &[Report], message_id: &str) -> Vec<ApplicationEvent> {
    let mut history = vec![examples::submitted(), examples::sent()];
    for report in kinds {
        let report = report.clone();
        let decision = RecordReport { message_id: valid(message_id), report, at: minutes(9) };
        let decided = decision.decide(&examples::state(&history));
        history.extend(decided.expect("a report is never refused"));
    }
    history
}

#[test]
fn reports_count_once_and_the_weightiest_tells_whatever_came_last() {
    let cause = || Personal::new(valid("550"));
    let bounced = || Report::Bounced { permanent: true, fault: Fault::Address, cause: cause() };
    let soft = || Report::Bounced { permanent: false, fault: Fault::Transient, cause: cause() };
    let message_id = "0195.employer@postulo.example";
    for order in [
        vec![Report::Delivered, bounced(), Report::Delivered, soft(), bounced()],
        vec![bounced(), soft(), soft(), bounced(), Report::Delivered],
    ] {
        let history = reported(&order, message_id);
        assert_eq!(history.len(), 5, "each kind of report is one event");
        let state = examples::state(&history);
        assert_eq!(state.status(), Some(domain::application::ApplicationStatus::Undeliverable));
        let last = state.known().unwrap().reports_of(message_id).last().copied().cloned();
        assert_eq!(last.unwrap().kind.as_str(), "bounced");
    }
    let state = examples::state(&reported(&[bounced()], "another@postulo.example"));
    assert_eq!(
        state.status(),
        Some(domain::application::ApplicationStatus::Sent),
        "another e-mail's report"
    );
    let state = examples::state(&reported(&[soft(), Report::Delivered], message_id));
    assert_eq!(
        state.status(),
        Some(domain::application::ApplicationStatus::Sent),
        "a soft bounce passes"
    );
}

#[test]
fn what_did_not_arrive_by_our_fault_is_not_told_as_undeliverable() {
    let cause = || Personal::new(valid("550"));
    let message_id = "0195.employer@postulo.example";
    for fault in [Fault::Address, Fault::Receiver, Fault::Sender, Fault::Provider, Fault::Transient]
    {
        let reports = [
            Report::Bounced { permanent: true, fault, cause: cause() },
            Report::Blocked { fault, cause: cause() },
        ];
        for report in reports {
            let state = examples::state(&reported(&[report], message_id));
            let expected = if fault.is_ours() { "sent" } else { "undeliverable" };
            assert_eq!(state.status().unwrap().as_str(), expected, "{fault:?}");
            let last = state.known().unwrap().reports_of(message_id)[0].kind;
            assert_eq!(last.as_str() == "withheld", fault.is_ours(), "{fault:?}");
        }
    }
}

#[test]
fn a_letter_that_never_left_is_not_sent_again() {
    let resend =
        |answer| RequestResend { request_id: uuid::Uuid::nil(), letter: answer, at: minutes(9) };
    let history = vec![examples::submitted()];
    assert_eq!(outcome(history, Box::new(resend(Letter::Employer))), "no: not_sent_yet");
    let history = vec![examples::submitted(), examples::sent()];
    assert_eq!(outcome(history.clone(), Box::new(resend(Letter::Employer))), "ResendRequested");
    let receipt = Letter::Receipt { answer_id: answer_id(1) };
    assert_eq!(outcome(history, Box::new(resend(receipt))), "no: no_such_answer");
}
