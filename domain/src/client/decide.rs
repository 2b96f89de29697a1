//! What operators decide about a client platform.

use jiff::Timestamp;

use crate::client::{ClientEvent, ClientPlatform, ClientRefusal, ClientSettings};
use crate::{Decision, Digest};

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
            ClientPlatform::Registered(_) => Err(ClientRefusal::AlreadyRegistered),
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
        if state.known()?.settings == self.settings {
            return Ok(vec![]);
        }
        let settings = self.settings.clone();
        Ok(vec![ClientEvent::ClientSettingsChanged { settings, at: self.at }])
    }
}

/// An operator gives a client platform a new secret; the old one is taken for a while.
#[derive(Clone, Debug)]
pub struct RotateClientSecret {
    /// SHA-256 of the new secret.
    pub secret_digest: Digest,
    /// Until when the old one is taken too.
    pub old_until: Timestamp,
    /// When.
    pub at: Timestamp,
}

impl Decision for RotateClientSecret {
    type Aggregate = ClientPlatform;

    fn decide(&self, state: &ClientPlatform) -> Result<Vec<ClientEvent>, ClientRefusal> {
        state.known()?;
        let (secret_digest, old_until) = (self.secret_digest.clone(), self.old_until);
        Ok(vec![ClientEvent::ClientSecretRotated { secret_digest, old_until, at: self.at }])
    }
}

/// An operator shuts a client platform out; a second time changes nothing.
#[derive(Clone, Copy, Debug)]
pub struct DisableClient {
    /// When.
    pub at: Timestamp,
}

impl Decision for DisableClient {
    type Aggregate = ClientPlatform;

    fn decide(&self, state: &ClientPlatform) -> Result<Vec<ClientEvent>, ClientRefusal> {
        Ok(match state.known()?.disabled_at {
            Some(_) => vec![],
            None => vec![ClientEvent::ClientDisabled { at: self.at }],
        })
    }
}

/// An operator lets a client platform in again; a second time changes nothing.
#[derive(Clone, Copy, Debug)]
pub struct EnableClient {
    /// When.
    pub at: Timestamp,
}

impl Decision for EnableClient {
    type Aggregate = ClientPlatform;

    fn decide(&self, state: &ClientPlatform) -> Result<Vec<ClientEvent>, ClientRefusal> {
        Ok(match state.known()?.disabled_at {
            Some(_) => vec![ClientEvent::ClientEnabled { at: self.at }],
            None => vec![],
        })
    }
}

/// An operator pauses a client platform's letters; a second time changes nothing.
#[derive(Clone, Copy, Debug)]
pub struct PauseClient {
    /// When.
    pub at: Timestamp,
}

impl Decision for PauseClient {
    type Aggregate = ClientPlatform;

    fn decide(&self, state: &ClientPlatform) -> Result<Vec<ClientEvent>, ClientRefusal> {
        Ok(match state.known()?.paused_at {
            Some(_) => vec![],
            None => vec![ClientEvent::ClientPaused { at: self.at }],
        })
    }
}

/// An operator lets a client platform's letters leave again; a second time changes nothing.
#[derive(Clone, Copy, Debug)]
pub struct ResumeClient {
    /// When.
    pub at: Timestamp,
}

impl Decision for ResumeClient {
    type Aggregate = ClientPlatform;

    fn decide(&self, state: &ClientPlatform) -> Result<Vec<ClientEvent>, ClientRefusal> {
        Ok(match state.known()?.paused_at {
            Some(_) => vec![ClientEvent::ClientResumed { at: self.at }],
            None => vec![],
        })
    }
}
