//! The admin, through its routes: who may what, what is refused, and what each page does.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod accounts;
mod acts;
mod audit;
mod failures;
mod forgotten;
mod looks;
mod people;
mod permits;
mod permits_slip;
mod pseudo;
mod roles;
mod schedules;
mod search;
mod security;
mod sources;

use event_store::testing::Engine;
use event_store::tree::TreeKey;
use testing::Fixture;
use testing::http::Office;
use web::Settings;

/// What signs the log of the tests.
fn audit_key() -> TreeKey {
    TreeKey::from_seed("postulo.example/log", &[9; 32]).unwrap()
}

async fn service(engine: Engine) -> Office {
    set_up(engine, |_| {}).await
}

async fn set_up(engine: Engine, change: impl FnOnce(&mut Settings)) -> Office {
    let http = Fixture::new(engine).await.http().settings(change).signed_by(audit_key());
    Office::on(http.routes(|app| admin::routes(admin::audience(), app))).await
}
