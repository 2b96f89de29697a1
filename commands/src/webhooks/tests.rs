use std::sync::Arc;

use domain::examples;
use event_store::testing::{Engine, TestDb};
use event_store::{ActorKind, FixedClock, Position};
use jiff::SignedDuration;
use rstest::rstest;
use uuid::Uuid;

use crate::Cause;
use crate::testing::process;

#[rstest]
#[tokio::test]
async fn a_post_of_a_clock_that_jumped_ahead_is_made_when_it_is_right_again(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let db = TestDb::new(engine).await;
    let clock = Arc::new(FixedClock::new(examples::minutes(0)));
    let commands = process(db.db(), clock.clone()).await;
    let cause = Cause::request(ActorKind::System, None, Uuid::nil());
    let (partner, webhook) = (examples::valid("demo"), Uuid::from_u128(1));
    commands.partners().register(&partner, examples::partner_settings(), &cause).await.unwrap();
    let url = examples::valid("https://partner.example/hooks");
    commands.webhooks().register(&partner, webhook, url, &cause).await.unwrap();
    let known = commands.partners().find_afresh(&partner).await.unwrap().unwrap();

    let year = SignedDuration::from_hours(366 * 24);
    clock.advance(year);
    for position in 1..=2 {
        let position = Position::new(position);
        let posts = commands.webhooks().enqueue_posts(
            &partner,
            &known.webhooks,
            "a",
            "Submitted",
            position,
        );
        posts.await.unwrap();
    }
    // One was being posted when the clock was set right.
    let claimed = commands.webhooks().claim_posts(1).await.unwrap().remove(0);
    clock.advance(-year);
    let replayed =
        commands.webhooks().replay(webhook, Some(claimed.position), &cause).await.unwrap();
    assert_eq!(replayed, 1, "its claim is worth nothing");
    assert_eq!(commands.webhooks().claim_posts(10).await.unwrap().len(), 2);
    assert!(commands.webhooks().claim_posts(10).await.unwrap().is_empty(), "each is claimed once");
}
