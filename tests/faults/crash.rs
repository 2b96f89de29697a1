//! The whole service in one process, killed at random moments under load, on both engines.

use std::time::Duration;

use event_store::testing::{Engine, TestDb};

use crate::aftermath::{check, settled};
use crate::load::{self, Load};
use crate::place::Place;
use crate::services::alone;

const ROUNDS: usize = 20;
/// Applications that are begun in a round: more than are acknowledged before its end.
const IN_A_ROUND: usize = 16;
const PARTNERS: usize = 8;

async fn killed_at_random(engine: Engine) {
    let _alone = alone().await;
    let database = match engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(TestDb::empty(engine).await),
    };
    let mut settings = vec![("POSTULO_UNDO_SECONDS", "0"), ("POSTULO_LOG", "off")];
    if let Some(database) = &database {
        settings.push(("POSTULO_DATABASE_URL", database.url()));
    }
    let place = Place::new(&settings);
    let secret = load::register(&place);
    let mut server = place.serve().await;
    let load = Load::start(PARTNERS, &[&server.base], &secret);
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    for round in 0..ROUNDS {
        load.allow(IN_A_ROUND);
        load.acknowledged(round * IN_A_ROUND + 1).await;
        // The moment is random; the seed is not, so that a failure can be met again.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        tokio::time::sleep(Duration::from_millis((seed >> 33) % 350)).await;
        server.kill().await;
        server = place.serve().await;
        load.redirect(&[&server.base]).await;
    }
    load.acknowledged(ROUNDS * IN_A_ROUND).await;
    let told = load.stop().await;
    let db = place.database().await;
    settled(&db).await;
    server.stop().await;
    let told = told.ids.lock().await;
    assert_eq!(told.len(), ROUNDS * IN_A_ROUND);
    check(&place, &db, &told).await;
    db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_service_loses_and_doubles_nothing_it_acknowledged_on_sqlite() {
    killed_at_random(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_service_loses_and_doubles_nothing_it_acknowledged_on_postgres() {
    killed_at_random(Engine::Postgres).await;
}
