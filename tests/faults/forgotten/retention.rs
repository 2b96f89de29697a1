//! What was kept for long enough goes, and `--dry-run` says so before.

use std::collections::BTreeSet;

use domain::application::Withdraw;
use domain::erasure::RecordRef;
use event_store::testing::Engine;
use event_store::{Clock as _, SystemClock};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _};
use rstest::rstest;
use serde_json::Value;
use uuid::Uuid;

use super::archive::{Archive, cause};
use super::search::{cells, files};
use crate::services::alone;

/// What goes of which application.
type Gone = BTreeSet<(String, String)>;

fn ago(span: Span) -> Timestamp {
    SystemClock.now().to_zoned(TimeZone::UTC).checked_sub(span).unwrap().timestamp()
}

/// What a run says, and whether it says that it was done.
fn told(archive: &Archive, arguments: &[&str]) -> (Gone, BTreeSet<bool>) {
    let printed = archive.place.print(&[&["retention", "run", "--json"], arguments].concat());
    let lines: Vec<Value> =
        printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
    let gone: Gone =
        lines.iter().map(|line| (text(line, "application"), text(line, "what"))).collect();
    assert_eq!(gone.len(), lines.len(), "something is told twice: {printed}");
    (gone, lines.iter().map(|line| line["done"].as_bool().unwrap()).collect())
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dry_run_names_is_what_goes_by_the_settings_of_each_client(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    const AGES: [fn() -> Span; 6] =
        [|| 1.days(), || 6.days(), || 31.days(), || 3.months(), || 25.months(), || 61.months()];
    let _alone = alone().await;
    let it = Archive::new(engine, &[]).await;
    // Documents go after so many days, all else after so many months.
    let clients = [("usual", 30_i64, 24_i64), ("short", 5, 2), ("long", 365, 60)];
    for (client, days, months) in clients {
        let (days, months) = (days.to_string(), months.to_string());
        let mut arguments =
            vec!["client", "create", client, "--name", client, "--contact-email", "a@b.example"];
        if client != "usual" {
            arguments.extend(["--keep-attachments", &days, "--keep-data", &months]);
        }
        it.place.print(&arguments);
    }
    let mut expected = Gone::new();
    let mut due = |id: Uuid, what: &str| {
        expected.insert((id.to_string(), what.to_owned()));
    };
    let mut kept = vec![];
    for (client, days, months) in clients {
        for (nth, age) in AGES.iter().enumerate() {
            let at = ago(age());
            let id = it.applied(&format!("{client}quartz{nth}"), client, at).await;
            if at < ago(months.months()) {
                due(id, "personal data");
            } else if at < ago(days.days()) {
                due(id, "documents");
            } else {
                kept.push(id);
            }
        }
    }
    // That documents were deleted meanwhile is no contact.
    let id = it.applied("deletedquartz", "usual", ago(25.months())).await;
    it.clock.set(ago(24.months()));
    assert!(it.commands.people().delete_attachments(id, ago(24.months()), &cause()).await.unwrap());
    it.clock.set(ago(2.months()));
    it.commands
        .people()
        .request_erasure(&[id], Uuid::from_u128(1), Uuid::from_u128(2), &cause())
        .await
        .unwrap();
    due(id, "personal data");
    // What the candidate does is one.
    let id = it.applied("activequartz", "usual", ago(30.months())).await;
    it.clock.set(ago(23.months()));
    let withdrawn = Withdraw { reason: None, at: it.clock.now() };
    it.commands.perform(&id.to_string(), &withdrawn, &cause()).await.unwrap();
    due(id, "documents");
    // Nobody is forgotten twice.
    let id = it.applied("forgottenquartz", "usual", ago(30.months())).await;
    it.commands
        .people()
        .forget_expired(&RecordRef::application(id), ago(20.months()), &cause())
        .await
        .unwrap();
    it.clock.set(SystemClock.now());
    it.settle().await;
    it.settle().await;

    let folder = it.place.path("attachments");
    let before = (cells(it.db()).await, files(&folder));
    let (would_go, done) = told(&it, &["--dry-run"]);
    assert_eq!(would_go, expected);
    assert_eq!(done, BTreeSet::from([false]));
    assert!((cells(it.db()).await, files(&folder)) == before, "a dry run changed something");

    let (gone, done) = told(&it, &[]);
    assert_eq!(gone, expected);
    assert_eq!(done, BTreeSet::from([true]));
    let erased: BTreeSet<_> = it.erased().await.into_iter().collect();
    for (id, what) in &expected {
        assert_eq!(erased.contains(id), what == "personal data", "{id} {what}");
        assert!(!folder.join(id).exists(), "documents of {id} are there");
    }
    for id in kept {
        assert!(folder.join(id.to_string()).exists(), "documents of {id} went too early");
    }
    it.settle().await;
    assert_eq!(told(&it, &[]).0, Gone::new(), "what went goes once");
    it.close().await;
}
