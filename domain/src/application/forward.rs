//! What became of the forwards to the partners' own services. Each is recorded once.

use jiff::Timestamp;

use crate::Decision;
use crate::application::{Event, JobApplication, Refusal};

/// Memo has the application.
#[derive(Clone, Copy, Debug)]
pub struct RecordForwardedToMemo {
    /// Whether it had it already.
    pub duplicate: bool,
    /// When it took it.
    pub at: Timestamp,
}

impl Decision for RecordForwardedToMemo {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<Event>, Refusal> {
        if state.known()?.forwarded_to_memo_at.is_some() {
            return Ok(vec![]);
        }
        Ok(vec![Event::ForwardedToMemo { duplicate: self.duplicate, at: self.at }])
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

    fn decide(&self, state: &JobApplication) -> Result<Vec<Event>, Refusal> {
        if state.known()?.forwarded_to_ami_at.is_some() {
            return Ok(vec![]);
        }
        Ok(vec![Event::ForwardedToAmi { at: self.at }])
    }
}
