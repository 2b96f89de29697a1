//! An append in the form its engine takes it in. The callers do this work, not the one appender.

use serde::de::IgnoredAny;

use super::AppendError;
use crate::{NewEvent, StreamId};

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
    /// metadata, length of what is sealed or null`, which stays open for the offset. Lengths are in bytes.
    pub(crate) open_array: String,
    /// What is large, as it is: the payload, then the metadata, then what is sealed.
    pub(crate) body: Vec<u8>,
}

/// One event as PostgreSQL's function takes it.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) sequence: i64,
    pub(crate) event_type: String,
    pub(crate) event_version: String,
    pub(crate) payload: String,
    pub(crate) sealed: Option<Vec<u8>>,
    pub(crate) metadata: String,
}

/// What neither engine can store must not reach the batch, where it would fail its neighbours too.
pub(super) fn check(
    StreamId { aggregate_type, aggregate_id }: StreamId<'_>,
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
    StreamId { aggregate_type, aggregate_id }: StreamId<'_>,
    expected: i64,
    events: &[NewEvent],
    parts: &[Option<Vec<u8>>],
) -> Result<Encoded, AppendError> {
    let elements = events.iter().enumerate().zip(expected + 1..).map(|((nth, event), sequence)| {
        let metadata = metadata(event)?;
        let sealed = parts.get(nth).and_then(Option::as_deref);
        let array = (
            aggregate_type,
            aggregate_id,
            sequence,
            expected,
            &event.event_type,
            &event.event_version,
            event.payload.len(),
            metadata.len(),
            sealed.map(<[u8]>::len),
        );
        let mut open_array = serde_json::to_string(&array).map_err(|_| UNWRITABLE)?;
        open_array.pop();
        let sealed = sealed.unwrap_or_default();
        let body = [event.payload.as_bytes(), metadata.as_bytes(), sealed].concat();
        Ok(Element { open_array, body })
    });
    Ok(Encoded::Elements(elements.collect::<Result<_, AppendError>>()?))
}

/// One row an event.
pub(super) fn rows(
    expected: i64,
    events: Vec<NewEvent>,
    parts: Vec<Option<Vec<u8>>>,
) -> Result<Encoded, AppendError> {
    let parts = parts.into_iter().chain(std::iter::repeat(None));
    let rows =
        events.into_iter().zip(parts).zip(expected + 1..).map(|((event, sealed), sequence)| {
            Ok(Row {
                sequence,
                metadata: metadata(&event)?,
                event_type: event.event_type,
                event_version: event.event_version,
                payload: event.payload,
                sealed,
            })
        });
    Ok(Encoded::Rows(rows.collect::<Result<_, AppendError>>()?))
}

const UNWRITABLE: AppendError = AppendError::Invalid("it cannot be written as JSON");

fn metadata(event: &NewEvent) -> Result<String, AppendError> {
    serde_json::to_string(&event.metadata).map_err(|_| UNWRITABLE)
}
