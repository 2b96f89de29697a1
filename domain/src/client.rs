//! A client platform: a partner whose site sends applications.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::value::origin::Origin;
use crate::{Decision, Digest, EmailAddress, Language, Line};

/// What an operator sets for a client platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClientSettings {
    /// The name that people read.
    pub name: Line<64>,
    /// The platform's own address: the From of its e-mails.
    pub contact_email: EmailAddress,
    /// The origins that may hold the form in an iframe; while there is none, any may.
    pub origins: Vec<Origin>,
    /// Whether employers are mailed for real; a staging platform's are not.
    pub mails_employers: bool,
    /// Whether applications are forwarded to Memo.
    pub forwards_to_memo: bool,
    /// Whether applications are forwarded to AMI.
    pub forwards_to_ami: bool,
    /// The language of its pages and e-mails when nothing else says.
    pub language: Language,
    /// How many e-mails one candidate may cause.
    pub sender_limits: SenderLimits,
}

/// Sliding-window limits on e-mails per candidate address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "the names say it")]
pub struct SenderLimits {
    pub per_second: u32,
    pub per_minute: u32,
    pub per_hour: u32,
}

impl Default for SenderLimits {
    fn default() -> Self {
        Self { per_second: 1, per_minute: 3, per_hour: 60 }
    }
}

/// A fact about a client platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum ClientEvent {
    /// An operator created it.
    ClientRegistered {
        /// Its settings.
        settings: ClientSettings,
        /// SHA-256 of its secret, which is random and 256 bits long.
        secret_digest: Digest,
        /// When.
        at: Timestamp,
    },
    /// An operator changed its settings.
    ClientSettingsChanged {
        /// The new ones, whole.
        settings: ClientSettings,
        /// When.
        at: Timestamp,
    },
}

impl ClientEvent {
    /// The stored event types, in the order of a platform's life.
    pub const KINDS: [&'static str; 2] = ["ClientRegistered", "ClientSettingsChanged"];
}

impl cqrs_es::DomainEvent for ClientEvent {
    fn event_type(&self) -> String {
        match self {
            Self::ClientRegistered { .. } => "ClientRegistered",
            Self::ClientSettingsChanged { .. } => "ClientSettingsChanged",
        }
        .to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

/// The aggregate: one client platform, or the absence of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientPlatform {
    /// Nothing was registered under this id.
    #[default]
    Absent,
    /// It may send applications.
    Registered {
        /// Its settings.
        settings: Box<ClientSettings>,
        /// SHA-256 of its secret.
        secret_digest: Digest,
        /// When it was registered.
        registered_at: Timestamp,
    },
}

aggregate_of_decisions!(ClientPlatform, ClientEvent, ClientRefusal, "ClientPlatform");

impl ClientPlatform {
    /// Takes in what happened.
    pub fn apply(&mut self, event: ClientEvent) {
        match event {
            ClientEvent::ClientRegistered { settings, secret_digest, at } => {
                *self = Self::Registered {
                    settings: Box::new(settings),
                    secret_digest,
                    registered_at: at,
                };
            }
            ClientEvent::ClientSettingsChanged { settings: new, .. } => {
                if let Self::Registered { settings, .. } = self {
                    **settings = new;
                }
            }
        }
    }
}

/// Why something may not happen to a client platform.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ClientRefusal {
    /// The id is taken.
    #[error("A client platform with this id exists already. Choose another id.")]
    AlreadyRegistered,
    /// There is none.
    #[error("There is no client platform with this id. `postulo client list` shows them.")]
    NotFound,
}

/// An operator creates a client platform.
#[derive(Clone, Debug)]
pub struct RegisterClient {
    /// Its settings.
    pub settings: ClientSettings,
    /// SHA-256 of its secret.
    pub secret_digest: Digest,
    /// When.
    pub at: Timestamp,
}

impl Decision for RegisterClient {
    type Aggregate = ClientPlatform;

    fn decide(&self, state: &ClientPlatform) -> Result<Vec<ClientEvent>, ClientRefusal> {
        match state {
            ClientPlatform::Absent => Ok(vec![ClientEvent::ClientRegistered {
                settings: self.settings.clone(),
                secret_digest: self.secret_digest.clone(),
                at: self.at,
            }]),
            ClientPlatform::Registered { .. } => Err(ClientRefusal::AlreadyRegistered),
        }
    }
}

/// An operator changes a client platform's settings; the same settings again change nothing.
#[derive(Clone, Debug)]
pub struct ChangeClientSettings {
    /// The new ones, whole.
    pub settings: ClientSettings,
    /// When.
    pub at: Timestamp,
}

impl Decision for ChangeClientSettings {
    type Aggregate = ClientPlatform;

    fn decide(&self, state: &ClientPlatform) -> Result<Vec<ClientEvent>, ClientRefusal> {
        match state {
            ClientPlatform::Absent => Err(ClientRefusal::NotFound),
            ClientPlatform::Registered { settings, .. } if **settings == self.settings => {
                Ok(vec![])
            }
            ClientPlatform::Registered { .. } => Ok(vec![ClientEvent::ClientSettingsChanged {
                settings: self.settings.clone(),
                at: self.at,
            }]),
        }
    }
}
