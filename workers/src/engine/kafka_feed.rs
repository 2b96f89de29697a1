//! The Kafka feed: the events of the topic, as one member of the reactor's consumer group. A
//! record's offset is committed only when its reaction is done or parked.

use std::sync::Arc;

use commands::advice;
use event_store::kafka::{Consumer, Delivery, Kafka, KafkaError, Place, Unreadable};
use event_store::{Position, checkpoint};
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;

use crate::engine::feed::pause;
use crate::engine::{Reactor, checkpoint_name};

/// Records under way before the partitions are paused.
const UNDER_WAY: usize = 256;

/// Joins the reactor's consumer group, so that wrong settings are told at the start.
pub(crate) fn join(reactor: &Reactor, kafka: &Kafka) -> Result<Consumer, KafkaError> {
    let (group, kinds) = (kafka.group(reactor.reaction.name()), reactor.reaction.events());
    Consumer::join(kafka, &group, kinds, UNDER_WAY, |error| {
        tracing::error!(error = %advice::told(error), "Kafka: no records arrive; the client tries again");
    })
}

/// Works off what the group hands out, until the reactor is stopped.
pub(crate) async fn run(reactor: Arc<Reactor>, mut consumer: Consumer) {
    let Some(from) = start(&reactor).await else { return };
    let mut under_way = FuturesUnordered::new();
    loop {
        tokio::select! {
            biased;
            () = reactor.stop.cancelled() => break,
            Some((place, done)) = under_way.next(), if !under_way.is_empty() => {
                consumer.end(&place, done);
            }
            delivery = consumer.next() => match delivery {
                Some(delivery) => under_way.push(work_off(reactor.clone(), delivery, from)),
                None => break,
            },
        }
    }
    consumer.drain();
    let rest = async {
        while let Some((place, done)) = under_way.next().await {
            consumer.end(&place, done);
        }
    };
    if tokio::time::timeout(reactor.settings.drain, rest).await.is_err() {
        tracing::warn!(
            reaction.name = reactor.reaction.name(),
            "some effects were still under way at shutdown; another process repeats them"
        );
    }
    drop(under_way);
    consumer.close().await;
}

/// The reactor's place in the log from when it ran first, or followed the log: what lies before is
/// not its business. `None` when it is stopped first.
async fn start(reactor: &Reactor) -> Option<Position> {
    let name = reactor.reaction.name();
    loop {
        match checkpoint::read(reactor.log.db(), &checkpoint_name(name)).await {
            Ok(from) => return Some(from.unwrap_or_default()),
            Err(error) => pause(reactor, name, &error.into(), &reactor.stop).await,
        }
        if reactor.stop.is_cancelled() {
            return None;
        }
    }
}

/// Reacts to one record; says whether it is done or parked.
async fn work_off(reactor: Arc<Reactor>, delivery: Delivery, from: Position) -> (Place, bool) {
    let Delivery { event, place } = delivery;
    let begin = || !reactor.stop.is_cancelled() && place.begin();
    let done = match event {
        Ok(event) if event.position <= from => true,
        // Any record may be a repeat.
        Ok(event) => reactor.new_event(&event, true, &begin).await,
        Err(unreadable) => puzzle(&reactor, &unreadable, from, &begin).await,
    };
    (place, done)
}

/// A record that is not an event: the log itself has the event, where the headers name its
/// position; a record that names none never was one of ours, and is parked for an operator.
async fn puzzle(
    reactor: &Reactor,
    unreadable: &Unreadable,
    from: Position,
    begin: &(dyn Fn() -> bool + Sync),
) -> bool {
    let name = reactor.reaction.name();
    tracing::error!(reaction.name = name, error = %unreadable, "a record cannot be read");
    let Some(position) = unreadable.position.filter(|position| *position > Position::START) else {
        return begin() && reactor.park_record(unreadable).await;
    };
    let before = Position::new(position.get() - 1);
    let read = reactor.insist(|| async { reactor.log.read_after(before, 1).await });
    let Some(events) = read.await else { return false };
    let concerns = |kind: &str| reactor.reaction.events().contains(&kind);
    match events.into_iter().find(|event| event.position == position) {
        Some(event) if position > from && concerns(&event.event_type) => {
            reactor.new_event(&event, true, begin).await
        }
        Some(_) => true,
        None => begin() && reactor.park_record(unreadable).await,
    }
}
