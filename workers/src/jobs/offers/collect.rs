//! `offers.collect`: what sources of job offers show is taken in. The clock asks for all of them, as does whoever
//! runs the task itself; what somebody else asks for waits as rows, which the task takes while there are any.
//!
//! A run may be broken off anywhere: what was taken in is known when it is seen again, and a page is remembered as
//! read once its offers are recorded.

use std::pin::pin;

use async_trait::async_trait;
use commands::collecting::AskedBy;
use commands::schedules;
use event_store::DbError;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;

use super::taking;
use crate::jobs::{BY_COMMAND_LINE, Job, JobError, Turn};
use crate::reaction::World;

/// The name of the task.
pub const COLLECT: &str = "offers.collect";
/// Sources that are collected from at once; each has hosts of its own.
const AT_ONCE: usize = 4;
/// Runs of the task among which this one is: at most one was asked for since it began.
const RUNS: u32 = 10;

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
        if !turn.is_asked() || is_of_all(world, turn).await? {
            // All, or all that the clock asks for at this time: the others have times of their own.
            let mut sources = collecting.sources().await.map_err(failed)?;
            sources.retain(|source| !source.paused && (turn.is_asked() || source.cron.is_none()));
            let by = if turn.is_asked() { AskedBy::Operator } else { AskedBy::Clock };
            collecting.ask(&sources, by).await.map_err(failed)?;
        }
        let (mut under_way, mut ended) = (FuturesUnordered::new(), Ok(()));
        loop {
            while under_way.len() < AT_ONCE && !turn.is_over() {
                let mut taking = pin!(collecting.take_collection());
                // What is under way may hold what this waits for: it goes on meanwhile.
                let next = loop {
                    tokio::select! {
                        next = &mut taking => break next.map_err(failed)?,
                        Some(taken) = under_way.next() => ended = ended.and(taken),
                    }
                };
                let Some(next) = next else { break };
                under_way.push(taking::take(world, turn, collectors, next));
            }
            match under_way.next().await {
                // What became of one source was not written down: the others go on.
                Some(taken) => ended = ended.and(taken),
                None if turn.is_over() => return Err(JobError::Stopped),
                None => return ended,
            }
        }
    }
}

/// Whether somebody asked for the task as such: what others ask for waits as rows, or was taken already.
async fn is_of_all(world: &World, turn: &Turn) -> Result<bool, JobError> {
    let runs = schedules::latest(world.commands.log().db(), COLLECT, RUNS).await.map_err(failed)?;
    let due = turn.due().as_microsecond();
    let Some(run) = runs.into_iter().find(|run| run.due_at.as_microsecond() == due) else {
        return Ok(false);
    };
    if run.started_by == BY_COMMAND_LINE {
        return Ok(true);
    }
    let collecting = world.commands.collecting();
    let asked = collecting.is_asked_by_schedule(&run.started_by, COLLECT, run.due_at).await;
    asked.map_err(|error| JobError::because(&error))
}

#[expect(clippy::needless_pass_by_value, reason = "errors are mapped by it")]
pub(super) fn failed(error: DbError) -> JobError {
    JobError::because(&error)
}
