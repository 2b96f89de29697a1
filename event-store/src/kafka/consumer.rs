//! One member of a consumer group: hands records out and commits what is done.
//!
//! The client is polled by a thread of its own, which may wait in a rebalance without holding up
//! anything else. When too much is under way the partitions are paused, and the polling goes on, so
//! that the group does not take this member for dead.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rdkafka::client::ClientContext;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _, ConsumerContext, Rebalance};
use rdkafka::error::{KafkaError as PartnerError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message as _};
use tokio::sync::mpsc;

use super::places::{Place, Places};
use super::record::{self, Unreadable};
use super::told::Told;
use super::{Kafka, KafkaError, settings};
use crate::RawEvent;

/// How long the thread waits for a record before it looks around.
const LOOK: Duration = Duration::from_millis(20);
/// How long a partition that goes to another member waits for what was begun here.
const PATIENCE: Duration = Duration::from_secs(20);

/// A record that was handed out.
#[derive(Debug)]
pub struct Delivery {
    /// The event, or why it cannot be read.
    pub event: Result<RawEvent, Unreadable>,
    /// Its place; give it back to [`Consumer::end`].
    pub place: Place,
}

/// One member of a consumer group.
pub struct Consumer {
    client: Arc<BaseConsumer<Context>>,
    topic: String,
    places: Arc<Places>,
    records: mpsc::UnboundedReceiver<Delivery>,
    drain: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

struct Context {
    places: Arc<Places>,
    told: Told,
}

impl ClientContext for Context {
    fn error(&self, error: PartnerError, reason: &str) {
        self.told.error(error, reason);
    }
}

impl ConsumerContext for Context {
    fn pre_rebalance(&self, client: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        match rebalance {
            Rebalance::Assign(list) => {
                for partition in list.elements() {
                    self.places.assigned(partition.partition());
                }
            }
            Rebalance::Revoke(list) => {
                let partitions: Vec<_> = list
                    .elements()
                    .iter()
                    .map(rdkafka::topic_partition_list::TopicPartitionListElem::partition)
                    .collect();
                self.places.revoked(&partitions, PATIENCE);
                // The next member begins where we ended.
                match client.commit_consumer_state(CommitMode::Sync) {
                    Ok(()) | Err(PartnerError::ConsumerCommit(RDKafkaErrorCode::NoOffset)) => {}
                    Err(error) => {
                        tracing::warn!(%error, "Kafka: offsets could not be committed");
                    }
                }
            }
            Rebalance::Error(error) => tracing::warn!(%error, "Kafka: a rebalance failed"),
        }
    }
}

impl Consumer {
    /// Joins the group `group`, which reads the topic from its beginning when it is new. Records of
    /// other kinds than `kinds` are passed over. No more than `limit` are handed out and not ended.
    /// `tell` is called where the topic is not there, from time to time, while the client tries again.
    pub fn join(
        kafka: &Kafka,
        group: &str,
        kinds: Vec<&'static str>,
        limit: usize,
        tell: fn(&KafkaError),
    ) -> Result<Self, KafkaError> {
        let places = Arc::new(Places::default());
        let client: BaseConsumer<Context> = kafka
            .client()
            .set("group.id", group)
            .set("enable.auto.commit", "true")
            .set("auto.commit.interval.ms", "1000")
            .set("enable.auto.offset.store", "false")
            .set("auto.offset.reset", "earliest")
            .set("partition.assignment.strategy", "cooperative-sticky")
            .set("session.timeout.ms", "10000")
            .set("heartbeat.interval.ms", "2000")
            .set("fetch.wait.max.ms", "100")
            .set("queued.max.messages.kbytes", "8192")
            .create_with_context(Context { places: places.clone(), told: Told::default() })
            .map_err(settings)?;
        client.subscribe(&[&kafka.topic]).map_err(settings)?;
        let client = Arc::new(client);
        let (sender, records) = mpsc::unbounded_channel();
        let (drain, stop) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let poller = Poller {
            client: client.clone(),
            topic: kafka.topic.clone(),
            places: places.clone(),
            sender,
            kinds,
            limit,
            drain: drain.clone(),
            stop: stop.clone(),
            paused: false,
            told: Told::default(),
            tell,
        };
        let thread = std::thread::Builder::new()
            .name("kafka-consumer".to_owned())
            .spawn(move || poller.run())
            .map_err(|error| KafkaError::Settings(error.to_string()))?;
        let topic = kafka.topic.clone();
        Ok(Self { client, topic, places, records, drain, stop, thread: Some(thread) })
    }

    /// The next record. Dropping the future loses nothing. `None` once it is closed.
    pub async fn next(&mut self) -> Option<Delivery> {
        self.records.recv().await
    }

    /// A record ended. What is done is not handed out again; what is not, is: to the next member
    /// that has its partition.
    pub fn end(&self, place: &Place, done: bool) {
        place.end(done, |partition, offset| {
            // It fails where the partition has just gone; then another has it.
            let _ = self.client.store_offset(&self.topic, partition, offset);
        });
    }

    /// Hands nothing out any more; what is under way may still end.
    pub fn drain(&mut self) {
        self.drain.store(true, Ordering::SeqCst);
        self.records.close();
    }

    /// Commits what is done and leaves the group, whose other members take over at once.
    pub async fn close(mut self) {
        self.drain();
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let joined = tokio::task::spawn_blocking(move || thread.join()).await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::error!("Kafka: the consumer's thread panicked");
            }
        }
        // The last owner closes the client, which waits for the broker.
        let closing = tokio::task::spawn_blocking(move || drop(self));
        if closing.await.is_err() {
            tracing::error!("Kafka: the consumer could not be closed");
        }
    }

    /// How many records are handed out and not done.
    pub fn under_way(&self) -> usize {
        self.places.open()
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
    }
}

/// What the thread works with.
struct Poller {
    client: Arc<BaseConsumer<Context>>,
    topic: String,
    places: Arc<Places>,
    sender: mpsc::UnboundedSender<Delivery>,
    kinds: Vec<&'static str>,
    limit: usize,
    drain: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
    paused: bool,
    told: Told,
    tell: fn(&KafkaError),
}

impl Poller {
    fn run(mut self) {
        while !self.stop.load(Ordering::SeqCst) {
            self.balance();
            let client = self.client.clone();
            match client.poll(LOOK) {
                Some(Ok(message)) => self.hand_out(&message),
                Some(Err(error)) => self.report(&error),
                None => {}
            }
        }
        match self.client.commit_consumer_state(CommitMode::Sync) {
            Ok(()) | Err(PartnerError::ConsumerCommit(RDKafkaErrorCode::NoOffset)) => {}
            Err(error) => {
                tracing::warn!(%error, "Kafka: offsets could not be committed at the end");
            }
        }
        self.client.unsubscribe();
    }

    /// Pauses when too much is under way, and goes on when half of it is done.
    fn balance(&mut self) {
        let open = self.places.open();
        let full = open >= self.limit || self.drain.load(Ordering::SeqCst);
        let change = if self.paused { open <= self.limit / 2 && !full } else { full };
        // What came to us after the pause is not paused yet.
        let again = self.paused && open > self.limit;
        if !change && !again {
            return;
        }
        let Ok(assignment) = self.client.assignment() else { return };
        let changed = if self.paused && !again {
            self.client.resume(&assignment)
        } else {
            self.client.pause(&assignment)
        };
        match changed {
            Ok(()) => self.paused = again || !self.paused,
            Err(error) => self.report(&error),
        }
    }

    fn hand_out(&mut self, message: &BorrowedMessage<'_>) {
        if self.told.clear() {
            tracing::info!(topic = self.topic, "Kafka: records arrive again");
        }
        if self.paused && self.drain.load(Ordering::SeqCst) {
            return; // it was fetched before the pause; the next member has it
        }
        let place = self.places.hand_out(message.partition(), message.offset());
        let foreign = record::event_type(message).is_some_and(|kind| !self.kinds.contains(&kind));
        if foreign {
            self.end(&place);
            return;
        }
        let event = record::read(message);
        if event.as_ref().is_ok_and(|event| !self.kinds.contains(&event.event_type.as_str())) {
            self.end(&place);
            return;
        }
        // Nobody receives any more once it drains.
        let _ = self.sender.send(Delivery { event, place });
    }

    /// What concerns nobody here is done.
    fn end(&self, place: &Place) {
        place.end(true, |partition, offset| {
            let _ = self.client.store_offset(&self.topic, partition, offset);
        });
    }

    fn report(&self, error: &PartnerError) {
        if !self.told.is_news(error) {
            return;
        }
        if error.rdkafka_error_code() == Some(RDKafkaErrorCode::UnknownTopicOrPartition) {
            (self.tell)(&KafkaError::NoTopic { topic: self.topic.clone() });
        } else {
            tracing::warn!(%error, "Kafka: no records arrive; the client tries again");
        }
    }
}
