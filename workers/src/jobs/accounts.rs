//! `accounts.retention`: accounts that nobody uses. Their owners are told 30 days before, and an account to which
//! nobody signed in by then is closed, with all that belongs to it.

use async_trait::async_trait;
use commands::{Cause, advice};
use event_store::ActorKind;
use jiff::{SignedDuration, ToSpan as _};

use super::retention::{before, is_doubted};
use super::{Job, JobError, Turn};
use crate::reaction::World;

/// Accounts that are closed, and told, in one run; the next one goes on.
const A_PAGE: u32 = 5_000;
/// After so many months without a sign-in an account is closed, at the earliest.
const KEPT_MONTHS: i64 = 24;
/// So long before it its owner is told.
const NOTICE: SignedDuration = SignedDuration::from_hours(30 * 24);

pub(super) struct AccountRetention;

#[async_trait]
impl Job for AccountRetention {
    fn name(&self) -> &'static str {
        "accounts.retention"
    }

    fn cron(&self) -> &'static str {
        "41 4 * * *"
    }

    fn makes_up(&self) -> bool {
        true
    }

    /// Whoever is told now has the whole notice, also where the clock stood still for long.
    async fn run(&self, world: &World, turn: &Turn) -> Result<(), JobError> {
        let (commands, accounts) = (&world.commands, world.commands.accounts());
        let failed = |error: &(dyn std::error::Error + 'static)| JobError::because(error);
        let now = commands.now();
        if is_doubted(commands.log().db(), now).await.map_err(|error| failed(&error))? {
            turn.note("clock-doubted");
            return Ok(());
        }
        turn.count("accounts-closed", 0);
        turn.count("accounts-told", 0);
        let name = Some("accounts.retention".to_owned());
        let cause = Cause::request(ActorKind::System, name, commands.fresh_id());
        let mut left = 0;
        let mut outcome = |key, done: Result<(), _>, id| match done {
            Ok(()) => turn.count(key, 1),
            Err(error) => {
                left += 1;
                let error = advice::told(&error);
                tracing::error!(error, account.id = %id, "an account that nobody uses stays; it is tried again");
            }
        };
        let due = accounts.due_to_close(A_PAGE).await.map_err(|error| failed(&error))?;
        for id in due {
            if turn.is_over() {
                return Err(JobError::Stopped);
            }
            match accounts.close_unused(id, &cause).await {
                Ok(false) => {}
                closed => outcome("accounts-closed", closed.map(drop), id),
            }
        }
        let unused = before(now, KEPT_MONTHS.months()) + NOTICE;
        let told = accounts.unused_since(unused, A_PAGE).await.map_err(|error| failed(&error))?;
        for id in told {
            if turn.is_over() {
                return Err(JobError::Stopped);
            }
            let announced = accounts.announce_closing(id, now + NOTICE, &cause).await;
            outcome("accounts-told", announced, id);
        }
        if left > 0 {
            return Err(JobError::Failed(format!(
                "{left} could not be closed or told; the log says why, and the next run tries again"
            )));
        }
        Ok(())
    }
}
