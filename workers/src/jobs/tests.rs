//! Scheduled tasks with a script, on a real database, by a clock that the test moves.

mod processes;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use commands::Cause;
use commands::schedules::{self, Outcome, Plan, Planned, Run, STARTED_BY_CLOCK};
use commands::testing::process;
use domain::schedule::{Schedule, Timetable};
use event_store::lease::LeaseOptions;
use event_store::testing::{Engine, TestDb, until};
use event_store::{ActorKind, Clock, Db, FixedClock};
use jiff::{SignedDuration, Timestamp};
use rstest::rstest;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{Job, JobError, Scheduler, Turn};
use crate::mail::{Email, Mailer, SendError, Taken};
use crate::reaction::World;
use crate::settings::Settings;
use integrations::Integrations;

struct NoMail;

#[async_trait]
impl Mailer for NoMail {
    async fn send(&self, _: &Email) -> Result<Taken, SendError> {
        unreachable!("these tasks send no e-mail")
    }
}

/// How the nth run of a task goes.
type Script = fn(nth: usize) -> Result<(), JobError>;

/// A task that does what its script says, when it is let through the gate.
#[derive(Clone)]
struct Scripted {
    script: Script,
    makes_up: bool,
    gate: Arc<Semaphore>,
    /// When each run was due.
    runs: Arc<Mutex<Vec<Timestamp>>>,
}

#[async_trait]
impl Job for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn cron(&self) -> &'static str {
        "*/5 * * * *"
    }

    fn makes_up(&self) -> bool {
        self.makes_up
    }

    async fn run(&self, _: &World, turn: &Turn) -> Result<(), JobError> {
        let nth = {
            let mut runs = self.runs.lock().unwrap();
            runs.push(turn.due());
            runs.len()
        };
        turn.count("things", nth as u64);
        tokio::select! {
            passed = self.gate.acquire() => passed.unwrap().forget(),
            () = turn.held().ended().cancelled() => return Err(JobError::Stopped),
        }
        (self.script)(nth)
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) async fn world(db: Db, clock: Arc<dyn Clock>) -> World {
    World {
        commands: process(db, clock).await,
        mailer: Arc::new(NoMail),
        base_url: "https://postulo.example".parse().unwrap(),
        mail_domain: "postulo.example".into(),
        mail_from: "postulo@postulo.example".parse().unwrap(),
        integrations: Integrations::default(),
        permits: Arc::default(),
        space: crate::SpaceSettings::default(),
        offers: crate::OfferSettings::default(),
    }
}

fn lease() -> LeaseOptions {
    LeaseOptions {
        beat: Duration::from_millis(100),
        patience: Duration::from_secs(1),
        look: Duration::from_millis(20),
    }
}

fn plan_of(job: &dyn Job) -> Plan {
    let timetable = Timetable::parse(job.cron(), "UTC").unwrap();
    Plan { task: job.name().to_owned(), timetable, enabled: true }
}

struct Bench {
    test_db: Arc<TestDb>,
    clock: FixedClock,
    db: Db,
    world: World,
    task: Scripted,
}

/// A scheduler that runs.
struct Running {
    stop: CancellationToken,
    ended: JoinHandle<()>,
}

impl Running {
    async fn stop(self) {
        self.stop.cancel();
        self.ended.await.unwrap();
    }
}

impl Bench {
    /// At two minutes past eight, with a task that is let through.
    async fn new(engine: Engine, script: Script) -> Self {
        let clock = FixedClock::new(at("2026-11-27T08:02:00Z"));
        let test_db = Arc::new(testing::database(engine).await);
        let task = Scripted {
            script,
            makes_up: true,
            gate: Arc::new(Semaphore::new(1000)),
            runs: Arc::default(),
        };
        Self::on(test_db.clone(), test_db.db(), clock, task).await
    }

    async fn on(test_db: Arc<TestDb>, db: Db, clock: FixedClock, task: Scripted) -> Self {
        let world = world(db.clone(), Arc::new(clock.clone())).await;
        Self { test_db, clock, db, world, task }
    }

    /// Another process on the same database, with the same task.
    async fn other_process(&self) -> Self {
        let db = Db::connect(self.test_db.url()).await.unwrap();
        Self::on(self.test_db.clone(), db, self.clock.clone(), self.task.clone()).await
    }

    fn start(&self) -> Running {
        let job: Box<dyn Job> = Box::new(self.task.clone());
        let settings = Settings {
            lease: lease(),
            drain: Duration::from_secs(5),
            schedules: vec![plan_of(job.as_ref())],
            ..Settings::default()
        };
        let stop = CancellationToken::new();
        let scheduler = Scheduler::new(vec![job], &self.world, &settings, &stop);
        Running { stop, ended: tokio::spawn(scheduler.run()) }
    }

    fn advance(&self, minutes: i64) {
        self.clock.advance(SignedDuration::from_mins(minutes));
    }

    /// What was run, last first, once so many runs have ended.
    async fn ended(&self, count: usize) -> Vec<Run> {
        until("the runs have ended", || async {
            let runs = self.rows().await;
            runs.len() == count && runs.iter().all(|run| run.outcome.is_some())
        })
        .await;
        self.rows().await
    }

    async fn rows(&self) -> Vec<Run> {
        schedules::latest(&self.db, "scripted", 100).await.unwrap()
    }

    /// When the runs were due, in their order.
    fn due(&self) -> Vec<String> {
        let runs = self.task.runs.lock().unwrap();
        runs.iter().map(|due| due.strftime("%H:%M").to_string()).collect()
    }

    async fn switch(&self, on: bool) {
        let cause = Cause::request(ActorKind::Operator, None, self.world.commands.fresh_id());
        self.world.commands.schedules().switch("scripted", on, &cause).await.unwrap();
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_task_runs_once_for_each_time_that_is_due_however_many_processes_there_are(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let bench = Bench::new(engine, |_| Ok(())).await;
    let other = bench.other_process().await;
    let (one, two) = (bench.start(), other.start());
    for count in 1..=4 {
        let runs = bench.ended(count).await;
        assert_eq!(runs[0].outcome, Some(Outcome::Done));
        assert_eq!(runs[0].started_by, STARTED_BY_CLOCK);
        assert_eq!(runs[0].report.counts, [("things".to_owned(), count as u64)]);
        bench.advance(5);
    }
    bench.ended(5).await;
    one.stop().await;
    two.stop().await;
    assert_eq!(bench.due(), ["08:00", "08:05", "08:10", "08:15", "08:20"]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_while_nothing_ran_is_made_up_for_once_if_the_task_wants_that(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(true, false)] makes_up: bool,
) {
    let mut bench = Bench::new(engine, |_| Ok(())).await;
    bench.task.makes_up = makes_up;
    let running = bench.start();
    let mut expected = if makes_up { vec!["08:00"] } else { vec![] };
    bench.ended(expected.len()).await;
    bench.advance(3);
    expected.push("08:05");
    bench.ended(expected.len()).await;
    running.stop().await;

    bench.advance(183);
    let running = bench.start();
    if makes_up {
        expected.push("11:05");
        bench.ended(expected.len()).await;
    }
    until("it is watched", || async { !schedules::planned(&bench.db).await.unwrap().is_empty() })
        .await;
    bench.advance(2);
    expected.push("11:10");
    bench.ended(expected.len()).await;
    running.stop().await;
    assert_eq!(bench.due(), expected);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_panics_is_a_failed_run_and_the_next_one_comes(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let bench = Bench::new(engine, |nth| match nth {
        1 => panic!("a secret of somebody"),
        2 => Err(JobError::Failed("the other side is busy".into())),
        _ => Ok(()),
    })
    .await;
    let running = bench.start();
    let failed = bench.ended(1).await.remove(0);
    assert_eq!(failed.outcome, Some(Outcome::Failed));
    let why = failed.report.error.unwrap();
    assert!(why.contains("panicked") && !why.contains("secret"), "{why}");
    assert_eq!(schedules::failing(&bench.db).await.unwrap(), [""; 0]);
    bench.advance(5);
    let failed = bench.ended(2).await.remove(0);
    assert_eq!(failed.report.error.as_deref(), Some("the other side is busy"));
    assert_eq!(schedules::failing(&bench.db).await.unwrap(), ["scripted"]);
    bench.advance(5);
    assert_eq!(bench.ended(3).await[0].outcome, Some(Outcome::Done));
    assert_eq!(schedules::failing(&bench.db).await.unwrap(), [""; 0]);
    running.stop().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_outlives_its_next_times_is_not_started_twice(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut bench = Bench::new(engine, |_| Ok(())).await;
    bench.task.gate = Arc::new(Semaphore::new(0));
    let other = bench.other_process().await;
    let (one, two) = (bench.start(), other.start());
    let begun = |count| {
        let runs = &bench.task.runs;
        until("it has begun", move || async move { runs.lock().unwrap().len() == count })
    };
    begun(1).await;
    for _ in 0..3 {
        bench.advance(5);
        // Both processes have seen that clock.
        tokio::time::sleep(lease().look * 5).await;
    }
    assert_eq!(bench.rows().await.len(), 1);
    bench.task.gate.add_permits(2);
    // Of what it outlived the last time is made up for.
    bench.ended(2).await;
    one.stop().await;
    two.stop().await;
    assert_eq!(bench.due(), ["08:00", "08:15"]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_switched_off_runs_when_it_is_asked_for_alone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let bench = Bench::new(engine, |_| Ok(())).await;
    bench.switch(false).await;
    let running = bench.start();
    bench.advance(10);
    let now = bench.world.commands.now();
    assert!(schedules::request(&bench.db, "scripted", "somebody", now).await.unwrap());
    let run = bench.ended(1).await.remove(0);
    assert_eq!((run.started_by.as_str(), run.due_at), ("somebody", now));
    assert_eq!(run.outcome, Some(Outcome::Done));
    // What was due meanwhile is not made up for.
    bench.switch(true).await;
    let switched =
        bench.world.commands.schedules().schedule_switch("scripted").await.unwrap().unwrap();
    assert!(switched.on);
    bench.advance(4);
    bench.ended(2).await;
    running.stop().await;
    assert_eq!(bench.due(), ["08:12", "08:15"]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_asked_for_once_at_a_time_and_begins_where_a_process_runs_tasks(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let bench = Bench::new(engine, |_| Ok(())).await;
    let now = bench.world.commands.now();
    let later = now + SignedDuration::from_secs(1);
    assert!(schedules::request(&bench.db, "scripted", "one", now).await.unwrap());
    assert!(!schedules::request(&bench.db, "scripted", "two", later).await.unwrap());
    assert!(schedules::request(&bench.db, "another", "two", later).await.unwrap());
    let running = bench.start();
    bench.ended(2).await;
    assert!(schedules::request(&bench.db, "scripted", "two", later).await.unwrap());
    let runs = bench.ended(3).await;
    running.stop().await;
    let by: Vec<_> = runs.iter().map(|run| run.started_by.as_str()).collect();
    assert_eq!(by, ["two", "one", "clock"]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_a_process_left_that_died_is_broken_off_and_what_is_stopped_too(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut bench = Bench::new(engine, |_| Ok(())).await;
    let due = at("2026-11-27T08:00:00Z");
    assert!(schedules::claim(&bench.db, "scripted", due, STARTED_BY_CLOCK, due).await.unwrap());
    bench.task.gate = Arc::new(Semaphore::new(0));
    let running = bench.start();
    let left = bench.ended(1).await.remove(0);
    assert_eq!((left.outcome, left.ended_at), (Some(Outcome::BrokenOff), None));
    bench.advance(5);
    until("it has begun", || async { bench.task.runs.lock().unwrap().len() == 1 }).await;
    running.stop().await;
    let stopped = bench.ended(2).await.remove(0);
    assert_eq!(stopped.outcome, Some(Outcome::BrokenOff));
    assert!(stopped.ended_at.is_some());
    assert_eq!(stopped.report.counts, [("things".to_owned(), 1)]);
    assert_eq!(bench.due(), ["08:05"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_clock_that_was_a_year_ahead_is_set_right_the_next_time_is_due_again() {
    let bench = Bench::new(Engine::Sqlite, |_| Ok(())).await;
    let right = bench.world.commands.now();
    bench.clock.advance(SignedDuration::from_hours(366 * 24));
    let running = bench.start();
    bench.ended(1).await;
    bench.clock.set(right);
    let runs = bench.ended(2).await;
    bench.advance(4);
    bench.ended(3).await;
    running.stop().await;
    assert_eq!(bench.due(), ["08:00", "08:00", "08:05"]);
    assert_eq!(runs[1].due_at, at("2026-11-27T08:00:00Z"));
}

#[rstest]
#[tokio::test]
async fn runs_are_kept_for_90_days_and_the_last_one_for_as_long_as_it_is_the_last(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let bench = Bench::new(engine, |_| Ok(())).await;
    let day = |day: i64| bench.world.commands.now() - SignedDuration::from_hours(24 * day);
    for (task, days, outcome) in [
        ("scripted", 200, Outcome::Done),
        ("scripted", 100, Outcome::Done),
        ("scripted", 95, Outcome::Failed),
        ("scripted", 1, Outcome::Done),
        ("yearly", 300, Outcome::Done),
        ("yearly", 200, Outcome::Done),
        ("broken", 300, Outcome::Done),
        ("broken", 200, Outcome::Failed),
    ] {
        let due = day(days);
        schedules::claim(&bench.db, task, due, STARTED_BY_CLOCK, due).await.unwrap();
        let report = schedules::Report::default();
        schedules::end(&bench.db, task, due, (outcome, &report), due).await.unwrap();
    }
    assert_eq!(bench.world.commands.tidy().await.unwrap().runs, 4);
    let left = async |task| {
        let runs = schedules::latest(&bench.db, task, 9).await.unwrap();
        runs.iter().map(|run| run.due_at).collect::<Vec<_>>()
    };
    assert_eq!(left("scripted").await, [day(1)]);
    assert_eq!(left("yearly").await, [day(200)]);
    assert_eq!(left("broken").await, [day(200), day(300)]);
}

#[tokio::test]
async fn times_without_success_are_counted_since_the_last_one_or_the_first_day() {
    let bench = Bench::new(Engine::Sqlite, |_| Ok(())).await;
    let planned = Planned { plan: plan_of(&bench.task), first_at: at("2026-11-27T07:00:00Z") };
    let now = bench.world.commands.now();
    let missed = |planned: &Planned, schedule, succeeded: Option<&str>| {
        let succeeded = succeeded.map(|text| ("scripted".to_owned(), at(text)));
        let succeeded = succeeded.into_iter().collect();
        schedules::due_since_success(planned, schedule, &succeeded, now, 10)
    };
    assert_eq!(missed(&planned, Schedule::On, None), 10, "they are 13, and 10 is the most");
    assert_eq!(missed(&planned, Schedule::On, Some("2026-11-27T07:50:01Z")), 2);
    assert_eq!(missed(&planned, Schedule::On, Some("2026-11-27T08:00:01Z")), 0);
    let off = Schedule::Off { since: at("2026-11-27T07:00:00Z") };
    assert_eq!(missed(&planned, off, None), 0);
    let again = Schedule::OnAgain { since: at("2026-11-27T07:56:00Z") };
    assert_eq!(missed(&planned, again, None), 1);
    let by_setting = Planned { plan: Plan { enabled: false, ..planned.plan }, ..planned };
    assert_eq!(missed(&by_setting, Schedule::On, None), 0);
}

#[test]
fn every_task_has_a_timetable_and_words_in_every_language() {
    use texts::Wording as _;

    let plans = super::plans(&std::collections::BTreeMap::new()).unwrap();
    assert_eq!(plans.len(), super::all().len());
    for plan in plans {
        for language in domain::Language::ALL {
            let name = plan.task.replace('.', "-");
            let about = language.with("schedules-about", ("task", &name));
            assert!(about.ends_with('.'), "{}: {about:?}", plan.task);
        }
    }
}

/// A file of the test's own.
fn file(folder: &tempfile::TempDir, name: &str) -> PathBuf {
    folder.path().join(name)
}
