//! Whose permit it is, forgotten.

use jiff::Timestamp;

use super::{Permit, PermitEvent, PermitRefusal};
use crate::Decision;

/// Forgets whose permit it is; forgetting twice is forgetting once.
#[derive(Clone, Copy, Debug)]
pub struct ErasePermit {
    /// When.
    pub at: Timestamp,
}

impl Decision for ErasePermit {
    type Aggregate = Permit;

    fn decide(&self, state: &Permit) -> Result<Vec<PermitEvent>, PermitRefusal> {
        Ok(match state.remembered()?.erased_at {
            Some(_) => vec![],
            None => vec![PermitEvent::PermitErased { at: self.at }],
        })
    }
}
