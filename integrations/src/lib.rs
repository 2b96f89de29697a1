//! Outgoing HTTP: requests with bounds, circuits, and the services that we call.
//!
//! A service is a file here: its address, what it is asked, and what its answers mean, sorted into
//! [`ServiceError`]. Reactions, scheduled tasks and pages call it; none of them knows how it speaks.

mod ami;
mod circuit;
pub mod demarches;
pub mod http;
mod memo;
mod service;

pub use ami::Ami;
pub use circuit::Circuit;
pub use demarches::Demarches;
pub use memo::Memo;
pub use service::{Reason, ServiceError, SetUpError};

/// The services that are configured.
#[derive(Clone, Debug, Default)]
pub struct Integrations {
    /// Memo, the candidate's dashboard.
    pub memo: Option<Memo>,
    /// AMI, the adviser's file.
    pub ami: Option<Ami>,
    /// The government's form service, where dossiers of work permits come from.
    pub demarches: Option<Demarches>,
}
