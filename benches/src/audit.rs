//! How long it takes to sign a log from its beginning, to read it all again and compare, and to
//! prove one application. The log is made by `postulo seed`.

use std::time::{Duration, Instant};

use event_store::{Db, args};

use crate::catch_up::head;
use crate::engines::on_each;
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
