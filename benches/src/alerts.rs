//! Job alerts by the ten thousand: how long it takes to tell all of them of new offers, with how much memory; and that
//! each is told once, however often the process is killed meanwhile. The log is made by `postulo seed`.

use std::time::Duration;

use event_store::{Db, args};

use crate::catch_up::{catch_up, head};
use crate::engines::on_each;
use crate::figures::count;
use crate::place::Place;
use crate::report::{Measure, Report};

/// Alerts of each account.
const EACH: u64 = 20;
/// The process is killed after so long, each time in a run of its own.
const KILLS: [Duration; 3] =
    [Duration::from_secs(1), Duration::from_millis(1500), Duration::from_secs(2)];
const SEND: [&str; 3] = ["schedules", "run", "alerts.send"];

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Invented alerts, all of them due.
    #[arg(long, default_value_t = 50_000)]
    alerts: u64,
    /// Invented offers, all of them new.
    #[arg(long, default_value_t = 5_000)]
    offers: u64,
    /// Which of the two engines; both where none is named.
    #[arg(long, value_parser = ["sqlite", "postgres"])]
    engine: Option<String>,
}

pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    for kills in [&[][..], &KILLS] {
        on_each(options.engine.as_deref(), "alerts", async |engine, url, place| {
            measure(engine, url, place, options, kills, report).await
        })
        .await?;
    }
    Ok(())
}

async fn measure(
    engine: &str,
    url: &str,
    place: &Place,
    options: &Options,
    kills: &[Duration],
    report: &mut Report,
) -> anyhow::Result<()> {
    let accounts = options.alerts.div_ceil(EACH).to_string();
    let (each, offers) = (EACH.to_string(), options.offers.to_string());
    place.print(&["seed", "--accounts", &accounts, "--alerts", &each, "--offers", &offers])?;
    let db = Db::connect(url).await?;
    catch_up(place, &db, head(&db).await?).await?.stop().await?;
    for after in kills {
        anyhow::ensure!(
            place.kill_after(&SEND, *after).await?,
            "all were told within {after:?}: nothing was killed"
        );
    }
    let killed = told(&db).await?.0;
    let (took, memory) = place.watch(&SEND).await?;
    let (events, alerts) = told(&db).await?;
    anyhow::ensure!(alerts > 0, "no offer matches any alert");
    anyhow::ensure!(events == alerts, "{alerts} alerts were told {events} times");
    // With nothing new nobody is told again.
    place.print(&SEND)?;
    anyhow::ensure!(told(&db).await? == (events, alerts), "somebody was told twice");
    report.add(Measure {
        bench: if kills.is_empty() { "send" } else { "send, after three kills" },
        engine: engine.to_owned(),
        at: ("alerts", options.alerts),
        unit: "s",
        figure: took.as_secs_f64(),
        peer: None,
        ratio: None,
        more: vec![
            ("peak_mb", memory),
            ("told", count(usize::try_from(alerts)?)),
            ("told_before_the_last_kill", count(usize::try_from(killed)?)),
        ],
    });
    db.close().await;
    Ok(())
}

/// How many letters were called for, and by how many alerts.
async fn told(db: &Db) -> anyhow::Result<(i64, i64)> {
    let sql = "SELECT count(*), count(DISTINCT aggregate_id)
               FROM events
               WHERE event_type = 'JobAlertMatched'";
    Ok(db.fetch_one(sql, args![]).await?)
}
