use std::sync::Arc;
use std::time::Duration;

use domain::WebAddress;
use domain::examples::{self, minutes, offer, valid};
use domain::offer::OfferStatus;
use event_store::testing::{Engine, TestDb};
use event_store::{Db, FixedClock};
use rstest::rstest;

use super::*;
use crate::Commands;
use crate::testing::process;

struct It {
    commands: Commands,
    clock: Arc<FixedClock>,
    test_db: TestDb,
}

async fn it(engine: Engine) -> It {
    let test_db = TestDb::new(engine).await;
    let clock = Arc::new(FixedClock::new(minutes(0)));
    let db = Db::connect(test_db.url()).await.unwrap();
    It { commands: process(db, clock.clone()).await, clock, test_db }
}

fn cause() -> Cause {
    Cause::command_line(Uuid::from_u128(1))
}

fn at(url: &str) -> OfferContent {
    OfferContent { url: Some(valid::<WebAddress>(url)), ..offer() }
}

fn called(company: &str, title: &str, url: &str) -> OfferContent {
    OfferContent { company: valid(company), title: valid(title), ..at(url) }
}

async fn collect(commands: &Commands, source: &str, id: &str, content: OfferContent) -> Collected {
    let (source, id) = (valid(source), valid(id));
    commands.offers().collect(source, id, content, &cause()).await.unwrap()
}

async fn status(commands: &Commands, id: Uuid) -> OfferStatus {
    commands.offers().current(id).await.unwrap().known().unwrap().status
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_offer_is_new_once_then_unchanged_then_changed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let It { commands, clock, test_db: _test_db } = it(engine).await;
    let id = JobOffer::id_of(&valid("greenhouse"), &valid("7"));
    assert_eq!(collect(&commands, "greenhouse", "7", offer()).await, Collected::New(id));
    clock.set(minutes(5));
    assert_eq!(collect(&commands, "greenhouse", "7", offer()).await, Collected::Unchanged(id));
    let seen = commands.offers().last_seen(id).await.unwrap();
    assert_eq!(seen, Some(minutes(5)), "that it was seen is noted beside the log");
    let renamed = called("Boulangerie Dupont", "Chef boulanger", "https://sites.example/offres/7");
    assert_eq!(collect(&commands, "greenhouse", "7", renamed).await, Collected::Changed(id));
    let history = commands.history_of::<JobOffer>(&id.to_string()).await.unwrap();
    assert_eq!(history.events.len(), 2);
    // The name that it had is free again: another baker is another offer.
    let another = called("Boulangerie Dupont", "Boulanger H/F", "https://other.example/1");
    assert!(matches!(collect(&commands, "lever", "1", another).await, Collected::New(_)));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_same_offer_is_one_wherever_it_is_found(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let It { commands, test_db: _test_db, .. } = it(engine).await;
    let Collected::New(id) = collect(&commands, "greenhouse", "7", offer()).await else { panic!() };
    for (nth, same) in [
        // By address.
        called("X", "Y", "http://www.sites.example/offres/7/?utm_source=z"),
        // By company, title and place.
        called("BOULANGERIE DUPONT SARL", "Boulanger (F/H)", "https://other.example/1"),
        // By what is alike.
        called("Boulangerie Duponts", "Boulanger", "https://third.example/1"),
    ]
    .into_iter()
    .enumerate()
    {
        let found = collect(&commands, "lever", &nth.to_string(), same).await;
        assert_eq!(found, Collected::SameAs(id), "{nth}");
    }
    for other in [
        called("Boulangerie Dupont", "Boucher", "https://other.example/2"),
        called("Boucherie Sanzot", "Boulanger", "https://other.example/3"),
        OfferContent {
            places: vec![],
            ..called("Boulangerie Dupont", "Boulanger", "https://other.example/4")
        },
    ] {
        let url = other.url.clone().unwrap().to_string();
        let found = collect(&commands, "lever", &url, other).await;
        assert!(matches!(found, Collected::New(_)), "{url}");
    }
    let first = commands.offers().current(id).await.unwrap();
    assert_eq!(first.known().unwrap().content, offer(), "who brought it first says what it says");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_brings_the_same_at_the_same_time_brings_it_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let It { commands, clock, test_db } = it(engine).await;
    let other = process(Db::connect(test_db.url()).await.unwrap(), clock).await;
    let mut running = vec![];
    for n in 0..12_u32 {
        let commands = if n % 2 == 0 { commands.clone() } else { other.clone() };
        // Three sources that spell it otherwise, four times each.
        let source = ["greenhouse", "lever", "ashby"][(n % 3) as usize];
        let company = ["Boulangerie Dupont", "Boulangerie Dupont SA", "Boulangerie Duponts"];
        let url = format!("https://{source}.example/7");
        let content = called(company[(n % 3) as usize], "Boulanger", &url);
        running.push(tokio::spawn(async move { collect(&commands, source, "7", content).await }));
    }
    let mut found = vec![];
    for task in running {
        found.push(task.await.unwrap());
    }
    let new = found.iter().filter(|it| matches!(it, Collected::New(_))).count();
    assert_eq!(new, 1, "{found:?}");
    assert!(found.iter().all(|it| it.id() == found[0].id()), "{found:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_a_source_shows_no_more_is_closed_unless_another_one_shows_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let It { commands, clock, test_db: _test_db } = it(engine).await;
    let one = collect(&commands, "greenhouse", "1", called("A", "Un", "https://a.example/1")).await;
    let two =
        collect(&commands, "greenhouse", "2", called("B", "Deux", "https://a.example/2")).await;
    collect(&commands, "lever", "2", called("B SAS", "Deux", "https://b.example/2")).await;
    let three =
        collect(&commands, "greenhouse", "3", called("C", "Trois", "https://a.example/3")).await;
    clock.set(minutes(10));
    collect(&commands, "greenhouse", "3", called("C", "Trois", "https://a.example/3")).await;
    let source = valid("greenhouse");
    let close = || async { commands.offers().close_unseen(&source, minutes(10), &cause()).await };
    assert_eq!(close().await.unwrap(), 1);
    assert_eq!(close().await.unwrap(), 0);
    assert_eq!(status(&commands, one.id()).await, OfferStatus::Closed);
    assert_eq!(status(&commands, two.id()).await, OfferStatus::Open);
    assert_eq!(status(&commands, three.id()).await, OfferStatus::Open);
    let back =
        collect(&commands, "greenhouse", "1", called("A", "Un", "https://a.example/1")).await;
    assert_eq!(back, Collected::Back(one.id()), "it is there again");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_was_cut_off_before_it_was_written_is_written_by_the_next(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let It { commands, test_db: _test_db, .. } = it(engine).await;
    // The names are taken, and then the process dies.
    let (source, external_id) = (valid("greenhouse"), valid("7"));
    let comparable = Comparable::of(&offer());
    let shown = Shown { source: &source, external_id: &external_id, comparable: &comparable };
    let id = commands.offers().identify(&shown, minutes(0)).await.unwrap();
    assert_eq!(collect(&commands, "lever", "1", offer()).await, Collected::New(id));
    assert_eq!(collect(&commands, "greenhouse", "7", offer()).await, Collected::SameAs(id));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_was_removed_is_not_brought_back_and_what_is_published_here_is_not_overwritten(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let It { commands, test_db: _test_db, .. } = it(engine).await;
    let id = collect(&commands, "greenhouse", "7", offer()).await.id();
    commands.offers().remove(id, &cause()).await.unwrap();
    for source in ["greenhouse", "lever"] {
        assert_eq!(collect(&commands, source, "7", offer()).await, Collected::Removed(id));
    }
    let own = called("Fournil", "Pâtissier", "https://own.example/1");
    let id = Uuid::from_u128(5);
    commands.offers().publish(id, own.clone(), &cause()).await.unwrap();
    let scraped = OfferContent { salary: None, ..own.clone() };
    assert_eq!(collect(&commands, "lever", "9", scraped).await, Collected::SameAs(id));
    let state = commands.offers().current(id).await.unwrap();
    assert_eq!(state.known().unwrap().content, own);
    let desk = commands.offers().collect(valid("desk"), valid("1"), offer(), &cause()).await;
    assert!(matches!(desk, Err(CommandError::Refused(OfferRefusal::OfThisHouse))));
    let refused = commands
        .offers()
        .publish(
            Uuid::from_u128(6),
            OfferContent { valid_through: Some(minutes(-1)), ..examples::offer() },
            &cause(),
        )
        .await;
    assert!(matches!(refused, Err(CommandError::Refused(OfferRefusal::Over))));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_here_takes_the_place_of_what_was_found_elsewhere(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let It { commands, test_db: _test_db, .. } = it(engine).await;
    let scraped = called("Fournil SARL", "Pâtissier H/F", "https://sites.example/9");
    let found = collect(&commands, "lever", "9", scraped.clone()).await.id();
    let (own, id) = (called("Fournil", "Pâtissier", "https://own.example/1"), Uuid::from_u128(5));
    commands.offers().publish(id, own.clone(), &cause()).await.unwrap();
    assert_eq!(status(&commands, found).await, OfferStatus::Closed);
    assert_eq!(collect(&commands, "lever", "9", scraped).await, Collected::SameAs(id));
    assert_eq!(status(&commands, found).await, OfferStatus::Closed);
    // A company may look for two.
    commands.offers().publish(Uuid::from_u128(6), own, &cause()).await.unwrap();
    assert_eq!(status(&commands, id).await, OfferStatus::Open);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_waits_for_nobody_who_writes(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let It { commands, test_db: _test_db, .. } = it(engine).await;
    let Collected::New(id) = collect(&commands, "greenhouse", "7", offer()).await else { panic!() };
    let writing = commands.log().db().begin().await.unwrap();
    for (source, would) in [
        ("greenhouse", Collected::Unchanged(id)),
        // Found by what it says, and known from elsewhere.
        ("lever", Collected::Unchanged(id)),
    ] {
        let would_collect = commands.offers().would_collect(valid(source), valid("7"), offer());
        let told = tokio::time::timeout(Duration::from_secs(2), would_collect).await;
        assert_eq!(told.expect("it only reads").unwrap(), would);
    }
    writing.rollback().await.unwrap();
}
