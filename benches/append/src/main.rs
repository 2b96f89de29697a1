//! How many durable appends a second the log takes on SQLite, beside the stock repository of
//! sqlite-es: 1.2 KB payloads, one event an append, each to a new stream, `synchronous=FULL` for
//! both. The two take turns within each round, because a machine's speed moves; the ratio is the
//! median of the rounds.
//!
//! `cargo run --release -p postulo-bench-append -- [SECONDS] [ROUNDS]`
//!
//! The databases lie beside the executable: on a real disk, unlike `/tmp` on many machines.

mod ours;
mod stock;
mod subject;

use std::time::{Duration, Instant};

use anyhow::Context;
use subject::Subject;
use tempfile::TempDir;

/// Concurrent writers.
const WRITERS: [usize; 4] = [1, 8, 64, 256];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut given = std::env::args().skip(1);
    let seconds = given.next().map_or(Ok(2.0), |it| it.parse::<f64>())?;
    let rounds = given.next().map_or(Ok(5), |it| it.parse::<usize>())?;
    println!(
        "durable appends on SQLite, {} bytes of payload, {rounds} rounds of {seconds} s each, turn by turn\n",
        subject::payload().len()
    );
    println!(
        "{:>7}  {:>10} {:>8} {:>8}  {:>10} {:>8} {:>8}  {:>6}",
        "writers", "ours /s", "p50 ms", "p99 ms", "stock /s", "p50 ms", "p99 ms", "ratio"
    );
    for writers in WRITERS {
        let (mut ours, mut stock) = (Figures::default(), Figures::default());
        let mut ratios = vec![];
        for round in 0..rounds {
            let length = Duration::from_secs_f64(seconds);
            // Who begins changes with the round.
            let ratio = if round % 2 == 0 {
                let first = run::<ours::Ours>(writers, length, &mut ours).await?;
                first / run::<stock::Stock>(writers, length, &mut stock).await?
            } else {
                let first = run::<stock::Stock>(writers, length, &mut stock).await?;
                run::<ours::Ours>(writers, length, &mut ours).await? / first
            };
            ratios.push(ratio);
        }
        println!(
            "{writers:>7}  {}  {}  {:>6.2}",
            ours.columns(),
            stock.columns(),
            median(&mut ratios)
        );
        if stock.failed > 0 {
            println!("         ({} stock appends failed and were not counted)", stock.failed);
        }
        anyhow::ensure!(ours.failed == 0, "{} of our appends failed", ours.failed);
    }
    Ok(())
}

/// What was measured of one side with so many writers, over all rounds.
#[derive(Default)]
struct Figures {
    rates: Vec<f64>,
    latencies: Vec<Duration>,
    failed: usize,
}

impl Figures {
    fn columns(&mut self) -> String {
        self.latencies.sort_unstable();
        format!(
            "{:>10.0} {:>8.2} {:>8.2}",
            median(&mut self.rates),
            self.percentile(50),
            self.percentile(99)
        )
    }

    /// In milliseconds; the latencies are sorted.
    fn percentile(&self, percent: usize) -> f64 {
        let index = self.latencies.len() * percent / 100;
        let index = index.min(self.latencies.len().saturating_sub(1));
        self.latencies.get(index).map_or(f64::NAN, |it| it.as_secs_f64() * 1000.0)
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// One turn on a fresh database; answers the appends a second.
async fn run<S: Subject>(
    writers: usize,
    length: Duration,
    figures: &mut Figures,
) -> anyhow::Result<f64> {
    let executable = std::env::current_exe()?;
    let beside = executable.parent().context("an executable lies in a folder")?;
    let folder = TempDir::with_prefix_in("bench-append-", beside)?;
    let subject = S::open(&folder.path().join("events.db")).await?;
    // Connections and prepared statements are not what is measured.
    for number in 0..16 {
        subject.append(format!("warm-{number}")).await?;
    }
    let begin = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..writers {
        let subject = subject.clone();
        tasks.spawn(async move {
            let (mut latencies, mut failed) = (vec![], 0);
            let mut number = 0_u64;
            while begin.elapsed() < length {
                let id = format!("{writer}-{number}");
                number += 1;
                let start = Instant::now();
                match subject.append(id).await {
                    Ok(()) => latencies.push(start.elapsed()),
                    Err(_) => failed += 1,
                }
            }
            (latencies, failed)
        });
    }
    let mut appended = 0.0;
    for (latencies, failed) in tasks.join_all().await {
        appended += f64::from(u32::try_from(latencies.len())?);
        figures.latencies.extend(latencies);
        figures.failed += failed;
    }
    let rate = appended / begin.elapsed().as_secs_f64();
    subject.close().await;
    figures.rates.push(rate);
    Ok(rate)
}
