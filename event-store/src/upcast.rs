//! Old events in today's shape: cqrs-es's upcasters over the log's own events.

use std::fmt;
use std::sync::Arc;

use cqrs_es::persist::{EventUpcaster, SerializedEvent};
use serde::de::DeserializeOwned;

use crate::RawEvent;

/// An ordered set of upcasters, oldest version first; each sees what the one before it made. Clones
/// share them.
#[derive(Clone, Default)]
pub struct Upcasters(Arc<[Box<dyn EventUpcaster>]>);

impl Upcasters {
    /// These upcasters, in the order they are applied in.
    pub fn new(upcasters: Vec<Box<dyn EventUpcaster>>) -> Self {
        Self(upcasters.into())
    }

    /// No upcaster: every event is in today's shape.
    pub fn none() -> Self {
        Self::default()
    }

    /// The upcasters themselves, as cqrs-es takes them.
    pub fn as_slice(&self) -> &[Box<dyn EventUpcaster>] {
        &self.0
    }

    /// Reads the opened payload in today's shape. An event that no upcaster cares about is read
    /// straight from it.
    pub(crate) fn decode<E: DeserializeOwned>(
        &self,
        raw: &RawEvent,
        payload: &str,
    ) -> Result<E, serde_json::Error> {
        let concerned =
            self.0.iter().any(|upcaster| upcaster.can_upcast(&raw.event_type, &raw.event_version));
        if !concerned {
            return serde_json::from_str(payload);
        }
        let event = SerializedEvent {
            aggregate_id: raw.aggregate_id.clone(),
            sequence: usize::try_from(raw.sequence).unwrap_or_default(),
            aggregate_type: raw.aggregate_type.clone(),
            event_type: raw.event_type.clone(),
            event_version: raw.event_version.clone(),
            payload: serde_json::from_str(payload)?,
            metadata: serde_json::to_value(&raw.metadata)?,
        };
        let event = self.0.iter().fold(event, |event, upcaster| {
            if upcaster.can_upcast(&event.event_type, &event.event_version) {
                upcaster.upcast(event)
            } else {
                event
            }
        });
        serde_json::from_value(event.payload)
    }
}

impl fmt::Debug for Upcasters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Upcasters({})", self.0.len())
    }
}
