//! The name of a stream.

use std::fmt;

use cqrs_es::Aggregate;

use crate::{RawEvent, Recorded};

/// The name of a stream: a kind of aggregate, and which one of them. What is kept beside the log (keys,
/// snapshots, parked reactions, sent e-mails) goes by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId<'a> {
    /// The kind of aggregate.
    pub aggregate_type: &'a str,
    /// Which aggregate.
    pub aggregate_id: &'a str,
}

impl<'a> StreamId<'a> {
    /// The stream of this name.
    pub const fn new(aggregate_type: &'a str, aggregate_id: &'a str) -> Self {
        Self { aggregate_type, aggregate_id }
    }

    /// The stream of the aggregate called `aggregate_id`.
    pub const fn of<A: Aggregate>(aggregate_id: &'a str) -> Self {
        Self::new(A::TYPE, aggregate_id)
    }
}

impl fmt::Display for StreamId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.aggregate_type, self.aggregate_id)
    }
}

impl RawEvent {
    /// The stream that it is in.
    pub fn stream(&self) -> StreamId<'_> {
        StreamId::new(&self.aggregate_type, &self.aggregate_id)
    }
}

impl<E> Recorded<E> {
    /// The stream that it is in.
    pub fn stream(&self) -> StreamId<'_> {
        StreamId::new(&self.aggregate_type, &self.aggregate_id)
    }
}
