//! The settings of Kafka: brokers alone, or with a topic, partitions and properties of the client.

use std::collections::BTreeMap;

use anyhow::Result;
use event_store::kafka::Kafka;
use serde::Deserialize;

use super::source::Source;
use super::table::{Section, setting};

/// The section of the table.
pub(super) const SECTION: Section = Section {
    title: "Kafka",
    settings: &[
        setting(
            "POSTULO_KAFKA_BROKERS",
            "none",
            "same",
            "Kafka brokers, HOST:PORT, separated by commas. With it, the relay publishes the log to the topic and the workers take their events from there; without, they follow the log.",
        ),
        setting(
            "POSTULO_KAFKA_TOPIC",
            "postulo.events",
            "same",
            "The topic; the consumer group of a reactor is the topic, a dot and the reactor's name.",
        ),
        setting(
            "POSTULO_KAFKA_PARTITIONS",
            "12",
            "same",
            "Partitions that `postulo topics create` makes the topic with, and that it has at least: as many processes can share one reactor's events.",
        ),
        setting(
            "POSTULO_KAFKA_PROPERTIES",
            "none",
            "security.protocol and credentials",
            "Properties of librdkafka, NAME=VALUE, separated by commas: security.protocol=sasl_ssl,sasl.mechanism=SCRAM-SHA-512,sasl.username=postulo,sasl.password=… for instance.",
        ),
    ],
};

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "they are named as the settings are")]
struct Given {
    kafka_brokers: Option<String>,
    kafka_topic: Option<String>,
    kafka_partitions: Option<i32>,
    kafka_properties: Option<String>,
}

/// Partitions of the topic: how many workers can share one reactor's events.
const PARTITIONS: i32 = 12;

/// Kafka's settings, where brokers are named.
pub(super) fn read(source: &mut Source) -> Result<Option<Kafka>> {
    let given: Given = source.read()?;
    let brokers = given.kafka_brokers.clone().filter(|brokers| !brokers.trim().is_empty());
    let named = given.kafka_topic.is_some()
        || given.kafka_partitions.is_some()
        || given.kafka_properties.is_some();
    let Some(brokers) = brokers else {
        if named {
            source.wrong("POSTULO_KAFKA_BROKERS is missing, and another setting of Kafka is there");
        }
        return Ok(None);
    };
    let partitions = given.kafka_partitions.unwrap_or(PARTITIONS);
    if !(1..=10_000).contains(&partitions) {
        source.wrong("POSTULO_KAFKA_PARTITIONS is not between 1 and 10000");
    }
    let mut properties = BTreeMap::new();
    for property in given.kafka_properties.iter().flat_map(|text| text.split(',')) {
        // The value may be a password: only a name is ever told.
        match property.trim().split_once('=') {
            Some((name, value)) if !name.is_empty() => {
                properties.insert(name.trim().to_owned(), value.to_owned());
            }
            _ => source.wrong(
                "POSTULO_KAFKA_PROPERTIES has a part that is not NAME=VALUE; parts are separated \
                 by commas",
            ),
        }
    }
    if source.is_production() {
        in_the_clear(&properties, source);
    }
    let topic = given.kafka_topic.clone().unwrap_or_else(|| "postulo.events".to_owned());
    Ok(Some(Kafka { brokers, topic, partitions, properties }))
}

/// A password needs a connection that is encrypted, to a broker that is who it says.
fn in_the_clear(properties: &BTreeMap<String, String>, source: &mut Source) {
    let is = |name: &str, value: &str| {
        properties.get(name).is_some_and(|it| it.trim().eq_ignore_ascii_case(value))
    };
    if is("security.protocol", "sasl_plaintext") && properties.contains_key("sasl.password") {
        source.wrong(
            "POSTULO_KAFKA_PROPERTIES sends a password in the clear: write \
             security.protocol=sasl_ssl",
        );
    }
    if is("enable.ssl.certificate.verification", "false") {
        source.wrong(
            "POSTULO_KAFKA_PROPERTIES takes any certificate: leave \
             enable.ssl.certificate.verification away",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str) -> (Option<Kafka>, Vec<String>) {
        let mut source = Source::of(text);
        let kafka = read(&mut source).unwrap();
        (kafka, source.all_wrong())
    }

    #[test]
    fn brokers_are_enough() {
        let (kafka, wrong) = given("kafka_brokers = 'one:9092,two:9092'");
        let kafka = kafka.unwrap();
        assert_eq!((kafka.topic.as_str(), kafka.partitions), ("postulo.events", 12));
        assert!(wrong.is_empty());
    }

    #[test]
    fn properties_are_names_and_values_and_are_not_told() {
        let (kafka, wrong) = given(
            "kafka_brokers = 'one:9092'\n\
             kafka_properties = 'security.protocol=sasl_ssl, sasl.password=a=b'",
        );
        let kafka = kafka.unwrap();
        assert_eq!(kafka.properties["sasl.password"], "a=b");
        assert!(wrong.is_empty());
        assert!(!format!("{kafka:?}").contains("a=b"));
        let (_, wrong) = given("kafka_brokers = 'one:9092'\nkafka_properties = 'secret'");
        assert!(wrong[0].contains("NAME=VALUE") && !wrong[0].contains("secret"));
    }

    #[test]
    fn a_topic_without_brokers_and_no_partition_are_refused() {
        assert!(given("kafka_topic = 'events'").1[0].contains("POSTULO_KAFKA_BROKERS"));
        let (_, wrong) = given("kafka_brokers = 'one:9092'\nkafka_partitions = 0");
        assert!(wrong[0].contains("POSTULO_KAFKA_PARTITIONS"));
    }

    #[test]
    fn production_sends_no_password_in_the_clear_and_knows_its_brokers() {
        for (properties, refused) in [
            ("security.protocol=SASL_PLAINTEXT,sasl.username=u,sasl.password=secret", true),
            ("security.protocol=ssl,enable.ssl.certificate.verification=false", true),
            ("security.protocol=sasl_ssl,sasl.username=u,sasl.password=secret", false),
            ("security.protocol=plaintext", false),
        ] {
            let text = format!("kafka_brokers = 'one:9092'\nkafka_properties = '{properties}'");
            let (_, wrong) = given(&format!("mode = 'production'\n{text}"));
            assert_eq!(wrong.len(), usize::from(refused), "{properties}: {wrong:?}");
            assert!(!wrong.join("").contains("secret"), "{wrong:?}");
            assert!(given(&text).1.is_empty(), "development: {properties}");
        }
    }
}
