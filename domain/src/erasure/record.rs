//! A record of a person's data, by the stream that it lies in.

use std::fmt;

use cqrs_es::Aggregate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Invalid, JobApplication, Line};

/// A record of a person: the name of the stream that holds it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct RecordRef {
    /// The kind of aggregate.
    #[schemars(extend("x-personal" = false))]
    pub aggregate_type: Line<64>,
    /// Which aggregate.
    #[schemars(extend("x-personal" = false))]
    pub aggregate_id: Line<128>,
}

impl RecordRef {
    /// The record in the stream of this name.
    pub fn new(aggregate_type: &str, aggregate_id: &str) -> Result<Self, Invalid> {
        Ok(Self { aggregate_type: aggregate_type.parse()?, aggregate_id: aggregate_id.parse()? })
    }

    /// The record in the stream of an application.
    pub fn application(id: Uuid) -> Self {
        let record = Self::new(JobApplication::TYPE, &id.to_string());
        record.expect("a UUID is one short line")
    }

    /// Whether it is one of these aggregates.
    pub fn is_of<A: Aggregate>(&self) -> bool {
        self.aggregate_type.as_str() == A::TYPE
    }

    /// The id, where this is an application.
    pub fn as_application(&self) -> Option<Uuid> {
        self.aggregate_id.as_str().parse().ok().filter(|_| self.is_of::<JobApplication>())
    }
}

impl fmt::Display for RecordRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.aggregate_type.as_str(), self.aggregate_id.as_str())
    }
}
