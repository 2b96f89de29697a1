//! A dossier as a synchronisation brings it.

use jiff::Timestamp;

use super::{Dossier, DossierState, Permit, PermitEvent, PermitRefusal};
use crate::Decision;

/// Takes in what the source holds of a dossier. The same again, or what was held before, is quiet.
#[derive(Clone, Debug)]
pub struct TakeInDossier {
    /// What the source holds.
    pub dossier: Dossier,
    /// When it was seen.
    pub at: Timestamp,
}

impl Decision for TakeInDossier {
    type Aggregate = Permit;

    fn decide(&self, state: &Permit) -> Result<Vec<PermitEvent>, PermitRefusal> {
        let (dossier, at) = (&self.dossier, self.at);
        if *state == Permit::Absent {
            let dossier = Box::new(dossier.clone());
            return Ok(vec![PermitEvent::PermitRequested { dossier, at }]);
        }
        let known = state.known()?;
        let before = &known.dossier;
        if dossier.dates.updated_at < before.dates.updated_at {
            return Ok(vec![]); // it was read before what is known was written
        }
        let is_back = known.withdrawn_at.is_some();
        let changes = match before.changes(dossier) {
            Some(changes) => changes,
            // Whether it is back cannot be told from one that was read before it was deleted.
            None if is_back && dossier.dates.updated_at == before.dates.updated_at => {
                return Ok(vec![]);
            }
            None if is_back => Dossier::touched(dossier),
            None => return Ok(vec![]),
        };
        let (changes, state) = (Box::new(changes), dossier.state);
        Ok(vec![if is_back || state.stage() < before.state.stage() {
            PermitEvent::PermitReopened { state, changes, at }
        } else if state == before.state {
            if state.is_ended() {
                PermitEvent::PermitCorrected { changes, at }
            } else {
                PermitEvent::PermitFieldsChanged { changes, at }
            }
        } else {
            match state {
                // Nothing comes before it, so nothing comes to it but by going back.
                DossierState::Draft => PermitEvent::PermitReopened { state, changes, at },
                DossierState::Initiated => PermitEvent::PermitSubmitted { changes, at },
                DossierState::Received => PermitEvent::PermitExamined { changes, at },
                DossierState::Closed => {
                    let (from, to) = (dossier.valid_from(), dossier.valid_to());
                    PermitEvent::PermitGranted { from, to, changes, at }
                }
                DossierState::Refused => PermitEvent::PermitRefused { changes, at },
                DossierState::WithoutContinuation => {
                    PermitEvent::PermitClosedWithoutFollowUp { changes, at }
                }
            }
        }])
    }
}
