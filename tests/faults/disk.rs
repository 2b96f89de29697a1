//! The disk of the documents is full.

use event_store::args;
use reqwest::multipart::{Form, Part};

use crate::load::{application, register};
use crate::place::{PATIENCE, Place, emails, until};
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
    // A small file system of its own, that only this process sees.
    let folder = place.path("attachments");
    std::fs::create_dir_all(&folder).unwrap();
    let mut command = place.command_of("unshare");
    command.args(["--map-root-user", "--user", "--mount", "sh", "-c"]).arg(format!(
        "mount -t tmpfs -o size=512k tmpfs '{}' && exec '{}' serve",
        folder.display(),
        env!("CARGO_BIN_EXE_postulo")
    ));
    let server = place.start_as(command, &[]).await;
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
