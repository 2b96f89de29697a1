//! The settings of Kafka: brokers alone, or with a topic, partitions and properties of the client.

use std::collections::BTreeMap;

use event_store::kafka::Kafka;

use super::{Given, Mode};

/// Partitions of the topic: how many workers can share one reactor's events.
const PARTITIONS: i32 = 12;

/// Kafka's settings, where brokers are named; what is wrong goes to `wrong`.
pub(super) fn from_given(given: &Given, wrong: &mut Vec<String>) -> Option<Kafka> {
    let brokers = given.kafka_brokers.clone().filter(|brokers| !brokers.trim().is_empty());
    let named = given.kafka_topic.is_some()
        || given.kafka_partitions.is_some()
        || given.kafka_properties.is_some();
    let Some(brokers) = brokers else {
        if named {
            wrong.push(
                "POSTULO_KAFKA_BROKERS is missing, and another setting of Kafka is there"
                    .to_owned(),
            );
        }
        return None;
    };
    let partitions = given.kafka_partitions.unwrap_or(PARTITIONS);
    if !(1..=10_000).contains(&partitions) {
        wrong.push("POSTULO_KAFKA_PARTITIONS is not between 1 and 10000".to_owned());
    }
    let mut properties = BTreeMap::new();
    for property in given.kafka_properties.iter().flat_map(|text| text.split(',')) {
        // The value may be a password: only a name is ever told.
        match property.trim().split_once('=') {
            Some((name, value)) if !name.is_empty() => {
                properties.insert(name.trim().to_owned(), value.to_owned());
            }
            _ => wrong.push(
                "POSTULO_KAFKA_PROPERTIES has a part that is not NAME=VALUE; parts are separated \
                 by commas"
                    .to_owned(),
            ),
        }
    }
    if given.mode == Mode::Production {
        in_the_clear(&properties, wrong);
    }
    let topic = given.kafka_topic.clone().unwrap_or_else(|| "postulo.events".to_owned());
    Some(Kafka { brokers, topic, partitions, properties })
}

/// A password needs a connection that is encrypted, to a broker that is who it says.
fn in_the_clear(properties: &BTreeMap<String, String>, wrong: &mut Vec<String>) {
    let is = |name: &str, value: &str| {
        properties.get(name).is_some_and(|it| it.trim().eq_ignore_ascii_case(value))
    };
    if is("security.protocol", "sasl_plaintext") && properties.contains_key("sasl.password") {
        wrong.push(
            "POSTULO_KAFKA_PROPERTIES sends a password in the clear: write \
             security.protocol=sasl_ssl"
                .to_owned(),
        );
    }
    if is("enable.ssl.certificate.verification", "false") {
        wrong.push(
            "POSTULO_KAFKA_PROPERTIES takes any certificate: leave \
             enable.ssl.certificate.verification away"
                .to_owned(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<Kafka>, Vec<String>) {
        let mut wrong = vec![];
        let kafka = from_given(&toml::from_str(text).unwrap(), &mut wrong);
        (kafka, wrong)
    }

    #[test]
    fn brokers_are_enough() {
        let (kafka, wrong) = read("kafka_brokers = 'one:9092,two:9092'");
        let kafka = kafka.unwrap();
        assert_eq!((kafka.topic.as_str(), kafka.partitions), ("postulo.events", 12));
        assert!(wrong.is_empty());
    }

    #[test]
    fn properties_are_names_and_values_and_are_not_told() {
        let (kafka, wrong) = read(
            "kafka_brokers = 'one:9092'\n\
             kafka_properties = 'security.protocol=sasl_ssl, sasl.password=a=b'",
        );
        let kafka = kafka.unwrap();
        assert_eq!(kafka.properties["sasl.password"], "a=b");
        assert!(wrong.is_empty());
        assert!(!format!("{kafka:?}").contains("a=b"));
        let (_, wrong) = read("kafka_brokers = 'one:9092'\nkafka_properties = 'secret'");
        assert!(wrong[0].contains("NAME=VALUE") && !wrong[0].contains("secret"));
    }

    #[test]
    fn a_topic_without_brokers_and_no_partition_are_refused() {
        assert!(read("kafka_topic = 'events'").1[0].contains("POSTULO_KAFKA_BROKERS"));
        let (_, wrong) = read("kafka_brokers = 'one:9092'\nkafka_partitions = 0");
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
            let (_, wrong) = read(&format!("mode = 'production'\n{text}"));
            assert_eq!(wrong.len(), usize::from(refused), "{properties}: {wrong:?}");
            assert!(!wrong.join("").contains("secret"), "{wrong:?}");
            assert!(read(&text).1.is_empty(), "development: {properties}");
        }
    }
}
