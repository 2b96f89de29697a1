//! What fails for a moment is tried again; what fails for good is told in one line, and nothing changes.

use std::net::TcpListener;

use event_store::testing::Engine;
use rstest::rstest;
use serde_json::json;

use super::stage::{Interface, Stage};
use crate::services::alone;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_fails_in_the_middle_is_asked_for_again(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(Interface::GraphQl, Interface::Rest)] interface: Interface,
) {
    let _alone = alone().await;
    let mut stage = Stage::new(engine, interface).await;
    stage.file(1, 800).await;
    let faults = json!({ "2": "429", "3": "500", "5": "cut", "6": "drop", "8": "429" });
    stage.source.tell(json!({ "fail_at": faults })).await;
    let said = stage.sync(&[]);
    assert_eq!(said.processed, 800, "{said:?}");
    assert_eq!(said.requests, stage.source.requests().await);
    stage.check().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_fails_in_the_middle_is_made_up_for_by_the_next(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(Interface::GraphQl, Interface::Rest)] interface: Interface,
) {
    let _alone = alone().await;
    let mut stage = Stage::new(engine, interface).await;
    stage.file(1, 1_500).await;
    for fault in ["expired", "html"] {
        stage.source.tell(json!({ "fail_at": { "7": fault } })).await;
        let output = stage.run(&[]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
    }
    stage.sync(&[]);
    stage.check().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_for_good_is_one_line_and_changes_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(Interface::GraphQl, Interface::Rest)] interface: Interface,
) {
    let _alone = alone().await;
    let mut stage = Stage::new(engine, interface).await;
    stage.file(1, 5).await;
    let refused = |stage: &Stage, more: &[&str], told: &str| {
        let output = stage.run(more);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), output.stdout.as_slice()),
            (Some(1), &[][..]),
            "{errors}"
        );
        let lines: Vec<_> = errors.lines().filter(|line| line.starts_with("postulo: ")).collect();
        assert!(lines.len() == 1 && lines[0].contains(told), "{told}: {errors}");
        for secret in ["secret words", "token=", "wr0ng", "Bearer"] {
            assert!(!errors.contains(secret), "{secret}: {errors}");
        }
    };
    for (fault, told) in [
        ("expired", "has expired"),
        ("401", "refuses the token"),
        ("403", "refuses the token"),
        ("html", "HTML instead of JSON"),
        ("garbage", "something else instead of JSON"),
        ("302", "elsewhere now (302)"),
        ("500", "it answers 500"),
    ] {
        stage.source.tell(json!({ "always": fault })).await;
        refused(&stage, &[], told);
    }
    stage.source.tell(json!({ "always": null })).await;
    refused(&stage, &["--procedure", "999"], "no procedure 999");
    stage.place.set("POSTULO_PERMITS_TOKEN", "wr0ng");
    refused(&stage, &[], "refuses the token");
    stage.place.set("POSTULO_PERMITS_TOKEN", "secret");
    // A port that nobody listens on.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    stage.place.set("POSTULO_PERMITS_URL", &format!("http://127.0.0.1:{port}"));
    refused(&stage, &[], "no connection");
    stage.check_nothing().await;

    let output = stage.place.run(&["doctor"]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("MEND  permits") && told.contains("no connection"), "{told}");
    let base = stage.source.base.clone();
    stage.place.set("POSTULO_PERMITS_URL", &base);
    let told = String::from_utf8(stage.place.run(&["doctor"]).stdout).unwrap();
    assert!(told.contains("procedure 3272 lacks"), "{told}");
    assert!(told.contains("\"Délivré par\"") && !told.contains("\"Nom\","), "{told}");
    stage.sync(&[]);
    stage.check().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_schedule_synchronises_as_the_command_does(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let _alone = alone().await;
    let mut stage = Stage::new(engine, Interface::GraphQl).await;
    stage.file(1, 5).await;
    let told = stage.place.print(&["schedules", "run", "permits.sync"]);
    assert!(told.contains("5 dossiers checked") && told.contains("5 new"), "{told}");
    stage.sync(&[]);
    stage.check().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_file_holds_what_the_command_brought_whatever_else_was_refused(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let _alone = alone().await;
    let mut stage = Stage::new(engine, Interface::GraphQl).await;
    let folder = stage.place.path("public");
    std::fs::create_dir(&folder).unwrap();
    stage.place.set("POSTULO_PERMITS_FOLDER", folder.to_str().unwrap());
    let granted = json!({ "state": "closed", "from": "2026-11-01", "to": "2027-05-10" });
    let told = || -> Vec<u64> {
        let file = std::fs::read(folder.join("validity_check.json")).unwrap();
        let permits: Vec<serde_json::Value> = serde_json::from_slice(&file).unwrap();
        permits.iter().map(|permit| permit["ds_id"].as_u64().unwrap()).collect()
    };
    stage.file(1, 3).await;
    stage.change(2..=2, granted.clone()).await;
    stage.sync(&[]);
    assert_eq!(told(), [2]);

    stage.change(3..=3, granted).await;
    let output = stage.run(&["--procedure", "3272", "--procedure", "999"]);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("no procedure 999"), "{errors}");
    assert_eq!(told(), [2, 3]);
}

#[test]
fn the_mapping_that_comes_along_is_printed_as_one_that_can_be_given() {
    let mut place = crate::place::Place::new(&[]);
    let printed = place.print(&["permits", "fields"]);
    assert_eq!(
        domain::permit::FieldMap::parse(&printed).unwrap(),
        domain::permit::FieldMap::default()
    );
    let file = place.path("fields.toml");
    std::fs::write(&file, &printed).unwrap();
    place.set("POSTULO_PERMITS_FIELDS", file.to_str().unwrap());
    assert_eq!(place.print(&["permits", "fields"]), printed);
}
