//! A candidate's data: asked for, deleted in time, forgotten.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::application::{ApplicationEvent, ApplicationRefusal, Delivery, JobApplication};
use crate::erasure::ErasureBasis;
use crate::{Decision, Line};

/// How many links to their data a candidate may ask for, for each application.
const MOST_REQUESTS: usize = 20;

/// What a candidate wants of their data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// To have them (GDPR art. 15 and 20).
    Export,
    /// To be forgotten (GDPR art. 17).
    Erasure,
}

names! {
    Wish {
        Export = "export",
        Erasure = "erasure",
    }
}

/// Why a candidate is forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The candidate wanted it, and confirmed it from their address.
    Candidate,
    /// One operator asked for it and another agreed.
    Operators,
    /// Somebody with access to the machine did it.
    CommandLine,
    /// Nothing has happened for as long as data are kept.
    Retention,
}

names! {
    Basis {
        Candidate = "candidate",
        Operators = "operators",
        CommandLine = "command_line",
        Retention = "retention",
    }
}

/// A candidate's request for a link, and what became of its e-mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct DataRequest {
    pub request_id: Uuid,
    pub wish: Wish,
    pub delivery: Delivery,
}

/// An operator's request that waits for another operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ErasureRequest {
    pub request_id: Uuid,
    pub requested_by: Line<64>,
    pub at: Timestamp,
}

/// The candidate wants their data, or wants to be forgotten.
#[derive(Clone, Copy, Debug)]
pub struct RequestPersonalData {
    /// Names the request; the same id again changes nothing.
    pub request_id: Uuid,
    /// What the candidate wants.
    pub wish: Wish,
    /// When.
    pub at: Timestamp,
}

impl Decision for RequestPersonalData {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        let requests = &state.remembered()?.data_requests;
        let Self { request_id, wish, at } = *self;
        if requests.iter().any(|request| request.request_id == request_id) {
            return Ok(vec![]);
        }
        if requests.len() >= MOST_REQUESTS {
            return Err(ApplicationRefusal::TooManyRequests);
        }
        Ok(vec![ApplicationEvent::PersonalDataRequested { request_id, wish, at }])
    }
}

/// A mail server took the link that the candidate asked for.
#[derive(Clone, Debug)]
pub struct RecordPersonalDataLinkSent {
    /// Which request.
    pub request_id: Uuid,
    /// The e-mail's Message-ID.
    pub message_id: Line<255>,
    /// When the server took it.
    pub at: Timestamp,
}

impl Decision for RecordPersonalDataLinkSent {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        let requests = &state.known()?.data_requests;
        match requests.iter().find(|request| request.request_id == self.request_id) {
            None => Err(ApplicationRefusal::NoSuchRequest),
            Some(request) if request.delivery.is_sent() => Ok(vec![]),
            Some(_) => Ok(vec![ApplicationEvent::PersonalDataLinkSent {
                request_id: self.request_id,
                message_id: self.message_id.clone(),
                at: self.at,
            }]),
        }
    }
}

/// An operator asks for the candidate to be forgotten.
#[derive(Clone, Debug)]
pub struct RequestErasure {
    /// Names the request.
    pub request_id: Uuid,
    /// Which operator.
    pub requested_by: Line<64>,
    /// When.
    pub at: Timestamp,
}

impl Decision for RequestErasure {
    type Aggregate = JobApplication;

    /// One request waits at a time; another one adds nothing.
    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        if state.remembered()?.erasure_request.is_some() {
            return Ok(vec![]);
        }
        let Self { request_id, requested_by, at } = self.clone();
        Ok(vec![ApplicationEvent::ErasureRequested { request_id, requested_by, at }])
    }
}

/// An operator says that the candidate is not to be forgotten.
#[derive(Clone, Copy, Debug)]
pub struct RefuseErasure {
    /// Which request.
    pub request_id: Uuid,
    /// When.
    pub at: Timestamp,
}

impl Decision for RefuseErasure {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        let Self { request_id, at } = *self;
        match &state.remembered()?.erasure_request {
            Some(request) if request.request_id == request_id => {
                Ok(vec![ApplicationEvent::ErasureRefused { request_id, at }])
            }
            _ => Err(ApplicationRefusal::NoSuchRequest),
        }
    }
}

/// The candidate is forgotten: the key of the application's personal data is destroyed.
#[derive(Clone, Debug)]
pub struct ErasePersonalData {
    /// By what right.
    pub basis: ErasureBasis,
    /// When.
    pub at: Timestamp,
}

impl Decision for ErasePersonalData {
    type Aggregate = JobApplication;

    /// Forgetting twice is forgetting once.
    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        let application = state.known()?;
        if application.erased_at.is_some() {
            return Ok(vec![]);
        }
        let basis = match &self.basis {
            ErasureBasis::Candidate | ErasureBasis::Owner => Basis::Candidate,
            ErasureBasis::CommandLine => Basis::CommandLine,
            ErasureBasis::Case => Basis::Operators,
            ErasureBasis::Operator(operator) => match &application.erasure_request {
                None => return Err(ApplicationRefusal::NoSuchRequest),
                Some(request) if request.requested_by == *operator => {
                    return Err(ApplicationRefusal::SecondPersonNeeded);
                }
                Some(_) => Basis::Operators,
            },
            ErasureBasis::Retention { before } if application.last_contact_at >= *before => {
                return Ok(vec![]);
            }
            ErasureBasis::Retention { .. } => Basis::Retention,
        };
        Ok(vec![ApplicationEvent::PersonalDataErased { basis, at: self.at }])
    }
}

/// The documents have been kept for long enough.
#[derive(Clone, Copy, Debug)]
pub struct DeleteAttachments {
    /// Those of an application that was submitted before this.
    pub before: Timestamp,
    /// When.
    pub at: Timestamp,
}

impl Decision for DeleteAttachments {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        let application = state.known()?;
        if application.documents().is_empty() || application.submitted_at >= self.before {
            return Ok(vec![]);
        }
        Ok(vec![ApplicationEvent::AttachmentsDeleted { at: self.at }])
    }
}
