//! Runs that are killed at any moment, and two at once, of which one is frozen or killed.

use std::process::{Child, Command};
use std::time::Duration;

use event_store::testing::Engine;
use rstest::rstest;
use serde_json::json;

use super::stage::{Interface, Stage};
use crate::services::alone;

/// How often it is killed.
const ROUNDS: u64 = 8;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_is_killed_at_any_moment_loses_nothing_and_repeats_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(Interface::GraphQl, Interface::Rest)] interface: Interface,
) {
    let _alone = alone().await;
    let mut stage = Stage::new(engine, interface).await;
    // The tables are made, which is another story.
    stage.sync(&[]);
    stage.file(1, 1_500).await;
    stage.source.tell(json!({ "slow": 0.01 })).await;
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    for round in 0..ROUNDS {
        let mut run = stage.spawn();
        stage.asked_for(1).await;
        // The moment is random; the seed is not, so that a failure can be met again.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        tokio::time::sleep(Duration::from_millis((seed >> 33) % 1500)).await;
        run.kill().unwrap();
        run.wait().unwrap();
        // Dossiers that no run has met yet, and what is seen once alone.
        let new = 10_000 + round * 10;
        stage.file(new, 5).await;
    }
    stage.source.tell(json!({ "slow": 0 })).await;
    stage.sync(&[]);
    stage.check().await;
    // The same with changes of what is known.
    for round in 0..3 {
        stage.change(round * 100 + 1..=round * 100 + 100, json!({ "state": "received" })).await;
        stage.delete(1_401 + round..=1_401 + round, round == 1).await;
        stage.source.tell(json!({ "slow": 0.02 })).await;
        let mut run = stage.spawn();
        stage.asked_for(2).await;
        run.kill().unwrap();
        run.wait().unwrap();
    }
    stage.source.tell(json!({ "slow": 0 })).await;
    stage.sync(&[]);
    stage.check().await;
}

fn signal(run: &Child, name: &str) {
    let id = run.id().to_string();
    assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_at_once_one_waits_and_one_that_was_frozen_doubles_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(Interface::GraphQl, Interface::Rest)] interface: Interface,
) {
    let _alone = alone().await;
    let mut stage = Stage::new(engine, interface).await;
    stage.sync(&[]);
    stage.file(1, 1_500).await;
    stage.source.tell(json!({ "slow": 0.02 })).await;
    let mut first = stage.spawn();
    stage.asked_for(4).await;
    signal(&first, "STOP");
    let mut second = stage.spawn();
    tokio::time::sleep(match engine {
        // The lock on a file is held as long as the process is there.
        Engine::Sqlite => Duration::from_secs(1),
        // It is taken over.
        Engine::Postgres => Duration::from_secs(12),
    })
    .await;
    stage.change([7].into_iter(), json!({ "employer": "Boulangerie Durand" })).await;
    signal(&first, "CONT");
    first.wait().unwrap();
    assert!(second.wait().unwrap().success());
    stage.source.tell(json!({ "slow": 0 })).await;
    stage.sync(&[]);
    // Whether the seventh was read before it was changed, nobody knows.
    stage.may_have_one_less(7).await;
    stage.check().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_at_once_the_one_that_waits_goes_on_where_the_other_is_killed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let _alone = alone().await;
    let mut stage = Stage::new(engine, Interface::GraphQl).await;
    stage.sync(&[]);
    stage.file(1, 1_500).await;
    stage.source.tell(json!({ "slow": 0.02 })).await;
    let mut first = stage.spawn();
    stage.asked_for(4).await;
    let mut second = stage.spawn();
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(second.wait().unwrap().success());
    stage.check().await;
}
