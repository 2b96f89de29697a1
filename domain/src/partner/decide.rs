//! What operators decide about a client platform.

use jiff::Timestamp;

use crate::partner::{Partner, PartnerEvent, PartnerRefusal, PartnerSettings};
use crate::{Decision, Digest};

/// An operator creates a client platform.
#[derive(Clone, Debug)]
pub struct RegisterClient {
    /// Its settings.
    pub settings: PartnerSettings,
    /// SHA-256 of its secret.
    pub secret_digest: Digest,
    /// When.
    pub at: Timestamp,
}

impl Decision for RegisterClient {
    type Aggregate = Partner;

    fn decide(&self, state: &Partner) -> Result<Vec<PartnerEvent>, PartnerRefusal> {
        match state {
            Partner::Absent => Ok(vec![PartnerEvent::ClientRegistered {
                settings: self.settings.clone(),
                secret_digest: self.secret_digest.clone(),
                at: self.at,
            }]),
            Partner::Registered(_) => Err(PartnerRefusal::AlreadyRegistered),
        }
    }
}

/// An operator changes a client platform's settings; the same settings again change nothing.
#[derive(Clone, Debug)]
pub struct ChangeClientSettings {
    /// The new ones, whole.
    pub settings: PartnerSettings,
    /// When.
    pub at: Timestamp,
}

impl Decision for ChangeClientSettings {
    type Aggregate = Partner;

    fn decide(&self, state: &Partner) -> Result<Vec<PartnerEvent>, PartnerRefusal> {
        if state.known()?.settings == self.settings {
            return Ok(vec![]);
        }
        let settings = self.settings.clone();
        Ok(vec![PartnerEvent::ClientSettingsChanged { settings, at: self.at }])
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
    type Aggregate = Partner;

    fn decide(&self, state: &Partner) -> Result<Vec<PartnerEvent>, PartnerRefusal> {
        state.known()?;
        let (secret_digest, old_until) = (self.secret_digest.clone(), self.old_until);
        Ok(vec![PartnerEvent::ClientSecretRotated { secret_digest, old_until, at: self.at }])
    }
}

/// An operator shuts a client platform out; a second time changes nothing.
#[derive(Clone, Copy, Debug)]
pub struct DisableClient {
    /// When.
    pub at: Timestamp,
}

impl Decision for DisableClient {
    type Aggregate = Partner;

    fn decide(&self, state: &Partner) -> Result<Vec<PartnerEvent>, PartnerRefusal> {
        Ok(match state.known()?.disabled_at {
            Some(_) => vec![],
            None => vec![PartnerEvent::ClientDisabled { at: self.at }],
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
    type Aggregate = Partner;

    fn decide(&self, state: &Partner) -> Result<Vec<PartnerEvent>, PartnerRefusal> {
        Ok(match state.known()?.disabled_at {
            Some(_) => vec![PartnerEvent::ClientEnabled { at: self.at }],
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
    type Aggregate = Partner;

    fn decide(&self, state: &Partner) -> Result<Vec<PartnerEvent>, PartnerRefusal> {
        Ok(match state.known()?.paused_at {
            Some(_) => vec![],
            None => vec![PartnerEvent::ClientPaused { at: self.at }],
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
    type Aggregate = Partner;

    fn decide(&self, state: &Partner) -> Result<Vec<PartnerEvent>, PartnerRefusal> {
        Ok(match state.known()?.paused_at {
            Some(_) => vec![PartnerEvent::ClientResumed { at: self.at }],
            None => vec![],
        })
    }
}
