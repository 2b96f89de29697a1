//! Durable appends a second: one event of 1.2 KB an append, each to a new stream. On SQLite beside
//! the stock repository of sqlite-es; on PostgreSQL beside that of postgres-es, beside disintegrate,
//! and beside the raw limit: a bare loop of 512-row INSERTs over one connection. Sealed, beside those that
//! seal nothing; and to streams that exist, sealed beside unsealed. All take turns
//! within each round, because a machine's speed moves; a ratio is the median of the rounds' ratios.

mod disintegrate;
mod existing;
mod ours;
mod postgres_es;
mod raw;
mod sealed;
mod signed;
mod sqlite_es;
mod subject;

use std::time::{Duration, Instant};

use anyhow::Context;
pub(crate) use subject::Subject;
use tempfile::TempDir;

use crate::database::Database;
use crate::figures::{count, median, percentile};
use crate::report::{Measure, Report};

use existing::Existing;
pub(crate) use ours::Ours;
pub(crate) use sealed::Sealed;

/// Concurrent writers.
const ON_SQLITE: [usize; 4] = [1, 8, 64, 256];
const ON_POSTGRES: [usize; 5] = [1, 8, 32, 128, 512];

/// Connections of each side's pool, as many as ours has.
const CONNECTIONS: u32 = 16;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Which of the two engines; both where none is named.
    #[arg(long, value_parser = ["sqlite", "postgres"])]
    engine: Option<String>,
    /// Concurrent writers, instead of the usual numbers.
    #[arg(long, value_delimiter = ',')]
    writers: Vec<usize>,
    /// Rounds.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds of each turn.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
}

impl Options {
    fn writers<'a>(&'a self, usual: &'a [usize]) -> &'a [usize] {
        if self.writers.is_empty() { usual } else { &self.writers }
    }
}

pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let wanted = |engine: &str| options.engine.as_deref().is_none_or(|it| it == engine);
    if wanted("sqlite") {
        for writers in options.writers(&ON_SQLITE) {
            on_sqlite(options, *writers, report).await?;
        }
    }
    if wanted("postgres") {
        for writers in options.writers(&ON_POSTGRES) {
            on_postgres(options, *writers, report).await?;
        }
    }
    Ok(())
}

/// Who takes a turn in each round.
const SIDES: [&str; 6] = ["ours", "signed", "sealed", "existing", "existing, sealed", "stock"];

/// The turns of each of [`SIDES`].
type AllTurns = [Turns; SIDES.len()];

/// One turn of each side but the stock one.
async fn take(
    side: usize,
    url: &str,
    turns: &mut Turns,
    writers: usize,
    length: Duration,
) -> anyhow::Result<()> {
    match SIDES[side] {
        "ours" => turns.take(Ours::open(url).await?, writers, length).await,
        "signed" => turns.take(signed::Signed::open(url).await?, writers, length).await,
        "sealed" => turns.take(Sealed::open(url).await?, writers, length).await,
        "existing" => turns.take(Existing::<Ours>::open(url).await?, writers, length).await,
        _ => turns.take(Existing::<Sealed>::open(url).await?, writers, length).await,
    }
}

async fn on_sqlite(options: &Options, writers: usize, report: &mut Report) -> anyhow::Result<()> {
    let length = Duration::from_secs_f64(options.seconds);
    let mut turns = AllTurns::default();
    for round in 0..options.rounds {
        // Who begins changes with the round.
        for turn in 0..SIDES.len() {
            let place = file(round, turn)?;
            let (url, side) = (place.url(), (round + turn) % SIDES.len());
            if SIDES[side] == "stock" {
                let stock = sqlite_es::SqliteEs::open(&url).await?;
                turns[side].take(stock, writers, length).await?;
            } else {
                take(side, &url, &mut turns[side], writers, length).await?;
            }
        }
    }
    told(report, "sqlite", writers, turns, ("sqlite-es", &mut []))
}

async fn on_postgres(options: &Options, writers: usize, report: &mut Report) -> anyhow::Result<()> {
    let length = Duration::from_secs_f64(options.seconds);
    let mut turns = AllTurns::default();
    let (mut disintegrate, mut raw) = (Turns::default(), Turns::default());
    let sides = SIDES.len() + 2;
    for round in 0..options.rounds {
        for turn in 0..sides {
            let database = Database::create("append").await?;
            let (url, side) = (database.url(), (round + turn) % sides);
            if side == SIDES.len() {
                let subject = disintegrate::Disintegrate::open(url).await?;
                disintegrate.take(subject, writers, length).await?;
            } else if side > SIDES.len() {
                raw.rates.push(raw::rows_a_second(url, length).await?);
            } else if SIDES[side] == "stock" {
                let stock = postgres_es::PostgresEs::open(url).await?;
                turns[side].take(stock, writers, length).await?;
            } else {
                take(side, url, &mut turns[side], writers, length).await?;
            }
        }
    }
    let more = &mut [("disintegrate", &mut disintegrate), ("raw INSERTs", &mut raw)];
    told(report, "postgres", writers, turns, ("postgres-es", more))
}

/// Each side beside the others: unsealed, sealed, and to streams that exist.
fn told(
    report: &mut Report,
    engine: &str,
    writers: usize,
    turns: AllTurns,
    (stock, more): (&'static str, &mut [(&'static str, &mut Turns)]),
) -> anyhow::Result<()> {
    let [mut ours, mut signed, mut sealed, mut existing, mut existing_sealed, mut its] = turns;
    let mut peers = vec![("ours, signed", &mut signed), (stock, &mut its)];
    peers.extend(more.iter_mut().map(|(name, turns)| (*name, &mut **turns)));
    ours.report(report, ("append", engine), writers, &mut peers)?;
    let mut peers = [("ours, unsealed", &mut ours), (stock, &mut its)];
    sealed.report(report, ("append-sealed", engine), writers, &mut peers)?;
    let mut peers = [("ours, unsealed", &mut existing)];
    existing_sealed.report(report, ("append-more", engine), writers, &mut peers)
}

/// A file of SQLite's beside the executable: on a real disk, unlike `/tmp` on many machines.
struct File(TempDir);

fn file(round: usize, turn: usize) -> anyhow::Result<File> {
    let executable = std::env::current_exe()?;
    let beside = executable.parent().context("an executable lies in a folder")?;
    Ok(File(TempDir::with_prefix_in(format!("bench-{round}-{turn}-"), beside)?))
}

impl File {
    fn url(&self) -> String {
        format!("sqlite:{}", self.0.path().join("events.db").display())
    }
}

/// What one side did, over all rounds.
#[derive(Default)]
pub(crate) struct Turns {
    pub(crate) rates: Vec<f64>,
    latencies: Vec<Duration>,
    failed: usize,
}

impl Turns {
    /// One turn of a fresh subject.
    async fn take<S: Subject>(
        &mut self,
        subject: S,
        writers: usize,
        length: Duration,
    ) -> anyhow::Result<()> {
        self.go_on(&subject, writers, length).await?;
        subject.close().await;
        Ok(())
    }

    /// One turn of a subject that goes on afterwards.
    pub(crate) async fn go_on<S: Subject>(
        &mut self,
        subject: &S,
        writers: usize,
        length: Duration,
    ) -> anyhow::Result<()> {
        let nonce = crate::database::fresh_id().simple().to_string();
        // Connections and prepared statements are not what is measured.
        for number in 0..16 {
            subject.append(format!("warm-{nonce}-{number}")).await?;
        }
        let begin = Instant::now();
        let mut tasks = tokio::task::JoinSet::new();
        for writer in 0..writers {
            let (subject, nonce) = (subject.clone(), nonce.clone());
            tasks.spawn(async move {
                let (mut latencies, mut failed) = (vec![], 0);
                let mut number = 0_u64;
                while begin.elapsed() < length {
                    let id = format!("{nonce}-{writer}-{number}");
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
        let mut appended = 0;
        for (latencies, failed) in tasks.join_all().await {
            appended += latencies.len();
            self.latencies.extend(latencies);
            self.failed += failed;
        }
        self.rates.push(count(appended) / begin.elapsed().as_secs_f64());
        Ok(())
    }

    fn report(
        &mut self,
        report: &mut Report,
        (bench, engine): (&'static str, &str),
        writers: usize,
        peers: &mut [(&'static str, &mut Self)],
    ) -> anyhow::Result<()> {
        anyhow::ensure!(self.failed == 0, "{} of our appends failed", self.failed);
        for (peer, its) in peers {
            let ratios: Vec<f64> =
                self.rates.iter().zip(&its.rates).map(|(ours, theirs)| ours / theirs).collect();
            let mut more = vec![
                ("p50_ms", percentile(&mut self.latencies, 50)),
                ("p99_ms", percentile(&mut self.latencies, 99)),
            ];
            if !its.latencies.is_empty() {
                more.push(("peer_p50_ms", percentile(&mut its.latencies, 50)));
                more.push(("peer_p99_ms", percentile(&mut its.latencies, 99)));
            }
            if its.failed > 0 {
                more.push(("peer_failed", count(its.failed)));
            }
            report.add(Measure {
                bench,
                engine: engine.to_owned(),
                at: ("writers", writers as u64),
                unit: "appends/s",
                figure: median(&self.rates),
                peer: Some((*peer, median(&its.rates))),
                ratio: Some(median(&ratios)),
                more,
            });
        }
        Ok(())
    }
}
