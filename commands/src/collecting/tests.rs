//! Sources and what is asked of them, over a database.

use std::sync::Arc;

use domain::examples::{minutes, valid};
use event_store::testing::{Engine, TestDb};
use event_store::{ActorKind, FixedClock};
use rstest::rstest;
use uuid::Uuid;

use super::*;
use crate::Commands;
use crate::testing::process;

struct Fixture {
    _db: TestDb,
    commands: Commands,
}

impl Fixture {
    async fn new(engine: Engine) -> Self {
        let (db, clock) = (TestDb::new(engine).await, Arc::new(FixedClock::new(minutes(0))));
        let commands = process(db.db(), clock).await;
        Self { _db: db, commands }
    }

    async fn adds(&self, name: &str) {
        let (name, kind, cause) = (valid(name), SourceKind::Pages, cause());
        let collecting = self.commands.collecting();
        collecting.add_source(&name, kind, "https://a.example/", None, &cause).await.unwrap();
    }
}

fn cause() -> Cause {
    Cause::request(ActorKind::Operator, Some("admin".into()), Uuid::nil())
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
