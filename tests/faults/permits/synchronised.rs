//! What changes at the source changes here.

use event_store::testing::Engine;
use projections::permits::{Filter, list};
use rstest::rstest;
use serde_json::json;

use super::stage::{Interface, Stage};
use crate::services::alone;

/// Dossiers at the source: many pages of either interface.
const MANY: u64 = 10_000;

#[rstest]
#[case(Engine::Sqlite, Interface::GraphQl)]
#[case(Engine::Postgres, Interface::Rest)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_dossiers_and_what_changes_of_them_are_as_the_source_holds_them(
    #[case] engine: Engine,
    #[case] interface: Interface,
) {
    let _alone = alone().await;
    let mut stage = Stage::new(engine, interface).await;
    stage.file(1, MANY).await;
    let said = stage.sync(&[]);
    assert_eq!((said.checked, said.processed), (MANY, MANY));
    stage.check().await;

    stage.change(1..=40, json!({ "state": "received" })).await;
    stage
        .change(41..=60, json!({ "state": "closed", "from": "2026-11-01", "to": "2027-05-10" }))
        .await;
    stage.change(5001..=5010, json!({ "employer": "Boulangerie Durand" })).await;
    stage.delete(9001..=9010, false).await;
    stage.delete(9011..=9020, true).await;
    stage.file(20_001, 30).await;
    let said = stage.sync(&[]);
    assert!(said.rest.starts_with("30 new, 70 changed, 20 deleted at the source"), "{said:?}");
    let most = match interface {
        // A page, and two of those that were deleted.
        Interface::GraphQl => 10,
        // Eleven pages, and one for each.
        Interface::Rest => 11 + 30 + 70 + 20 + 10,
    };
    assert!(said.requests <= most, "{said:?}");
    stage.check().await;

    // Nothing changed.
    let said = stage.sync(&[]);
    assert_eq!(said.processed, 0, "{said:?}");
    stage.check().await;
    if interface == Interface::Rest {
        assert!(said.requests < 20, "{said:?}");
        assert_eq!(stage.source.by_token_in_address().await, 0);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_permit_that_is_corrected_reopened_withdrawn_and_back_is_followed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(Interface::GraphQl, Interface::Rest)] interface: Interface,
) {
    let _alone = alone().await;
    let mut stage = Stage::new(engine, interface).await;
    stage.file(1, 3).await;
    stage.sync(&[]);
    for change in [
        json!({ "state": "received" }),
        json!({ "state": "closed", "from": "2026-11-01", "to": "2027-05-10" }),
        json!({ "to": "2027-06-10" }),
        json!({ "state": "received" }),
        json!({ "state": "refused" }),
    ] {
        stage.change(2..=2, change).await;
        stage.sync(&[]);
        stage.check().await;
    }
    stage.delete(2..=3, false).await;
    stage.sync(&[]);
    stage.check().await;
    // It was taken out of the bin, with all it says.
    let back = json!({ "state": "received", "from": "2026-11-01", "to": "2027-06-10", "created": 1_790_000_002 });
    stage.change(2..=2, back).await;
    stage.sync(&[]);
    stage.check().await;
    let said = stage.sync(&["--all"]);
    assert_eq!((said.checked, said.processed), (2, 0), "{said:?}");
    stage.check().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changes_while_it_is_listed_is_here_after_the_next_run(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(Interface::GraphQl, Interface::Rest)] interface: Interface,
) {
    let _alone = alone().await;
    let mut stage = Stage::new(engine, interface).await;
    stage.file(1, 2_500).await;
    // It is read, and changes behind the reader's back; another one is deleted, and pushes all that follow.
    let changes = [
        json!({ "change": [{ "number": 3, "employer": "Boulangerie Durand" }], "delete": [4] }),
        json!({ "change": [{ "number": 8, "state": "received" }], "delete": [9] }),
    ];
    for (number, change) in [3, 8].into_iter().zip(changes) {
        stage.source.tell(json!({ "when_read": { "number": number, "do": change } })).await;
        stage.change([number].into_iter(), json!({ "name": "Autrement" })).await;
        stage.sync(&[]);
        stage.sync(&[]);
    }
    let log = stage.log().await;
    let rows = list(&log, &Filter::default(), 3000).await.unwrap().items;
    log.close().await;
    assert_eq!(rows.len(), 2_498);
    let third = rows.iter().find(|row| row.number() == 3).unwrap();
    assert_eq!(third.employer.as_deref(), Some("Boulangerie Durand"));
    let eighth = rows.iter().find(|row| row.number() == 8).unwrap();
    assert_eq!(
        (eighth.state.as_str(), eighth.last_name.as_deref()),
        ("received", Some("Autrement"))
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_bad_dossier_stops_nothing_and_is_tried_again_by_itself(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(Interface::GraphQl, Interface::Rest)] interface: Interface,
) {
    let _alone = alone().await;
    let mut stage = Stage::new(engine, interface).await;
    // More than are listed again because the lists overlap.
    stage.file(1, 1_000).await;
    let mut broken = json!({ "11": "state", "22": "date", "33": "champs" });
    let mut expected =
        vec!["11 state unknown_state", "22 dateDepot no_date", "33 champs wrong_type"];
    if interface == Interface::Rest {
        broken["44"] = json!("nameless");
        broken["55"] = json!("null");
        expected[1] = "22 created_at no_date";
        expected.extend(["44 id missing", "55 dossier missing"]);
    }
    stage.source.tell(json!({ "break": broken })).await;
    let said = stage.sync(&[]);
    let count = expected.len() as u64;
    assert_eq!(said.processed, 1_000 - count, "{said:?}");
    assert!(said.rest.ends_with(&format!("{count} set aside")), "{said:?}");
    assert_eq!(stage.set_aside().await, expected);
    // They are mended, and were not changed: nobody lists them again.
    let well = json!({ "11": null, "22": null, "33": null, "44": null, "55": null });
    stage.source.tell(json!({ "break": well })).await;
    let said = stage.sync(&[]);
    assert_eq!(said.processed, count, "{said:?}");
    assert_eq!(stage.set_aside().await, [""; 0]);
    stage.check().await;
    let log = std::fs::read_to_string(stage.place.path("log")).unwrap_or_default();
    assert!(!log.contains("planted"), "{log}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_whose_number_cannot_be_read_is_listed_again_until_it_can(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let _alone = alone().await;
    let mut stage = Stage::new(engine, Interface::GraphQl).await;
    stage.file(1, 1_000).await;
    stage.source.tell(json!({ "break": { "44": "nameless" } })).await;
    assert_eq!(stage.sync(&[]).processed, 999);
    assert_eq!(stage.set_aside().await, ["0 number missing"]);
    assert_eq!(stage.sync(&[]).processed, 0);
    stage.source.tell(json!({ "break": { "44": null, "55": "null" } })).await;
    assert_eq!(stage.sync(&[]).processed, 1);
    assert_eq!(stage.set_aside().await, ["0 dossier missing"]);
    stage.source.tell(json!({ "break": { "55": null } })).await;
    stage.sync(&[]);
    assert_eq!(stage.set_aside().await, [""; 0]);
    stage.check().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_label_that_a_form_lacks_is_an_absent_field(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(Interface::GraphQl, Interface::Rest)] interface: Interface,
) {
    let _alone = alone().await;
    let mut stage = Stage::new(engine, interface).await;
    stage.file(1, 3).await;
    stage.source.tell(json!({ "break": { "2": "label" } })).await;
    let said = stage.sync(&[]);
    assert_eq!(said.rest, "3 new, 0 changed, 0 deleted at the source, 0 unchanged, 0 set aside");
    stage.check().await;
    // The label is there now, which is a change.
    stage.source.tell(json!({ "break": { "2": null } })).await;
    stage.change(2..=2, json!({})).await;
    stage.sync(&[]);
    stage.check().await;
}
