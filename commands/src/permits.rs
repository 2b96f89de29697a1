//! Work permits: dossiers as synchronisations bring them, and what is kept beside them.

mod sources;
mod tries;

use domain::Line;
use domain::permit::{Dossier, Permit, PermitEvent, PermitRefusal, TakeInDossier, WithdrawPermit};
use jiff::Timestamp;

pub use sources::{SetAside, Watermark};
pub use tries::Try;

use crate::facades::Permits;
use crate::{Cause, CommandError};

/// What became of a dossier that was taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenIn {
    /// It was seen for the first time.
    New,
    /// Something of it changed.
    Changed,
    /// It was as it is known.
    Unchanged,
    /// The person was forgotten: nothing is kept of it.
    Forgotten,
}

impl Permits<'_> {
    /// Takes in what the source holds of a dossier; the same again changes nothing.
    pub async fn take_in(
        self,
        dossier: Dossier,
        cause: &Cause,
    ) -> Result<TakenIn, CommandError<PermitRefusal>> {
        let id = Permit::id_of(dossier.procedure, dossier.number);
        match self.perform(&id, &TakeInDossier { dossier, at: self.now() }, cause).await {
            Ok(receipt) => Ok(match receipt.events.first() {
                None => TakenIn::Unchanged,
                Some(PermitEvent::PermitRequested { .. }) => TakenIn::New,
                Some(_) => TakenIn::Changed,
            }),
            Err(CommandError::Refused(PermitRefusal::Erased)) => Ok(TakenIn::Forgotten),
            Err(error) => Err(error),
        }
    }

    /// Notes that a dossier was deleted at its source; says whether that is news.
    pub async fn withdraw(
        self,
        procedure: u32,
        number: u64,
        reason: Option<Line<64>>,
        deleted_at: Option<Timestamp>,
        cause: &Cause,
    ) -> Result<bool, CommandError<PermitRefusal>> {
        let decision = WithdrawPermit { reason, deleted_at, at: self.now() };
        let receipt = self.perform(&Permit::id_of(procedure, number), &decision, cause).await?;
        Ok(!receipt.events.is_empty())
    }
}
