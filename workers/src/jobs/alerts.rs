//! `alerts.send`: whoever looks for work is told of new offers, at nine by their own clock.
//!
//! The new offers are read once, into an index of their terms; the alerts go past it in pages. An alert that offers
//! match gets an event, which moves its mark in the log and calls for the letter: both happen, or neither. One that
//! nothing matches gets a mark beside the log. So whoever is cut off anywhere tells nothing twice, and the next run
//! tells what is left.

use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use commands::{AlertLook, Cause, CommandError};
use domain::space::{MatchAlert, OfferIndex, SpaceRefusal, Wanted};
use event_store::{ActorKind, Position};
use futures::StreamExt as _;
use jiff::Timestamp;
use projections::offers;
use projections::space::{DueAlert, backlog, due_alerts};
use uuid::Uuid;

use super::{Job, JobError, Turn};
use crate::reaction::World;

/// Alerts, and offers, that are read at once.
const A_PAGE: u32 = 500;
/// Alerts whose events are written side by side: the log takes them together.
const AT_ONCE: usize = 64;

pub(super) struct AlertsSend;

#[async_trait]
impl Job for AlertsSend {
    fn name(&self) -> &'static str {
        "alerts.send"
    }

    fn cron(&self) -> &'static str {
        "*/15 * * * *"
    }

    fn makes_up(&self) -> bool {
        true
    }

    async fn run(&self, world: &World, turn: &Turn) -> Result<(), JobError> {
        for what in ["alerts-due", "alerts-offers", "alerts-told"] {
            turn.count(what, 0);
        }
        let log = world.commands.log();
        let now = world.commands.now();
        let backlog = backlog(log.db(), now).await.map_err(|error| JobError::because(&error))?;
        if backlog.alerts == 0 {
            return Ok(());
        }
        let run = Run::begin(world, turn, now, backlog.after).await?;
        let mut after = Uuid::nil();
        loop {
            let page = due_alerts(log, now, after, A_PAGE).await;
            let page = page.map_err(|error| JobError::because(&error))?;
            let Some(last) = page.last() else { break };
            after = last.id;
            run.tell(page).await?;
        }
        match run.left.into_inner() {
            0 => Ok(()),
            left => Err(JobError::Failed(format!(
                "{left} alerts could not be told; the log says why, and the next run tries again"
            ))),
        }
    }
}

/// A run, with the new offers.
struct Run<'a> {
    world: &'a World,
    turn: &'a Turn,
    now: Timestamp,
    offers: OfferIndex,
    up_to: Position,
    cause: Cause,
    /// Alerts that could not be told.
    left: AtomicU64,
}

impl<'a> Run<'a> {
    /// Reads the offers behind this place in the log.
    async fn begin(
        world: &'a World,
        turn: &'a Turn,
        now: Timestamp,
        mut after: i64,
    ) -> Result<Self, JobError> {
        let db = world.commands.log().db();
        // What comes while it runs is for the next one: all alerts are told up to the same place.
        let up_to = offers::known_up_to(db).await.map_err(|error| JobError::because(&error))?;
        let mut index = OfferIndex::default();
        loop {
            let page = offers::new_between(db, after, up_to, A_PAGE).await;
            let page = page.map_err(|error| JobError::because(&error))?;
            let Some(last) = page.last() else { break };
            after = last.ordinal;
            turn.count("alerts-offers", page.len() as u64);
            for offer in &page {
                index.add(offer.id, offer.ordinal, offer.terms.split(' '), offer.salary());
            }
            if turn.is_over() {
                return Err(JobError::Stopped);
            }
        }
        let name = Some("alerts.send".to_owned());
        let cause = Cause::request(ActorKind::System, name, world.commands.fresh_id());
        Ok(Self { world, turn, now, offers: index, up_to, cause, left: AtomicU64::new(0) })
    }

    /// Has the owners of these alerts told, and notes that they were looked at.
    async fn tell(&self, alerts: Vec<DueAlert>) -> Result<(), JobError> {
        self.turn.count("alerts-due", alerts.len() as u64);
        let told = futures::stream::iter(alerts).map(|alert| self.look(alert));
        let all: Vec<_> = told.buffer_unordered(AT_ONCE).collect().await;
        let mut looks = vec![];
        for look in all {
            match look {
                Ok(look) => looks.extend(look),
                // One that cannot be told keeps back no other.
                Err(JobError::Failed(error)) => {
                    tracing::error!(error, "an alert is not told; it is tried again");
                    self.left.fetch_add(1, Ordering::Relaxed);
                }
                Err(JobError::Stopped) => return Err(JobError::Stopped),
            }
        }
        let noted = self.world.commands.alerts().looked(&looks).await;
        noted.map_err(|error| JobError::because(&error))
    }

    /// Has the owner of an alert told of what is new; none where it is not as it was read, so that it is looked at
    /// again.
    async fn look(&self, alert: DueAlert) -> Result<Option<AlertLook>, JobError> {
        if self.turn.is_over() {
            return Err(JobError::Stopped);
        }
        let Some(criteria) = alert.criteria else { return Ok(None) };
        let criteria = criteria.reveal();
        let mut found = self.offers.find(&Wanted::of(criteria), alert.up_to);
        if !found.is_empty() {
            let hidden = self.world.commands.offers().ids_hidden_from(alert.owner).await;
            let hidden = hidden.map_err(|error| JobError::because(&error))?;
            found.retain(|offer| !hidden.contains(offer));
        }
        // Where offers are read anew from the beginning, it was told of later ones already.
        let up_to = self.up_to.max(Position::new(alert.up_to));
        let next_at = alert.frequency.next_after(self.now, &alert.zone);
        let look = AlertLook { alert: alert.id, up_to, next_at };
        if found.is_empty() {
            return Ok(Some(look));
        }
        let decision = MatchAlert {
            after: alert.up_to,
            up_to: up_to.get(),
            criteria: criteria.clone(),
            total: found.len() as u64,
            offers: found,
            at: self.world.commands.now(),
        };
        let matched = self.world.commands.alerts().matched(alert.id, &decision, &self.cause).await;
        match matched {
            Ok(receipt) if receipt.events.is_empty() => Ok(None),
            Ok(_) => {
                self.turn.count("alerts-told", 1);
                Ok(Some(look))
            }
            // Its owner deleted it meanwhile.
            Err(CommandError::Refused(SpaceRefusal::NotFound | SpaceRefusal::Erased)) => Ok(None),
            Err(error) => Err(JobError::because(&error)),
        }
    }
}
