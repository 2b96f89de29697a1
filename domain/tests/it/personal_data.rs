//! Given an application, when its candidate's data are asked for, deleted or forgotten, then this
//! happens.

use domain::application::{
    ApplicationEvent, ApplicationStatus, Basis, DeleteAttachments, Delivery, ErasePersonalData,
    JobApplication, RecordPersonalDataLinkSent, RefuseErasure, RequestErasure, RequestPersonalData,
    Wish,
};
use domain::erasure::ErasureBasis;
use domain::{ApplicationRefusal, Decision, examples};
use examples::{minutes, sent, state, submitted, submitted_in_full, valid};
use uuid::Uuid;

const REQUEST: Uuid = Uuid::from_u128(9);

fn when(
    history: &[ApplicationEvent],
    decision: &impl Decision<Aggregate = JobApplication>,
) -> Outcome {
    decision.decide(&state(history))
}

type Outcome = Result<Vec<ApplicationEvent>, ApplicationRefusal>;

fn asked() -> ApplicationEvent {
    ApplicationEvent::PersonalDataRequested {
        request_id: REQUEST,
        wish: Wish::Erasure,
        at: minutes(3),
    }
}

fn erasure_requested() -> ApplicationEvent {
    let requested_by = valid("operator-1");
    ApplicationEvent::ErasureRequested { request_id: REQUEST, requested_by, at: minutes(3) }
}

fn erased() -> ApplicationEvent {
    ApplicationEvent::PersonalDataErased { basis: Basis::Candidate, at: minutes(4) }
}

fn erase(basis: ErasureBasis) -> ErasePersonalData {
    ErasePersonalData { basis, at: minutes(9) }
}

#[test]
fn a_candidate_asks_for_their_data_and_a_second_click_asks_once() {
    let ask = RequestPersonalData { request_id: REQUEST, wish: Wish::Erasure, at: minutes(3) };
    assert_eq!(when(&[submitted()], &ask), Ok(vec![asked()]));
    assert_eq!(when(&[submitted(), asked()], &ask), Ok(vec![]));
    assert_eq!(when(&[submitted(), erased()], &ask), Err(ApplicationRefusal::Erased));
    assert_eq!(when(&[], &ask), Err(ApplicationRefusal::NotFound));
}

#[test]
fn nobody_is_mailed_link_upon_link() {
    let mut history = vec![submitted()];
    for n in 0..20 {
        let (request_id, wish) = (Uuid::from_u128(n), Wish::Export);
        history.push(ApplicationEvent::PersonalDataRequested { request_id, wish, at: minutes(3) });
    }
    let one_more =
        RequestPersonalData { request_id: Uuid::max(), wish: Wish::Export, at: minutes(5) };
    assert_eq!(when(&history, &one_more), Err(ApplicationRefusal::TooManyRequests));
}

#[test]
fn that_the_link_left_is_recorded_once() {
    let record = RecordPersonalDataLinkSent {
        request_id: REQUEST,
        message_id: valid("0195.data@postulo.example"),
        at: minutes(4),
    };
    let recorded = when(&[submitted(), asked()], &record).unwrap();
    assert_eq!(recorded.len(), 1);
    let history = [vec![submitted(), asked()], recorded].concat();
    assert_eq!(when(&history, &record), Ok(vec![]));
    assert!(state(&history).known().unwrap().data_requests[0].delivery.is_sent());
    assert_eq!(when(&[submitted()], &record), Err(ApplicationRefusal::NoSuchRequest));
}

#[test]
fn one_operator_asks_and_another_one_agrees() {
    let request =
        |by: &str| RequestErasure { request_id: REQUEST, requested_by: valid(by), at: minutes(3) };
    assert_eq!(when(&[submitted()], &request("operator-1")), Ok(vec![erasure_requested()]));
    let waiting = [submitted(), erasure_requested()];
    assert_eq!(when(&waiting, &request("operator-2")), Ok(vec![]), "one waits already");

    let by = |operator: &str| erase(ErasureBasis::Operator(valid(operator)));
    assert_eq!(when(&waiting, &by("operator-1")), Err(ApplicationRefusal::SecondPersonNeeded));
    assert_eq!(when(&[submitted()], &by("operator-2")), Err(ApplicationRefusal::NoSuchRequest));
    let basis = Basis::Operators;
    assert_eq!(
        when(&waiting, &by("operator-2")),
        Ok(vec![ApplicationEvent::PersonalDataErased { basis, at: minutes(9) }])
    );
}

#[test]
fn an_operator_says_no_and_nothing_waits_any_more() {
    let refuse = |request_id| RefuseErasure { request_id, at: minutes(5) };
    let waiting = vec![submitted(), erasure_requested()];
    let refused = when(&waiting, &refuse(REQUEST)).unwrap();
    assert_eq!(when(&waiting, &refuse(Uuid::nil())), Err(ApplicationRefusal::NoSuchRequest));
    let history = [waiting, refused].concat();
    assert_eq!(when(&history, &refuse(REQUEST)), Err(ApplicationRefusal::NoSuchRequest));
    let agree = erase(ErasureBasis::Operator(valid("operator-2")));
    assert_eq!(when(&history, &agree), Err(ApplicationRefusal::NoSuchRequest));
}

#[test]
fn forgetting_twice_is_forgetting_once_and_the_status_stays() {
    let answered = examples::answered(
        1,
        examples::answer(domain::application::AnswerKind::Rejection, true),
        None,
    );
    for (history, status) in [
        (vec![submitted()], ApplicationStatus::Submitted),
        (vec![submitted(), sent()], ApplicationStatus::Sent),
        (vec![submitted(), sent(), answered], ApplicationStatus::Rejected),
        (
            vec![submitted(), ApplicationEvent::Withdrawn { reason: None, at: minutes(2) }],
            ApplicationStatus::Withdrawn,
        ),
    ] {
        for basis in [ErasureBasis::Candidate, ErasureBasis::CommandLine] {
            let gone = when(&history, &erase(basis)).unwrap();
            let history = [history.clone(), gone].concat();
            let state = state(&history);
            assert_eq!(state.status(), Some(status));
            assert!(state.known().unwrap().erased_at.is_some());
            assert_eq!(state.open().unwrap_err(), ApplicationRefusal::Erased);
            assert_eq!(state.remembered().unwrap_err(), ApplicationRefusal::Erased);
            assert_eq!(when(&history, &erase(ErasureBasis::Candidate)), Ok(vec![]));
        }
    }
    assert_eq!(when(&[], &erase(ErasureBasis::Candidate)), Err(ApplicationRefusal::NotFound));
}

#[test]
fn data_are_kept_until_nothing_has_happened_for_long_enough() {
    let after = |before| erase(ErasureBasis::Retention { before: minutes(before) });
    let history = [submitted(), sent()]; // last contact at minute 1
    assert_eq!(when(&history, &after(1)), Ok(vec![]), "it must be before that time");
    assert_eq!(when(&history, &after(2)).unwrap().len(), 1);
    // The looking after data is no contact.
    let looked_after = [
        submitted_in_full(),
        sent(),
        ApplicationEvent::AttachmentsDeleted { at: minutes(8) },
        erasure_requested(),
        ApplicationEvent::ErasureRefused { request_id: REQUEST, at: minutes(8) },
    ];
    assert_eq!(when(&looked_after, &after(2)).unwrap().len(), 1);
    let asked = [submitted(), asked()];
    assert_eq!(when(&asked, &after(2)), Ok(vec![]), "the candidate's own wish is one");
}

#[test]
fn documents_are_deleted_once_and_only_when_they_are_old_enough() {
    let delete = |before| DeleteAttachments { before: minutes(before), at: minutes(9) };
    let history = vec![submitted_in_full(), sent()];
    assert_eq!(when(&history, &delete(0)), Ok(vec![]));
    let gone = when(&history, &delete(1)).unwrap();
    assert_eq!(gone, [ApplicationEvent::AttachmentsDeleted { at: minutes(9) }]);
    let history = [history, gone].concat();
    assert_eq!(when(&history, &delete(1)), Ok(vec![]));
    assert!(state(&history).known().unwrap().documents().is_empty());
    assert_eq!(when(&[submitted()], &delete(1)), Ok(vec![]), "there was none");
    assert_eq!(when(&[submitted_in_full(), erased()], &delete(1)), Ok(vec![]));
}

#[test]
fn what_an_operator_may_send_on_goes_with_the_documents() {
    use domain::application::{Letter, RequestAttachmentsForward, RequestResend};
    let deleted =
        [submitted_in_full(), sent(), ApplicationEvent::AttachmentsDeleted { at: minutes(8) }];
    let at = minutes(9);
    let resend = |letter| RequestResend { request_id: REQUEST, letter, at };
    assert_eq!(
        when(&deleted, &resend(Letter::Employer)),
        Err(ApplicationRefusal::AttachmentsDeleted)
    );
    let forward = RequestAttachmentsForward { request_id: REQUEST, recipients: vec![], at };
    assert_eq!(when(&deleted, &forward), Err(ApplicationRefusal::AttachmentsDeleted));
    let delivery = &state(&deleted).known().unwrap().employer_email.clone();
    assert!(matches!(delivery, Delivery::Sent { .. }), "what was sent was sent");
}
