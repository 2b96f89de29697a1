//! `housekeeping`: what no longer counts is cleared away.

use async_trait::async_trait;

use super::{Job, JobError, Turn};
use crate::reaction::World;

pub(super) struct Housekeeping;

#[async_trait]
impl Job for Housekeeping {
    fn name(&self) -> &'static str {
        "housekeeping"
    }

    fn cron(&self) -> &'static str {
        "13 * * * *"
    }

    fn makes_up(&self) -> bool {
        true
    }

    async fn run(&self, world: &World, turn: &Turn) -> Result<(), JobError> {
        let tidied = world.commands.tidy().await;
        let tidied = tidied.map_err(|error| JobError::because(&error))?;
        for (what, number) in [
            ("posts", tidied.posts),
            ("limits", tidied.allotments),
            ("early-reports", tidied.early_reports),
            ("sessions", tidied.sessions),
            ("people", tidied.forgotten as u64),
            ("unfinished", tidied.unfinished as u64),
            ("runs", tidied.runs),
            ("collections", tidied.collections),
            ("searches-dropped", tidied.searches),
            ("alert-looks", tidied.alert_looks),
            ("erased-late", tidied.late as u64),
        ] {
            turn.count(what, number);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use commands::collecting::AskedBy;
    use domain::Language;
    use domain::collecting::SourceKind;
    use event_store::FixedClock;
    use event_store::lease::Held;
    use event_store::testing::Engine;
    use jiff::SignedDuration;
    use rstest::rstest;
    use texts::task_report;
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::jobs::tests::world;

    #[rstest]
    #[tokio::test]
    async fn what_was_cleared_is_counted_and_told_in_words(
        #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    ) {
        let clock = FixedClock::new("2026-11-25T08:13:00Z".parse().unwrap());
        let db = testing::database(engine).await;
        let world = world(db.db(), Arc::new(clock.clone())).await;
        let (collecting, kinds) = (world.commands.collecting(), [SourceKind::Search]);
        collecting.ask_words("boulanger", &kinds, AskedBy::User).await.unwrap();
        clock.advance(SignedDuration::from_hours(25));
        let held = Held::unshared(&CancellationToken::new());
        let turn = Turn::new(held, world.commands.now());
        Housekeeping.run(&world, &turn).await.unwrap();
        let counts = turn.report().counts;
        let of = |what: &str| counts.iter().find(|(name, _)| name == what).map(|(_, count)| *count);
        assert_eq!(of("searches-dropped"), Some(1));
        assert_eq!((of("alert-looks"), of("erased-late")), (Some(0), Some(0)));
        for language in Language::ALL {
            for (what, _) in &counts {
                for number in [1, 2] {
                    let told = task_report(&[(what.clone(), number)], None, language);
                    assert!(told.len() > number.to_string().len(), "{what} has no words");
                }
            }
        }
    }
}
