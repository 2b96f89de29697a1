//! How long a page of the operators' search takes: by address, by name, by words that are common and
//! meet rarely, by filters, and far down the list. The log is made by `postulo seed`.

use std::time::{Duration, Instant};

use domain::application::ApplicationStatus;
use event_store::{Db, Interval, args};
use jiff::SignedDuration;
use projections::applications::search::{Search, find};
use projections::applications::{ApplicationRow, TABLE};

use crate::catch_up::{catch_up, head};
use crate::engines::on_each;
use crate::figures::percentile;
use crate::place::Place;
use crate::report::{Measure, Report};

/// Applications on a page.
const PAGE: u32 = 25;
/// Searches of each kind.
const SEARCHES: u32 = 200;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Invented applications.
    #[arg(long, default_value_t = 1_000_000)]
    applications: u64,
    /// Which of the two engines; both where none is named.
    #[arg(long, value_parser = ["sqlite", "postgres"])]
    engine: Option<String>,
}

pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    on_each(options.engine.as_deref(), "search", async |engine, url, place| {
        measure(engine, url, place, options, report).await
    })
    .await
}

/// What one application is found by.
type Known = ApplicationRow;

const KNOWN: &str = "
    SELECT *
    FROM applications
    WHERE submitted_position >= $1
    ORDER BY submitted_position
    LIMIT 1";

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
    catch_up(place, &db, head).await?.stop().await?;
    let log = place.open_log(url).await?;
    let mut known: Vec<Known> = vec![];
    for nth in 1..=i64::from(SEARCHES) {
        let from = head / (i64::from(SEARCHES) + 1) * nth;
        known.extend(TABLE.fetch_optional(&log, &TABLE.by_name(KNOWN), args![from]).await?);
    }
    for (kind, search) in KINDS {
        let (mut took, mut found) = (vec![], 0);
        for known in &known {
            let search = search(known);
            let begin = Instant::now();
            let page = find(&log, &search, PAGE).await?;
            took.push(begin.elapsed());
            found += page.items.len();
        }
        add(report, engine, options, kind, &mut took, found);
    }
    log.close().await;
    log.db().close().await;
    db.close().await;
    Ok(())
}

type Kind = fn(&Known) -> Search;

const KINDS: [(&str, Kind); 9] = [
    ("candidate's address", |known| text(known.candidate_email.reveal())),
    ("SIRET", |known| text(&known.employer_siret)),
    ("first and last name", |known| text(known.candidate_name().reveal())),
    ("a word of the job", |known| text(known.job.split(' ').next().unwrap_or_default())),
    ("job and last name", |known| {
        let word = known.job.split(' ').next().unwrap_or_default();
        text(&format!("{word} {}", known.candidate_last_name.reveal()))
    }),
    ("name, in a status that is rare", |known| Search {
        status: Some(ApplicationStatus::Hired),
        ..text(known.candidate_last_name.reveal())
    }),
    ("platform and status", |known| Search {
        partner: Some(known.client_id.to_string()),
        status: Some(ApplicationStatus::Hired),
        ..Search::default()
    }),
    ("three days", |known| Search {
        submitted: Some(Interval {
            from: known.submitted_at - SignedDuration::from_hours(72),
            before: known.submitted_at,
        }),
        ..Search::default()
    }),
    ("all, far down the list", |known| Search {
        submitted: Some(Interval { before: known.submitted_at, ..Interval::ALL }),
        ..Search::default()
    }),
];

fn text(text: &str) -> Search {
    Search { text: text.to_owned(), ..Search::default() }
}

fn add(
    report: &mut Report,
    engine: &str,
    options: &Options,
    kind: &'static str,
    took: &mut [Duration],
    found: usize,
) {
    report.add(Measure {
        bench: kind,
        engine: engine.to_owned(),
        at: ("applications", options.applications),
        unit: "ms, p50",
        figure: percentile(took, 50),
        peer: None,
        ratio: None,
        more: vec![
            ("p99_ms", percentile(took, 99)),
            ("max_ms", percentile(took, 100)),
            ("rows", crate::figures::count(found) / crate::figures::count(took.len())),
        ],
    });
}
