//! Given what is known of an offer, when it is seen again or somebody decides about it, then this happens.

use domain::examples::{minutes, offer, valid};
use domain::offer::{
    ArchiveOffer, CloseOffer, CollectOffer, DescribeOffer, ExpireOffer, ExpiryReason, JobOffer,
    OfferContent, OfferDescription, OfferEvent, OfferRefusal, OfferStatus, PublishOffer,
    RemoveOffer,
};
use domain::{Decision, Language};

type Outcome = Result<Vec<&'static str>, OfferRefusal>;

fn state(history: &[OfferEvent]) -> JobOffer {
    let mut offer = JobOffer::default();
    for event in history {
        offer.apply(event.clone());
    }
    offer
}

fn when(history: &[OfferEvent], decision: &impl Decision<Aggregate = JobOffer>) -> Outcome {
    let events = decision.decide(&state(history))?;
    Ok(events.iter().map(|event| event.kind().as_str()).collect())
}

fn collected() -> OfferEvent {
    let (source, external_id) = (valid("greenhouse"), valid("7"));
    OfferEvent::OfferCollected { source, external_id, content: Box::new(offer()), at: minutes(0) }
}

fn published() -> OfferEvent {
    OfferEvent::OfferPublished { content: Box::new(offer()), at: minutes(0) }
}

fn closed() -> OfferEvent {
    OfferEvent::OfferClosed { at: minutes(5) }
}

fn expired() -> OfferEvent {
    OfferEvent::OfferExpired { reason: ExpiryReason::NotSeen, at: minutes(5) }
}

fn archived() -> OfferEvent {
    OfferEvent::OfferArchived { at: minutes(6) }
}

fn removed() -> OfferEvent {
    OfferEvent::OfferRemoved { at: minutes(7) }
}

fn renamed() -> OfferContent {
    OfferContent { title: valid("Chef boulanger H/F"), ..offer() }
}

fn collect(source: &str, content: OfferContent) -> CollectOffer {
    CollectOffer { source: valid(source), external_id: valid("7"), content, at: minutes(10) }
}

fn publish(content: OfferContent) -> PublishOffer {
    PublishOffer { content, at: minutes(10) }
}

fn description(summary: &str) -> OfferDescription {
    OfferDescription {
        summary: summary.parse().ok(),
        missions: None,
        skills: None,
        further: None,
        language: Language::Fr,
        model: None,
    }
}

fn describe(summary: &str) -> DescribeOffer {
    DescribeOffer { description: description(summary), at: minutes(10) }
}

#[test]
fn what_was_found_before_names_had_their_site_still_changes_with_it() {
    let named = |name: &str, content: OfferContent| CollectOffer {
        external_id: valid(name),
        ..collect("greenhouse", content)
    };
    let changed = Ok(vec!["OfferChanged"]);
    assert_eq!(when(&[collected()], &named("sites.example 7", renamed())), changed);
    assert_eq!(when(&[collected()], &named("sites.example 7", offer())), Ok(vec![]));
    // Another site, which says that it is this one, or does not.
    let elsewhere =
        OfferContent { source_url: Some(valid("https://other.example/7")), ..renamed() };
    for name in ["sites.example 7", "other.example 7"] {
        assert_eq!(when(&[collected()], &named(name, elsewhere.clone())), Ok(vec![]), "{name}");
    }
    assert_eq!(when(&[collected()], &named("sites.example 8", renamed())), Ok(vec![]));
}

#[test]
fn what_changes_nothing_is_no_event() {
    assert_eq!(when(&[], &collect("greenhouse", offer())), Ok(vec!["OfferCollected"]));
    assert_eq!(when(&[collected()], &collect("greenhouse", offer())), Ok(vec![]));
    assert_eq!(when(&[collected()], &collect("greenhouse", renamed())), Ok(vec!["OfferChanged"]));
    let changed = OfferEvent::OfferChanged { content: Box::new(renamed()), at: minutes(1) };
    assert_eq!(when(&[collected(), changed], &collect("greenhouse", renamed())), Ok(vec![]));
}

#[test]
fn what_another_source_says_of_a_known_offer_changes_nothing() {
    assert_eq!(when(&[collected()], &collect("lever", renamed())), Ok(vec![]));
}

#[test]
fn no_collector_overwrites_what_is_published_here() {
    assert_eq!(when(&[published()], &collect("greenhouse", renamed())), Ok(vec![]));
    assert_eq!(when(&[published(), closed()], &collect("greenhouse", renamed())), Ok(vec![]));
    assert_eq!(when(&[], &collect("desk", offer())), Err(OfferRefusal::OfThisHouse));
    assert_eq!(when(&[collected()], &publish(renamed())), Err(OfferRefusal::OfACollector));
}

#[test]
fn one_that_had_ended_is_there_again_where_anybody_shows_it() {
    for end in [closed(), expired()] {
        let history = [collected(), end, archived()];
        assert_eq!(when(&history[..2], &collect("lever", offer())), Ok(vec!["OfferCollected"]));
        assert_eq!(when(&history, &collect("greenhouse", offer())), Ok(vec!["OfferCollected"]));
    }
    let over = OfferContent { valid_through: Some(minutes(9)), ..offer() };
    assert_eq!(when(&[collected(), expired()], &collect("greenhouse", over)), Ok(vec![]));
    let (source, external_id) = (valid("lever"), valid("7"));
    let content = Box::new(renamed());
    let again = OfferEvent::OfferCollected { source, external_id, content, at: minutes(8) };
    let back = state(&[collected(), closed(), again]);
    let back = back.known().unwrap();
    assert_eq!((back.status, back.created_at), (OfferStatus::Open, minutes(0)));
    assert_eq!(back.source.as_str(), "lever", "who shows it says what it says from now on");
}

#[test]
fn an_offer_of_this_house_is_published_changed_and_published_again() {
    assert_eq!(when(&[], &publish(offer())), Ok(vec!["OfferPublished"]));
    assert_eq!(when(&[published()], &publish(offer())), Ok(vec![]));
    assert_eq!(when(&[published()], &publish(renamed())), Ok(vec!["OfferChanged"]));
    assert_eq!(when(&[published(), closed()], &publish(offer())), Ok(vec!["OfferPublished"]));
    let over = OfferContent { valid_through: Some(minutes(9)), ..offer() };
    assert_eq!(when(&[], &publish(over)), Err(OfferRefusal::Over));
}

#[test]
fn a_description_is_kept_until_what_it_describes_changes() {
    assert_eq!(when(&[collected()], &describe("Du pain")), Ok(vec!["OfferDescribed"]));
    assert_eq!(when(&[collected()], &describe("")), Ok(vec![]));
    let description = Box::new(description("Du pain"));
    let described = OfferEvent::OfferDescribed { description, at: minutes(3) };
    let history = [collected(), described];
    assert_eq!(when(&history, &describe("Du pain")), Ok(vec![]));
    let changed = |content: OfferContent| {
        let changed = OfferEvent::OfferChanged { content: Box::new(content), at: minutes(4) };
        state(&[history.as_slice(), &[changed]].concat())
    };
    assert!(changed(renamed()).known().unwrap().description.is_some());
    let rewritten = OfferContent {
        description: valid::<domain::offer::OfferText>("<p>Autre</p>").into(),
        ..offer()
    };
    assert_eq!(changed(rewritten).known().unwrap().description, None);
}

#[test]
fn each_end_is_once() {
    let at = minutes(10);
    let expire = |reason| ExpireOffer { reason, at };
    assert_eq!(when(&[collected()], &CloseOffer { at }), Ok(vec!["OfferClosed"]));
    assert_eq!(when(&[collected(), closed()], &CloseOffer { at }), Ok(vec![]));
    assert_eq!(when(&[], &CloseOffer { at }), Err(OfferRefusal::NotFound));
    let not_seen = expire(ExpiryReason::NotSeen);
    assert_eq!(when(&[collected()], &not_seen), Ok(vec!["OfferExpired"]));
    assert_eq!(when(&[collected(), expired()], &not_seen), Ok(vec![]));
    let still_valid = expire(ExpiryReason::ValidThrough);
    assert_eq!(when(&[collected()], &still_valid), Ok(vec![]), "it was changed meanwhile");
    let much_later = ExpireOffer { reason: ExpiryReason::ValidThrough, at: minutes(60 * 24 * 60) };
    assert_eq!(when(&[collected()], &much_later), Ok(vec!["OfferExpired"]));
    assert_eq!(when(&[collected()], &ArchiveOffer { at }), Err(OfferRefusal::Open));
    assert_eq!(when(&[collected(), closed()], &ArchiveOffer { at }), Ok(vec!["OfferArchived"]));
    assert_eq!(when(&[collected(), closed(), archived()], &ArchiveOffer { at }), Ok(vec![]));
}

#[test]
fn what_was_removed_never_comes_back() {
    let at = minutes(10);
    assert_eq!(when(&[collected()], &RemoveOffer { at }), Ok(vec!["OfferRemoved"]));
    let gone = [collected(), removed()];
    assert_eq!(when(&gone, &RemoveOffer { at }), Ok(vec![]));
    assert_eq!(when(&[], &RemoveOffer { at }), Err(OfferRefusal::NotFound));
    assert_eq!(when(&gone, &collect("greenhouse", offer())), Err(OfferRefusal::Removed));
    assert_eq!(when(&gone, &publish(offer())), Err(OfferRefusal::Removed));
    assert_eq!(when(&gone, &describe("Du pain")), Err(OfferRefusal::Removed));
    assert_eq!(state(&[gone.as_slice(), &[collected()]].concat()), JobOffer::Removed);
}

#[test]
fn an_offer_is_named_by_its_source_and_what_it_is_called_there() {
    let id = |source: &str, external_id: &str| JobOffer::id_of(&valid(source), &valid(external_id));
    assert_eq!(id("greenhouse", "7"), id("greenhouse", "7"));
    assert_ne!(id("greenhouse", "7"), id("lever", "7"));
    assert_ne!(id("greenhouse", "7"), id("greenhouse", "8"));
    assert_eq!(id("greenhouse", "7").get_version_num(), 5);
}
