//! The topic: made with sane settings, and checked before anyone relies on it.

use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::error::{KafkaError as PartnerError, RDKafkaErrorCode};
use rdkafka::metadata::Metadata;

use super::{Kafka, KafkaError, settings};

/// How long the brokers have to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long records are kept: workers may be down for so long without missing one, and personal
/// data goes after it.
const RETENTION: Duration = Duration::from_hours(336);
/// Copies of each record, where there are enough brokers.
const COPIES: usize = 3;

/// The topic as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// How many partitions it has.
    pub partitions: usize,
    /// On how many brokers each record lies.
    pub copies: usize,
    /// How many brokers there are.
    pub brokers: usize,
}

/// Makes the topic where it is not there; says how it is then.
pub async fn create(kafka: &Kafka) -> Result<Topic, KafkaError> {
    match check(kafka).await {
        Err(KafkaError::NoTopic { .. }) => {}
        found => return found,
    }
    let admin: AdminClient<DefaultClientContext> = kafka.client().create().map_err(settings)?;
    let brokers = metadata(kafka).await?.brokers().len().max(1);
    let copies = brokers.min(COPIES);
    let retention = RETENTION.as_millis().to_string();
    // One copy may be away, and no acknowledged record is lost.
    let in_sync = copies.saturating_sub(1).max(1).to_string();
    let replication = TopicReplication::Fixed(i32::try_from(copies).unwrap_or(1));
    let topic = NewTopic::new(&kafka.topic, kafka.partitions, replication)
        .set("retention.ms", &retention)
        .set("cleanup.policy", "delete")
        .set("min.insync.replicas", &in_sync);
    let options =
        AdminOptions::new().request_timeout(Some(PATIENCE)).operation_timeout(Some(PATIENCE));
    let results = admin.create_topics([&topic], &options).await;
    for result in results.map_err(|source| unreachable(kafka, source))? {
        match result {
            // Another process was faster.
            Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
            Err((_, code)) => return Err(KafkaError::Refused(code)),
        }
    }
    // It takes the brokers a moment to tell each other.
    let mut pause = Duration::from_millis(50);
    loop {
        match check(kafka).await {
            Err(KafkaError::NoTopic { .. }) if pause < PATIENCE => {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            found => return found,
        }
    }
}

/// Says how the topic is, or what is wrong with it.
pub async fn check(kafka: &Kafka) -> Result<Topic, KafkaError> {
    let metadata = metadata(kafka).await?;
    let found = metadata.topics().iter().find(|topic| {
        topic.name() == kafka.topic && topic.error().is_none() && !topic.partitions().is_empty()
    });
    let missing = || KafkaError::NoTopic { topic: kafka.topic.clone() };
    let topic = found.ok_or_else(missing)?;
    let partitions = topic.partitions().len();
    if partitions < usize::try_from(kafka.partitions).unwrap_or(0) {
        return Err(KafkaError::TooFewPartitions {
            topic: kafka.topic.clone(),
            found: partitions,
            asked: kafka.partitions,
        });
    }
    let copies = topic.partitions().iter().map(|partition| partition.replicas().len()).min();
    Ok(Topic {
        name: kafka.topic.clone(),
        partitions,
        copies: copies.unwrap_or(0),
        brokers: metadata.brokers().len(),
    })
}

/// Asks for all topics: asking for one would make it, on brokers that allow it.
async fn metadata(kafka: &Kafka) -> Result<Metadata, KafkaError> {
    let config: ClientConfig = kafka.client();
    let asked = tokio::task::spawn_blocking(move || {
        let admin: AdminClient<DefaultClientContext> = config.create().map_err(settings)?;
        Ok(admin.inner().fetch_metadata(None, PATIENCE))
    });
    match asked.await {
        Ok(Ok(found)) => found.map_err(|source| unreachable(kafka, source)),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(unreachable(kafka, PartnerError::Canceled)),
    }
}

fn unreachable(kafka: &Kafka, source: PartnerError) -> KafkaError {
    KafkaError::Unreachable { brokers: kafka.brokers.clone(), source }
}
