//! Invented applications stay on paper: a service that starts on a seeded database mails nobody
//! because of them.

use event_store::testing::{Engine, TestDb};

use crate::load::{application, register};
use crate::place::{Place, emails, until};
use crate::services::alone;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seeded_database_mails_nobody_on_sqlite() {
    mails_nobody(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seeded_database_mails_nobody_on_postgres() {
    mails_nobody(Engine::Postgres).await;
}

async fn mails_nobody(engine: Engine) {
    let _alone = alone().await;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let database = TestDb::empty(engine).await;
    let settings = [("POSTULO_UNDO_SECONDS", "0"), ("POSTULO_DATABASE_URL", database.url())];
    let place = Place::new(&settings);
    place.print(&["seed", "--applications", "200"]);
    let secret = register(&place);
    let server = place.serve().await;

    // A real application comes last: once its letters have left, every reactor has seen the others.
    let posted = reqwest::Client::new()
        .post(format!("{}/api/v1/applications", server.base))
        .basic_auth("load", Some(&secret))
        .json(&application(1))
        .send()
        .await
        .unwrap();
    assert_eq!(posted.status(), 201);
    let folder = place.path("mailbox");
    until("its two letters have left", || async { emails(&folder).len() >= 2 }).await;
    server.stop().await;
    let letters = emails(&folder);
    let real = letters.iter().filter(|letter| {
        letter.contains("candidate1@example.org")
            || letter.contains("recrutement@boulangerie.example")
    });
    assert_eq!((letters.len(), real.count()), (2, 2));
    assert_eq!(place.print(&["reactions", "list", "--json"]).trim(), "[]");
}
