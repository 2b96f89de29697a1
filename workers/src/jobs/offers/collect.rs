//! `offers.collect`: what sources of job offers show is taken in. The clock asks for all of them; what somebody
//! asks for waits as rows, which the task takes while there are any.
//!
//! A run may be broken off anywhere: what was taken in is known when it is seen again, and a page is remembered as
//! read once its offers are recorded.

use async_trait::async_trait;
use commands::collecting::AskedBy;
use event_store::DbError;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;

use super::taking;
use crate::jobs::{Job, JobError, Turn};
use crate::reaction::World;

/// The name of the task.
pub const COLLECT: &str = "offers.collect";
/// Sources that are collected from at once; each has hosts of its own.
const AT_ONCE: usize = 4;

/// What a run counts, in the order in which it is told.
const COUNTS: [&str; 8] = [
    "offers-sources",
    "offers-sources-failed",
    "offers-found",
    "offers-new",
    "offers-changed",
    "offers-gone",
    "offers-left-out",
    "offers-pages-failed",
];

pub(in crate::jobs) struct OfferCollection;

#[async_trait]
impl Job for OfferCollection {
    fn name(&self) -> &'static str {
        COLLECT
    }

    fn cron(&self) -> &'static str {
        "0 5 * * 1,4"
    }

    fn makes_up(&self) -> bool {
        true
    }

    async fn run(&self, world: &World, turn: &Turn) -> Result<(), JobError> {
        let Some(collectors) = &world.integrations.collectors else {
            turn.note("offers-no-collectors");
            return Ok(());
        };
        for what in COUNTS {
            turn.count(what, 0);
        }
        let collecting = world.commands.collecting();
        // Nobody else is at them: the task runs in one place.
        collecting.leave_collections_broken().await.map_err(failed)?;
        let mut first = None;
        if turn.is_asked() {
            first = collecting.take_collection().await.map_err(failed)?;
        }
        if first.is_none() {
            // All, or all that the clock asks for at this time: the others have times of their own.
            let mut sources = collecting.sources().await.map_err(failed)?;
            sources.retain(|source| !source.paused && (turn.is_asked() || source.cron.is_none()));
            collecting.ask(&sources, AskedBy::Clock).await.map_err(failed)?;
        }
        let mut under_way = FuturesUnordered::new();
        under_way.extend(first.map(|first| taking::take(world, turn, collectors, first)));
        loop {
            while under_way.len() < AT_ONCE && !turn.is_over() {
                let next = collecting.take_collection().await.map_err(failed)?;
                let Some(next) = next else { break };
                under_way.push(taking::take(world, turn, collectors, next));
            }
            match under_way.next().await {
                Some(taken) => taken?,
                None if turn.is_over() => return Err(JobError::Stopped),
                None => return Ok(()),
            }
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "errors are mapped by it")]
pub(super) fn failed(error: DbError) -> JobError {
    JobError::because(&error)
}
