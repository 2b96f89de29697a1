//! The log on Apache Kafka: a relay publishes it to one topic, keyed by aggregate, and consumer
//! groups work it off.
//!
//! The log in the database stays the truth. What is in the topic is a copy for whoever works on
//! events in many processes; it may hold an event twice (a relay that died before it wrote its
//! checkpoint), never out of its aggregate's order, and it is kept as long as the topic's retention
//! says.

mod consumer;
mod places;
mod record;
mod relay;
mod told;
mod topic;

use std::collections::BTreeMap;
use std::fmt;

use rdkafka::ClientConfig;
use rdkafka::error::{KafkaError as PartnerError, RDKafkaErrorCode};

pub use consumer::{Consumer, Delivery};
pub use places::Place;
pub use record::Unreadable;
pub use relay::relay;
pub use topic::{Topic, check, create};

/// How to reach the brokers, and the topic.
#[derive(Clone)]
pub struct Kafka {
    /// `HOST:PORT`, several joined by commas.
    pub brokers: String,
    /// The topic that the log is published to.
    pub topic: String,
    /// Partitions that the topic is made with, and has at least.
    pub partitions: i32,
    /// Further properties of the client, such as `security.protocol`
    /// (<https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md>).
    pub properties: BTreeMap<String, String>,
}

/// Without the values of the properties: a password may be among them.
impl fmt::Debug for Kafka {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kafka")
            .field("brokers", &self.brokers)
            .field("topic", &self.topic)
            .field("partitions", &self.partitions)
            .field("properties", &self.properties.keys())
            .finish()
    }
}

impl Kafka {
    /// What every client of ours has in common.
    fn client(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", &self.brokers)
            .set("client.id", "postulo")
            .set("socket.keepalive.enable", "true")
            .set("reconnect.backoff.max.ms", "2000");
        for (name, value) in &self.properties {
            config.set(name, value);
        }
        config
    }

    /// The consumer group of a reactor: a name of its own for each topic.
    pub fn group(&self, reactor: &str) -> String {
        format!("{}.{reactor}", self.topic)
    }
}

/// What is wrong with the settings, without their values: a password may be among them.
fn settings(error: PartnerError) -> KafkaError {
    KafkaError::Settings(match error {
        PartnerError::ClientConfig(_, what, name, _) => format!("{name}: {what}"),
        other => other.to_string(),
    })
}

/// Kafka cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KafkaError {
    /// The settings make no client.
    #[error("these settings make no Kafka client: {0}")]
    Settings(String),
    /// No broker answers.
    #[error("no Kafka broker answers at {brokers}")]
    Unreachable {
        /// Where.
        brokers: String,
        /// What the client says.
        #[source]
        source: PartnerError,
    },
    /// There is no such topic.
    #[error("there is no topic {topic}")]
    NoTopic {
        /// Which.
        topic: String,
    },
    /// The topic has too few partitions.
    #[error("the topic {topic} has {found} partitions, and {asked} are asked for")]
    TooFewPartitions {
        /// Which topic.
        topic: String,
        /// How many it has.
        found: usize,
        /// How many it should have.
        asked: i32,
    },
    /// The brokers refuse what was asked.
    #[error("the Kafka brokers refuse it: {0}")]
    Refused(RDKafkaErrorCode),
}
