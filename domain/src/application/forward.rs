//! What became of the forwards to the partners' own services. Each is recorded once.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Decision;
use crate::application::{ApplicationEvent, ApplicationRefusal, JobApplication};

/// What Memo made of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemoOutcome {
    /// It took it.
    Taken,
    /// It had it already.
    AlreadyThere,
}

names! {
    MemoOutcome {
        Taken = "taken",
        AlreadyThere = "already_there",
    }
}

/// Memo has the application.
#[derive(Clone, Copy, Debug)]
pub struct RecordForwardedToMemo {
    /// What it made of it.
    pub outcome: MemoOutcome,
    /// When it took it.
    pub at: Timestamp,
}

impl Decision for RecordForwardedToMemo {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        if state.known()?.forwarded_to_memo_at.is_some() {
            return Ok(vec![]);
        }
        Ok(vec![ApplicationEvent::ForwardedToMemo { outcome: self.outcome, at: self.at }])
    }
}

/// AMI has the application.
#[derive(Clone, Copy, Debug)]
pub struct RecordForwardedToAmi {
    /// When it took it.
    pub at: Timestamp,
}

impl Decision for RecordForwardedToAmi {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        if state.known()?.forwarded_to_ami_at.is_some() {
            return Ok(vec![]);
        }
        Ok(vec![ApplicationEvent::ForwardedToAmi { at: self.at }])
    }
}
