//! The key of a stream that is about to begin: what lies beside the log is sealed with it before the
//! first event is appended.

use super::data_key::DataKey;
use super::stream_key::KeyChange;
use crate::{AppendError, Appended, Log, NewEvent, StreamId};

/// A key that a stream gets with its first event, if it gets one then.
#[derive(Clone, Debug)]
pub struct FreshKey {
    pub(super) key: DataKey,
    change: KeyChange,
}

impl FreshKey {
    pub(super) fn parts(&self) -> (DataKey, KeyChange) {
        (self.key.clone(), self.change.clone())
    }
}

impl Log {
    /// Whether anything is sealed here.
    pub fn seals(&self) -> bool {
        self.codec().secrets().is_some()
    }

    /// A key for a stream that is about to begin; none where nothing is sealed.
    pub fn fresh_key(&self, stream: StreamId<'_>) -> Option<FreshKey> {
        let (key, change) = self.codec().secrets()?.new_key(stream);
        Some(FreshKey { key, change })
    }

    /// [`Log::append`] for a stream that begins: this key is its own from then on, if there is
    /// something personal in these events. Where the stream is there already, that is a conflict as
    /// ever, and it keeps the key it has.
    pub async fn append_first(
        &self,
        stream: StreamId<'_>,
        events: Vec<NewEvent>,
        key: &FreshKey,
    ) -> Result<Appended, AppendError> {
        self.append_with(stream, 0, events, Some(key)).await
    }
}
