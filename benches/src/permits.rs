//! Work permits by the million: the lists of the back office, the figures, and the public check, asked by
//! many networks over HTTP. The log is made by `postulo seed`.

use std::time::{Duration, Instant};

use event_store::{Clock as _, Db, Log, SystemClock};
use futures::StreamExt as _;
use projections::permits::validity::ValidityRow;
use projections::permits::{self, Filter, statistics, validity};

use crate::catch_up::{catch_up, head};
use crate::engines::on_each;
use crate::figures::{count, percentile};
use crate::place::Place;
use crate::report::{Measure, Report};

/// Looks at each list.
const LOOKS: u32 = 100;
/// Networks that ask at once, and requests a second of all of them together.
const NETWORKS: usize = 200;
const A_SECOND: usize = 60;
const SECONDS: usize = 30;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Invented dossiers.
    #[arg(long, default_value_t = 1_000_000)]
    permits: u64,
    /// Which of the two engines; both where none is named.
    #[arg(long, value_parser = ["sqlite", "postgres"])]
    engine: Option<String>,
}

pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    on_each(options.engine.as_deref(), "permits", async |engine, url, place| {
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
    place.print(&["seed", "--permits", &options.permits.to_string()])?;
    let db = Db::connect(url).await?;
    let head = head(&db).await?;
    let projector = catch_up(place, &db, head).await?;
    let memory = projector.memory("VmHWM");
    projector.stop().await?;
    let log = place.open_log(url).await?;
    let mut add = |bench: &'static str, took: &mut [Duration], more: Vec<(&'static str, f64)>| {
        report.add(Measure {
            bench,
            engine: engine.to_owned(),
            at: ("permits", options.permits),
            unit: "ms, p50",
            figure: percentile(took, 50),
            peer: None,
            ratio: None,
            more: [("p99_ms", percentile(took, 99)), ("max_ms", percentile(took, 100))]
                .into_iter()
                .chain(more)
                .collect(),
        });
    };
    for (kind, filter) in lists() {
        let mut took = vec![];
        let mut filter = filter;
        for _ in 0..LOOKS {
            let begin = Instant::now();
            let page = permits::list(&log, &filter, 100).await?;
            took.push(begin.elapsed());
            filter.cursor = page.next;
        }
        add(kind, &mut took, vec![]);
    }
    let begin = Instant::now();
    statistics::statistics(&db, SystemClock.now()).await?;
    add("figures", &mut [begin.elapsed()], memory.map(|it| ("peak_mb", it)).into_iter().collect());

    let known = known(&log).await?;
    let (mut took, mut limited) = check(place, &known, NETWORKS).await?;
    let more = vec![("answered", count(took.len())), ("limited", count(limited))];
    add("check, 200 networks", &mut took, more);
    (took, limited) = check(place, &known, 1).await?;
    let more = vec![("answered", count(took.len())), ("limited", count(limited))];
    add("check, one network", &mut took, more);
    log.close().await;
    log.db().close().await;
    db.close().await;
    Ok(())
}

fn lists() -> [(&'static str, Filter); 4] {
    let text = |text: &str| Filter { text: text.to_owned(), ..Filter::default() };
    let department = Some("75".to_owned());
    let state = Some(domain::permit::DossierState::Received);
    [
        ("list, newest first", Filter::default()),
        ("list, a state and a department", Filter { state, department, ..Filter::default() }),
        ("search, a name", text("martin camille")),
        ("search, an employer's word", text("sarl")),
    ]
}

/// Permits that hold, to be asked for.
async fn known(log: &Log) -> anyhow::Result<Vec<ValidityRow>> {
    let mut known: Vec<ValidityRow> = vec![];
    while known.len() < A_SECOND * SECONDS {
        let last =
            known.last().map_or(validity::BEGINNING, |it| (it.dossier_number, it.procedure_number));
        let page = validity::after(log, last, 1000).await?;
        anyhow::ensure!(!page.is_empty(), "there are too few permits");
        known.extend(page);
    }
    Ok(known)
}

/// Asks for so many permits a second from so many networks; how long each answer took, and how many were
/// refused.
async fn check(
    place: &Place,
    known: &[ValidityRow],
    networks: usize,
) -> anyhow::Result<(Vec<Duration>, usize)> {
    let proxies = [("POSTULO_TRUSTED_PROXIES", "127.0.0.1")];
    let server = place.start_with(&["serve"], &proxies).await?;
    let client = reqwest::Client::new();
    let begin = tokio::time::Instant::now();
    let asked = (0..A_SECOND * SECONDS).map(|nth| {
        let row = &known[nth % known.len()];
        let path = format!("/api/v1/apt_validity_check/{}/{}", row.number(), row.birth_date);
        let url = format!("{}{path}", server.base);
        let network = nth % networks;
        let address = format!("10.{}.{}.1", network / 250, network % 250);
        let request = client.get(url).header("X-Forwarded-For", address);
        let at = begin + Duration::from_millis(u64::try_from(nth * 1000 / A_SECOND).unwrap_or(0));
        async move {
            tokio::time::sleep_until(at).await;
            let begin = Instant::now();
            let answer = request.send().await?;
            let status = answer.status();
            answer.bytes().await?;
            anyhow::Ok((status.as_u16(), begin.elapsed()))
        }
    });
    let answers: Vec<_> = futures::stream::iter(asked).buffer_unordered(256).collect().await;
    let (mut took, mut limited) = (vec![], 0);
    for answer in answers {
        match answer? {
            (200, time) => took.push(time),
            (429, _) => limited += 1,
            (status, _) => anyhow::bail!("the check answered {status}"),
        }
    }
    server.stop().await?;
    Ok((took, limited))
}
