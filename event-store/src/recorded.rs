//! An event before and after it is in the log.

use std::fmt;

use cqrs_es::DomainEvent;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Log;
use crate::actor::{Actor, ActorKind};
use crate::seal::{OpenError, Opened, StoredPayload, StreamKey};

/// A place in the one order of all events. The first event has position 1, and there are no gaps:
/// who has seen position n has seen everything before it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Position(i64);

impl Position {
    /// Before the first event.
    pub const START: Self = Self(0);

    /// The position of this number, from 0 on; what is negative is [`Position::START`].
    pub const fn new(number: i64) -> Self {
        Self(if number < 0 { 0 } else { number })
    }

    /// Its number.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// How many events lie after `earlier` up to this one; 0 where it is not earlier.
    pub const fn since(self, earlier: Self) -> i64 {
        if self.0 > earlier.0 { self.0 - earlier.0 } else { 0 }
    }

    /// The position so many events on, or the last there can be.
    #[must_use]
    pub const fn plus(self, events: i64) -> Self {
        Self(self.0.saturating_add(events))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<i64> for Position {
    fn from(number: i64) -> Self {
        Self::new(number)
    }
}

/// What is known about an event besides what happened. In JSON a flat object of strings, as
/// cqrs-es reads metadata.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "FlatMetadata")]
pub struct Metadata {
    /// The event's own id, unique in the log.
    pub event_id: Uuid,
    /// What the whole chain of causes began with: a request's id.
    pub correlation_id: Uuid,
    /// What directly caused it: an event's id, or the request's.
    pub causation_id: Uuid,
    /// Who did it.
    #[serde(flatten)]
    pub actor: Actor,
    /// The trace it belongs to (W3C Trace Context: 32 hexadecimal digits).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// The span of that trace in which it was appended (16 hexadecimal digits).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span_id: Option<String>,
}

/// The same as it is read: a flattened member would have every reader of the log copy all members
/// into a map first.
#[derive(Deserialize)]
struct FlatMetadata {
    event_id: Uuid,
    correlation_id: Uuid,
    causation_id: Uuid,
    actor: ActorKind,
    #[serde(default)]
    actor_id: Option<String>,
    #[serde(default)]
    trace_id: Option<String>,
    #[serde(default)]
    span_id: Option<String>,
}

impl From<FlatMetadata> for Metadata {
    fn from(flat: FlatMetadata) -> Self {
        Self {
            event_id: flat.event_id,
            correlation_id: flat.correlation_id,
            causation_id: flat.causation_id,
            actor: Actor { kind: flat.actor, id: flat.actor_id },
            trace_id: flat.trace_id,
            span_id: flat.span_id,
        }
    }
}

/// An event that is to be appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// Its id; the same as in the metadata.
    pub event_id: Uuid,
    /// Its kind, such as `Submitted`.
    pub event_type: String,
    /// The version of its shape, such as `1`.
    pub event_version: String,
    /// JSON text, kept byte by byte.
    pub payload: String,
    /// Who, why, in which trace.
    pub metadata: Metadata,
}

/// An event could not be written as JSON: a mistake in its type.
#[derive(Debug, thiserror::Error)]
#[error("the event {event_type} could not be written as JSON")]
pub struct EncodeError {
    event_type: String,
    #[source]
    source: serde_json::Error,
}

impl NewEvent {
    /// Writes a domain event down. Its id takes the place of the one in the metadata.
    pub fn encode<E: DomainEvent>(
        event: &E,
        event_id: Uuid,
        metadata: Metadata,
    ) -> Result<Self, EncodeError> {
        let event_type = event.event_type();
        match serde_json::to_string(event) {
            Ok(payload) => Ok(Self {
                event_id,
                event_type,
                event_version: event.event_version(),
                payload,
                metadata: Metadata { event_id, ..metadata },
            }),
            Err(source) => Err(EncodeError { event_type, source }),
        }
    }
}

/// An event as it lies in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawEvent {
    /// Its place in the order of all events.
    pub position: Position,
    /// The kind of aggregate whose stream it is in.
    pub aggregate_type: String,
    /// Which aggregate.
    pub aggregate_id: String,
    /// Its place in that stream, from 1 on, without gaps.
    pub sequence: i64,
    /// Its kind.
    pub event_type: String,
    /// The version of its shape.
    pub event_version: String,
    /// As it is stored: personal values are sealed.
    pub payload: StoredPayload,
    /// Who, why, in which trace.
    pub metadata: Metadata,
    /// When it was written, to the microsecond; never before the event at the position before.
    pub recorded_at: Timestamp,
    /// The key of its stream.
    pub key: StreamKey,
}

/// An event as its readers want it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded<E> {
    /// Its place in the order of all events.
    pub position: Position,
    /// The kind of aggregate whose stream it is in.
    pub aggregate_type: String,
    /// Which aggregate.
    pub aggregate_id: String,
    /// Its place in that stream, from 1 on, without gaps.
    pub sequence: i64,
    /// Who, why, in which trace.
    pub metadata: Metadata,
    /// When it was written, to the microsecond.
    pub recorded_at: Timestamp,
    /// Whether the person was forgotten: personal values of the event are placeholders.
    pub erased: bool,
    /// What happened.
    pub event: E,
}

/// An event in the log cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// It is not of the shape that its reader expects.
    #[error(
        "the event {event_type} {event_version} at position {position} cannot be read; an upcaster for it is missing, or a newer version wrote it"
    )]
    Shape {
        /// Which event.
        position: Position,
        /// Its kind.
        event_type: String,
        /// The version of its shape.
        event_version: String,
        /// What does not fit.
        #[source]
        source: serde_json::Error,
    },
    /// Its personal data cannot be opened.
    #[error("the event at position {position} cannot be opened")]
    Sealed {
        /// Which event.
        position: Position,
        /// Why not.
        #[source]
        source: OpenError,
    },
}

impl DecodeError {
    /// Which event it is.
    pub const fn position(&self) -> Position {
        match self {
            Self::Shape { position, .. } | Self::Sealed { position, .. } => *position,
        }
    }
}

impl Log {
    /// The payload of an event as anybody may read it, in the shape in which it was recorded:
    /// placeholders stand for what belongs to a person. No key is needed.
    pub fn shown(&self, raw: &RawEvent) -> String {
        self.codec().shown(raw)
    }

    /// Opens an event and reads it in today's shape.
    pub fn decode<E: DeserializeOwned>(&self, raw: &RawEvent) -> Result<Recorded<E>, DecodeError> {
        let opened = self.codec().open(raw).map_err(|source| sealed(raw, source))?;
        self.recorded(raw, &opened)
    }

    fn recorded<E: DeserializeOwned>(
        &self,
        raw: &RawEvent,
        opened: &Opened<'_>,
    ) -> Result<Recorded<E>, DecodeError> {
        let event = self.codec().upcasters().decode(raw, &opened.payload);
        let event = event.map_err(|source| DecodeError::Shape {
            position: raw.position,
            event_type: raw.event_type.clone(),
            event_version: raw.event_version.clone(),
            source,
        })?;
        Ok(Recorded {
            position: raw.position,
            aggregate_type: raw.aggregate_type.clone(),
            aggregate_id: raw.aggregate_id.clone(),
            sequence: raw.sequence,
            metadata: raw.metadata.clone(),
            recorded_at: raw.recorded_at,
            erased: opened.erased,
            event,
        })
    }

    /// An event's payload in the open, in the shape in which it was written.
    pub fn payload(&self, raw: &RawEvent) -> Result<String, DecodeError> {
        let opened = self.codec().open(raw).map_err(|source| sealed(raw, source))?;
        Ok(opened.payload.into_owned())
    }
}

fn sealed(raw: &RawEvent, source: OpenError) -> DecodeError {
    DecodeError::Sealed { position: raw.position, source }
}
