//! Sources and what is asked of them, over a database.

use std::sync::Arc;

use domain::examples::{minutes, valid};
use event_store::testing::{Engine, TestDb};
use event_store::{ActorKind, FixedClock};
use jiff::SignedDuration;
use rstest::rstest;
use uuid::Uuid;

use super::*;
use crate::Commands;
use crate::testing::process;

struct Fixture {
    _db: TestDb,
    clock: Arc<FixedClock>,
    commands: Commands,
}

impl Fixture {
    async fn new(engine: Engine) -> Self {
        let (db, clock) = (TestDb::new(engine).await, Arc::new(FixedClock::new(minutes(0))));
        let commands = process(db.db(), clock.clone()).await;
        Self { _db: db, clock, commands }
    }

    async fn adds(&self, name: &str) {
        let (name, kind, cause) = (valid(name), SourceKind::Pages, cause());
        let collecting = self.commands.collecting();
        collecting.add_source(&name, kind, "https://a.example/", None, &cause).await.unwrap();
    }

    async fn asks_for(&self, words: &str) -> Uuid {
        self.clock.advance(SignedDuration::from_secs(1));
        let kinds = [SourceKind::Search];
        self.commands.collecting().ask_words(words, &kinds, AskedBy::User).await.unwrap()
    }

    /// How many collections of a run ended, how many of these not well, and whether all did.
    async fn run(&self, run: Uuid) -> (usize, usize, bool) {
        let whole = self.commands.collecting().whole_run(run).await.unwrap().unwrap();
        (whole.ended, whole.failed, whole.is_over())
    }
}

fn cause() -> Cause {
    Cause::request(ActorKind::Operator, None, Uuid::nil())
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn words_that_wait_already_are_told_by_the_run_that_waits_for_them(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let baker = it.asks_for("boulanger").await;
    let accountant = it.asks_for("comptable").await;
    assert_ne!(baker, accountant);
    assert_eq!(it.asks_for("boulanger").await, baker);
    assert_eq!(it.asks_for("comptable").await, accountant);
    // What has begun looks for them no more.
    let begun = it.commands.collecting().take_collection().await.unwrap().unwrap();
    assert_eq!(begun.run, baker);
    let again = it.asks_for("boulanger").await;
    assert_ne!(again, baker);
    assert_eq!(it.asks_for("boulanger").await, again);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_waits_ends_when_its_source_is_paused_and_what_has_begun_goes_on(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    for name in ["acme", "other"] {
        it.adds(name).await;
    }
    let collecting = it.commands.collecting();
    let sources = collecting.sources().await.unwrap();
    let run = collecting.ask(&sources, AskedBy::User).await.unwrap();
    collecting.pause_source("acme", true, &cause()).await.unwrap();
    assert_eq!(it.run(run).await, (1, 1, false));
    let begun = collecting.take_collection().await.unwrap().unwrap();
    assert_eq!(begun.source.as_str(), "other");
    collecting.pause_source("other", true, &cause()).await.unwrap();
    assert_eq!(it.run(run).await, (1, 1, false), "it is under way");
    let end =
        CollectionEnd { outcome: CollectionOutcome::Done, report: CollectionReport::default() };
    collecting.end_collection(&begun, &end).await.unwrap();
    assert_eq!(it.run(run).await, (2, 1, true));
    let latest = collecting.latest_collections("acme", 1).await.unwrap();
    assert_eq!(latest[0].outcome, Some(CollectionOutcome::BrokenOff));
    assert_eq!(latest[0].ended_at, Some(minutes(0)));
    assert_eq!(latest[0].target, "https://a.example/", "no words that somebody typed");
    // To go on ends nothing.
    let waiting = collecting.ask(&sources, AskedBy::User).await.unwrap();
    collecting.pause_source("acme", false, &cause()).await.unwrap();
    assert_eq!(it.run(waiting).await, (0, 0, false));
    assert!(collecting.is_any_waiting().await.unwrap());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn one_may_apply_to_a_source_that_is_set_up_whatever_it_was_before(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    it.adds("acme").await;
    let collecting = it.commands.collecting();
    let source = async || {
        let source = collecting.source("acme").await.unwrap().unwrap();
        (source.kind, source.target, source.paused, source.applies_here)
    };
    let added = (SourceKind::Pages, "https://a.example/".to_owned(), false, false);
    assert_eq!(source().await, added);
    let here = "https://here.example/";
    collecting.set_up_source(&valid("acme"), SourceKind::Feed, here).await.unwrap();
    assert_eq!(source().await, (SourceKind::Feed, here.to_owned(), false, true));
}
