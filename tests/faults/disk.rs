//! The disk is full: of the documents, of the mailbox, of everything.
//!
//! Each service has a small file system of its own, in a mount namespace of its own; `unshare` says
//! so where the machine allows none.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use event_store::args;
use reqwest::multipart::{Form, Part};

use crate::load::{application, register};
use crate::place::{PATIENCE, Place, Server, emails, until};
use crate::services::alone;

/// A document of so many bytes.
fn document(bytes: usize) -> Part {
    let mut pdf = b"%PDF-1.4\n".to_vec();
    pdf.resize(bytes, b' ');
    Part::bytes(pdf).file_name("cv.pdf").mime_str("application/pdf").unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_clearly_and_stores_nothing_by_half() {
    let _alone = alone().await;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let place = Place::new(&[("POSTULO_UNDO_SECONDS", "0"), ("POSTULO_LOG", "off")]);
    let secret = register(&place);
    let server = on_a_small_disk(&place, "attachments", "512k").await;
    let client = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
    let post = |key: &'static str, number: usize, bytes: usize| {
        let form = Form::new()
            .text("application", application(number).to_string())
            .part("attachments", document(bytes));
        let request = client
            .post(format!("{}/api/v1/applications", server.base))
            .basic_auth("load", Some(&secret))
            .header("Idempotency-Key", key)
            .multipart(form);
        async move { request.send().await.unwrap() }
    };
    assert_eq!(post("fits", 1, 100_000).await.status(), 201);
    let refused = post("does-not-fit", 2, 700_000).await;
    assert_eq!(refused.status(), 503);
    assert!(refused.headers().contains_key("retry-after"));
    let text = refused.text().await.unwrap();
    assert!(text.contains("/problems/"), "{text}");
    // What could not be stored left no room taken: the next one fits.
    assert_eq!(post("fits-too", 3, 100_000).await.status(), 201);

    let db = place.database().await;
    let submitted = "SELECT count(*) AS n FROM events WHERE event_type = 'Submitted'";
    let (count,): (i64,) = db.fetch_one(submitted, args![]).await.unwrap();
    assert_eq!(count, 2);
    until("the letters of both have left", || async { emails(&place.path("mailbox")).len() == 4 })
        .await;
    server.stop().await;
}

/// What of the service lies on the disk that is full.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Full {
    /// All of it: the database with its journal, the documents, the mailbox, the keys.
    Everything,
    Documents,
    Mailbox,
}

/// A service on a small file system of its own, that only its process sees.
async fn on_a_small_disk(place: &Place, folder: &str, size: &str) -> Server {
    let folder = place.path(folder);
    std::fs::create_dir_all(&folder).unwrap();
    let mut command = place.command_of("unshare");
    command.args(["--map-root-user", "--user", "--mount", "sh", "-c"]).arg(format!(
        "mount -t tmpfs -o size={size} tmpfs '{}' && exec '{}' serve",
        folder.display(),
        env!("CARGO_BIN_EXE_postulo")
    ));
    place.start_as(command, &[]).await
}

/// Writes until there is no room left, not even for a byte.
fn fill(path: &Path) {
    let mut file = File::create(path).unwrap();
    for size in [1 << 16, 1 << 12, 1] {
        while file.write_all(&vec![b'x'; size]).is_ok() {}
    }
}

#[rstest::rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_room_is_made_on_a_full_disk_everything_goes_on_without_a_restart(
    #[values(Full::Everything, Full::Documents, Full::Mailbox)] full: Full,
) {
    let _alone = alone().await;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut place = Place::new(&[("POSTULO_UNDO_SECONDS", "0"), ("POSTULO_LOG", "off")]);
    let data = place.path("data");
    place.set("POSTULO_DATA_DIR", data.to_str().unwrap());
    let small = match full {
        Full::Everything => "data",
        Full::Documents => "data/attachments",
        Full::Mailbox => "data/mailbox",
    };
    let server = on_a_small_disk(&place, small, "24m").await;
    // The file system as its process sees it.
    let seen = |path: PathBuf| {
        Path::new(&format!("/proc/{}/root", server.id())).join(path.strip_prefix("/").unwrap())
    };
    let secret = std::fs::read_to_string(seen(data.join("demo-client-secret"))).unwrap();
    let client = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
    let post = |number: usize| {
        let mut application = application(number);
        application["employer_email"] = format!("employer{number}@boulangerie.example").into();
        let form = Form::new()
            .text("application", application.to_string())
            .part("attachments", document(40_000));
        let request = client
            .post(format!("{}/api/v1/applications", server.base))
            .basic_auth("demo", Some(secret.trim()))
            .header("Idempotency-Key", format!("key-{number}"))
            .multipart(form);
        async move { request.send().await.unwrap() }
    };
    let plain = |number: usize| {
        let request = client
            .post(format!("{}/api/v1/applications", server.base))
            .basic_auth("demo", Some(secret.trim()))
            .header("Idempotency-Key", format!("key-{number}"))
            .json(&application(number));
        async move { request.send().await.unwrap() }
    };
    let ready = || async {
        let answer = client.get(format!("{}/health/ready", server.base)).send().await.unwrap();
        answer.status()
    };
    // One that left when the disk ran full may leave again, with the same Message-ID.
    let letters = || {
        let found = emails(&seen(data.join("mailbox")));
        let ids = found.iter().filter_map(|email| {
            email.lines().find(|line| line.to_lowercase().starts_with("message-id:"))
        });
        ids.map(str::to_owned).collect::<BTreeSet<_>>().len()
    };
    assert_eq!(post(0).await.status(), 201);
    until("the first letters leave", || async { letters() == 2 }).await;

    let filler = seen(place.path(small)).join("filler");
    fill(&filler);
    for number in 1..=12 {
        let answer = post(number).await;
        if full == Full::Mailbox {
            assert_eq!(answer.status(), 201, "letters wait, applications do not");
            continue;
        }
        assert_eq!(answer.status(), 503);
        assert!(answer.headers().contains_key("retry-after"));
        let text = answer.text().await.unwrap();
        assert!(text.contains("/problems/unavailable"), "{text}");
    }
    let mut fitted = 0;
    if full == Full::Everything {
        // What a checkpoint leaves of the journal is room of its own, for what has no documents.
        let refused = loop {
            let answer = plain(100 + fitted).await;
            if answer.status() != 201 {
                break answer;
            }
            fitted += 1;
            assert!(fitted < 500, "a full disk takes one application after the other");
        };
        assert_eq!(refused.status(), 503);
        assert!(refused.text().await.unwrap().contains("/problems/unavailable"));
        until("it is not ready", || async { ready().await == 503 }).await;
    }
    let waiting = letters();
    std::fs::remove_file(filler).unwrap();

    until("it is ready again", || async { ready().await == 200 }).await;
    for number in 1..=13 {
        until("what was refused is taken", || async {
            matches!(post(number).await.status().as_u16(), 200 | 201)
        })
        .await;
    }
    until("all letters have left", || async { letters() == 28 + 2 * fitted }).await;
    assert!(full != Full::Mailbox || waiting == 2, "none left while there was no room: {waiting}");
    let entries = std::fs::read_dir(seen(data.join("attachments"))).unwrap();
    let folders = entries.filter(|it| it.as_ref().unwrap().file_type().unwrap().is_dir());
    assert_eq!(folders.count(), 14, "each application has its documents, and nothing else does");
    server.stop().await;
}
