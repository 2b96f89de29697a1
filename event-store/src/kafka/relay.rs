//! The relay: a follower that publishes every event of the log to the topic.
//!
//! Sends are pipelined; the checkpoint moves only to the last position before which everything was
//! acknowledged by all in-sync copies. The producer is idempotent and never gives a record up by
//! itself, so a broker that is away for a while costs time and nothing else.

use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesOrdered;
use rdkafka::error::KafkaError as PartnerError;
use rdkafka::producer::{FutureProducer, FutureRecord};
use tokio_util::sync::CancellationToken;

use super::told::Told;
use super::{Kafka, KafkaError, record, settings};
use crate::lease::{self, Held, Holder, LeaseOptions};
use crate::{Log, Position, RawEvent, ReadError, checkpoint};

/// Events looked at in one read.
const PAGE: i64 = 1000;
/// Records under way before the next read.
const UNDER_WAY: usize = 4000;
/// The safety net under the wake-up call.
const POLL: Duration = Duration::from_secs(1);
/// The wait after a failure.
const AGAIN: Duration = Duration::from_secs(1);
/// After so many acknowledged events the checkpoint is written while others are under way.
const CHECKPOINT_EVERY: i64 = 1000;
/// How long a shutdown waits for acknowledgements.
const DRAIN: Duration = Duration::from_secs(10);

/// How the relay's checkpoint is called.
fn checkpoint_name(kafka: &Kafka) -> String {
    format!("relay:{}", kafka.topic)
}

/// Why the relay begins anew at its checkpoint.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Log(#[from] ReadError),
    #[error("the checkpoint cannot be written")]
    Checkpoint(#[from] checkpoint::CheckpointError),
    #[error("the brokers refuse an event at position {position}: {source}")]
    Refused { position: Position, source: PartnerError },
    #[error("the event at position {position} is no JSON")]
    Damaged { position: Position },
    #[error("the producer is gone")]
    Gone,
}

/// Publishes the log, from the relay's checkpoint on, whenever this process is the one to do so,
/// until `stop`. A relay that never ran begins at the beginning of the log.
pub async fn relay(
    log: &Log,
    kafka: &Kafka,
    options: LeaseOptions,
    stop: &CancellationToken,
) -> Result<(), KafkaError> {
    // Settings that make no producer are told at the start, not from the loop.
    drop(producer(kafka)?);
    let name = checkpoint_name(kafka);
    let work = |held: Held| async move {
        while !held.ended().is_cancelled() {
            if let Err(error) = publish(log, kafka, &held).await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the relay begins anew at its checkpoint"
                );
                tokio::select! {
                    () = tokio::time::sleep(AGAIN) => {}
                    () = held.ended().cancelled() => {}
                }
            }
        }
    };
    lease::run(log.db(), &name, &Holder::new(), options, stop, work).await;
    Ok(())
}

fn producer(kafka: &Kafka) -> Result<FutureProducer<Told>, KafkaError> {
    kafka
        .client()
        .set("enable.idempotence", "true")
        .set("acks", "all")
        // A record is given up by nobody: the relay would otherwise send what follows it first.
        .set("message.timeout.ms", "0")
        .set("partitioner", "murmur2_random")
        .set("compression.type", "lz4")
        .set("linger.ms", "2")
        .set("queue.buffering.max.messages", "20000")
        .create_with_context(Told::default())
        .map_err(settings)
}

async fn publish(log: &Log, kafka: &Kafka, held: &Held) -> Result<(), Failure> {
    let name = checkpoint_name(kafka);
    let producer = producer(kafka).map_err(|_| Failure::Gone)?;
    let mut written =
        checkpoint::start(log.db(), &name, Position::START).await.map_err(ReadError::from)?;
    let mut acknowledged = written;
    let mut follow = log.follow(written, None, PAGE, POLL);
    let mut under_way = FuturesOrdered::new();
    loop {
        tokio::select! {
            biased;
            () = held.ended().cancelled() => break,
            Some(delivered) = under_way.next(), if !under_way.is_empty() => {
                acknowledged = delivered?;
                if under_way.is_empty() || acknowledged.since(written) >= CHECKPOINT_EVERY {
                    written = write(log, &name, written, acknowledged).await?;
                }
            }
            page = follow.next(), if under_way.len() < UNDER_WAY => {
                for event in page?.events {
                    under_way.push_back(send(&producer, &kafka.topic, &event)?);
                }
            }
        }
    }
    let rest = async {
        while let Some(delivered) = under_way.next().await {
            acknowledged = delivered?;
        }
        Ok::<(), Failure>(())
    };
    if tokio::time::timeout(DRAIN, rest).await.is_err() {
        tracing::warn!("some events were not acknowledged at shutdown; they are sent again");
    }
    write(log, &name, written, acknowledged).await?;
    Ok(())
}

/// Hands an event to the producer; resolves with its position when the brokers have it.
fn send(
    producer: &FutureProducer<Told>,
    topic: &str,
    event: &RawEvent,
) -> Result<impl Future<Output = Result<Position, Failure>> + use<>, Failure> {
    let position = event.position;
    let value = record::value(event).map_err(|_| Failure::Damaged { position })?;
    let record = FutureRecord::to(topic)
        .key(&event.aggregate_id)
        .payload(&value)
        .timestamp(event.recorded_at.as_millisecond())
        .headers(record::headers(event));
    // The queue holds more than is ever under way.
    let sent = producer.send_result(record);
    let sent = sent.map_err(|(source, _)| Failure::Refused { position, source })?;
    Ok(async move {
        match sent.await {
            Ok(Ok(_)) => Ok(position),
            Ok(Err((source, _))) => Err(Failure::Refused { position, source }),
            Err(_) => Err(Failure::Gone),
        }
    })
}

async fn write(log: &Log, name: &str, from: Position, to: Position) -> Result<Position, Failure> {
    if to > from {
        let moved = async {
            let mut tx = log.db().begin().await?;
            checkpoint::advance(&mut tx, name, from, to).await?;
            tx.commit().await?;
            Ok::<(), checkpoint::CheckpointError>(())
        };
        moved.await?;
    }
    Ok(to.max(from))
}
