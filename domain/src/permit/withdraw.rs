//! A dossier that is deleted at its source.

use jiff::Timestamp;

use super::{Permit, PermitEvent, PermitRefusal};
use crate::{Decision, Line};

/// Notes that a dossier was deleted at its source. One that was never seen needs no note.
#[derive(Clone, Debug)]
pub struct WithdrawPermit {
    /// Why, in the source's word.
    pub reason: Option<Line<64>>,
    /// When the source deleted it, where it tells that: what was changed later is there again.
    pub deleted_at: Option<Timestamp>,
    /// When it was seen.
    pub at: Timestamp,
}

impl Decision for WithdrawPermit {
    type Aggregate = Permit;

    fn decide(&self, state: &Permit) -> Result<Vec<PermitEvent>, PermitRefusal> {
        let Permit::Known(known) = state else { return Ok(vec![]) };
        let is_back = self.deleted_at.is_some_and(|at| at < known.dossier.dates.updated_at);
        if known.withdrawn_at.is_some() || known.erased_at.is_some() || is_back {
            return Ok(vec![]);
        }
        Ok(vec![PermitEvent::PermitWithdrawn { reason: self.reason.clone(), at: self.at }])
    }
}
