//! What an operator sets for a client platform.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::partner::Retention;
use crate::value::origin::Origin;
use crate::{EmailAddress, Language, Line};

/// What an operator sets for a client platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ClientSettings")]
pub struct PartnerSettings {
    /// The name that people read.
    #[schemars(extend("x-personal" = false))]
    pub name: Line<64>,
    /// The platform's own address: the From of its e-mails.
    #[schemars(extend("x-personal" = false))]
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
    /// How many applications one candidate address may send to employers.
    pub sender_limits: EmailLimits,
    /// How many e-mails one address may receive.
    #[serde(default = "EmailLimits::per_recipient")]
    pub recipient_limits: EmailLimits,
    /// How many requests it may make to the API in a minute; 0 for any number.
    #[serde(default = "PartnerSettings::usual_requests_per_minute")]
    pub requests_per_minute: u32,
    /// How many forms may be sent for one candidate address in an hour; 0 for any number.
    #[serde(default = "PartnerSettings::usual_forms_per_hour")]
    pub forms_per_hour: u32,
    /// Templates at the mail provider that take the place of our own letters.
    #[serde(default, skip_serializing_if = "MailTemplates::is_empty")]
    pub mail_templates: MailTemplates,
    /// How long what its candidates sent is kept.
    #[serde(default)]
    pub retention: Retention,
}

impl PartnerSettings {
    /// 100 a second.
    pub const REQUESTS_PER_MINUTE: u32 = 6000;

    /// Forms for one candidate address in an hour.
    pub const FORMS_PER_HOUR: u32 = 30;

    /// The settings of a platform about which nothing else is said.
    pub fn new(name: Line<64>, contact_email: EmailAddress) -> Self {
        Self {
            name,
            contact_email,
            origins: vec![],
            mails_employers: true,
            forwards_to_memo: false,
            forwards_to_ami: false,
            language: Language::default(),
            sender_limits: EmailLimits::per_candidate(),
            recipient_limits: EmailLimits::per_recipient(),
            requests_per_minute: Self::REQUESTS_PER_MINUTE,
            forms_per_hour: Self::FORMS_PER_HOUR,
            mail_templates: MailTemplates::default(),
            retention: Retention::default(),
        }
    }

    const fn usual_requests_per_minute() -> u32 {
        Self::REQUESTS_PER_MINUTE
    }

    /// Of platforms that were registered before there was this limit.
    const fn usual_forms_per_hour() -> u32 {
        Self::FORMS_PER_HOUR
    }
}

/// Limits on e-mails in sliding windows, for each address; 0 for any number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "the names say it")]
pub struct EmailLimits {
    pub per_second: u32,
    pub per_minute: u32,
    pub per_hour: u32,
}

impl EmailLimits {
    /// No limit.
    pub const NONE: Self = Self { per_second: 0, per_minute: 0, per_hour: 0 };

    /// The usual ones for what a candidate address causes.
    pub const fn per_candidate() -> Self {
        Self { per_second: 1, per_minute: 3, per_hour: 60 }
    }

    /// The usual ones for what an address receives.
    pub const fn per_recipient() -> Self {
        Self { per_second: 10, per_minute: 120, per_hour: 1200 }
    }

    /// Each limit that there is: how many, in how many seconds.
    pub fn windows(self) -> impl Iterator<Item = (u32, i64)> {
        [(self.per_second, 1), (self.per_minute, 60), (self.per_hour, 3600)]
            .into_iter()
            .filter(|(most, _)| *most > 0)
    }
}

/// The ids of templates at the mail provider, by kind of letter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[expect(missing_docs, reason = "they are the kinds of letters")]
pub struct MailTemplates {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employer: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<u64>,
}

impl MailTemplates {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
