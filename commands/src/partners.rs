//! Client platforms: who they are and whether they are who they say.

mod cache;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::partner::{
    ChangeClientSettings, ClientEventKind, DisableClient, EnableClient, PartnerSettings,
    PauseClient, RegisterClient, Registered, ResumeClient, RotateClientSecret, Webhook,
};
use domain::{Digest, Partner, PartnerId, PartnerRefusal};
use event_store::{Position, args, timestamp_text};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use thiserror::Error;
use uuid::Uuid;

use crate::facades::Partners;
use crate::{Cause, CommandError};

pub(crate) use cache::PartnerCache;

/// A registered client platform.
#[derive(Clone, Debug)]
pub struct PartnerAccount {
    /// Its public name.
    pub id: PartnerId,
    /// What an operator set for it.
    pub settings: PartnerSettings,
    /// Since when it is shut out.
    pub disabled_at: Option<Timestamp>,
    /// Since when its letters wait.
    pub paused_at: Option<Timestamp>,
    /// Where it wants to be told what happens to its applications.
    pub webhooks: Vec<Webhook>,
    /// Until when the secret before the present one is taken.
    pub old_secret_until: Option<Timestamp>,
    secret_digest: Digest,
    old_secret_digest: Option<Digest>,
}

impl PartnerAccount {
    fn new(id: PartnerId, registered: Registered) -> Self {
        let (old_secret_digest, old_secret_until) = registered.old_secret.unzip();
        Self {
            id,
            settings: registered.settings,
            disabled_at: registered.disabled_at,
            paused_at: registered.paused_at,
            webhooks: registered.webhooks,
            old_secret_until,
            secret_digest: registered.secret_digest,
            old_secret_digest,
        }
    }

    /// Its webhook called `id`.
    pub fn webhook(&self, id: Uuid) -> Option<&Webhook> {
        self.webhooks.iter().find(|webhook| webhook.id == id)
    }

    /// Why its letters wait while it is paused, for operators; of one platform alone.
    pub fn why_paused(id: &PartnerId) -> String {
        format!(
            "The platform {id} is paused: its letters wait. Once it is resumed, they leave by \
             themselves."
        )
    }

    /// Whether this is the digest of its secret, or of the one before while that is taken.
    fn knows(&self, presented: &Digest, now: Timestamp) -> bool {
        let old = self.old_secret_digest.as_ref();
        let old = old.filter(|_| self.old_secret_until.is_some_and(|until| now < until));
        is_same(&self.secret_digest, presented) | old.is_some_and(|old| is_same(old, presented))
    }
}

/// A client's secret: 32 random bytes in base64url, shown once and stored as a digest only.
#[derive(Clone, PartialEq, Eq)]
pub struct PartnerSecret(String);

impl PartnerSecret {
    /// The secret made of these bytes, which come from a cryptographic source.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// A secret that somebody presents.
    pub fn presented(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text to be shown, once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    fn digest(&self) -> Digest {
        Digest::from_bytes(Sha256::digest(&self.0).into())
    }
}

impl fmt::Debug for PartnerSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret(…)")
    }
}

const WAKE: &str = "
    UPDATE reactions
    SET due_at = $1
    WHERE state = 'delayed' AND cause = $2 AND due_at > $1";

/// Why a client is not let in.
#[derive(Debug, Error)]
pub enum PartnerError {
    /// The id is unknown or the secret wrong; which of the two is not told.
    #[error("unknown client, or wrong secret")]
    WrongCredentials,
    /// An operator shut it out.
    #[error("this client is disabled")]
    Disabled,
    /// The log did not answer.
    #[error(transparent)]
    Command(#[from] CommandError<PartnerRefusal>),
}

impl Partners<'_> {
    /// The client called `id`, if it is registered, as it was within the last second.
    pub async fn find(
        self,
        id: &PartnerId,
    ) -> Result<Option<PartnerAccount>, CommandError<PartnerRefusal>> {
        if let Some(partner) = self.remembered.get(id) {
            return Ok(Some(partner));
        }
        self.find_afresh(id).await
    }

    /// The client called `id`, if it is registered, as it is now.
    pub async fn find_afresh(
        self,
        id: &PartnerId,
    ) -> Result<Option<PartnerAccount>, CommandError<PartnerRefusal>> {
        Ok(match self.loader().state(id.as_str()).await?.state {
            Partner::Absent => None,
            Partner::Registered(registered) => {
                let partner = PartnerAccount::new(id.clone(), *registered);
                self.remembered.keep(&partner);
                Some(partner)
            }
        })
    }

    /// Every registered client, in the order of registration, read from the log.
    pub async fn all(self) -> Result<Vec<PartnerAccount>, CommandError<PartnerRefusal>> {
        let mut partners = vec![];
        let mut after = Position::START;
        loop {
            let kind = ClientEventKind::ClientRegistered.as_str();
            let page = self.log.page_after(after, 1000, Some(&[kind])).await?;
            if page.reached == after {
                return Ok(partners);
            }
            after = page.reached;
            for event in page.events {
                if let Ok(id) = event.aggregate_id.parse() {
                    partners.extend(self.find(&id).await?);
                }
            }
        }
    }

    /// The client of these credentials. The comparison takes the same time for every wrong secret.
    pub async fn authenticate(
        self,
        id: &str,
        secret: &PartnerSecret,
    ) -> Result<PartnerAccount, PartnerError> {
        let partner = match id.parse() {
            Ok(id) => self.find(&id).await?,
            Err(_) => None,
        };
        let presented = secret.digest();
        match partner {
            Some(partner) if partner.knows(&presented, self.clock.now()) => {
                if partner.disabled_at.is_some() {
                    Err(PartnerError::Disabled)
                } else {
                    Ok(partner)
                }
            }
            _ => Err(PartnerError::WrongCredentials),
        }
    }

    /// Registers a client with a fresh secret, which is returned and never stored.
    pub async fn register(
        self,
        id: &PartnerId,
        settings: PartnerSettings,
        cause: &Cause,
    ) -> Result<PartnerSecret, CommandError<PartnerRefusal>> {
        let secret = PartnerSecret::from_random(self.ids.random());
        self.register_with(id, settings, &secret, cause).await?;
        Ok(secret)
    }

    /// Registers a client with a given secret: the demo client's, which a page shows anyway.
    pub async fn register_with(
        self,
        id: &PartnerId,
        settings: PartnerSettings,
        secret: &PartnerSecret,
        cause: &Cause,
    ) -> Result<(), CommandError<PartnerRefusal>> {
        let secret_digest = secret.digest();
        let decision = RegisterClient { settings, secret_digest, at: self.clock.now() };
        self.perform(id.as_str(), &decision, cause).await.map(drop)
    }

    /// Gives a client a new secret; the old one is taken for `overlap` more.
    pub async fn rotate_secret(
        self,
        id: &PartnerId,
        overlap: SignedDuration,
        cause: &Cause,
    ) -> Result<PartnerSecret, CommandError<PartnerRefusal>> {
        let secret = PartnerSecret::from_random(self.ids.random());
        let at = self.clock.now();
        let old_until = at.saturating_add(overlap).unwrap_or(at);
        let decision = RotateClientSecret { secret_digest: secret.digest(), old_until, at };
        self.perform(id.as_str(), &decision, cause).await?;
        self.remembered.forget(id);
        Ok(secret)
    }

    /// Shuts a client out, or lets it in again.
    pub async fn disable(
        self,
        id: &PartnerId,
        disabled: bool,
        cause: &Cause,
    ) -> Result<(), CommandError<PartnerRefusal>> {
        let at = self.clock.now();
        let done = if disabled {
            self.perform(id.as_str(), &DisableClient { at }, cause).await
        } else {
            self.perform(id.as_str(), &EnableClient { at }, cause).await
        };
        self.remembered.forget(id);
        done.map(drop)
    }

    /// Pauses a client's letters: they wait, and nothing is lost.
    pub async fn pause(
        self,
        id: &PartnerId,
        cause: &Cause,
    ) -> Result<(), CommandError<PartnerRefusal>> {
        let paused = self.perform(id.as_str(), &PauseClient { at: self.clock.now() }, cause).await;
        self.remembered.forget(id);
        paused.map(drop)
    }

    /// Lets a client's letters leave again, those that waited at once. Says how many waited.
    pub async fn resume(
        self,
        id: &PartnerId,
        cause: &Cause,
    ) -> Result<u64, CommandError<PartnerRefusal>> {
        let at = self.clock.now();
        let resumed = self.perform(id.as_str(), &ResumeClient { at }, cause).await;
        self.remembered.forget(id);
        resumed?;
        let args = args![timestamp_text(at), PartnerAccount::why_paused(id)];
        Ok(self.log.db().execute(WAKE, args).await?)
    }

    /// Changes a client's settings.
    pub async fn change_settings(
        self,
        id: &PartnerId,
        settings: PartnerSettings,
        cause: &Cause,
    ) -> Result<(), CommandError<PartnerRefusal>> {
        let decision = ChangeClientSettings { settings, at: self.clock.now() };
        let changed = self.perform(id.as_str(), &decision, cause).await.map(drop);
        self.remembered.forget(id);
        changed
    }
}

fn is_same(one: &Digest, other: &Digest) -> bool {
    one.as_str().as_bytes().ct_eq(other.as_str().as_bytes()).into()
}
