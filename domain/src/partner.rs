//! A client platform: a partner whose site sends applications.

mod decide;
mod retention;
mod settings;
mod webhook;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::Digest;

pub use decide::{
    ChangeClientSettings, DisableClient, EnableClient, PauseClient, RegisterClient, ResumeClient,
    RotateClientSecret,
};
pub use retention::Retention;
pub use settings::{EmailLimits, MailTemplates, PartnerSettings};
pub use webhook::{
    DisableWebhook, EnableWebhook, RegisterWebhook, RemoveWebhook, Webhook, WebhookUrl,
};

/// A fact about a client platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum PartnerEvent {
    /// An operator created it.
    ClientRegistered {
        /// Its settings.
        settings: PartnerSettings,
        /// SHA-256 of its secret, which is random and 256 bits long.
        secret_digest: Digest,
        /// When.
        at: Timestamp,
    },
    /// An operator changed its settings.
    ClientSettingsChanged {
        /// The new ones, whole.
        settings: PartnerSettings,
        /// When.
        at: Timestamp,
    },
    /// An operator gave it a new secret.
    ClientSecretRotated {
        /// SHA-256 of the new secret.
        secret_digest: Digest,
        /// Until when the one before is taken too.
        old_until: Timestamp,
        /// When.
        at: Timestamp,
    },
    /// An operator shut it out: it may send nothing more; what it sent goes on.
    ClientDisabled {
        /// When.
        at: Timestamp,
    },
    /// An operator let it in again.
    ClientEnabled {
        /// When.
        at: Timestamp,
    },
    /// An operator paused its letters: they wait; its applications are taken as before.
    ClientPaused {
        /// When.
        at: Timestamp,
    },
    /// An operator let its letters leave again.
    ClientResumed {
        /// When.
        at: Timestamp,
    },
    /// What happens to its applications is told to an address from now on.
    WebhookRegistered {
        /// Names the webhook.
        webhook_id: Uuid,
        /// The address.
        #[schemars(extend("x-personal" = false))]
        url: WebhookUrl,
        /// When.
        at: Timestamp,
    },
    /// An address is told no more.
    WebhookRemoved {
        /// Which.
        webhook_id: Uuid,
        /// When.
        at: Timestamp,
    },
    /// An address did not answer for days, or an operator paused it.
    WebhookDisabled {
        /// Which.
        webhook_id: Uuid,
        /// Whether it failed for too long; an operator paused it otherwise.
        failing: bool,
        /// When.
        at: Timestamp,
    },
    /// An address is told again.
    WebhookEnabled {
        /// Which.
        webhook_id: Uuid,
        /// When.
        at: Timestamp,
    },
}

events! {
    ClientEventKind of PartnerEvent;
    ClientRegistered,
    ClientSettingsChanged,
    ClientSecretRotated,
    ClientDisabled,
    ClientEnabled,
    ClientPaused,
    ClientResumed,
    WebhookRegistered,
    WebhookRemoved,
    WebhookDisabled,
    WebhookEnabled,
}

/// The aggregate: one client platform, or the absence of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Partner {
    /// Nothing was registered under this id.
    #[default]
    Absent,
    /// It may send applications, unless it is disabled.
    Registered(Box<Registered>),
}

/// What is known of a registered client platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// Its settings.
    pub settings: PartnerSettings,
    /// SHA-256 of its secret.
    pub secret_digest: Digest,
    /// SHA-256 of the secret before that, and until when it is taken.
    pub old_secret: Option<(Digest, Timestamp)>,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// Since when it is shut out.
    pub disabled_at: Option<Timestamp>,
    /// Since when its letters wait.
    #[serde(default)]
    pub paused_at: Option<Timestamp>,
    /// Where to tell what happens to its applications, in the order of registration.
    pub webhooks: Vec<Webhook>,
}

aggregate_of_decisions!(Partner, PartnerEvent, PartnerRefusal, "ClientPlatform");

impl Partner {
    /// What is known of it.
    pub fn known(&self) -> Result<&Registered, PartnerRefusal> {
        match self {
            Self::Absent => Err(PartnerRefusal::NotFound),
            Self::Registered(registered) => Ok(registered),
        }
    }

    /// Takes in what happened. Total: an event that makes no sense in this state changes nothing.
    pub fn apply(&mut self, event: PartnerEvent) {
        match (self, event) {
            (state, PartnerEvent::ClientRegistered { settings, secret_digest, at }) => {
                *state = Self::Registered(Box::new(Registered {
                    settings,
                    secret_digest,
                    old_secret: None,
                    registered_at: at,
                    disabled_at: None,
                    paused_at: None,
                    webhooks: vec![],
                }));
            }
            (Self::Registered(registered), event) => registered.apply(event),
            (Self::Absent, _) => {}
        }
    }
}

impl Registered {
    fn apply(&mut self, event: PartnerEvent) {
        match event {
            PartnerEvent::ClientRegistered { .. } => {}
            PartnerEvent::ClientSettingsChanged { settings, .. } => self.settings = settings,
            PartnerEvent::ClientSecretRotated { secret_digest, old_until, .. } => {
                let old = std::mem::replace(&mut self.secret_digest, secret_digest);
                self.old_secret = Some((old, old_until));
            }
            PartnerEvent::ClientDisabled { at } => self.disabled_at = Some(at),
            PartnerEvent::ClientEnabled { .. } => self.disabled_at = None,
            PartnerEvent::ClientPaused { at } => self.paused_at = Some(at),
            PartnerEvent::ClientResumed { .. } => self.paused_at = None,
            PartnerEvent::WebhookRegistered { webhook_id, url, .. } => {
                self.webhooks.push(Webhook { id: webhook_id, url, paused: false, failing: false });
            }
            PartnerEvent::WebhookRemoved { webhook_id, .. } => {
                self.webhooks.retain(|webhook| webhook.id != webhook_id);
            }
            PartnerEvent::WebhookDisabled { webhook_id, failing, .. } => {
                self.change_webhook(webhook_id, |it| (it.paused, it.failing) = (true, failing));
            }
            PartnerEvent::WebhookEnabled { webhook_id, .. } => {
                self.change_webhook(webhook_id, |it| (it.paused, it.failing) = (false, false));
            }
        }
    }

    fn change_webhook(&mut self, id: Uuid, change: impl FnOnce(&mut Webhook)) {
        if let Some(webhook) = self.webhooks.iter_mut().find(|webhook| webhook.id == id) {
            change(webhook);
        }
    }

    /// The webhook called `id`.
    pub fn webhook(&self, id: Uuid) -> Result<&Webhook, PartnerRefusal> {
        self.webhooks.iter().find(|it| it.id == id).ok_or(PartnerRefusal::NoSuchWebhook)
    }
}

/// Why something may not happen to a client platform.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PartnerRefusal {
    /// The id is taken.
    #[error("A client platform with this id exists already. Choose another id.")]
    AlreadyRegistered,
    /// There is none.
    #[error("There is no client platform with this id. `postulo client list` shows them.")]
    NotFound,
    /// There is no webhook with that id.
    #[error("There is no such webhook.")]
    NoSuchWebhook,
    /// The address is registered already.
    #[error("This address is registered already.")]
    WebhookKnown,
    /// There are as many as there may be.
    #[error("A client platform may have 10 webhooks. Remove one first.")]
    TooManyWebhooks,
}

impl crate::Refused for PartnerRefusal {}
