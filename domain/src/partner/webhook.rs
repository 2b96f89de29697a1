//! Where a client platform wants to be told what happens to its applications.

use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::partner::{Partner, PartnerEvent, PartnerRefusal};
use crate::{Decision, Invalid};

/// How many a client platform may have.
const MOST: usize = 10;

/// A registered address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Names it.
    pub id: Uuid,
    /// Where to post.
    pub url: WebhookUrl,
    /// Whether nothing is posted for now.
    pub paused: bool,
    /// Whether that is because it failed for days.
    pub failing: bool,
}

/// An address to post to: http or https, a host, no user name or password, 2,000 characters at most.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebhookUrl(String);

crate::value::text_value!(WebhookUrl, { "type": "string", "format": "uri", "maxLength": 2000 });

impl FromStr for WebhookUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let rest = rest.ok_or(Invalid::WebhookUrl)?;
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
        if host.is_empty() || host.contains('@') || !plain || text.len() > 2000 {
            return Err(Invalid::WebhookUrl);
        }
        Ok(Self(text.to_owned()))
    }
}

/// A client platform is to be told at an address.
#[derive(Clone, Debug)]
pub struct RegisterWebhook {
    /// Names it; the same id again changes nothing.
    pub id: Uuid,
    /// The address.
    pub url: WebhookUrl,
    /// When.
    pub at: Timestamp,
}

impl Decision for RegisterWebhook {
    type Aggregate = Partner;

    fn decide(&self, state: &Partner) -> Result<Vec<PartnerEvent>, PartnerRefusal> {
        let known = state.known()?;
        if known.webhook(self.id).is_ok() {
            return Ok(vec![]);
        }
        if known.webhooks.iter().any(|webhook| webhook.url == self.url) {
            return Err(PartnerRefusal::WebhookKnown);
        }
        if known.webhooks.len() >= MOST {
            return Err(PartnerRefusal::TooManyWebhooks);
        }
        let (webhook_id, url) = (self.id, self.url.clone());
        Ok(vec![PartnerEvent::WebhookRegistered { webhook_id, url, at: self.at }])
    }
}

/// An address is not to be told any more.
#[derive(Clone, Copy, Debug)]
pub struct RemoveWebhook {
    /// Which.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
}

impl Decision for RemoveWebhook {
    type Aggregate = Partner;

    fn decide(&self, state: &Partner) -> Result<Vec<PartnerEvent>, PartnerRefusal> {
        let webhook_id = state.known()?.webhook(self.id)?.id;
        Ok(vec![PartnerEvent::WebhookRemoved { webhook_id, at: self.at }])
    }
}

/// An address is paused, by an operator or because it failed for days.
#[derive(Clone, Copy, Debug)]
pub struct DisableWebhook {
    /// Which.
    pub id: Uuid,
    /// Whether it failed for too long.
    pub failing: bool,
    /// When.
    pub at: Timestamp,
}

impl Decision for DisableWebhook {
    type Aggregate = Partner;

    fn decide(&self, state: &Partner) -> Result<Vec<PartnerEvent>, PartnerRefusal> {
        let Self { id: webhook_id, failing, at } = *self;
        Ok(if state.known()?.webhook(webhook_id)?.paused {
            vec![]
        } else {
            vec![PartnerEvent::WebhookDisabled { webhook_id, failing, at }]
        })
    }
}

/// An address is told again.
#[derive(Clone, Copy, Debug)]
pub struct EnableWebhook {
    /// Which.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
}

impl Decision for EnableWebhook {
    type Aggregate = Partner;

    fn decide(&self, state: &Partner) -> Result<Vec<PartnerEvent>, PartnerRefusal> {
        Ok(if state.known()?.webhook(self.id)?.paused {
            vec![PartnerEvent::WebhookEnabled { webhook_id: self.id, at: self.at }]
        } else {
            vec![]
        })
    }
}
