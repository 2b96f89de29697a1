//! Given an alert, when something is decided about it, then this happens.

use domain::examples::{minutes, valid};
use domain::space::{
    AlertCriteria, AlertFrequency, AlertZone, ByOwner, ChangeAlert, CreateAlert, CriteriaFields,
    DeleteAlert, JobAlert, JobAlertEvent as Event, MAX_TOLD, MatchAlert, SpaceRefusal, SwitchAlert,
    ToldOffers,
};
use domain::{Decision, Personal};
use uuid::Uuid;

const OWNER: Uuid = Uuid::from_u128(1);

fn criteria(word: &str) -> AlertCriteria {
    let keywords = vec![valid(word)];
    AlertCriteria::new(CriteriaFields { keywords, ..CriteriaFields::default() })
        .expect("a keyword is a criterion")
}

fn created() -> Event {
    Event::JobAlertCreated {
        owner: OWNER,
        name: Personal::new(valid("Rust à Lyon")),
        criteria: Personal::new(criteria("rust")),
        frequency: AlertFrequency::Daily,
        zone: Personal::new(AlertZone::default()),
        up_to: 10,
        at: minutes(0),
    }
}

fn create(owner: Uuid) -> CreateAlert {
    CreateAlert {
        owner,
        name: valid("Rust à Lyon"),
        criteria: criteria("rust"),
        frequency: AlertFrequency::Daily,
        zone: AlertZone::default(),
        up_to: 10,
        at: minutes(0),
    }
}

fn given(history: impl IntoIterator<Item = Event>) -> JobAlert {
    let mut state = JobAlert::default();
    history.into_iter().for_each(|event| state.apply(event));
    state
}

fn found(after: i64, up_to: i64, offers: u128) -> MatchAlert {
    let offers: Vec<_> = (0..offers).map(Uuid::from_u128).collect();
    let total = offers.len() as u64;
    MatchAlert { after, up_to, criteria: criteria("rust"), offers, total, at: minutes(2) }
}

fn told(offers: u128, total: u64, up_to: i64) -> Event {
    let offers = ToldOffers::new((0..offers).map(Uuid::from_u128).collect());
    let offers = Personal::new(offers);
    Event::JobAlertMatched { offers, total, up_to, at: minutes(2) }
}

#[test]
fn it_is_created_once_by_its_id_and_is_its_owners_alone() {
    assert_eq!(create(OWNER).decide(&given([])), Ok(vec![created()]));
    assert_eq!(create(OWNER).decide(&given([created()])), Ok(vec![]));
    let other = Uuid::from_u128(2);
    assert_eq!(create(other).decide(&given([created()])), Err(SpaceRefusal::NotYours));
    let delete = ByOwner { owner: other, decision: DeleteAlert { at: minutes(1) } };
    assert_eq!(delete.decide(&given([created()])), Err(SpaceRefusal::NotYours));
}

#[test]
fn what_stays_is_no_event_and_a_change_keeps_the_mark() {
    let same = ChangeAlert {
        name: Some(valid("Rust à Lyon")),
        criteria: Some(criteria("rust")),
        active: Some(true),
        at: minutes(1),
        ..ChangeAlert::default()
    };
    assert_eq!(same.decide(&given([created()])), Ok(vec![]));
    let both = ChangeAlert { frequency: Some(AlertFrequency::Weekly), active: Some(false), ..same };
    let events = both.decide(&given([created()])).unwrap();
    assert!(matches!(
        &events[..],
        [Event::JobAlertChanged { .. }, Event::JobAlertSwitchedOff { .. }]
    ));
    let state = given([vec![created()], events].concat());
    let known = state.known().unwrap();
    assert_eq!((known.up_to, known.active, known.frequency), (10, false, AlertFrequency::Weekly));
}

#[test]
fn each_offer_is_told_once_whoever_asks_twice() {
    assert_eq!(found(10, 20, 3).decide(&given([created()])), Ok(vec![told(3, 3, 20)]));
    let state = given([created(), told(3, 3, 20)]);
    // On what was read before: the same again, and with more that came since.
    for stale in [found(10, 20, 3), found(10, 30, 4)] {
        assert_eq!(stale.decide(&state), Ok(vec![]));
    }
    assert_eq!(found(20, 30, 1).decide(&state), Ok(vec![told(1, 1, 30)]));
    assert_eq!(found(20, 30, 0).decide(&state), Ok(vec![]));
}

#[test]
fn a_letter_names_twenty_and_says_how_many_there_are() {
    let many = u128::try_from(MAX_TOLD).unwrap() + 5;
    assert_eq!(found(10, 20, many).decide(&given([created()])), Ok(vec![told(20, 25, 20)]));
    let state = given([created(), told(20, 25, 20)]);
    assert_eq!(state.known().unwrap().told, 25);
}

#[test]
fn nothing_is_told_that_is_not_looked_for_any_more() {
    let off = Event::JobAlertSwitchedOff { at: minutes(1) };
    assert_eq!(found(10, 20, 3).decide(&given([created(), off.clone()])), Ok(vec![]));
    let other = MatchAlert { criteria: criteria("python"), ..found(10, 20, 3) };
    assert_eq!(other.decide(&given([created()])), Ok(vec![]));
    // What came while it was off is not new.
    let on = SwitchAlert { active: true, up_to: 40, at: minutes(3) };
    let on = on.decide(&given([created(), off.clone()])).unwrap();
    let state = given([vec![created(), off], on].concat());
    assert_eq!(found(10, 50, 3).decide(&state), Ok(vec![]));
    assert_eq!(found(40, 50, 3).decide(&state), Ok(vec![told(3, 3, 50)]));
}

#[test]
fn it_is_deleted_once() {
    let delete = DeleteAlert { at: minutes(4) };
    let deleted = Event::JobAlertDeleted { at: minutes(4) };
    assert_eq!(delete.decide(&given([created()])), Ok(vec![deleted.clone()]));
    let state = given([created(), deleted]);
    assert_eq!(delete.decide(&state), Ok(vec![]));
    assert_eq!(found(10, 20, 3).decide(&state), Err(SpaceRefusal::Erased));
    assert_eq!(delete.decide(&given([])), Err(SpaceRefusal::NotFound));
}
