//! `offers.clean`: offers whose last day is over, that their sources have not shown for long, or that lack what an
//! offer must have, expire.

use async_trait::async_trait;
use commands::{Cause, Commands};
use domain::offer::ExpiryReason;
use event_store::ActorKind;
use jiff::{SignedDuration, Timestamp};
use projections::offers::{Ending, to_end};
use uuid::Uuid;

use super::super::{Job, JobError, Turn};
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
                    turn.count(counted, u64::from(cleaning.end(ending).await?));
                }
            }
        }
        Ok(())
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
    let mut ended = vec![];
    for ending in would_end(commands, unseen_days).await? {
        if cleaning.end(ending).await? {
            ended.push(ending);
        }
    }
    Ok(ended)
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
            all.extend(page);
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

    /// Ends one, unless it changed since the read model saw it; says whether it did.
    async fn end(&self, Ending { id, reason }: Ending) -> Result<bool, JobError> {
        let offers = self.commands.offers();
        if reason == ExpiryReason::NotSeen {
            let seen = offers.last_seen(id).await.map_err(|error| JobError::because(&error))?;
            if seen.is_some_and(|seen| seen >= self.seen) {
                return Ok(false);
            }
        }
        let ended = offers.expire(id, reason, &self.cause).await;
        ended.map_err(|error| JobError::because(&error))
    }
}
