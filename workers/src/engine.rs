//! What runs the reactions: a feed of new events and a schedule of delayed ones for each reactor.

mod feed;
mod kafka_feed;
mod outcome;
mod schedule;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use event_store::kafka::KafkaError;
use event_store::lease::Holder;
use event_store::{Log, Position, ReadError, checkpoint};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::jobs::{self, Job, Scheduler};
use crate::reaction::{AnyReaction, Start, World};
use crate::reactions;
use crate::settings::{Feed, Settings};
use crate::webhooks;
use commands::parked;

/// One reactor at work: a reaction with what it needs to run.
pub(crate) struct Reactor {
    pub(crate) reaction: Box<dyn AnyReaction>,
    pub(crate) log: Log,
    pub(crate) world: World,
    pub(crate) settings: Settings,
    /// Effects under way, of new events and delayed ones together.
    pub(crate) slots: Semaphore,
    /// Rung when something was delayed.
    pub(crate) delayed: Notify,
    pub(crate) stop: CancellationToken,
}

/// The reactors cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Their places in the log cannot be read.
    #[error(transparent)]
    Log(#[from] ReadError),
    /// The Kafka feed cannot be set up.
    #[error("the Kafka feed cannot be set up")]
    Kafka(#[from] KafkaError),
}

/// The running reactors and scheduled tasks.
pub struct Workers {
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Workers {
    /// Starts every enabled reactor, and the clock for scheduled tasks. When this returns, each has its place in the log: what is
    /// appended afterwards reaches it. Several processes may do so: on the log feed one of them
    /// takes a reactor's new events, on the Kafka feed they share them; delayed reactions they
    /// share on either.
    pub async fn start(log: &Log, world: &World, settings: &Settings) -> Result<Self, StartError> {
        Self::start_these(reactions::all(), jobs::all(), log, world, settings).await
    }

    /// Starts these reactions and tasks alone.
    pub async fn start_these(
        reactions: Vec<Box<dyn AnyReaction>>,
        scheduled: Vec<Box<dyn Job>>,
        log: &Log,
        world: &World,
        settings: &Settings,
    ) -> Result<Self, StartError> {
        let (stop, holder) = (CancellationToken::new(), Holder::new());
        let mut tasks = JoinSet::new();
        tasks.spawn(Scheduler::new(scheduled, world, settings, &stop).run());
        for reaction in reactions {
            if !settings.enabled(reaction.as_ref()) {
                tracing::warn!(reaction.name = reaction.name(), "a reactor is switched off");
                continue;
            }
            let head = log.head().await?;
            let at = match reaction.start() {
                Start::Now => head,
                Start::Beginning => Position::START,
            };
            let name = checkpoint_name(reaction.name());
            checkpoint::start(log.db(), &name, at).await.map_err(ReadError::from)?;
            let reactor = Arc::new(Reactor {
                slots: Semaphore::new(settings.concurrency(reaction.as_ref())),
                delayed: Notify::new(),
                log: log.clone(),
                world: world.clone(),
                settings: settings.clone(),
                stop: stop.clone(),
                reaction,
            });
            match &settings.feed {
                Feed::Log => tasks.spawn(feed::run(reactor.clone(), holder.clone())),
                Feed::Kafka(kafka) => {
                    let consumer = kafka_feed::join(&reactor, kafka)?;
                    tasks.spawn(kafka_feed::run(reactor.clone(), consumer))
                }
            };
            if reactor.reaction.name() == "webhooks" {
                let (world, reach) = (world.clone(), settings.webhooks_reach.clone());
                tasks.spawn(webhooks::run(world, reach, stop.clone()));
            }
            tasks.spawn(schedule::run(reactor));
        }
        Ok(Self { stop, tasks })
    }

    /// Stops taking events, finishes the effects under way, writes the checkpoints, and returns.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a reactor ended badly");
            }
        }
    }
}

/// How a reactor's checkpoint is called.
pub(crate) fn checkpoint_name(reactor: &str) -> String {
    format!("reactor:{reactor}")
}

/// Where a reactor stands.
#[derive(Clone, Debug)]
pub struct ReactorStatus {
    /// Its name.
    pub name: &'static str,
    /// Every event up to here is done or parked; `None` before its first start.
    pub position: Option<Position>,
    /// How many events of the log it has not looked at.
    pub lag: i64,
    /// How many of its reactions are delayed.
    pub delayed: i64,
    /// How many failed for good.
    pub failed: i64,
}

/// Where every reactor stands.
pub async fn status(log: &Log) -> Result<Vec<ReactorStatus>, ReadError> {
    let head = log.head().await?;
    let counts = parked::counts(log.db()).await?;
    let mut all = vec![];
    for name in reactions::names() {
        let position = checkpoint::read(log.db(), &checkpoint_name(name)).await?;
        let count = |state: &str| {
            counts.get(&(name.to_owned(), state.to_owned())).copied().unwrap_or_default()
        };
        all.push(ReactorStatus {
            name,
            position,
            lag: head.since(position.unwrap_or(Position::START)),
            delayed: count("delayed"),
            failed: count("failed"),
        });
    }
    Ok(all)
}
