use event_store::kafka::{self, KafkaError};
use tokio::net::TcpListener;

use super::support::kafka;

#[tokio::test]
async fn a_topic_is_made_once_and_checked() {
    let kafka = kafka(3);
    let missing = kafka::check(&kafka).await.unwrap_err();
    assert!(
        matches!(&missing, KafkaError::NoTopic { topic } if *topic == kafka.topic),
        "{missing}"
    );
    assert!(missing.to_string().contains(&kafka.topic), "{missing}");
    let (one, other) = tokio::join!(kafka::create(&kafka), kafka::create(&kafka));
    assert_eq!(one.unwrap().partitions, 3);
    assert_eq!(other.unwrap(), kafka::check(&kafka).await.unwrap());
}

#[tokio::test]
async fn too_few_partitions_are_told_with_those_that_are_asked_for() {
    let mut kafka = kafka(2);
    kafka::create(&kafka).await.unwrap();
    kafka.partitions = 5;
    for found in [kafka::check(&kafka).await, kafka::create(&kafka).await] {
        let error = found.unwrap_err();
        assert!(
            matches!(error, KafkaError::TooFewPartitions { found: 2, asked: 5, .. }),
            "{error}"
        );
        let error = error.to_string();
        assert!(error.contains("2 partitions") && error.contains("5 are asked for"), "{error}");
    }
}

#[tokio::test]
async fn a_broker_that_is_not_there_is_told_with_its_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut kafka = kafka(1);
    kafka.brokers = listener.local_addr().unwrap().to_string();
    drop(listener);
    let error = kafka::check(&kafka).await.unwrap_err();
    assert!(matches!(error, KafkaError::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains(&kafka.brokers), "{error}");
    kafka.properties.insert("no.such.property".to_owned(), "secret".to_owned());
    let error = kafka::check(&kafka).await.unwrap_err();
    assert!(matches!(error, KafkaError::Settings(_)), "{error}");
    let error = error.to_string();
    assert!(error.contains("no.such.property") && !error.contains("secret"), "{error}");
}
