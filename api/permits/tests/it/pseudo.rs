//! The pages, read in a pseudo-language: what is left in plain letters was typed, or comes from no
//! catalogue.

use axum::http::StatusCode;
use commands::Slip;
use domain::examples;
use event_store::testing::Engine;
use jiff::civil::date;
use texts::pseudo;

use super::{check, seen, site};

/// Names that stay in every language, what stands in the example dossier, and dates as programs write them.
const KNOWN: [&str; 6] = ["Postulo", "SIRET", "Français", "English", "Maroc", "Paris"];

#[tokio::test(flavor = "multi_thread")]
async fn every_word_of_the_pages_comes_from_a_catalogue() {
    let site = site(Engine::Sqlite).await;
    seen(&site, [examples::granted(11, "2027-05-10"), examples::granted(12, "2026-11-19")]).await;
    for day in 1..=11 {
        check(&site, "99", &format!("1970-01-{day:02}")).await;
    }
    let slip = |number, last_day| {
        let slip = Slip { procedure: 3272, number, last_day };
        format!("/permits/slip/{}", site.commands.slips().token(slip))
    };
    let _spoken = pseudo::speak();
    let typed = |number: &'static str, day: &'static str| {
        [("number", number), ("day", day), ("month", "12"), ("year", "1998")]
    };
    let mut missed = vec![];
    for path in [
        "/permits/check".to_owned(),
        "/permits/statistics".to_owned(),
        "/permits/slip/forged".to_owned(),
        slip(11, date(2027, 5, 10)),
        slip(11, date(2027, 5, 11)),
        slip(12, date(2026, 11, 19)),
        slip(13, date(2026, 11, 19)),
    ] {
        missed.extend(pseudo::words_left(&site.get(&path).await.body, &KNOWN));
    }
    for fields in
        [typed("11", "20"), typed("11", "21"), typed("x", "32"), typed("", ""), typed("99", "1")]
    {
        let page = site.post("/permits/check", &fields).await;
        assert_ne!(page.status, StatusCode::FORBIDDEN);
        missed.extend(pseudo::words_left(&page.body, &KNOWN));
    }
    assert_eq!(missed, [""; 0]);
}
