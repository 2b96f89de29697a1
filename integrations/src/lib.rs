//! Outgoing HTTP: requests with bounds, circuits, and the services that we call.
//!
//! A service is a file here: its address, what it is asked, and what its answers mean, sorted into
//! [`ServiceError`]. Reactions, scheduled tasks and pages call it; none of them knows how it speaks.

mod ami;
mod apart;
pub mod browser;
mod circuit;
pub mod collect;
pub mod demarches;
pub mod describe;
pub mod fetch;
mod html;
pub mod http;
mod memo;
pub mod model;
mod reach;
mod service;

pub use ami::Ami;
pub use browser::Browser;
pub use circuit::Circuit;
pub use collect::Collectors;
pub use demarches::Demarches;
pub use describe::Describer;
pub use fetch::Fetcher;
pub use memo::Memo;
pub use model::Model;
pub use reach::Reach;
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
    /// What collects job offers.
    pub collectors: Option<Collectors>,
    /// What describes job offers.
    pub describer: Option<Describer>,
}
