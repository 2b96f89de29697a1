//! Several processes on a folder that is empty, and one on a folder that cannot be written.

use futures::future::join_all;

use crate::load::register;
use crate::place::Place;
use crate::services::alone;

const AT_ONCE: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_that_migrate_an_empty_database_at_once_all_succeed() {
    let _alone = alone().await;
    let place = Place::new(&[]);
    let children: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let mut command = place.command();
            command.arg("migrate").stdout(std::process::Stdio::piped());
            command.stderr(std::process::Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(place.print(&["migrate"]), "the tables are up to date\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_that_start_on_an_empty_folder_at_once_all_serve() {
    let _alone = alone().await;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let place = Place::new(&[]);
    let servers = join_all((0..AT_ONCE).map(|_| place.serve())).await;
    for server in servers {
        let answer = reqwest::get(format!("{}/health/ready", server.base)).await.unwrap();
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_on_a_read_only_file_system_is_verified_searched_and_exported() {
    let _alone = alone().await;
    let mut place = Place::new(&[]);
    let data = place.path("data");
    place.set("POSTULO_DATA_DIR", data.to_str().unwrap());
    register(&place);
    place.print(&["audit", "checkpoint"]);
    let read_only = |arguments: &[&str]| {
        let mut command = place.command_of("unshare");
        command.args(["--map-root-user", "--user", "--mount", "sh", "-c"]);
        command.arg("mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && exec \"$@\"");
        command.arg(&data).arg(env!("CARGO_BIN_EXE_postulo")).args(arguments);
        let output = command.output().unwrap();
        let told = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&told).into_owned())
    };
    let elsewhere = place.path("events.jsonl");
    let elsewhere = elsewhere.to_str().unwrap();
    for arguments in [
        &["audit", "verify"][..],
        &["audit", "search", "--json"],
        &["audit", "key"],
        &["export", "events", "--format", "jsonl", "--out", elsewhere],
        &["export", "applications"],
        &["stats"],
        &["client", "list"],
    ] {
        let (succeeded, told) = read_only(arguments);
        assert!(succeeded, "{arguments:?}: {told}");
    }
    assert!(std::fs::read_to_string(elsewhere).unwrap().contains("ClientRegistered"));
    let (succeeded, told) = read_only(&["serve"]);
    assert!(!succeeded && told.contains("can only be read"), "{told}");
}
