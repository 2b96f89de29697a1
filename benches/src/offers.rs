//! Job offers by the hundred thousand: the search, its counts and its figures. The log is made by `postulo seed`.

use std::time::{Duration, Instant};

use domain::offer::{Contract, Currency, Remote};
use event_store::Db;
use projections::offers::{self, OfferFilter, Order, PageOf, statistics};

use crate::catch_up::{catch_up, head};
use crate::engines::on_each;
use crate::figures::percentile;
use crate::place::Place;
use crate::report::{Measure, Report};

/// Looks of each kind.
const LOOKS: u32 = 200;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Invented offers.
    #[arg(long, default_value_t = 200_000)]
    offers: u64,
    /// Which of the two engines; both where none is named.
    #[arg(long, value_parser = ["sqlite", "postgres"])]
    engine: Option<String>,
}

pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    on_each(options.engine.as_deref(), "offers", async |engine, url, place| {
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
    place.print(&["seed", "--offers", &options.offers.to_string()])?;
    let db = Db::connect(url).await?;
    let head = head(&db).await?;
    catch_up(place, &db, head).await?.stop().await?;
    let mut add = |bench: &'static str, took: &mut [Duration], more: Vec<(&'static str, f64)>| {
        report.add(Measure {
            bench,
            engine: engine.to_owned(),
            at: ("offers", options.offers),
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
    for (kind, filter, order) in looks() {
        let (mut listed, mut counted) = (vec![], vec![]);
        let mut cursor = None;
        let mut total = 0;
        for _ in 0..LOOKS {
            let begin = Instant::now();
            let page = PageOf { limit: 50, skip: 0, cursor };
            let list = offers::list(&db, &filter, order, page).await?;
            listed.push(begin.elapsed());
            anyhow::ensure!(
                cursor.is_some() || !list.items.is_empty(),
                "nothing was found: {kind}"
            );
            cursor = list.next;
            let begin = Instant::now();
            total = offers::count(&db, &filter).await?;
            counted.push(begin.elapsed());
        }
        let of_count = [("count_p50_ms", 50), ("count_p99_ms", 99)];
        let mut more: Vec<_> =
            of_count.map(|(name, percent)| (name, percentile(&mut counted, percent))).to_vec();
        #[expect(clippy::cast_precision_loss, reason = "a count of offers")]
        more.push(("found", total as f64));
        add(kind, &mut listed, more);
    }
    let mut took = vec![];
    for _ in 0..10 {
        let begin = Instant::now();
        statistics::figures(&db).await?;
        took.push(begin.elapsed());
    }
    add("figures", &mut took, vec![]);
    db.close().await;
    Ok(())
}

fn looks() -> [(&'static str, OfferFilter, Order); 8] {
    let words =
        |keywords: &str| OfferFilter { keywords: keywords.to_owned(), ..OfferFilter::default() };
    let at = |keywords: &str, location: &str| OfferFilter {
        location: location.to_owned(),
        ..words(keywords)
    };
    let narrow = OfferFilter {
        contracts: vec![Contract::Permanent],
        remote: vec![Remote::Hybrid, Remote::Full],
        salary: Some((45_000, Currency::euro())),
        ..at("développeur rust", "nantes")
    };
    let pays = OfferFilter { salary: Some((60_000, Currency::euro())), ..words("équipe") };
    [
        ("all, newest first", OfferFilter::default(), Order::Newest),
        ("a frequent word, newest first", words("équipe"), Order::Newest),
        ("a frequent word, best first", words("boulanger"), Order::Best),
        ("two words, best first", words("infirmière nuit"), Order::Best),
        ("a word and a city", at("comptable", "lyon"), Order::Newest),
        ("a city alone", at("", "nan"), Order::Newest),
        ("all filters at once", narrow, Order::Best),
        ("a frequent word, well paid", pays, Order::Newest),
    ]
}
