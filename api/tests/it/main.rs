//! The whole router over a real log: what machines ask, and what holds for every address.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod isolation;
mod links;
mod mailbox;
mod metrics;
mod network;
mod openapi;
mod refusals;
mod reports;

use api::router;
use domain::examples;
use event_store::testing::Engine;
use testing::Fixture;
use testing::http::{Office, Site};
use web::Settings;

/// The service with the partner `demo`.
async fn service(engine: Engine) -> Site {
    let site = Fixture::new(engine).await.http().router(router);
    site.register_demo(examples::partner_settings()).await;
    site
}

async fn office(engine: Engine) -> Office {
    set_up(engine, |_| {}).await
}

async fn set_up(engine: Engine, change: impl FnOnce(&mut Settings)) -> Office {
    Office::on(Fixture::new(engine).await.http().settings(change).router(router)).await
}
