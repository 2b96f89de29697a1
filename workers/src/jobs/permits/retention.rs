//! `permits.retention`: who had a permit is forgotten when it was kept for long enough after its end; what
//! lies beside the dossiers goes with its day.

use async_trait::async_trait;
use commands::{Cause, advice};
use domain::cqrs_es::Aggregate as _;
use domain::erasure::RecordRef;
use domain::permit::Permit;
use event_store::ActorKind;
use jiff::ToSpan as _;
use projections::permits;

use super::super::retention::{before, is_doubted};
use super::super::{Job, JobError, Turn};
use crate::reaction::World;

/// Dossiers that are looked at at once.
const A_PAGE: u32 = 500;

pub(crate) struct PermitRetention;

#[async_trait]
impl Job for PermitRetention {
    fn name(&self) -> &'static str {
        "permits.retention"
    }

    fn cron(&self) -> &'static str {
        "23 4 * * *"
    }

    fn makes_up(&self) -> bool {
        true
    }

    async fn run(&self, world: &World, turn: &Turn) -> Result<(), JobError> {
        let commands = &world.commands;
        let failed = |error: &(dyn std::error::Error + 'static)| JobError::because(error);
        let now = commands.now();
        if is_doubted(commands.log().db(), now).await.map_err(|error| failed(&error))? {
            turn.note("clock-doubted");
            return Ok(());
        }
        turn.count("permits-erased", 0);
        let before = before(now, i64::from(world.permits.kept_months).months());
        let name = Some("permits.retention".to_owned());
        let cause = Cause::request(ActorKind::System, name, commands.fresh_id());
        let mut after: Option<String> = None;
        let mut left = 0;
        loop {
            let page = permits::kept_since(commands.log(), before, after.as_deref(), A_PAGE).await;
            let page = page.map_err(|error| failed(&error))?;
            let Some(last) = page.last() else { break };
            after = Some(last.clone());
            for id in page {
                if turn.is_over() {
                    return Err(JobError::Stopped);
                }
                let Ok(record) = RecordRef::new(Permit::TYPE, &id) else { continue };
                match commands.people().forget_expired(&record, before, &cause).await {
                    Ok(true) => turn.count("permits-erased", 1),
                    Ok(false) => {}
                    Err(error) => {
                        left += 1;
                        let error = advice::told(&error);
                        tracing::error!(
                            error,
                            id,
                            "a dossier that was kept for long enough could not be forgotten; it is tried again"
                        );
                    }
                }
            }
        }
        let not_read = commands.permits().clear_not_read().await.map_err(|error| failed(&error))?;
        turn.count("permits-not-read-cleared", not_read);
        let tries = commands.permits().clear_tries(permits::day_in_paris(now)).await;
        turn.count("permits-tries-cleared", tries.map_err(|error| failed(&error))?);
        if left > 0 {
            return Err(JobError::Failed(format!(
                "{left} could not be forgotten; the log says why, and the next run tries again"
            )));
        }
        Ok(())
    }
}
