//! Two real processes for an hour of a fast clock, of which one after the other is killed: each time
//! that is due has exactly one run. A process is this program again, with the test below that is
//! ignored.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use event_store::SystemClock;
use event_store::testing::PATIENCE;

use super::*;

/// How the processes are told what to do: the database, when the clock began, where to leave marks.
const VARIABLE: &str = "POSTULO_TEST_SCHEDULER";
/// The fast clock begins here.
const FIRST: &str = "2026-11-27T08:00:30Z";
/// How fast it is.
const TIMES: i32 = 60;
/// How long a run takes, of the real time.
const WORK: Duration = Duration::from_millis(1200);
/// The times that are due: the one before the beginning, which is made up for, and 12 in the hour.
const DUE: usize = 13;

/// A clock that runs fast, the same in all processes.
#[derive(Clone, Copy)]
struct FastClock {
    began: Timestamp,
}

impl Clock for FastClock {
    fn now(&self) -> Timestamp {
        at(FIRST) + SystemClock.now().duration_since(self.began) * TIMES
    }
}

/// A task that leaves a mark when it begins and when it ends.
struct Marking(PathBuf);

impl Marking {
    fn mark(&self, word: &str, turn: &Turn) {
        let mut marks = OpenOptions::new().append(true).create(true).open(&self.0).unwrap();
        let line = format!("{word} {} {}\n", turn.due(), std::process::id());
        marks.write_all(line.as_bytes()).unwrap();
    }
}

#[async_trait]
impl Job for Marking {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn cron(&self) -> &'static str {
        "*/5 * * * *"
    }

    fn makes_up(&self) -> bool {
        true
    }

    async fn run(&self, _: &World, turn: &Turn) -> Result<(), JobError> {
        self.mark("begin", turn);
        tokio::time::sleep(WORK).await;
        self.mark("end", turn);
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it is a process of the test beside it"]
async fn a_process() {
    let Ok(told) = std::env::var(VARIABLE) else { return };
    let told: Vec<_> = told.split('\n').collect();
    let [url, began, marks] = told[..] else { panic!("{told:?}") };
    let clock: Arc<dyn Clock> = Arc::new(FastClock { began: at(began) });
    let db = Db::connect(url).await.unwrap();
    let job: Box<dyn Job> = Box::new(Marking(marks.into()));
    let schedules = vec![plan_of(job.as_ref())];
    let settings = Settings { lease: lease(), schedules, ..Settings::default() };
    let stop = CancellationToken::new();
    Scheduler::new(vec![job], &world(db, clock).await, &settings, &stop).run().await;
}

fn process(told: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "jobs::tests::processes::a_process", "--ignored"])
        .env(VARIABLE, told)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// The marks until now: a word, when the run was due, and whose it is.
fn marks(path: &Path) -> Vec<(String, Timestamp, u32)> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let read = |line: &str| {
        let parts: Vec<_> = line.split(' ').collect();
        (parts[0].to_owned(), at(parts[1]), parts[2].parse().unwrap())
    };
    text.lines().map(read).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_of_which_one_after_the_other_is_killed_run_each_time_that_is_due_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, "marks");
    let began = SystemClock.now();
    let told = format!("{}\n{began}\n{}", test_db.url(), path.display());
    let mut processes = [process(&told), process(&told)];
    let clock = FastClock { began };
    let the_end = at(FIRST) + SignedDuration::from_mins(60);
    let (mut seen, mut killed_at_work) = (0, 0);
    while clock.now() < the_end {
        tokio::time::sleep(Duration::from_millis(10)).await;
        let marks = marks(&path);
        let begun: Vec<_> = marks.iter().filter(|(word, ..)| word == "begin").collect();
        if begun.len() == seen {
            continue;
        }
        seen = begun.len();
        let (_, due, id) = begun[seen - 1];
        let at_work = usize::from(processes[1].id() == *id);
        // Now the one that works, now the other one; sometimes neither.
        let victim = match seen % 3 {
            0 => at_work,
            1 => 1 - at_work,
            _ => continue,
        };
        if victim == at_work {
            tokio::time::sleep(WORK / 4).await;
            let ended = self::marks(&path).iter().any(|(word, of, _)| word == "end" && of == due);
            killed_at_work += usize::from(!ended);
        }
        processes[victim].kill().unwrap();
        processes[victim].wait().unwrap();
        processes[victim] = process(&told);
    }
    let db = test_db.db();
    let deadline = std::time::Instant::now() + PATIENCE;
    let rows = loop {
        let rows = schedules::latest(&db, "scripted", 100).await.unwrap();
        let of_the_hour: Vec<_> = rows.into_iter().filter(|run| run.due_at <= the_end).collect();
        let all_ended = of_the_hour.iter().all(|run| run.outcome.is_some());
        if (of_the_hour.len() >= DUE && all_ended) || std::time::Instant::now() > deadline {
            break of_the_hour;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    for process in &mut processes {
        process.kill().unwrap();
        process.wait().unwrap();
    }
    let due: Vec<_> = rows.iter().rev().map(|run| run.due_at).collect();
    let timetable = Timetable::parse("*/5 * * * *", "UTC").unwrap();
    let expected: Vec<_> = timetable.times(at("2026-11-27T07:59:00Z")).take(DUE).collect();
    assert_eq!(due, expected);
    assert!(killed_at_work >= 2, "{killed_at_work} runs were broken off");
    let outcome = |due: Timestamp| rows.iter().find(|run| run.due_at == due).unwrap().outcome;
    let broken = |due: Timestamp| outcome(due) == Some(Outcome::BrokenOff);
    assert_eq!(due.iter().filter(|due| broken(**due)).count(), killed_at_work);
    // The marks say the same, and that nothing ran beside anything else.
    let mut under_way: Option<Timestamp> = None;
    let mut begun = vec![];
    for (word, due, _) in marks(&path).into_iter().filter(|(_, due, _)| *due <= the_end) {
        match word.as_str() {
            "begin" => {
                assert!(under_way.is_none_or(broken), "{due} began beside {under_way:?}");
                under_way = Some(due);
                begun.push(due);
            }
            _ => assert_eq!(under_way.take(), Some(due)),
        }
    }
    assert_eq!(begun, expected);
}
