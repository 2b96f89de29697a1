//! An append in the form its engine takes it in. The callers do this work, not the one appender.

use serde::de::IgnoredAny;

use super::AppendError;
use crate::{NewEvent, seal};

/// The events of one append, ready to be written.
#[derive(Debug)]
pub(crate) enum Encoded {
    /// For SQLite: an element an event.
    Elements(Vec<Element>),
    /// For PostgreSQL: a row an event.
    Rows(Vec<Row>),
}

/// One event as SQLite's statement takes it.
#[derive(Debug)]
pub(crate) struct Element {
    /// What is small, as JSON: the array
    /// `[type, id, sequence, expected, event type, version, length of the payload, length of the
    /// metadata, whether the payload is packed`, which stays open for the offset. Lengths are in bytes.
    pub(crate) open_array: String,
    /// What is large, as it is: the payload, then the metadata.
    pub(crate) body: Vec<u8>,
}

/// One event as PostgreSQL's function takes it.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) sequence: i64,
    pub(crate) event_type: String,
    pub(crate) event_version: String,
    pub(crate) payload: String,
    pub(crate) metadata: String,
}

/// What neither engine can store must not reach the batch, where it would fail its neighbours too.
pub(super) fn check(
    aggregate_type: &str,
    aggregate_id: &str,
    expected: i64,
    events: &[NewEvent],
) -> Result<(), AppendError> {
    if events.is_empty() {
        return Err(AppendError::Invalid("an append holds at least one event"));
    }
    if expected < 0 {
        return Err(AppendError::Invalid("a sequence is never negative"));
    }
    if aggregate_type.is_empty() || aggregate_id.is_empty() {
        return Err(AppendError::Invalid("a stream has a type and an id"));
    }
    let names = events
        .iter()
        .flat_map(|event| [event.event_type.as_str(), event.event_version.as_str()])
        .chain([aggregate_type, aggregate_id]);
    for name in names {
        if name.contains('\0') {
            return Err(AppendError::Invalid("names must not hold U+0000"));
        }
    }
    for event in events {
        if serde_json::from_str::<IgnoredAny>(&event.payload).is_err() {
            return Err(AppendError::Invalid("the payload is not JSON"));
        }
        if event.event_id != event.metadata.event_id {
            return Err(AppendError::Invalid("the metadata tell another event id"));
        }
    }
    Ok(())
}

/// One element an event.
pub(super) fn elements(
    aggregate_type: &str,
    aggregate_id: &str,
    expected: i64,
    events: &[NewEvent],
) -> Result<Encoded, AppendError> {
    let elements = events.iter().zip(expected + 1..).map(|(event, sequence)| {
        let metadata = metadata(event)?;
        let packed = seal::packed(&event.payload);
        let payload = packed.as_deref().unwrap_or(event.payload.as_bytes());
        let array = (
            aggregate_type,
            aggregate_id,
            sequence,
            expected,
            &event.event_type,
            &event.event_version,
            payload.len(),
            metadata.len(),
            u8::from(packed.is_some()),
        );
        let mut open_array = serde_json::to_string(&array).map_err(|_| UNWRITABLE)?;
        open_array.pop();
        Ok(Element { open_array, body: [payload, metadata.as_bytes()].concat() })
    });
    Ok(Encoded::Elements(elements.collect::<Result<_, AppendError>>()?))
}

/// One row an event.
pub(super) fn rows(expected: i64, events: &[NewEvent]) -> Result<Encoded, AppendError> {
    let rows = events.iter().zip(expected + 1..).map(|(event, sequence)| {
        Ok(Row {
            sequence,
            event_type: event.event_type.clone(),
            event_version: event.event_version.clone(),
            payload: event.payload.clone(),
            metadata: metadata(event)?,
        })
    });
    Ok(Encoded::Rows(rows.collect::<Result<_, AppendError>>()?))
}

const UNWRITABLE: AppendError = AppendError::Invalid("it cannot be written as JSON");

fn metadata(event: &NewEvent) -> Result<String, AppendError> {
    serde_json::to_string(&event.metadata).map_err(|_| UNWRITABLE)
}
