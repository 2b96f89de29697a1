//! How long others wait to write while a person is erased, on a log of many applications: small durable
//! writes one after the other, beside a running service, before the erasure and during it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use event_store::{Db, args};

use crate::catch_up::{catch_up, head};
use crate::engines::on_each;
use crate::figures::percentile;
use crate::place::{Place, application};
use crate::report::{Measure, Report};

/// How long writes are watched before.
const BEFORE: Duration = Duration::from_secs(5);
/// From one write to the next.
const PAUSE: Duration = Duration::from_millis(5);
/// Who is erased.
const PERSON: &str = "erased.person@example.org";
/// How many applications are theirs.
const THEIRS: usize = 3;

const WRITE: &str = "
    INSERT INTO checkpoints (name, position)
    VALUES ('bench:erase', $1)
    ON CONFLICT (name) DO UPDATE SET position = excluded.position";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Invented applications beside those of the person.
    #[arg(long, default_value_t = 1_000_000)]
    applications: u64,
    /// Which of the two engines; both where none is named.
    #[arg(long, value_parser = ["sqlite", "postgres"])]
    engine: Option<String>,
}

pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    on_each(options.engine.as_deref(), "erase", async |engine, url, place| {
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
    let secret = place.register()?;
    let api = place.start(&["api"]).await?;
    let http = reqwest::Client::new();
    for number in 1..=THEIRS {
        let mut body = application(number);
        body["candidate_email"] = PERSON.into();
        let request = http.post(format!("{}/api/v1/applications", api.base)).json(&body);
        request.basic_auth("bench", Some(&secret)).send().await?.error_for_status()?;
    }
    let db = Db::connect(url).await?;
    let projector = catch_up(place, &db, head(&db).await?).await?;

    let mut add = |bench, mut waits: Vec<Duration>, took: Duration| {
        let worst = waits.iter().max().copied().unwrap_or_default();
        report.add(Measure {
            bench,
            engine: engine.to_owned(),
            at: ("applications", options.applications),
            unit: "ms",
            figure: worst.as_secs_f64() * 1000.0,
            peer: None,
            ratio: None,
            more: vec![
                ("p50_ms", percentile(&mut waits, 50)),
                ("p99_ms", percentile(&mut waits, 99)),
                ("took_ms", took.as_secs_f64() * 1000.0),
            ],
        });
    };
    let stop = Arc::new(AtomicBool::new(false));
    let writing = tokio::spawn(write(db.clone(), Arc::clone(&stop)));
    tokio::time::sleep(BEFORE).await;
    stop.store(true, Ordering::Relaxed);
    add("writes-before", writing.await??, BEFORE);

    let stop = Arc::new(AtomicBool::new(false));
    let writing = tokio::spawn(write(db.clone(), Arc::clone(&stop)));
    let (took, _) = place.watch(&["person", "erase", PERSON, "--yes"]).await?;
    stop.store(true, Ordering::Relaxed);
    add("writes-beside-erasure", writing.await??, took);
    projector.stop().await?;
    api.stop().await?;
    db.close().await;
    Ok(())
}

/// Writes until it is told to stop; how long each write took.
async fn write(db: Db, stop: Arc<AtomicBool>) -> anyhow::Result<Vec<Duration>> {
    let mut waits = vec![];
    for number in 0_i64.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let begin = Instant::now();
        db.execute(WRITE, args![number]).await?;
        waits.push(begin.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
    Ok(waits)
}
