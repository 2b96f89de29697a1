//! Events a second that all read models together take in, and the memory of the process while it
//! does: catching up from nothing, and rebuilding each beside the one that is read. The log is made
//! by `postulo seed`.

use std::time::{Duration, Instant};

use event_store::Db;

use crate::catch_up::{catch_up, head};
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
    on_each(options.engine.as_deref(), "projections", async |engine, url, place| {
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
    let seeding = Instant::now();
    place.print(&["seed", "--applications", &options.applications.to_string()])?;
    let seeding = seeding.elapsed();
    let db = Db::connect(url).await?;
    let head = head(&db).await?;
    let events = f64::from(u32::try_from(head)?);
    let mut add = |bench, took: Duration, peer: Option<(&'static str, f64)>, memory| {
        let figure = events / took.as_secs_f64();
        report.add(Measure {
            bench,
            engine: engine.to_owned(),
            at: ("events", head.unsigned_abs()),
            unit: "events/s",
            figure,
            peer,
            ratio: peer.map(|(_, peer)| figure / peer),
            more: Option::<f64>::map(memory, |it| ("peak_mb", it)).into_iter().collect(),
        });
        figure
    };
    let seeded = add("seed", seeding, None, None);

    let begin = Instant::now();
    let projector = catch_up(place, &db, head).await?;
    let took = begin.elapsed();
    let memory = projector.memory("VmHWM");
    projector.stop().await?;
    let caught_up = add("catch-up", took, Some(("seed", seeded)), memory);

    let (took, memory) = place.watch(&["projections", "rebuild", "--all"]).await?;
    add("rebuild", took, Some(("catch-up", caught_up)), Some(memory));
    db.close().await;
    Ok(())
}
