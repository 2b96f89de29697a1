use std::time::Duration;

use event_store::testing::Engine;
use event_store::{Position, RawEvent};
use rstest::rstest;

use super::support::{DEADLINE, all, assert_in_order, event, fixture};

/// So slow that a test that passes was woken.
const NEVER: Duration = Duration::from_hours(1);

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn followers_see_everything_in_order_while_it_is_written(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    const WRITERS: u64 = 16;
    const EACH: u64 = 25;
    let it = fixture(engine).await;
    let total = usize::try_from(WRITERS * EACH).unwrap();
    let mut followers = tokio::task::JoinSet::new();
    for limit in [1, 7, 1000] {
        let mut follow = it.log.follow(Position::START, None, limit, NEVER);
        followers.spawn(async move {
            let mut seen: Vec<RawEvent> = vec![];
            while seen.len() < total {
                seen.extend(follow.next().await.unwrap().events);
            }
            seen
        });
    }
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let log = it.log.clone();
        writers.spawn(async move {
            for round in 0..EACH {
                let one = vec![event("Happened", writer * EACH + round)];
                let expected = i64::try_from(round).unwrap();
                log.append("thing", &writer.to_string(), expected, one).await.unwrap();
            }
        });
    }
    writers.join_all().await;
    let seen = tokio::time::timeout(DEADLINE, followers.join_all()).await.unwrap();
    let events = all(&it.log).await;
    assert_in_order(&events);
    for follower in seen {
        assert_eq!(follower, events);
    }
}

#[rstest]
#[tokio::test]
async fn a_follower_of_rare_kinds_moves_past_the_others(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    for (number, kind) in (0_u64..).zip(["A", "B", "A", "C", "A"]) {
        let expected = i64::try_from(number).unwrap();
        it.log.append("thing", "one", expected, vec![event(kind, number)]).await.unwrap();
    }
    let kinds = Some(["B", "C"].as_slice());
    let positions = |events: &[RawEvent]| -> Vec<i64> {
        events.iter().map(|event| event.position.get()).collect()
    };

    let first = it.log.page_after(Position::START, 1, kinds).await.unwrap();
    assert_eq!(positions(&first.events), [2]);
    assert_eq!(
        first.reached,
        Position::new(2),
        "the first position holds nothing, the second does"
    );
    let second = it.log.page_after(first.reached, 10, kinds).await.unwrap();
    assert_eq!(positions(&second.events), [4]);
    assert_eq!(second.reached, Position::new(5), "the end was seen");
    let none = it.log.page_after(second.reached, 10, kinds).await.unwrap();
    assert_eq!((none.events, none.reached), (vec![], Position::new(5)));
    let nothing = it.log.page_after(Position::START, 10, Some(&[])).await.unwrap();
    assert_eq!((nothing.events, nothing.reached), (vec![], Position::new(5)));
}

#[rstest]
#[tokio::test]
async fn a_waiting_follower_is_woken_by_an_append(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let mut wake = it.log.wake();
    let waiting = tokio::spawn(async move { wake.wait(Position::START, NEVER).await });
    it.log.append("thing", "one", 0, vec![event("Happened", 1)]).await.unwrap();
    tokio::time::timeout(DEADLINE, waiting).await.unwrap().unwrap();
    // Who comes late does not wait at all.
    let mut late = it.log.wake();
    tokio::time::timeout(DEADLINE, late.wait(Position::START, NEVER)).await.unwrap();
}

#[rstest]
#[tokio::test]
async fn what_another_process_appends_is_found_by_the_poll(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let other = event_store::Log::open(
        event_store::Db::connect(it.test_db.url()).await.unwrap(),
        std::sync::Arc::new(it.clock.clone()),
        event_store::LogOptions::default(),
    )
    .await
    .unwrap();
    let mut follow = it.log.follow(Position::START, None, 10, Duration::from_millis(10));
    let next = tokio::spawn(async move { follow.next().await.unwrap() });
    other.append("thing", "one", 0, vec![event("Happened", 1)]).await.unwrap();
    let page = tokio::time::timeout(DEADLINE, next).await.unwrap().unwrap();
    assert_eq!(page.events.len(), 1);
    other.close().await;
    other.db().close().await;
}

#[tokio::test]
async fn postgresql_tells_the_followers_of_other_processes() {
    let it = fixture(Engine::Postgres).await;
    let other = event_store::Log::open(
        event_store::Db::connect(it.test_db.url()).await.unwrap(),
        std::sync::Arc::new(it.clock.clone()),
        event_store::LogOptions::default(),
    )
    .await
    .unwrap();
    let mut wake = it.log.wake();
    let waiting = tokio::spawn(async move { wake.wait(Position::START, NEVER).await });
    other.append("thing", "one", 0, vec![event("Happened", 1)]).await.unwrap();
    tokio::time::timeout(DEADLINE, waiting).await.unwrap().unwrap();
    other.close().await;
    other.db().close().await;
}

#[rstest]
#[tokio::test]
async fn followers_that_share_the_end_of_the_log_are_each_given_their_kinds_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let kinds: [Option<Vec<&'static str>>; 4] =
        [None, Some(vec!["A"]), Some(vec!["B", "C"]), Some(vec!["never"])];
    let mut followers: Vec<_> = kinds
        .iter()
        .map(|kinds| it.log.follow(Position::START, kinds.clone(), 10, NEVER))
        .collect();
    let mut seen = vec![vec![]; followers.len()];
    for number in 0..30_u64 {
        let kind = ["A", "B", "C"][usize::try_from(number % 3).unwrap()];
        let expected = i64::try_from(number).unwrap();
        let one = vec![event(kind, number)];
        it.log.append("thing", "one", expected, one).await.unwrap();
        // Some read each event by itself, others several together.
        for (at, follow) in followers.iter_mut().enumerate() {
            let every = u64::try_from(at + 1).unwrap();
            if number % every == 0 {
                let page = tokio::time::timeout(DEADLINE, follow.next()).await.unwrap().unwrap();
                seen[at].extend(page.events);
            }
        }
    }
    let events = all(&it.log).await;
    for (at, follow) in followers.iter_mut().enumerate() {
        while follow.reached() < Position::new(30) {
            let page = tokio::time::timeout(DEADLINE, follow.next()).await.unwrap().unwrap();
            seen[at].extend(page.events);
        }
        let is_wanted = |event: &&RawEvent| {
            kinds[at].as_ref().is_none_or(|it| it.contains(&event.event_type.as_str()))
        };
        let wanted: Vec<_> = events.iter().filter(is_wanted).cloned().collect();
        assert_eq!(seen[at], wanted);
    }
}

#[rstest]
#[tokio::test]
async fn what_is_asked_for_again_and_again_waits_for_the_log_to_grow(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let mut follow = it.log.follow(Position::START, None, 10, NEVER);
    // As a loop does that has other things to wait for: it asks, and drops what it asked.
    for _ in 0..3 {
        let asked = tokio::time::timeout(Duration::from_millis(20), follow.next()).await;
        assert!(asked.is_err(), "nothing was appended");
    }
    it.log.append("thing", "one", 0, vec![event("Happened", 1)]).await.unwrap();
    let page = tokio::time::timeout(DEADLINE, follow.next()).await.unwrap().unwrap();
    assert_eq!(page.events.len(), 1);
}
