use std::sync::Arc;

use domain::examples;
use event_store::FixedClock;
use event_store::testing::{Engine, TestDb};
use jiff::SignedDuration;
use rstest::rstest;

use super::*;
use crate::Commands;
use crate::testing::process;

const LIMITS: EmailLimits = EmailLimits { per_second: 1, per_minute: 3, per_hour: 60 };

struct Fixture {
    // Deleted when it is dropped.
    test_db: TestDb,
    clock: Arc<FixedClock>,
}

impl Fixture {
    async fn new(engine: Engine) -> Self {
        let clock = Arc::new(FixedClock::new(examples::minutes(0)));
        Self { test_db: TestDb::new(engine).await, clock }
    }

    /// A process on the database.
    async fn process(&self) -> Commands {
        let db = Db::connect(self.test_db.url()).await.unwrap();
        process(db, self.clock.clone()).await
    }

    /// Seconds from the beginning.
    fn seconds(at: Timestamp) -> i64 {
        at.duration_since(examples::minutes(0)).as_secs()
    }
}

fn sender(address: &str) -> [Limit; 1] {
    [Limit::of_sender(&examples::valid("demo"), &examples::valid(address), LIMITS)]
}

/// One a second, three a minute, from the first second on.
fn place(nth: i64) -> i64 {
    60 * (nth / 3) + nth % 3
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn each_is_given_the_exact_moment_when_it_may_go(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let commands = it.process().await;
    for nth in 0..10 {
        let at = commands
            .limits()
            .allot(&sender("a@example.org"), &format!("holder {nth}"))
            .await
            .unwrap();
        assert_eq!(Fixture::seconds(at), place(nth));
    }
    // Another mailbox has limits of its own; other spellings of the address have not.
    let other = commands.limits().allot(&sender("b@example.org"), "other").await.unwrap();
    assert_eq!(Fixture::seconds(other), 0);
    for (nth, same) in (10..).zip(["A@Example.org", "a+1@example.org", "\"a\"@example.org"]) {
        let at = commands.limits().allot(&sender(same), same).await.unwrap();
        assert_eq!(Fixture::seconds(at), place(nth), "{same}");
    }
    // Who asks again before its moment is told the same, and goes when it is there.
    let again = commands.limits().allot(&sender("a@example.org"), "holder 3").await.unwrap();
    assert_eq!(Fixture::seconds(again), 60);
    it.clock.advance(SignedDuration::from_secs(60));
    let due = commands.limits().allot(&sender("a@example.org"), "holder 3").await.unwrap();
    assert!(due <= commands.now());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn several_processes_keep_one_limit(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    const HOLDERS: i64 = 60;
    let it = Fixture::new(engine).await;
    let processes = [it.process().await, it.process().await, it.process().await];
    let tasks = (0..HOLDERS).map(|nth| {
        let commands = processes[usize::try_from(nth).unwrap() % processes.len()].clone();
        tokio::spawn(async move {
            // Both limits at once, named in either order: no deadlock.
            let mut limits = sender("a@example.org").to_vec();
            limits.push(Limit::of_recipient(&examples::valid("b@example.org"), LIMITS));
            if nth % 2 == 0 {
                limits.reverse();
            }
            commands.limits().allot(&limits, &format!("holder {nth}")).await.unwrap()
        })
    });
    let tasks: Vec<_> = tasks.collect();
    let mut moments = vec![];
    for task in tasks {
        moments.push(Fixture::seconds(task.await.unwrap()));
    }
    moments.sort_unstable();
    let expected: Vec<_> = (0..HOLDERS).map(place).collect();
    assert_eq!(moments, expected);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_longest_window_holds_too(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let it = Fixture::new(engine).await;
    let commands = it.process().await;
    let hourly = EmailLimits { per_second: 0, per_minute: 0, per_hour: 2 };
    let limit = [Limit::of_recipient(&examples::valid("a@example.org"), hourly)];
    let mut moments = vec![];
    for nth in 0..5 {
        let at = commands.limits().allot(&limit, &format!("holder {nth}")).await.unwrap();
        moments.push(Fixture::seconds(at));
    }
    assert_eq!(moments, [0, 0, 3600, 3600, 7200]);
    let unlimited = EmailLimits { per_second: 0, per_minute: 0, per_hour: 0 };
    let free = [Limit::of_recipient(&examples::valid("a@example.org"), unlimited)];
    assert_eq!(commands.limits().allot(&free, "free").await.unwrap(), commands.now());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn names_that_are_never_used_again_leave_no_rows(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let commands = it.process().await;
    for nth in 0..5 {
        let once = format!("once-{nth}@example.org");
        commands.limits().allot(&sender(&once), &format!("holder {nth}")).await.unwrap();
        commands.limits().try_now(&Limit::of_sign_in(&once)).await.unwrap().unwrap();
    }
    it.clock.advance(SignedDuration::from_mins(59));
    let again = "again@example.org";
    commands.limits().allot(&sender(again), "again").await.unwrap();
    assert_eq!(commands.tidy().await.unwrap().allotments, 0, "an hour counts");
    it.clock.advance(SignedDuration::from_mins(2));

    assert_eq!(commands.tidy().await.unwrap().allotments, 10);
    assert_eq!(rows(&commands).await, (1, 1), "what was used within the hour stays");
    it.clock.advance(SignedDuration::from_mins(60));
    commands.tidy().await.unwrap();
    assert_eq!(rows(&commands).await, (0, 0));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_wrong_holds_nobody_back(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(366 * 24, 49, 24, 2)] hours: i64,
) {
    let it = Fixture::new(engine).await;
    let commands = it.process().await;
    let wrong = SignedDuration::from_hours(hours);
    it.clock.advance(wrong);
    let limit = Limit::of_sign_in("someone@example.org");
    while commands.limits().try_now(&limit).await.unwrap().is_ok() {}
    for nth in 0..3 {
        commands.limits().allot(&sender("a@example.org"), &format!("then {nth}")).await.unwrap();
        commands.limits().allot(&sender("b@example.org"), &format!("used {nth}")).await.unwrap();
        it.clock.advance(SignedDuration::from_secs(2));
    }
    it.clock.set(examples::minutes(0));

    assert_eq!(commands.limits().try_now(&limit).await.unwrap(), Ok(()), "signs in");
    for nth in 0..10 {
        let at =
            commands.limits().allot(&sender("a@example.org"), &format!("now {nth}")).await.unwrap();
        assert_eq!(Fixture::seconds(at), place(nth), "and {hours} hours are not waited for");
    }
    let (left,): (i64,) = commands
        .log
        .db()
        .fetch_one(
            "SELECT count(*) FROM allotments WHERE at > $1",
            args![(examples::minutes(0) + SignedDuration::from_hours(1)).as_microsecond()],
        )
        .await
        .unwrap();
    assert!(left <= 3, "what is left of it goes: {left}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn who_holds_a_moment_of_a_wrong_clock_is_given_another_one(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let commands = it.process().await;
    it.clock.advance(SignedDuration::from_hours(366 * 24));
    for nth in 0..10 {
        commands.limits().allot(&sender("a@example.org"), &format!("holder {nth}")).await.unwrap();
    }
    it.clock.set(examples::minutes(0));
    let at = commands.limits().allot(&sender("a@example.org"), "holder 9").await.unwrap();
    assert_eq!(Fixture::seconds(at), 0);
    assert_eq!(commands.tidy().await.unwrap().allotments, 0, "all of them went");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn moments_that_are_rightly_far_ahead_stay(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let commands = it.process().await;
    let hourly = EmailLimits { per_second: 0, per_minute: 0, per_hour: 1 };
    let address = "a@example.org".parse().unwrap();
    let limit = [Limit::of_recipient(&address, hourly)];
    for nth in 0..30 {
        let at = commands.limits().allot(&limit, &format!("holder {nth}")).await.unwrap();
        assert_eq!(Fixture::seconds(at), nth * 3600);
    }
    let again = commands.limits().allot(&limit, "holder 29").await.unwrap();
    assert_eq!(Fixture::seconds(again), 29 * 3600);
}

/// How many uses and how many windows are kept.
async fn rows(commands: &Commands) -> (i64, i64) {
    let sql = "SELECT (SELECT count(*) FROM allotments), (SELECT count(*) FROM allotment_locks)";
    commands.log.db().fetch_one(sql, args![]).await.unwrap()
}
