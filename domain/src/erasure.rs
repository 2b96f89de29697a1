//! An erasure case: an operator asks for a person to be erased, another one agrees, and what is kept of
//! the person is erased stream by stream until nothing is left.

mod decide;
mod event;
mod record;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{EmailAddress, Line, Personal};

pub use decide::{
    AgreeToErasure, CompleteErasureCase, DropErasureCase, OpenErasureCase, RecordStreamErased,
    TurnDownErasure,
};
pub use event::{ErasureCaseEvent, ErasureCaseEventKind};
pub use record::RecordRef;

/// By what right a person's data are erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErasureBasis {
    /// The person's own will, confirmed from their address.
    Candidate,
    /// The agreement of this operator to what another one asked for, as the application notes it.
    Operator(Line<64>),
    /// An erasure case: one operator asked and another one agreed.
    Case,
    /// The erasure of the account that the record belongs to.
    Owner,
    /// The will of somebody with access to the machine.
    CommandLine,
    /// The end of the time for which data are kept: nothing may have happened since this time.
    Retention {
        /// What happened before it is long enough ago.
        before: Timestamp,
    },
}

/// The aggregate: one case, or the absence of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErasureCase {
    /// Nobody asked for anything under this id.
    #[default]
    Absent,
    /// A second operator is to agree.
    Waiting(Box<ErasureOfPerson>),
    /// A second operator agreed: the streams are erased one by one.
    Agreed(Box<ErasureOfPerson>),
    /// It is over.
    Closed(ErasureOutcome),
}

/// Whose data are to be erased, and which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureOfPerson {
    /// The person's address.
    pub address: Personal<EmailAddress>,
    /// The records that are not erased yet.
    pub left: Vec<RecordRef>,
    /// The operator who asked.
    pub requested_by: Line<64>,
    /// When.
    pub requested_at: Timestamp,
}

/// How a case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErasureOutcome {
    /// Every record is erased and cleared.
    Completed,
    /// An operator said no.
    Refused,
    /// There was nothing left to decide: the data went in another way.
    Dropped,
}

aggregate_of_decisions!(ErasureCase, ErasureCaseEvent, ErasureCaseRefusal, "ErasureCase");

impl ErasureCase {
    /// The case as it is carried out, once two operators want it.
    pub fn agreed(&self) -> Result<&ErasureOfPerson, ErasureCaseRefusal> {
        match self {
            Self::Agreed(case) => Ok(case),
            Self::Waiting(_) => Err(ErasureCaseRefusal::SecondPersonNeeded),
            Self::Absent | Self::Closed(_) => Err(ErasureCaseRefusal::NoSuchCase),
        }
    }

    /// The case, while it is not over.
    pub fn open(&self) -> Result<&ErasureOfPerson, ErasureCaseRefusal> {
        match self {
            Self::Waiting(case) | Self::Agreed(case) => Ok(case),
            Self::Absent | Self::Closed(_) => Err(ErasureCaseRefusal::NoSuchCase),
        }
    }

    /// Takes in what happened. Total: an event that makes no sense in this state changes nothing.
    pub fn apply(&mut self, event: ErasureCaseEvent) {
        match event {
            ErasureCaseEvent::ErasureCaseOpened { address, records, requested_by, at } => {
                if *self == Self::Absent {
                    *self = Self::Waiting(Box::new(ErasureOfPerson {
                        address,
                        left: records,
                        requested_by,
                        requested_at: at,
                    }));
                }
            }
            ErasureCaseEvent::ErasureCaseAgreed { .. } => {
                if let Self::Waiting(case) = self {
                    *self = Self::Agreed(case.clone());
                }
            }
            ErasureCaseEvent::ErasureCaseStreamErased { record, .. } => {
                if let Self::Agreed(case) = self {
                    case.left.retain(|left| *left != record);
                }
            }
            ErasureCaseEvent::ErasureCaseRefused { .. } => {
                *self = Self::Closed(ErasureOutcome::Refused);
            }
            ErasureCaseEvent::ErasureCaseDropped { .. } => {
                *self = Self::Closed(ErasureOutcome::Dropped);
            }
            ErasureCaseEvent::ErasureCaseCompleted { .. } => {
                *self = Self::Closed(ErasureOutcome::Completed);
            }
        }
    }
}

/// Why something may not happen to a case.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ErasureCaseRefusal {
    /// There is none, or it is over.
    #[error("There is no such request, or it was decided already.")]
    NoSuchCase,
    /// It would be about nothing.
    #[error("Nothing is kept that could be erased.")]
    NothingToErase,
    /// Who asked for it may not agree to it.
    #[error("Another operator must agree to this erasure: the one who asked for it may not.")]
    SecondPersonNeeded,
    /// Two operators agreed: it goes on to its end.
    #[error("This erasure was agreed to and is under way: it cannot be taken back.")]
    UnderWay,
    /// Something of it is still there.
    #[error("Not every record of this case is erased yet.")]
    NotErasedYet,
}

impl crate::Refused for ErasureCaseRefusal {}
