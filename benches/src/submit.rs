//! Applications a second over HTTP on PostgreSQL: JSON without documents, each durable before its
//! 201. A load generator that holds its rate (oha) asks for more and more until p99 passes 100 ms.
//! Latencies count from when a request was due, so that a queue at the generator is seen.

use std::process::Stdio;
use std::time::Duration;

use anyhow::Context;
use serde_json::Value;

use crate::append::{Sealed, Subject as _, Turns};
use crate::database::{Database, setting};
use crate::figures::median;
use crate::place::{Place, Server, application};
use crate::report::{Measure, Report};

/// What p99 may be, in milliseconds.
const BOUND: f64 = 100.0;
/// How often the stretch between the last rate that was held and the next is halved.
const STEPS: usize = 2;
/// Connections of the load generator.
const CONNECTIONS: &str = "128";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Seconds at each rate.
    #[arg(long, default_value_t = 6)]
    seconds: u64,
    /// The first rate asked for.
    #[arg(long, default_value_t = 1000)]
    from: u64,
    /// Rounds of appends, whose median rate is the peer.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

/// What the load generator saw at one rate.
pub(crate) struct Seen {
    /// Answers 201 a second.
    pub(crate) rate: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let database = Database::create("submit").await?;
    let target = Target::start(&database).await?;
    let mut best: Option<Seen> = None;
    let mut asked = options.from;
    loop {
        let seen = target.load(asked, options.seconds).await?;
        report.add(seen.measure("submit", asked, None, None));
        // A rate that is not held has no limit left to find.
        if seen.p99 > BOUND || seen.rate < rate(asked) * 0.97 {
            break;
        }
        best = Some(seen);
        asked = asked * 5 / 4;
    }
    // Between the last that was held and the first that was not.
    let (mut held, mut lost) = (asked * 4 / 5, asked);
    for _ in 0..STEPS {
        let between = held.midpoint(lost);
        let seen = target.load(between, options.seconds).await?;
        report.add(seen.measure("submit", between, None, None));
        if seen.p99 > BOUND || seen.rate < rate(between) * 0.97 {
            lost = between;
        } else {
            held = between;
            best = Some(seen);
        }
    }
    let best = best.context("the first rate was too high already; begin --from a lower one")?;
    let quarter = whole(best.rate / 4.0);
    let calm = target.load(quarter, options.seconds).await?;
    target.server.stop().await?;

    let mut appends = Turns::default();
    for _ in 0..options.rounds {
        let database = Database::create("append").await?;
        let log = Sealed::open(database.url()).await?;
        appends.go_on(&log, 128, Duration::from_secs(2)).await?;
    }
    report.add(calm.measure("submit-quarter", quarter, None, None));
    let limit = median(&appends.rates);
    let ratio = best.rate / limit;
    report.add(best.measure("submit-most", whole(best.rate), Some(limit), Some(ratio)));
    Ok(())
}

/// An API process over a database, and a partner who knows its secret.
pub(crate) struct Target {
    pub(crate) server: Server,
    secret: String,
    place: Place,
}

impl Target {
    pub(crate) async fn start(database: &Database) -> anyhow::Result<Self> {
        let place = Place::new(&[("POSTULO_DATABASE_URL", database.url())])?;
        place.print(&["migrate"])?;
        let secret = place.register()?;
        let server = place.start(&["api"]).await?;
        std::fs::write(place.folder.path().join("body.json"), application(1).to_string())?;
        let target = Self { server, secret, place };
        // Connections and prepared statements are not what is measured.
        target.load(200, 2).await?;
        Ok(target)
    }

    /// Posts applications at this rate.
    pub(crate) async fn load(&self, rate: u64, seconds: u64) -> anyhow::Result<Seen> {
        let output = tokio::process::Command::new(setting("POSTULO_BENCH_OHA")?)
            .args(["--no-tui", "--output-format", "json", "--latency-correction"])
            .args(["-w", "--disable-compression", "--worker-threads", "1", "-c", CONNECTIONS])
            .args(["-q", &rate.to_string(), "-z", &format!("{seconds}s"), "-m", "POST"])
            .args(["-T", "application/json", "-D"])
            .arg(self.place.folder.path().join("body.json"))
            .args(["-a", &format!("bench:{}", self.secret)])
            .arg(format!("{}/api/v1/applications", self.server.base))
            .stderr(Stdio::inherit())
            .output()
            .await?;
        anyhow::ensure!(output.status.success(), "the load generator failed");
        let seen: Value = serde_json::from_slice(&output.stdout)?;
        let answers = &seen["statusCodeDistribution"];
        let created = answers["201"].as_f64().unwrap_or_default();
        let all: f64 = answers
            .as_object()
            .map(|answers| answers.values().filter_map(Value::as_f64).sum())
            .unwrap_or_default();
        anyhow::ensure!(created >= all && created > 0.0, "not every answer was 201: {answers}");
        let milliseconds = |name: &str| {
            let seconds = seen["latencyPercentiles"][name].as_f64();
            seconds.map(|it| it * 1000.0).with_context(|| format!("no {name} was told"))
        };
        let took = seen["summary"]["total"].as_f64().context("no total was told")?;
        Ok(Seen { rate: created / took, p50: milliseconds("p50")?, p99: milliseconds("p99")? })
    }
}

impl Seen {
    fn measure(
        &self,
        bench: &'static str,
        asked: u64,
        appends: Option<f64>,
        ratio: Option<f64>,
    ) -> Measure {
        Measure {
            bench,
            engine: "postgres".to_owned(),
            at: ("rate", asked),
            unit: "applications/s",
            figure: self.rate,
            peer: appends.map(|limit| ("sealed appends, 128 writers", limit)),
            ratio,
            more: vec![("p50_ms", self.p50), ("p99_ms", self.p99)],
        }
    }
}

fn rate(asked: u64) -> f64 {
    u32::try_from(asked).map_or(f64::INFINITY, f64::from)
}

fn whole(rate: f64) -> u64 {
    format!("{rate:.0}").parse().unwrap_or_default()
}
