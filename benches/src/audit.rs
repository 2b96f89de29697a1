//! How long it takes to sign a log from its beginning, to read it all again and compare, to prove one
//! application, and to tell how one stood at some time. The log is made by `postulo seed`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use commands::replay::{AsOf, Replay, state_as_of};
use commands::{Attachments, Commands, History, KeyRing};
use domain::JobApplication;
use event_store::{Db, RandomIds, SystemClock, args, parse_timestamp};
use uuid::Uuid;

use crate::catch_up::head;
use crate::engines::on_each;
use crate::figures::percentile;
use crate::place::Place;
use crate::report::{Measure, Report};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Invented applications; each has about 4.3 events.
    #[arg(long, default_value_t = 230_000)]
    applications: u64,
    /// Which of the two engines; both where none is named.
    #[arg(long, value_parser = ["sqlite", "postgres"])]
    engine: Option<String>,
    /// How many random applications are asked for as of random times.
    #[arg(long, default_value_t = 500)]
    replays: u32,
}

pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    on_each(options.engine.as_deref(), "audit", async |engine, url, place| {
        measure(engine, url, place, options, report).await
    })
    .await
}

async fn measure(
    engine: &str,
    url: &str,
    place: &Place,
    options: &Options,
    report: &mut Report,
) -> anyhow::Result<()> {
    place.print(&["seed", "--applications", &options.applications.to_string()])?;
    let db = Db::connect(url).await?;
    let head = head(&db).await?;
    as_of(engine, (url, place), head, options, report).await?;
    let middle = "SELECT aggregate_id FROM events WHERE position = $1";
    let (application,): (String,) = db.fetch_one(middle, args![head / 2]).await?;
    db.close().await;
    let mut time = |bench, arguments: &[&str]| -> anyhow::Result<()> {
        let begin = Instant::now();
        place.print(arguments)?;
        add(report, bench, engine, head, begin.elapsed());
        Ok(())
    };
    time("sign from the beginning", &["audit", "checkpoint"])?;
    time("verify all", &["audit", "verify"])?;
    let from = (head / 2).to_string();
    let to = (head / 2 + 1000).to_string();
    time("verify 1,000 events", &["audit", "verify", "--from", &from, "--to", &to])?;
    time("prove one application", &["audit", "prove", &application])
}

/// What happened at a position: to which application, and when.
const AT: &str = "
    SELECT aggregate_id, recorded_at
    FROM events
    WHERE position >= $1 AND aggregate_type = 'JobApplication'
    ORDER BY position
    LIMIT 1";

/// Each at the time of one of its events, random ones, so that some of its history is seen and some
/// came later.
async fn as_of(
    engine: &str,
    (url, place): (&str, &Place),
    head: i64,
    options: &Options,
    report: &mut Report,
) -> anyhow::Result<()> {
    let clock = Arc::new(SystemClock);
    let ids = Arc::new(RandomIds::new(clock.clone()));
    let log = place.open_log(url).await?;
    let keys = KeyRing::single("bench", [7; 32]);
    let commands = Commands::new(log, clock, ids, Attachments::in_memory(), &keys);
    let mut asked = vec![];
    for _ in 0..options.replays {
        let random = commands.fresh_id().as_u128() % u128::from(head.unsigned_abs());
        let position = i64::try_from(random)? + 1;
        let row: Option<(String, String)> =
            commands.log().db().fetch_optional(AT, args![position]).await?;
        let Some((id, recorded_at)) = row else { continue };
        asked.push((id.parse::<Uuid>()?, AsOf::Time(parse_timestamp(&recorded_at)?)));
    }
    let state = time(&commands, &asked, |history, as_of| drop(state_as_of(&history, as_of)));
    let mut state = state.await?;
    let whole = time(&commands, &asked, |history, as_of| drop(Replay::of(history, as_of)));
    let mut whole = whole.await?;
    for (bench, took) in
        [("state of one as of a time", &mut state), ("the same with every change", &mut whole)]
    {
        report.add(Measure {
            bench,
            engine: engine.to_owned(),
            at: ("events", head.unsigned_abs()),
            unit: "ms, p50",
            figure: percentile(took, 50),
            peer: None,
            ratio: None,
            more: vec![("p99_ms", percentile(took, 99)), ("max_ms", percentile(took, 100))],
        });
    }
    commands.log().close().await;
    commands.log().db().close().await;
    Ok(())
}

/// From the question to the answer: the history is read from the log each time.
async fn time(
    commands: &Commands,
    asked: &[(Uuid, AsOf)],
    answer: fn(History<JobApplication>, AsOf),
) -> anyhow::Result<Vec<Duration>> {
    let mut took = vec![];
    for (id, as_of) in asked {
        let begin = Instant::now();
        answer(commands.applications().find(*id).await?, *as_of);
        took.push(begin.elapsed());
    }
    Ok(took)
}

fn add(report: &mut Report, bench: &'static str, engine: &str, head: i64, took: Duration) {
    report.add(Measure {
        bench,
        engine: engine.to_owned(),
        at: ("events", head.unsigned_abs()),
        unit: "s, with the start of the process",
        figure: took.as_secs_f64(),
        peer: None,
        ratio: None,
        more: vec![],
    });
}
