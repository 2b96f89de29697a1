//! `archive.letters`: whoever wants it is told, once a month, what `applications.archive` archived in the month
//! before.
//!
//! It runs each day, so that what one run could not ask for the next one does. The event of an account that calls for
//! the letter says up to when its owner was told: both happen, or neither, and a month is told once, whoever is cut
//! off anywhere.

use async_trait::async_trait;
use commands::{Cause, CommandError, Commands, advice};
use domain::account::{AccountRefusal, AskArchiveLetter};
use event_store::ActorKind;
use jiff::{Timestamp, ToSpan as _, Zoned};
use projections::space::{Month, archived_in, owners_to_tell};
use uuid::Uuid;

use super::super::{Job, JobError, Turn, is_database_away};
use crate::reaction::World;

/// Accounts that are looked at at once.
const A_PAGE: u32 = 500;

pub(crate) struct ArchiveLetters;

#[async_trait]
impl Job for ArchiveLetters {
    fn name(&self) -> &'static str {
        "archive.letters"
    }

    fn cron(&self) -> &'static str {
        "0 8 * * *"
    }

    fn makes_up(&self) -> bool {
        true
    }

    async fn run(&self, world: &World, turn: &Turn) -> Result<(), JobError> {
        turn.count("archive-letters-asked", 0);
        let (commands, db) = (&world.commands, world.commands.log().db());
        let month = month_before(turn.due())?;
        let name = Some(self.name().to_owned());
        let cause = Cause::request(ActorKind::System, name, commands.fresh_id());
        let (mut after, mut left) = (Uuid::nil(), 0);
        loop {
            let page = owners_to_tell(db, month, after, A_PAGE).await;
            let page = page.map_err(|error| JobError::because(&error))?;
            let Some(last) = page.last() else { break };
            after = *last;
            for owner in page {
                if turn.is_over() {
                    return Err(JobError::Stopped);
                }
                match ask(world, owner, month, &cause).await {
                    Ok(asked) => turn.count("archive-letters-asked", u64::from(asked)),
                    // It was closed meanwhile.
                    Err(CommandError::Refused(
                        AccountRefusal::NotFound | AccountRefusal::Closed,
                    )) => {}
                    Err(error) if is_database_away(&error) => {
                        return Err(JobError::because(&error));
                    }
                    Err(error) => {
                        left += 1;
                        let error = advice::told(&error);
                        tracing::error!(error, account.id = %owner, "what was archived is not told; it is tried again");
                    }
                }
            }
        }
        if left > 0 {
            return Err(JobError::Failed(format!(
                "{left} could not be told; the log says why, and the next run tries again"
            )));
        }
        Ok(())
    }
}

async fn ask(
    world: &World,
    owner: Uuid,
    month: Month,
    cause: &Cause,
) -> Result<bool, CommandError<AccountRefusal>> {
    let commands = &world.commands;
    let applications = archived_in(commands.log().db(), owner, month).await?;
    let decision = AskArchiveLetter { up_to: month.up_to, applications, at: commands.now() };
    commands.accounts().ask_archive_letter(owner, &decision, cause).await
}

/// Whom the task would tell now, and of how many applications: a dry run.
pub async fn would_tell(commands: &Commands) -> Result<Vec<(Uuid, usize)>, JobError> {
    let failed = |error: event_store::DbError| JobError::because(&error);
    let (db, month) = (commands.log().db(), month_before(commands.now())?);
    let (mut after, mut found) = (Uuid::nil(), vec![]);
    loop {
        let page = owners_to_tell(db, month, after, A_PAGE).await.map_err(failed)?;
        let Some(last) = page.last() else { return Ok(found) };
        after = *last;
        for owner in page {
            let archived = archived_in(db, owner, month).await.map_err(failed)?;
            found.push((owner, archived.len()));
        }
    }
}

/// The month before the one of this time, where people are.
fn month_before(at: Timestamp) -> Result<Month, JobError> {
    let there = at.to_zoned(texts::default_zone());
    ended_before(&there).map_err(|error| JobError::because(&error))
}

fn ended_before(at: &Zoned) -> Result<Month, jiff::Error> {
    let up_to = at.first_of_month()?.start_of_day()?;
    let from = up_to.checked_sub(1.month())?.start_of_day()?;
    Ok(Month { from: from.timestamp(), up_to: up_to.timestamp() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("2026-12-01T07:00:00Z", "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z")]
    #[case("2026-11-30T22:59:59Z", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z")]
    #[case("2027-01-31T23:00:00Z", "2026-12-31T23:00:00Z", "2027-01-31T23:00:00Z")]
    fn a_month_begins_and_ends_where_people_are(
        #[case] at: Timestamp,
        #[case] from: Timestamp,
        #[case] up_to: Timestamp,
    ) {
        assert_eq!(month_before(at), Ok(Month { from, up_to }));
    }
}
