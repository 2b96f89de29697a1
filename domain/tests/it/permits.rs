//! Given what is known of a dossier, when its source is seen again, then this happened: one event for each
//! change, and nothing where there is none.

#![expect(clippy::unwrap_used, reason = "what the tests share lies outside of their functions")]
#![expect(clippy::unnecessary_box_returns, reason = "a command of the framework is boxed")]
#![expect(clippy::match_same_arms, reason = "the table reads from state to state")]

use cqrs_es::test::TestFramework;
use domain::examples::{dossier, granted, minutes, valid};
use domain::permit::{
    Dossier, DossierDates, DossierState, ErasePermit, FieldKey, FieldMap, FormAnswer, Permit,
    PermitEvent, PermitRefusal, TakeInDossier, WithdrawPermit,
};
use domain::{Decision as _, Personal};
use jiff::Timestamp;
use rstest::rstest;

const STATES: [DossierState; 6] = [
    DossierState::Draft,
    DossierState::Initiated,
    DossierState::Received,
    DossierState::Closed,
    DossierState::Refused,
    DossierState::WithoutContinuation,
];

fn given(history: Vec<PermitEvent>) -> cqrs_es::test::AggregateTestExecutor<Permit> {
    let framework = TestFramework::<Permit>::with(());
    if history.is_empty() { framework.given_no_previous_events() } else { framework.given(history) }
}

fn seen(dossier: Dossier) -> PermitEvent {
    PermitEvent::PermitRequested { dossier: Box::new(dossier), at: minutes(100) }
}

fn look(dossier: &Dossier) -> Box<TakeInDossier> {
    Box::new(TakeInDossier { dossier: dossier.clone(), at: minutes(200) })
}

fn gone(deleted_at: Option<Timestamp>) -> Box<WithdrawPermit> {
    let reason = Some(valid("user_request"));
    Box::new(WithdrawPermit { reason, deleted_at, at: minutes(300) })
}

fn withdrawn() -> PermitEvent {
    PermitEvent::PermitWithdrawn { reason: None, at: minutes(150) }
}

fn erased() -> PermitEvent {
    PermitEvent::PermitErased { at: minutes(160) }
}

/// The same, changed at the source so many minutes later.
fn later(dossier: &Dossier, at: i64) -> Dossier {
    let mut later = dossier.clone();
    later.dates.updated_at = minutes(at);
    later
}

fn in_state(state: DossierState) -> Dossier {
    Dossier { state, ..dossier(7) }
}

fn says(dossier: &mut Dossier, label: &str, text: &str) {
    let (label, text) = (label.to_owned(), text.to_owned());
    let read = FieldMap::own().read(&[], &[FormAnswer { label, id: None, text }]).unwrap();
    dossier.fields.retain(|field| field.key != read[0].key);
    dossier.fields.extend(read);
}

fn kinds(events: &[PermitEvent]) -> Vec<&'static str> {
    events.iter().map(|event| event.kind().as_str()).collect()
}

fn happened(history: Vec<PermitEvent>, dossier: &Dossier) -> Vec<&'static str> {
    kinds(&given(history).when(look(dossier)).inspect_result().unwrap())
}

#[test]
fn one_that_was_never_seen_is_requested_wherever_it_stands() {
    for state in STATES {
        let dossier = in_state(state);
        let requested =
            PermitEvent::PermitRequested { dossier: Box::new(dossier.clone()), at: minutes(200) };
        given(vec![]).when(look(&dossier)).then_expect_events(vec![requested]);
    }
}

/// Every state to every other.
#[test]
fn each_step_is_one_event_and_a_step_back_reopens() {
    use DossierState::{Closed, Draft, Initiated, Received, Refused, WithoutContinuation};
    for before in STATES {
        for now in STATES {
            let (from, to) = (in_state(before), later(&in_state(now), 20));
            let expected = match (before, now) {
                (before, now) if before == now => vec![],
                (_, Draft) => vec!["PermitReopened"],
                (Draft, Initiated) => vec!["PermitSubmitted"],
                (_, Initiated) => vec!["PermitReopened"],
                (Draft | Initiated, Received) => vec!["PermitExamined"],
                (_, Received) => vec!["PermitReopened"],
                (_, Closed) => vec!["PermitGranted"],
                (_, Refused) => vec!["PermitRefused"],
                (_, WithoutContinuation) => vec!["PermitClosedWithoutFollowUp"],
            };
            let events = given(vec![seen(from.clone())]).when(look(&to)).inspect_result().unwrap();
            assert_eq!(kinds(&events), expected, "{before:?} to {now:?}");
            // What happened leads to what the source holds; seen again it is nothing new.
            let mut state = Permit::default();
            for event in [seen(from)].into_iter().chain(events) {
                state.apply(event);
            }
            let known = state.known().unwrap();
            assert_eq!(known.dossier.state, now);
            assert_eq!(look(&to).decide(&state), Ok(vec![]));
        }
    }
}

#[test]
fn a_field_that_says_something_else_is_a_change_before_the_end_and_a_correction_after_it() {
    for state in STATES {
        let before = in_state(state);
        let mut now = later(&before, 20);
        says(&mut now, "Employeur", "Boulangerie Durand");
        let expected = if state.is_ended() { "PermitCorrected" } else { "PermitFieldsChanged" };
        assert_eq!(happened(vec![seen(before)], &now), [expected], "{state:?}");
    }
}

#[test]
fn a_field_that_the_form_does_not_have_any_more_is_absent() {
    let before = dossier(7);
    let mut now = later(&before, 20);
    now.fields.retain(|field| field.key.as_str() != FieldKey::EMPLOYER);
    let events = given(vec![seen(before.clone())]).when(look(&now)).inspect_result().unwrap();
    let [PermitEvent::PermitFieldsChanged { changes, .. }] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(changes.fields, []);
    assert_eq!(changes.absent, ["employeur".parse().unwrap()]);
    let mut state = Permit::default();
    for event in [seen(before)].into_iter().chain(events) {
        state.apply(event);
    }
    assert_eq!(state.known().unwrap().dossier.field(FieldKey::EMPLOYER), None);
}

#[test]
fn who_follows_it_may_change_alone() {
    let before = dossier(7);
    let mut now = later(&before, 20);
    now.holder.followers = vec![Personal::new(valid("other@prefecture.example"))];
    assert_eq!(happened(vec![seen(before)], &now), ["PermitFieldsChanged"]);
}

#[test]
fn a_grant_has_its_first_and_its_last_day() {
    let now = granted(7, "2027-05-10");
    let events = given(vec![seen(dossier(7))]).when(look(&now)).inspect_result().unwrap();
    let [PermitEvent::PermitGranted { from, to, .. }] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(from.unwrap().to_string(), "2026-11-01");
    assert_eq!(to.unwrap().to_string(), "2027-05-10");
}

#[test]
fn the_same_again_one_that_was_only_touched_and_one_that_was_read_before_are_no_news() {
    let before = later(&dossier(7), 20);
    assert_eq!(happened(vec![seen(before.clone())], &before), [""; 0]);
    assert_eq!(happened(vec![seen(before.clone())], &later(&before, 30)), [""; 0]);
    let stale = Dossier { state: DossierState::Initiated, ..later(&before, 19) };
    assert_eq!(happened(vec![seen(before)], &stale), [""; 0]);
}

#[rstest]
// Deleted after its last change, or at a time that nobody tells.
#[case(Some(15), 1)]
#[case(None, 1)]
// Deleted before its last change: it is there again.
#[case(Some(5), 0)]
fn one_that_was_deleted_at_its_source_is_withdrawn_once(
    #[case] deleted_at: Option<i64>,
    #[case] events: usize,
) {
    let deleted_at = deleted_at.map(minutes);
    for state in STATES {
        let told = given(vec![seen(in_state(state))]).when(gone(deleted_at)).inspect_result();
        assert_eq!(kinds(&told.unwrap()), vec!["PermitWithdrawn"; events], "{state:?}");
        let again = given(vec![seen(in_state(state)), withdrawn()]).when(gone(deleted_at));
        again.then_expect_events(vec![]);
    }
}

#[test]
fn that_one_was_deleted_which_was_never_seen_is_no_news() {
    given(vec![]).when(gone(None)).then_expect_events(vec![]);
}

#[test]
fn one_that_is_at_its_source_again_is_reopened_if_it_changed_since() {
    for state in STATES {
        let before = in_state(state);
        let history = vec![seen(before.clone()), withdrawn()];
        assert_eq!(happened(history.clone(), &later(&before, 20)), ["PermitReopened"], "{state:?}");
        // One that was read before it was deleted cannot be told from this.
        assert_eq!(happened(history, &before), [""; 0], "{state:?}");
    }
}

#[test]
fn of_a_forgotten_person_nothing_is_taken_in_and_nothing_withdrawn() {
    let history = vec![seen(dossier(7)), erased()];
    let again = given(history.clone()).when(look(&later(&granted(7, "2027-05-10"), 9000)));
    again.then_expect_error(PermitRefusal::Erased);
    given(history).when(gone(None)).then_expect_events(vec![]);
}

#[test]
fn forgetting_twice_is_forgetting_once() {
    let erase = || Box::new(ErasePermit { at: minutes(400) });
    let erased_now = PermitEvent::PermitErased { at: minutes(400) };
    given(vec![seen(dossier(7))]).when(erase()).then_expect_events(vec![erased_now]);
    given(vec![seen(dossier(7)), erased()]).when(erase()).then_expect_events(vec![]);
    given(vec![]).when(erase()).then_expect_error(PermitRefusal::NotFound);
}

#[test]
fn it_is_kept_from_the_end_of_the_permit_on_or_from_its_last_change() {
    let since = |history: Vec<PermitEvent>| {
        let mut state = Permit::default();
        for event in history {
            state.apply(event);
        }
        state.known().unwrap().kept_since().to_string()
    };
    assert_eq!(since(vec![seen(granted(7, "2027-05-10"))]), "2027-05-11T00:00:00Z");
    assert_eq!(since(vec![seen(dossier(7))]), minutes(100).to_string());
    let mut refused = in_state(DossierState::Refused);
    refused.dates = DossierDates { processed_at: Some(minutes(50)), ..refused.dates };
    assert_eq!(since(vec![seen(refused)]), minutes(50).to_string());
    // One that was withdrawn holds no longer.
    let ended = vec![seen(granted(7, "2027-05-10")), withdrawn()];
    assert_eq!(since(ended), minutes(3 * 24 * 60).to_string());
}
