//! Values are found wherever they stand, in any form, on both engines.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use event_store::testing::{Engine, TestDb};
use event_store::{Db, args};
use rstest::rstest;

const COUNT: &str = "INSERT INTO counters (name, day, number) VALUES ($1, '2026-11-20', 1)";
const EMPTY: &str = "DELETE FROM counters";
const MAIL: &str = "
    INSERT INTO sent_emails (message_id, application_id, letter, recipient, handed_over_at, content)
    VALUES ('m', 'a', 'answer', 'r', '2026-11-20', $1)";

async fn found(db: &Db, values: &[&str]) -> Vec<(String, String)> {
    let values: Vec<_> = values.iter().map(|value| (*value).to_owned()).collect();
    db.search_everywhere(&values).await.unwrap().found
}

fn counters() -> Vec<(String, String)> {
    vec![("counters".to_owned(), "name".to_owned())]
}

#[rstest]
#[tokio::test]
async fn a_value_is_found_in_any_form_and_only_where_it_is(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let db = test_db.db();
    let value = "Zoé \"Müller\"@Éxample.org\n2";
    let nothing = db.search_everywhere(&[value.to_owned()]).await.unwrap();
    assert!(nothing.tables > 20 && nothing.found.is_empty(), "{nothing:?}");
    let json = serde_json::json!({ "a": [value] }).to_string();
    let mut forms = vec![value.to_owned(), value.to_lowercase(), format!("x{value}x"), json];
    for before in ["", "1", "12", "123"] {
        forms.push(STANDARD.encode(format!("{before}{value}>>>???")));
        forms.push(URL_SAFE_NO_PAD.encode(format!("{before}{value}>>>???")));
    }
    for form in forms {
        db.execute(COUNT, args![form.as_str()]).await.unwrap();
        assert_eq!(found(&db, &["other", value]).await, counters(), "{form}");
        assert!(found(&db, &["other", ""]).await.is_empty(), "{form}");
        db.execute(EMPTY, args![]).await.unwrap();
    }
    let bytes = format!("\u{1}{value}\u{2}").into_bytes();
    db.execute(MAIL, args![bytes]).await.unwrap();
    let place = ("sent_emails".to_owned(), "content".to_owned());
    assert_eq!(found(&db, &[value]).await, [place]);
}

#[rstest]
#[tokio::test]
async fn every_place_is_named(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test_db = TestDb::new(engine).await;
    let db = test_db.db();
    db.execute(COUNT, args!["camille@example.org"]).await.unwrap();
    db.execute(MAIL, args![b"camille@example.org".to_vec()]).await.unwrap();
    db.execute("UPDATE sent_emails SET recipient = $1", args!["CAMILLE@example.org"])
        .await
        .unwrap();
    let mut places = found(&db, &["Camille@Example.org"]).await;
    places.sort();
    let place = |table: &str, column: &str| (table.to_owned(), column.to_owned());
    assert_eq!(
        places,
        [
            place("counters", "name"),
            place("sent_emails", "content"),
            place("sent_emails", "recipient"),
        ]
    );
}

#[rstest]
#[tokio::test]
async fn many_long_values_are_looked_for_at_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let db = test_db.db();
    let values: Vec<_> = (0..60).map(|nth| format!("{nth} É{}", "x".repeat(4000))).collect();
    assert!(db.search_everywhere(&values).await.unwrap().found.is_empty());
    db.execute(COUNT, args![values[59].as_str()]).await.unwrap();
    assert_eq!(db.search_everywhere(&values).await.unwrap().found, counters());
}
