//! Honest applications at a rate that is held, for a long time, beside clients that are silent, slow,
//! malformed or hostile; on `SQLite`, over loopback. What was acknowledged is looked for in the log
//! afterwards. It fails where a bound does not hold.

mod honest;
mod hostile;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use event_store::{Db, args};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::figures::{count, median, percentile};
use crate::place::{Place, Server};
use crate::report::{Measure, Report};
use honest::{Partner, Told};

/// What p99 of honest requests may be, in milliseconds.
const SLOWEST: f64 = 500.0;
/// What the metrics may take, in bytes: nobody adds series to them.
const LONGEST_METRICS: usize = 256 * 1024;
/// How many more descriptors the end may have open than the begin.
const MORE_DESCRIPTORS: f64 = 32.0;
/// Lines of the table, each about an equal part of the time.
const PARTS: u32 = 10;
/// How long requests that are under way at the end may take.
const PATIENCE: Duration = Duration::from_mins(2);

#[derive(clap::Args)]
pub(crate) struct Options {
    /// How long, in seconds.
    #[arg(long, default_value_t = 1800, value_parser = clap::value_parser!(u64).range(20..))]
    seconds: u64,
    /// Honest applications a second.
    #[arg(long, default_value_t = 50)]
    rate: u32,
    /// Hostile clients of each kind.
    #[arg(long, default_value_t = 40)]
    hostile: usize,
    /// What the service may hold in memory, in megabytes.
    #[arg(long, default_value_t = 300.0)]
    memory: f64,
    /// Print the latencies and judge the rest, where the machine is not ours alone.
    #[arg(long)]
    any_speed: bool,
}

pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let place = Place::new(&[])?;
    place.print(&["migrate"])?;
    let secret = place.register()?;
    let server = place.start(&["serve"]).await?;
    let partner = Arc::new(Partner::new(&server.base, secret)?);
    let stop = CancellationToken::new();
    let hostile = hostile::start(&server.base, options.hostile, &stop)?;

    let length = Duration::from_secs(options.seconds);
    let sending = tokio::spawn(honest::send(partner.clone(), options.rate, length));
    let seen = watch(&server, &partner, length, report).await?;
    tokio::time::timeout(PATIENCE, sending).await.context("requests never ended")???;
    stop.cancel();
    hostile.wait().await;

    let metrics = partner.metrics().await?;
    server.stop().await?;
    let lost = lost(&place, &partner.told).await?;
    judge(options, &seen, &partner.told, metrics, lost, report)
}

/// What the service took of the machine.
#[derive(Default)]
struct Seen {
    memory: Vec<f64>,
    descriptors: Vec<f64>,
}

/// Looks at the service every second, and tells each part of the time.
async fn watch(
    server: &Server,
    partner: &Partner,
    length: Duration,
    report: &mut Report,
) -> anyhow::Result<Seen> {
    let (begin, mut seen) = (Instant::now(), Seen::default());
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    for part in 1..=PARTS {
        let until = begin + length * part / PARTS;
        let (mut memory, mut descriptors) = (0.0_f64, 0.0_f64);
        while Instant::now() < until {
            ticks.tick().await;
            let now = server.memory("VmRSS").context("the service has ended")?;
            let open = count(server.descriptors()?);
            (memory, descriptors) = (memory.max(now), descriptors.max(open));
            seen.memory.push(now);
            seen.descriptors.push(open);
        }
        let mut latencies = partner.told.latencies_since_last();
        let second = begin.elapsed().as_secs();
        report.add(measure("soak", second, &mut latencies, &partner.told, memory, descriptors));
    }
    Ok(seen)
}

fn measure(
    bench: &'static str,
    second: u64,
    latencies: &mut [Duration],
    told: &Told,
    memory: f64,
    descriptors: f64,
) -> Measure {
    Measure {
        bench,
        engine: "sqlite".to_owned(),
        at: ("second", second),
        unit: "acknowledged",
        figure: count(told.acknowledged().len()),
        peer: None,
        ratio: None,
        more: vec![
            ("p50_ms", percentile(latencies, 50)),
            ("p99_ms", percentile(latencies, 99)),
            ("refused", count(told.refused().values().sum())),
            ("sent_again", count(told.sent_again())),
            ("memory_mb", memory),
            ("descriptors", descriptors),
        ],
    }
}

/// Applications that were acknowledged and are not in the log.
async fn lost(place: &Place, told: &Told) -> anyhow::Result<usize> {
    let file = place.folder.path().join("postulo.db");
    let db = Db::connect(&format!("sqlite:{}", file.display())).await?;
    let sql = "SELECT aggregate_id FROM events WHERE event_type = 'Submitted'";
    let rows: Vec<(String,)> = db.fetch_all(sql, args![]).await?;
    db.close().await;
    let kept: BTreeSet<String> = rows.into_iter().map(|(id,)| id).collect();
    anyhow::ensure!(!kept.is_empty(), "the log holds no application: nothing was tried");
    Ok(told.acknowledged().iter().filter(|id| !kept.contains(*id)).count())
}

fn judge(
    options: &Options,
    seen: &Seen,
    told: &Told,
    metrics: usize,
    lost: usize,
    report: &mut Report,
) -> anyhow::Result<()> {
    let memory = seen.memory.iter().copied().fold(0.0, f64::max);
    let descriptors = seen.descriptors.iter().copied().fold(0.0, f64::max);
    let mut latencies = told.latencies();
    let p99 = percentile(&mut latencies, 99);
    let seconds = options.seconds;
    let mut whole = measure("soak, whole", seconds, &mut latencies, told, memory, descriptors);
    whole.more.extend([("lost", count(lost)), ("metrics_bytes", count(metrics))]);
    report.add(whole);

    // The first quarter fills the places.
    let quarter = seen.descriptors.len() / 4;
    let early = median(&seen.descriptors[quarter..quarter * 2]);
    let late = median(&seen.descriptors[quarter * 3..]);
    let mut wrong = vec![];
    let mut must = |holds: bool, why: String| {
        if !holds {
            wrong.push(why);
        }
    };
    let refused = told.refused();
    must(lost == 0, format!("{lost} acknowledged applications are not in the log"));
    must(refused.is_empty(), format!("honest requests failed: {refused:?}"));
    must(memory < options.memory, format!("the service took {memory:.0} MB of memory"));
    must(
        late <= early + MORE_DESCRIPTORS,
        format!("open descriptors grew from {early:.0} to {late:.0}"),
    );
    must(metrics < LONGEST_METRICS, format!("the metrics grew to {metrics} bytes"));
    must(options.any_speed || p99 < SLOWEST, format!("p99 of honest requests is {p99:.0} ms"));
    anyhow::ensure!(wrong.is_empty(), "it does not hold:\n  - {}", wrong.join("\n  - "));
    Ok(())
}
