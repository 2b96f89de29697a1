//! The figures and the two files.

use axum::http::{Method, StatusCode};
use domain::examples;
use domain::permit::{Dossier, DossierState};
use event_store::testing::Engine;
use jiff::SignedDuration;
use projections::permits::day_in_paris;
use projections::permits::files::{ValidityFile, write_validity};
use rstest::rstest;
use testing::http::Site;

use super::{examined, from, of_somebody, seen, site, taken_in_at_once, with};

/// Handed in so many days before the day of the examples, and granted so many days later, if at all.
fn filed(number: u64, days: i64, nationality: &str, took: Option<i64>) -> Dossier {
    let dossier = match took {
        Some(_) => examples::granted(number, "2027-05-10"),
        None => examined(number),
    };
    let mut dossier = with(dossier, &[("Nationalité", nationality)]);
    let created = examples::minutes(0) - SignedDuration::from_hours(24 * days);
    dossier.dates.created_at = created;
    dossier.dates.processed_at = took.map(|took| created + SignedDuration::from_hours(24 * took));
    dossier
}

/// Ten of this month and two of a year ago.
async fn filled(site: &Site) {
    let mut dossiers = vec![];
    for number in 1..=6 {
        dossiers.push(filed(number, 0, "MAROC", Some(12)));
    }
    dossiers.push(filed(7, 1, "maroc", None));
    dossiers.push(filed(8, 2, "côte d'ivoire", None));
    dossiers.push(filed(9, 2, "Chine", Some(3)));
    dossiers.push(filed(10, 30, "Chine", None));
    dossiers.push(filed(11, 31, "Chine", None));
    dossiers.push(filed(12, 400, "Chine", Some(20)));
    let mut refused = filed(13, 364, "Chine", None);
    refused.state = DossierState::Refused;
    dossiers.push(refused);
    seen(site, dossiers).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_file_of_figures_is_what_others_draw(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    let empty = site.get("/static/stats.json").await.json();
    assert_eq!(empty["data"]["time_to_process"], serde_json::Value::Null);
    site.clock.advance(SignedDuration::from_secs(60));
    filled(&site).await;
    let answer = site.get("/static/stats.json").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("cache-control"), "max-age=0");
    assert_eq!(answer.header("content-type"), "application/json");
    insta::assert_snapshot!("stats_json", answer.body);

    // Within a minute they are not counted again.
    seen(&site, [filed(99, 0, "Chine", None)]).await;
    assert_eq!(site.get("/static/stats.json").await.body, answer.body);
    site.clock.advance(SignedDuration::from_secs(60));
    let later = site.get("/static/stats.json").await.json();
    assert_eq!(later["data"]["total_dossiers"], 14);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_page_tells_few_people_as_few(#[values("fr", "en")] lang: &str) {
    let site = site(Engine::Sqlite).await;
    filled(&site).await;
    let page = site.get(&format!("/permits/statistics?lang={lang}")).await;
    insta::assert_snapshot!(format!("statistics_{lang}"), page.main());
    let csv = site.get(&format!("/permits/statistics.csv?lang={lang}")).await;
    assert!(csv.header("content-disposition").contains("permits.csv"));
    insta::assert_snapshot!(format!("statistics_csv_{lang}"), csv.body);
}

async fn written(site: &Site) -> (String, ValidityFile) {
    let mut bytes = vec![];
    let today = day_in_paris(site.commands.now());
    let file = write_validity(&site.log, today, &mut bytes).await.unwrap();
    (String::from_utf8(bytes).unwrap(), file)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_file_of_permits_holds_those_granted_in_order_and_names_those_it_cannot_tell(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    assert_eq!(written(&site).await, ("[\n]\n".to_owned(), ValidityFile::default()));
    let mut without_siret = examples::granted(7, "2026-11-19");
    without_siret.holder.siret = None;
    without_siret.fields.retain(|field| field.key.as_str() != "date_de_debut_apt");
    seen(
        &site,
        [
            examples::granted(100, "2027-05-10"),
            without_siret,
            examined(8),
            with(examples::granted(9, "2027-05-10"), &[("Date de naissance", "hier")]),
            with(examples::granted(30, "2027-05-10"), &[("Nom", "D'Or"), ("Prénom", "A")]),
        ],
    )
    .await;
    let (text, file) = written(&site).await;
    assert_eq!(file, ValidityFile { permits: 3, left_out: vec![9] });
    insta::assert_snapshot!("validity_check_json", text);
    super::names_nobody(&text);

    // A month later more are over, and nothing else is different.
    site.clock.advance(SignedDuration::from_hours(24 * 365));
    let (later, _) = written(&site).await;
    assert_eq!(later.matches("\"has_expired\":true").count(), 3);
    assert_eq!(later, text.replace("\"has_expired\":false", "\"has_expired\":true"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_is_whole_beyond_a_page_and_neither_it_nor_an_answer_holds_a_word_of_anybody() {
    let site = site(Engine::Sqlite).await;
    taken_in_at_once(&site, (1..=1100).map(of_somebody)).await;
    let (text, file) = written(&site).await;
    assert_eq!(file, ValidityFile { permits: 1100, left_out: vec![] });
    let permits: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let numbers: Vec<_> = permits.iter().map(|it| it["ds_id"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=1100).collect::<Vec<_>>());
    let holds_no_word = |text: &str| {
        for what in ["xq", "Nom", "Ville", "rue", "@", "Patron", "Chef", "Societe", "compte"] {
            assert!(!text.contains(what), "{what}");
        }
    };
    holds_no_word(&text);
    for number in numbers {
        let path = format!("/api/v1/apt_validity_check/{number}/1998-12-20");
        let address = format!("10.0.{}.{}", number / 256, number % 256);
        let answer = site.send(from(Method::GET, &path, &address)).await;
        assert!(answer.body.contains("\"valid\""), "{number}: {}", answer.body);
        holds_no_word(&answer.body);
    }
}
