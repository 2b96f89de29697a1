//! Work permits by the million: the lists of the back office, the figures, and the public check, asked by
//! many networks over HTTP. The log is made by `postulo seed`.

use std::time::{Duration, Instant};

use domain::permit::DossierState;
use event_store::{Clock as _, Db, DbError, Log, Period, SystemClock, args};
use futures::StreamExt as _;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan as _};
use projections::permits::validity::ValidityRow;
use projections::permits::{
    self, Cursor, Expiring, Filter, FollowUp, List, day_in_paris, statistics, validity,
};

use crate::catch_up::{catch_up, head};
use crate::engines::on_each;
use crate::figures::{count, percentile};
use crate::place::Place;
use crate::report::{Measure, Report};

/// Looks at each list.
const LOOKS: u32 = 500;
/// Dossiers of a page.
const PAGE: u32 = 100;
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
    let begin = Instant::now();
    let patience = permits::trouble_begins(&log).await?.unwrap_or_default();
    add("how long is usual", &mut [begin.elapsed()], vec![]);
    for (kind, look) in looks(patience) {
        let mut took = vec![];
        let mut cursor = None;
        for _ in 0..LOOKS {
            let begin = Instant::now();
            let page = look.page(&log, cursor).await?;
            took.push(begin.elapsed());
            anyhow::ensure!(!page.items.is_empty(), "nothing was found: {kind}");
            cursor = page.next;
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

/// A list of the back office.
enum Look {
    List(Filter),
    FollowUp,
    InTrouble(SignedDuration),
}

impl Look {
    /// All that a page of it asks the read models for; after its last page it begins again.
    async fn page(&self, log: &Log, cursor: Option<Cursor>) -> Result<List, DbError> {
        let now = SystemClock.now();
        match self {
            Self::List(filter) => {
                permits::departments(log).await?;
                permits::list(log, &Filter { cursor, ..filter.clone() }, PAGE).await
            }
            Self::FollowUp => {
                let since = day_in_paris(now).saturating_sub(62.days());
                let follow = FollowUp { since, state: None, within: vec![], cursor };
                permits::to_follow(log, &follow, PAGE).await
            }
            Self::InTrouble(patience) => {
                permits::in_trouble(log, now - *patience, &[], cursor, PAGE).await
            }
        }
    }
}

fn looks(patience: SignedDuration) -> [(&'static str, Look); 8] {
    let text = |text: &str| Look::List(Filter { text: text.to_owned(), ..Filter::default() });
    let department = Some("75".to_owned());
    let state = Some(DossierState::Received);
    let today = day_in_paris(SystemClock.now());
    let last_month = today.first_of_month().saturating_sub(1.day());
    let month = Period { from: Some(last_month.first_of_month()), to: Some(last_month) };
    let created = Some(month.interval(&TimeZone::UTC));
    let expiring = Some(Expiring { from: today, to: today.saturating_add(30.days()) });
    [
        ("list, newest first", Look::List(Filter::default())),
        (
            "list, a state and a department",
            Look::List(Filter { state, department, ..Filter::default() }),
        ),
        ("list, a month", Look::List(Filter { created, ..Filter::default() })),
        ("list, what expires", Look::List(Filter { expiring, ..Filter::default() })),
        ("search, two names", text("martin camille")),
        ("search, an employer's word", text("boulangerie")),
        ("follow-up", Look::FollowUp),
        ("in trouble", Look::InTrouble(patience)),
    ]
}

/// Permits that hold, to be asked for: from among all of them.
async fn known(log: &Log) -> anyhow::Result<Vec<ValidityRow>> {
    let greatest = "SELECT max(dossier_number) FROM permit_validity";
    let (greatest,): (Option<i64>,) = log.db().fetch_one(greatest, args![]).await?;
    let (greatest, many) = (greatest.unwrap_or_default(), i64::try_from(A_SECOND * SECONDS)?);
    let mut known = vec![];
    for nth in 0..many {
        let page = validity::after(log, (greatest / many * nth, 0), 1).await?;
        known.extend(page.into_iter().next());
    }
    anyhow::ensure!(known.len() == A_SECOND * SECONDS, "there are too few permits");
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
