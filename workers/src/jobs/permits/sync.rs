//! `permits.sync`: the dossiers of work permits, as the government's form service holds them.
//!
//! A run lists what changed since the last whole one, a little before that: a dossier that is seen twice is
//! harmless, since one that says nothing new changes nothing. So a run may be broken off anywhere, and the
//! next one begins anew; how far the source was read is noted at the end of a whole run alone.

mod aside;
mod run;

use async_trait::async_trait;
use commands::schedules::{Outcome, Report};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::super::by_hand::{ByHandError, run_here};
use super::super::{Job, JobError, Turn};
use super::validity;
use crate::reaction::World;
use run::{Failure, Run};

/// What a synchronisation is to bring.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncOptions {
    /// Of these procedures; of those in the settings, where none is named.
    pub procedures: Vec<u32>,
    /// What changed since this time, whatever was seen.
    pub since: Option<Timestamp>,
    /// Everything, whenever it changed.
    pub all: bool,
}

/// The task.
#[derive(Default)]
pub(crate) struct PermitSync {
    options: SyncOptions,
    /// Whether somebody waits for it, who brings up the read models and writes the file.
    is_by_hand: bool,
}

/// What a run counts, in the order in which it is told.
const COUNTS: [&str; 7] = [
    "permits-checked",
    "permits-requests",
    "permits-new",
    "permits-changed",
    "permits-unchanged",
    "permits-withdrawn",
    "permits-set-aside",
];

#[async_trait]
impl Job for PermitSync {
    fn name(&self) -> &'static str {
        "permits.sync"
    }

    fn cron(&self) -> &'static str {
        "0 9-19 * * 1-5"
    }

    async fn run(&self, world: &World, turn: &Turn) -> Result<(), JobError> {
        let Some(source) = &world.integrations.demarches else {
            turn.note("permits-no-source");
            return Ok(());
        };
        for what in COUNTS {
            turn.count(what, 0);
        }
        let SyncOptions { procedures, since, all } = &self.options;
        let procedures = if procedures.is_empty() { &world.permits.procedures } else { procedures };
        let mut refused = vec![];
        for procedure in procedures {
            let run = Run::begin(world, turn, source, *procedure).await?;
            let ended = run.whole(*since, *all).await;
            run.count_requests();
            match ended {
                Ok(()) => {}
                Err(Failure::Run(error)) => return Err(error),
                // The others are there, perhaps.
                Err(Failure::Procedure(why)) => refused.push(why),
            }
        }
        // What came of the others is told all the same. By hand it is written once the read models are there.
        let written = if self.is_by_hand { Ok(()) } else { validity::written_after(world).await };
        if refused.is_empty() { written } else { Err(JobError::Failed(refused.join("; "))) }
    }
}

/// Synchronises here and now, once no other process does. `watch` is shown what it counts, every second.
/// The file of permits is not written: see [`write_validity`](super::write_validity).
pub async fn sync_by_hand(
    options: SyncOptions,
    world: &World,
    stop: &CancellationToken,
    watch: &(dyn Fn(&Report) + Send + Sync),
) -> Result<(Outcome, Report), ByHandError> {
    run_here(&PermitSync { options, is_by_hand: true }, world, stop, watch).await
}
