//! An event as a record of the topic.
//!
//! Key: the aggregate's id. Value: one JSON object, the event with its position and metadata.
//! Headers: what a reader decides by before it parses anything.

use jiff::Timestamp;
use rdkafka::Message;
use rdkafka::message::{BorrowedMessage, Header, Headers, OwnedHeaders};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::seal::{StoredPayload, StreamKey};
use crate::{Metadata, Position, RawEvent};

/// The value of a record.
#[derive(Serialize, Deserialize)]
struct Value<'a> {
    position: Position,
    aggregate_type: &'a str,
    aggregate_id: &'a str,
    sequence: i64,
    event_type: &'a str,
    event_version: &'a str,
    recorded_at: Timestamp,
    metadata: Metadata,
    #[serde(borrow)]
    payload: &'a RawValue,
}

const POSITION: &str = "position";
const EVENT_TYPE: &str = "event-type";
const EVENT_VERSION: &str = "event-version";
/// W3C Trace Context.
const TRACE: &str = "traceparent";

/// The value of an event's record.
pub(super) fn value(event: &RawEvent) -> Result<Vec<u8>, serde_json::Error> {
    let payload = event.payload.text();
    serde_json::to_vec(&Value {
        position: event.position,
        aggregate_type: &event.aggregate_type,
        aggregate_id: &event.aggregate_id,
        sequence: event.sequence,
        event_type: &event.event_type,
        event_version: &event.event_version,
        recorded_at: event.recorded_at,
        metadata: event.metadata.clone(),
        payload: serde_json::from_str(&payload)?,
    })
}

/// The headers of an event's record.
pub(super) fn headers(event: &RawEvent) -> OwnedHeaders {
    let position = event.position.to_string();
    let mut headers = OwnedHeaders::new_with_capacity(4)
        .insert(Header { key: POSITION, value: Some(&position) })
        .insert(Header { key: EVENT_TYPE, value: Some(&event.event_type) })
        .insert(Header { key: EVENT_VERSION, value: Some(&event.event_version) });
    if let Some(trace) = &event.metadata.trace_id {
        // The event stands for the span that caused it.
        let span = &event.metadata.event_id.simple().to_string()[16..];
        let parent = format!("00-{trace}-{span}-01");
        headers = headers.insert(Header { key: TRACE, value: Some(&parent) });
    }
    headers
}

/// A record that is not an event of ours as this version writes them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the record at offset {offset} of partition {partition} is not an event: {why}")]
pub struct Unreadable {
    /// Its partition.
    pub partition: i32,
    /// Its place there.
    pub offset: i64,
    /// The position that its headers name; the log has the event itself.
    pub position: Option<Position>,
    /// What is wrong, without anything of its content.
    pub why: String,
}

/// Reads a record.
pub(super) fn read(message: &BorrowedMessage<'_>) -> Result<RawEvent, Unreadable> {
    read_value(message.payload().unwrap_or_default()).map_err(|why| Unreadable {
        partition: message.partition(),
        offset: message.offset(),
        position: header(message, POSITION).and_then(|text| text.parse().ok()).map(Position::new),
        why,
    })
}

fn read_value(bytes: &[u8]) -> Result<RawEvent, String> {
    // A message of serde's may quote a value: the kind and the place are told.
    let told = |error: &serde_json::Error| {
        format!("{:?} at line {}, column {}", error.classify(), error.line(), error.column())
    };
    let value: Value<'_> = serde_json::from_slice(bytes).map_err(|error| told(&error))?;
    if value.position == Position::START || value.aggregate_id.is_empty() {
        return Err("it names no position or aggregate".to_owned());
    }
    Ok(RawEvent {
        position: value.position,
        aggregate_type: value.aggregate_type.to_owned(),
        aggregate_id: value.aggregate_id.to_owned(),
        sequence: value.sequence,
        event_type: value.event_type.to_owned(),
        event_version: value.event_version.to_owned(),
        payload: StoredPayload::from_text(value.payload.get().to_owned()),
        metadata: value.metadata,
        recorded_at: value.recorded_at,
        key: StreamKey::Unknown,
    })
}

/// What a header says, where there is one.
fn header<'a>(message: &'a BorrowedMessage<'_>, name: &str) -> Option<&'a str> {
    let headers = message.headers()?;
    let found = headers.iter().find(|header| header.key == name)?;
    std::str::from_utf8(found.value?).ok()
}

/// The event's type, as its header tells it.
pub(super) fn event_type<'a>(message: &'a BorrowedMessage<'_>) -> Option<&'a str> {
    header(message, EVENT_TYPE)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{Actor, ActorKind};

    fn event(payload: &str) -> RawEvent {
        RawEvent {
            position: Position::new(41),
            aggregate_type: "JobApplication".to_owned(),
            aggregate_id: Uuid::from_u128(7).to_string(),
            sequence: 2,
            event_type: "Rejected".to_owned(),
            event_version: "1.0".to_owned(),
            payload: StoredPayload::from_text(payload.to_owned()),
            metadata: Metadata {
                event_id: Uuid::from_u128(9),
                correlation_id: Uuid::from_u128(1),
                causation_id: Uuid::from_u128(2),
                actor: Actor::named(ActorKind::Partner, "demo"),
                trace_id: Some("4bf92f3577b34da6a3ce929d0e0e4736".to_owned()),
                span_id: Some("00f067aa0ba902b7".to_owned()),
            },
            recorded_at: "2026-11-20T22:24:14.000001Z".parse().unwrap(),
            key: StreamKey::Unknown,
        }
    }

    #[test]
    fn an_event_comes_back_as_it_was_byte_by_byte() {
        let event = event("{\"b\": 1,  \"a\":\"Zoé \\u0041\"}");
        assert_eq!(read_value(&value(&event).unwrap()).unwrap(), event);
    }

    #[test]
    fn the_headers_tell_position_type_version_and_trace() {
        let headers = headers(&event("{}"));
        let text = |place| {
            let header = headers.get(place);
            (header.key, std::str::from_utf8(header.value.unwrap()).unwrap())
        };
        assert_eq!(text(0), ("position", "41"));
        assert_eq!(text(1), ("event-type", "Rejected"));
        assert_eq!(text(2), ("event-version", "1.0"));
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000009-01";
        assert_eq!(text(3), ("traceparent", trace));
    }

    proptest! {
        #[test]
        fn whatever_is_in_the_topic_is_an_event_or_told_not_to_be(bytes: Vec<u8>) {
            prop_assert!(read_value(&bytes).is_err());
        }

        #[test]
        fn a_damaged_event_is_told_without_its_content(cut in 0_usize..300, flip: u8) {
            let whole = value(&event("{\"name\":\"Camille Martin\"}")).unwrap();
            let mut damaged = whole.clone();
            let place = cut % whole.len();
            damaged[place] ^= flip;
            for bytes in [&damaged[..], &whole[..place]] {
                if let Err(why) = read_value(bytes) {
                    prop_assert!(!why.contains("Camille"), "{}", why);
                }
            }
        }
    }
}
