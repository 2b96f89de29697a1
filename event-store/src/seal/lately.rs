//! The keys of streams that were read lately: an append to a stream that was just loaded need not ask for
//! its key again.

use std::time::Duration;

use moka::sync::Cache;

use super::stream_key::StreamKey;
use crate::StreamId;

/// How many of them.
const CAPACITY: u64 = 10_000;
/// How long a key is kept. Where another process destroys it meanwhile, what is sealed with it until then
/// can be read by nobody: the key is gone from the table.
const KEPT_FOR: Duration = Duration::from_secs(30);

/// The keys of streams that were read lately; clones are the same.
#[derive(Clone)]
pub(crate) struct LatelyRead(Cache<String, StreamKey>);

impl LatelyRead {
    pub(crate) fn new() -> Self {
        Self(Cache::builder().max_capacity(CAPACITY).time_to_live(KEPT_FOR).build())
    }

    pub(crate) fn get(&self, stream: StreamId<'_>) -> Option<StreamKey> {
        self.0.get(&name(stream))
    }

    /// Keeps what can seal; that there is no key is asked again each time.
    pub(crate) fn keep(&self, stream: StreamId<'_>, key: &StreamKey) {
        if matches!(key, StreamKey::Salt(_) | StreamKey::Wrapped(_)) {
            self.0.insert(name(stream), key.clone());
        }
    }

    pub(crate) fn forget(&self, stream: StreamId<'_>) {
        self.0.invalidate(&name(stream));
    }
}

/// No name of a stream holds a zero byte.
fn name(StreamId { aggregate_type, aggregate_id }: StreamId<'_>) -> String {
    format!("{aggregate_type}\0{aggregate_id}")
}
