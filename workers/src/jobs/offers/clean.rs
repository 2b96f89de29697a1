//! `offers.clean`: offers whose last day is over, that their sources have not shown for long, or that lack what an
//! offer must have, expire. Of a source that failed last it is not known what it shows.

use async_trait::async_trait;
use commands::{Cause, CommandError, Commands, advice};
use domain::offer::{ExpiryReason, OfferRefusal};
use event_store::{ActorKind, DbError};
use jiff::{SignedDuration, Timestamp};
use projections::offers::{Ending, to_end};
use uuid::Uuid;

use super::super::{Job, JobError, Turn, is_database_away};
use super::collect::failed;
use crate::reaction::World;

/// Offers that are looked at at once.
const A_PAGE: u32 = 500;

pub(in crate::jobs) struct OfferCleaning;

/// An offer that ended, or would, and why.
pub type Ended = Ending;

#[async_trait]
impl Job for OfferCleaning {
    fn name(&self) -> &'static str {
        "offers.clean"
    }

    fn cron(&self) -> &'static str {
        "10 3 * * *"
    }

    fn makes_up(&self) -> bool {
        true
    }

    async fn run(&self, world: &World, turn: &Turn) -> Result<(), JobError> {
        let cleaning = Cleaning::of(&world.commands, world.offers.unseen_days);
        let mut left = 0;
        for reason in ExpiryReason::ALL {
            let counted = counted(reason);
            turn.count(counted, 0);
            let mut after = Uuid::nil();
            loop {
                let page = cleaning.page(reason, after).await?;
                let Some(last) = page.last() else { break };
                after = last.id;
                for ending in page {
                    if turn.is_over() {
                        return Err(JobError::Stopped);
                    }
                    turn.count(counted, u64::from(cleaning.end(ending, &mut left).await?));
                }
            }
        }
        told(left)
    }
}

/// What the catalogues call those that ended for this reason.
const fn counted(reason: ExpiryReason) -> &'static str {
    match reason {
        ExpiryReason::Invalid => "offers-invalid",
        ExpiryReason::ValidThrough => "offers-over",
        ExpiryReason::NotSeen => "offers-not-seen",
    }
}

/// The same by hand, at once; `unseen_days` is for how long a source may not show an offer.
pub async fn clean_by_hand(commands: &Commands, unseen_days: u32) -> Result<Vec<Ended>, JobError> {
    let cleaning = Cleaning::of(commands, unseen_days);
    let (mut ended, mut left) = (vec![], 0);
    for ending in would_end(commands, unseen_days).await? {
        if cleaning.end(ending, &mut left).await? {
            ended.push(ending);
        }
    }
    told(left).map(|()| ended)
}

/// A run is well where nothing was left.
fn told(left: u64) -> Result<(), JobError> {
    if left == 0 {
        return Ok(());
    }
    Err(JobError::Failed(format!(
        "{left} could not be ended, and the others are; the log says why, and the next run tries again"
    )))
}

/// What would end now; nothing does.
pub async fn would_end(commands: &Commands, unseen_days: u32) -> Result<Vec<Ended>, JobError> {
    let cleaning = Cleaning::of(commands, unseen_days);
    let mut all: Vec<Ended> = vec![];
    for reason in ExpiryReason::ALL {
        let mut after = Uuid::nil();
        loop {
            let page = cleaning.page(reason, after).await?;
            let Some(last) = page.last() else { break };
            after = last.id;
            for ending in page {
                if !cleaning.is_unknown(ending).await.map_err(failed)? {
                    all.push(ending);
                }
            }
        }
    }
    // One that ends for two reasons ends once.
    let mut seen = std::collections::HashSet::new();
    all.retain(|ending| seen.insert(ending.id));
    Ok(all)
}

struct Cleaning<'a> {
    commands: &'a Commands,
    cause: Cause,
    now: Timestamp,
    /// What was not seen since then is gone.
    seen: Timestamp,
}

impl<'a> Cleaning<'a> {
    fn of(commands: &'a Commands, unseen_days: u32) -> Self {
        let now = commands.now();
        let name = Some("offers.clean".to_owned());
        let cause = Cause::request(ActorKind::System, name, commands.fresh_id());
        let seen = now - SignedDuration::from_hours(24 * i64::from(unseen_days));
        Self { commands, cause, now, seen }
    }

    async fn page(&self, reason: ExpiryReason, after: Uuid) -> Result<Vec<Ending>, JobError> {
        let db = self.commands.log().db();
        let page = to_end(db, reason, (self.now, self.seen), after, A_PAGE).await;
        page.map_err(|error| JobError::because(&error))
    }

    /// Ends one, unless it changed since the read model saw it; says whether it did. One that could not be ended keeps
    /// back no other, and is counted as left.
    async fn end(&self, ending: Ending, left: &mut u64) -> Result<bool, JobError> {
        match self.expire(ending).await {
            Ok(is_news) => Ok(is_news),
            Err(error) if is_database_away(&error) => Err(JobError::because(&error)),
            Err(error) => {
                *left += 1;
                let error = advice::told(&error);
                tracing::error!(error, offer.id = %ending.id, "an offer was not ended; it is tried again");
                Ok(false)
            }
        }
    }

    async fn expire(&self, ending: Ending) -> Result<bool, CommandError<OfferRefusal>> {
        let Ending { id, reason } = ending;
        let offers = self.commands.offers();
        if reason == ExpiryReason::NotSeen {
            let seen = offers.last_seen(id).await?;
            if seen.is_some_and(|seen| seen >= self.seen) || self.is_unknown(ending).await? {
                return Ok(false);
            }
        }
        offers.expire(id, reason, &self.cause).await
    }

    /// Whether nobody knows if it is still shown: a source of it failed when it was asked last.
    async fn is_unknown(&self, Ending { id, reason }: Ending) -> Result<bool, DbError> {
        Ok(reason == ExpiryReason::NotSeen
            && self.commands.collecting().is_shown_by_failed(id).await?)
    }
}
