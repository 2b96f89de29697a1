//! Somebody changes the log, or a backup is restored: what was signed before tells.

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use event_store::args;
use serde_json::Value;

use crate::load::{application, register};
use crate::place::{Place, Server, until};
use crate::services::alone;

/// What is said on standard error, of a command that must fail.
fn refused(output: &Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{errors}");
    errors
}

async fn apply(server: &Server, secret: &str, number: usize) {
    let client = reqwest::Client::builder().timeout(Duration::from_mins(1)).build().unwrap();
    let request = client
        .post(format!("{}/api/v1/applications", server.base))
        .basic_auth("load", Some(secret))
        .json(&application(number));
    assert_eq!(request.send().await.unwrap().status(), 201);
}

async fn told(server: &Server) -> (u16, Value) {
    let answer = reqwest::get(format!("{}/health/ready", server.base)).await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// A log of one life of the service, signed to its end.
async fn signed(place: &Place) -> String {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let secret = register(place);
    let server = place.serve().await;
    apply(&server, &secret, 1).await;
    server.stop().await;
    secret
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_was_changed_together_with_its_tree_is_not_signed_until_an_operator_says_so() {
    let _alone = alone().await;
    let place = Place::new(&[("POSTULO_LOG", "error")]);
    let secret = signed(&place).await;
    place.print(&["audit", "verify"]);
    let note = std::fs::read_to_string(place.path("log-checkpoint")).unwrap();
    let db = place.database().await;
    for sql in [
        "DROP TRIGGER events_are_never_changed",
        "UPDATE events SET recorded_at = '2020-01-01T00:00:00.000000Z' WHERE position = 3",
        "DELETE FROM tree_tiles",
        "DELETE FROM tree_checkpoints",
        "DELETE FROM checkpoints WHERE name = 'tree'",
    ] {
        db.execute(sql, args![]).await.unwrap();
    }
    db.close().await;

    refused(&place.run(&["audit", "verify"]));
    let server = place.serve().await;
    until("it is told that the log is not signed", || async {
        told(&server).await.1["signatures"].as_str().unwrap().starts_with("refused")
    })
    .await;
    assert_eq!(told(&server).await.0, 200, "applications are taken");
    let log = std::fs::read_to_string(place.path("log")).unwrap();
    assert!(log.contains("cannot grow") && log.contains("begin-tree --reason"), "{log}");
    apply(&server, &secret, 2).await;
    let metrics = reqwest::get(format!("{}/metrics", server.base)).await.unwrap();
    assert!(metrics.text().await.unwrap().contains("postulo_tree_refused 1"));
    let why = refused(&place.run(&["audit", "checkpoint"]));
    assert!(why.contains("begin-tree --reason"), "{why}");
    let doctor = place.run(&["doctor"]);
    let doctor = String::from_utf8_lossy(&doctor.stdout);
    assert!(doctor.contains("MEND  signing") && doctor.contains("begin-tree --reason"), "{doctor}");
    let why = refused(&place.run(&["audit", "accept-restore", "--reason", "because"]));
    assert!(why.contains("there is no tree to go on with"), "{why}");
    let kept = std::fs::read_to_string(place.path("log-checkpoint")).unwrap();
    assert_eq!(kept, note, "the note is not replaced");

    place.print(&["audit", "begin-tree", "--reason", "the tables were lost"]);
    let why = refused(&place.run(&["audit", "begin-tree", "--reason", "again"]));
    assert!(why.contains("nothing to do"), "{why}");
    until("it signs again", || async { told(&server).await.1["signatures"] == "not refused" })
        .await;
    let verified = place.print(&["audit", "verify"]);
    assert!(verified.contains("log-checkpoint"), "it is compared with the note: {verified}");
    let acts = place.print(&["audit", "search", "--type", "OperatorActed", "--json"]);
    assert!(acts.contains("audit.begin-tree"), "{acts}");
    server.stop().await;
    place.print(&["audit", "verify"]);
    // The note from before still says what it said.
    let aside = set_aside(place.path("").as_path());
    refused(&place.run(&["audit", "verify", "--checkpoint", aside.as_str()]));
}

fn set_aside(folder: &Path) -> String {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut aside = names.filter(|path| path.to_string_lossy().contains("checkpoint.set-aside-"));
    aside.next().expect("the note is set aside").to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_was_restored_is_signed_once_an_operator_says_so() {
    let _alone = alone().await;
    let place = Place::new(&[("POSTULO_LOG", "off")]);
    let secret = signed(&place).await;
    let (file, backup) = (place.path("postulo.db"), place.path("backup.db"));
    std::fs::copy(&file, &backup).unwrap();
    let server = place.serve().await;
    apply(&server, &secret, 2).await;
    server.stop().await;
    std::fs::copy(&backup, &file).unwrap();

    refused(&place.run(&["audit", "verify"]));
    let why = refused(&place.run(&["audit", "checkpoint"]));
    assert!(why.contains("accept-restore --reason"), "{why}");
    let without = place.run(&["audit", "accept-restore"]);
    assert_eq!(without.status.code(), Some(2), "a reason is asked for");
    place.print(&["audit", "accept-restore", "--reason", "disk lost, backup restored"]);
    place.print(&["audit", "verify"]);
    let server = place.serve().await;
    apply(&server, &secret, 3).await;
    server.stop().await;
    let verified = place.print(&["audit", "verify", "--json"]);
    let verified: Value = serde_json::from_str(&verified).unwrap();
    assert_eq!(verified["finding"], Value::Null);
    for range in [["--from", "99999999", "--to", "999999999"], ["--from", "10", "--to", "5"]] {
        let why = refused(&place.run(&[&["audit", "verify"][..], &range[..]].concat()));
        assert!(why.contains("nothing was compared"), "{why}");
    }
}
