//! Appends and submissions on logs of several lengths, which take turns: a rate that fell with the
//! length would show. And an application with a long history, beside one with a short one.

mod history;

use std::time::{Duration, Instant};

use history::Application;

use crate::append::{Ours, Turns};
use crate::database::Database;
use crate::figures::{median, percentile};
use crate::place::Place;
use crate::report::{Measure, Report};
use crate::submit::Target;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Lengths of the log, in events; the first is what the others are compared with.
    #[arg(long, value_delimiter = ',', default_values_t = [10_000, 100_000, 1_000_000, 5_000_000])]
    events: Vec<u64>,
    /// Rounds.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds of each turn.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Submissions asked for a second; what is held is measured.
    #[arg(long, default_value_t = 12_000)]
    rate: u64,
}

/// One log, and what was measured on it.
struct Length {
    events: u64,
    log: Ours,
    target: Target,
    appends: Turns,
    submissions: Vec<f64>,
    _database: Database,
}

pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let mut lengths = vec![];
    for events in &options.events {
        lengths.push(Length::make(*events).await?);
    }
    for round in 0..options.rounds {
        let count = lengths.len();
        for turn in 0..count {
            let Some(it) = lengths.get_mut((round + turn) % count) else {
                continue;
            };
            let length = Duration::from_secs(options.seconds);
            it.appends.go_on(&it.log, 128, length).await?;
            it.submissions.push(it.target.load(options.rate, options.seconds).await?.rate);
        }
    }
    let base = lengths.first().map(|it| (it.appends.rates.clone(), it.submissions.clone()));
    let (base_appends, base_submissions) = base.unwrap_or_default();
    for it in &lengths {
        report.add(compared("appends/s", it.events, &it.appends.rates, &base_appends));
        report.add(compared("applications/s", it.events, &it.submissions, &base_submissions));
    }
    for it in lengths {
        it.target.server.stop().await?;
    }
    long_histories(report).await
}

impl Length {
    async fn make(events: u64) -> anyhow::Result<Self> {
        let database = Database::create("growth").await?;
        let place = Place::new(&[("POSTULO_DATABASE_URL", database.url())])?;
        // About 4.34 events each.
        place.print(&["seed", "--applications", &(events * 100 / 434).to_string()])?;
        let target = Target::start(&database).await?;
        let log = Ours::at(database.url()).await?;
        let (appends, submissions) = (Turns::default(), vec![]);
        Ok(Self { events, log, target, appends, submissions, _database: database })
    }
}

fn compared(unit: &'static str, events: u64, rates: &[f64], base: &[f64]) -> Measure {
    let ratios: Vec<f64> = rates.iter().zip(base).map(|(it, base)| it / base).collect();
    Measure {
        bench: "growth",
        engine: "postgres".to_owned(),
        at: ("events", events),
        unit,
        figure: median(rates),
        peer: Some(("the shortest log", median(base))),
        ratio: Some(median(&ratios)),
        more: vec![],
    }
}

/// Histories of one aggregate, in events.
const HISTORIES: [u64; 3] = [5, 100, 1000];

/// Decisions about one application, one after the other, each of which loads it first.
async fn long_histories(report: &mut Report) -> anyhow::Result<()> {
    let database = Database::create("history").await?;
    let place = Place::new(&[("POSTULO_DATABASE_URL", database.url())])?;
    place.print(&["migrate"])?;
    let mut base = f64::NAN;
    for events in HISTORIES {
        let mut latencies = vec![];
        let application = Application::with_history(database.url(), events).await?;
        for _ in 0..200 {
            let start = Instant::now();
            application.decide().await?;
            latencies.push(start.elapsed());
        }
        let p50 = percentile(&mut latencies, 50);
        if base.is_nan() {
            base = p50;
        }
        report.add(Measure {
            bench: "history",
            engine: "postgres".to_owned(),
            at: ("events", events),
            unit: "ms a decision",
            figure: p50,
            peer: Some(("the shortest history", base)),
            ratio: Some(p50 / base),
            more: vec![],
        });
    }
    Ok(())
}
