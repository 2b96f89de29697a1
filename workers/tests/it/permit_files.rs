//! The files of work permits, as their tasks write them.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;

use commands::schedules::{Outcome, Report};
use domain::examples;
use event_store::testing::Engine;
use jiff::SignedDuration;
use rstest::rstest;
use tempfile::TempDir;
use testing::{Fixture, cause};
use tokio_util::sync::CancellationToken;
use workers::jobs::permits::write_validity;
use workers::jobs::run_by_hand;
use workers::{PermitSettings, World};

fn world(fixture: &Fixture, folder: Option<&Path>) -> World {
    let settings = PermitSettings {
        folder: folder.map(Path::to_owned),
        file_mode: 0o664,
        ..PermitSettings::default()
    };
    World { permits: Arc::new(settings), ..fixture.world() }
}

async fn run(task: &str, world: &World) -> (Outcome, Report) {
    run_by_hand(task, world, &CancellationToken::new(), &|_| {}).await.unwrap()
}

async fn seen(fixture: &Fixture, number: u64, last_day: &str) {
    let dossier = examples::granted(number, last_day);
    fixture.commands.permits().take_in(dossier, &cause()).await.unwrap();
    fixture.caught_up().await;
}

fn count(report: &Report, what: &str) -> u64 {
    report.counts.iter().find(|(name, _)| name == what).map_or(0, |(_, number)| *number)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn both_files_are_written_whole_with_the_permissions_that_are_set(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let fixture = Fixture::new(engine).await;
    let folder = TempDir::new().unwrap();
    let world = world(&fixture, Some(folder.path()));
    seen(&fixture, 11, "2027-05-10").await;
    seen(&fixture, 12, "le 10 mai").await;

    let (outcome, report) = run("permits.validity", &world).await;
    assert_eq!((outcome, report.error), (Outcome::Done, None));
    let counts = Report { counts: report.counts, ..Report::default() };
    assert_eq!((count(&counts, "permits-told"), count(&counts, "permits-left-out")), (1, 1));
    let path = folder.path().join("validity_check.json");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("[\n{\"ds_id\":11,") && text.ends_with("}\n]\n"), "{text}");
    let before = std::fs::metadata(&path).unwrap();
    assert_eq!(before.permissions().mode() & 0o777, 0o664);

    let (outcome, report) = run("permits.statistics", &world).await;
    assert_eq!((outcome, count(&report, "permits-counted")), (Outcome::Done, 2));
    let figures = std::fs::read_to_string(folder.path().join("stats.json")).unwrap();
    assert!(figures.starts_with("{\"data\":{\"last_update\":\"2026-11-20T09:00:"), "{figures}");

    // A synchronisation writes it at its end: another file of the same name.
    seen(&fixture, 10, "2027-05-10").await;
    assert_eq!(write_validity(&world).await.unwrap().unwrap().permits, 2);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.find("\"ds_id\":10,") < text.find("\"ds_id\":11,"), "{text}");
    assert_ne!(std::fs::metadata(&path).unwrap().ino(), before.ino());
    let names = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names, 2, "nothing unfinished is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_gone_is_one_clear_line_and_where_there_is_none_nothing_is_written() {
    let fixture = Fixture::new(Engine::Sqlite).await;
    seen(&fixture, 11, "2027-05-10").await;
    for task in ["permits.validity", "permits.statistics"] {
        let (outcome, report) = run(task, &world(&fixture, None)).await;
        assert_eq!((outcome, report.note.as_deref()), (Outcome::Done, Some("permits-no-folder")));

        // Two runs are not due at once.
        fixture.clock.advance(SignedDuration::from_secs(1));
        let folder = TempDir::new().unwrap();
        let gone = folder.path().join("gone");
        let (outcome, report) = run(task, &world(&fixture, Some(&gone))).await;
        assert_eq!(outcome, Outcome::Failed);
        let why = report.error.unwrap();
        assert!(why.contains("gone/") && why.contains("as it was before"), "{why}");
        assert!(!why.contains('\n'), "{why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_take_its_place_leaves_what_was_there_and_nothing_unfinished() {
    let fixture = Fixture::new(Engine::Sqlite).await;
    let folder = TempDir::new().unwrap();
    let world = world(&fixture, Some(folder.path()));
    seen(&fixture, 11, "2027-05-10").await;
    write_validity(&world).await.unwrap();
    let path = folder.path().join("validity_check.json");
    let before = std::fs::read(&path).unwrap();
    seen(&fixture, 12, "2027-05-10").await;
    // A file cannot take the place of a folder that is not empty, whoever writes.
    std::fs::rename(&path, folder.path().join("older.json")).unwrap();
    std::fs::create_dir(&path).unwrap();
    std::fs::write(path.join("inside"), &before).unwrap();
    let why = write_validity(&world).await.unwrap_err().to_string();
    assert!(why.contains("as it was before"), "{why}");
    assert_eq!(std::fs::read(path.join("inside")).unwrap(), before);
    let names = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names, 2, "nothing unfinished is left");
}
