//! Which streams there are, asked by many at once.

use std::sync::Arc;

use event_store::testing::{Engine, TestDb};
use event_store::{Log, LogOptions};
use futures::future::join_all;
use rstest::rstest;

use super::support::{clock, event};

#[rstest]
#[tokio::test]
async fn each_of_many_who_ask_at_once_is_answered_for_its_own_streams(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let log = Log::open(test_db.db(), Arc::new(clock()), LogOptions::default()).await.unwrap();
    for number in (0..600_i32).step_by(3) {
        let (id, number) = (format!("{number}"), u64::try_from(number).unwrap());
        log.append("even", &id, 0, vec![event("Added", number + 1)]).await.unwrap();
        log.append("even", &id, 1, vec![event("Added", number + 2)]).await.unwrap();
    }
    let asked = (0..600).map(|number| {
        let log = log.clone();
        async move {
            // Of two streams of one kind, and of another kind that has none of them.
            let (one, other) = (format!("{number}"), format!("{}", number + 600));
            let kind = if number % 2 == 0 { "even" } else { "odd" };
            (number, log.any_stream(kind, &[&other, &one]).await.unwrap())
        }
    });
    for (number, found) in join_all(asked).await {
        assert_eq!(found, number % 6 == 0, "{number}");
    }
    assert!(!log.any_stream("even", &[]).await.unwrap());
}
