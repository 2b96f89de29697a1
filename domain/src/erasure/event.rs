//! The events of an erasure case.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::erasure::RecordRef;
use crate::{EmailAddress, Line, Personal};

/// A fact about an erasure case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum ErasureCaseEvent {
    /// An operator asks for a person to be erased; another one must agree.
    ErasureCaseOpened {
        /// The person's address.
        #[schemars(extend("x-subject" = true))]
        address: Personal<EmailAddress>,
        /// The records that are to go.
        records: Vec<RecordRef>,
        /// Which operator.
        #[schemars(extend("x-personal" = false))]
        requested_by: Line<64>,
        /// When.
        at: Timestamp,
    },
    /// Another operator agreed: the records are erased one by one.
    ErasureCaseAgreed {
        /// Which operator.
        #[schemars(extend("x-personal" = false))]
        agreed_by: Line<64>,
        /// When.
        at: Timestamp,
    },
    /// A record is erased, and what lay beside it is deleted.
    ErasureCaseStreamErased {
        /// Which.
        record: RecordRef,
        /// When.
        at: Timestamp,
    },
    /// An operator said no, or the one who asked took it back: the case forgets whom it was about.
    ErasureCaseRefused {
        /// Which operator.
        #[schemars(extend("x-personal" = false))]
        refused_by: Line<64>,
        /// When.
        at: Timestamp,
    },
    /// The data went in another way, or nobody decided in time: the case forgets whom it was about.
    ErasureCaseDropped {
        /// When.
        at: Timestamp,
    },
    /// Every record is erased and cleared: the case forgets whom it was about.
    ErasureCaseCompleted {
        /// When.
        at: Timestamp,
    },
}

events! {
    ErasureCaseEventKind of ErasureCaseEvent;
    ErasureCaseOpened,
    ErasureCaseAgreed,
    ErasureCaseStreamErased,
    ErasureCaseRefused erases,
    ErasureCaseDropped erases,
    ErasureCaseCompleted erases,
}
