//! `clients`: the client platforms with their settings.

use domain::partner::{
    ClientEventKind, EmailLimits, MailTemplates, PartnerSettings, Retention, Webhook,
};
use domain::{EmailAddress, Language, Line, Origin, Partner, PartnerId};
use event_store::{Db, DbError, Position, Value, args};
use jiff::Timestamp;

use crate::stored::{MaybeText, Text};
use crate::{Column, History, Kind, Owner, ReadModel, Reads, Rows, Table, Unreadable};

/// The table.
pub const TABLE: Table = Table {
    name: "clients",
    about: "The client platforms with their settings: one row for each.",
    key: &["id"],
    of: Owner::Nobody,
    columns: &[
        Column::new("id", Kind::Text, "Its public name."),
        Column::new("name", Kind::Text, "The name that people read."),
        Column::new(
            "contact_email",
            Kind::Text,
            "The platform's own address: the From of its e-mails.",
        ),
        Column::new(
            "origins",
            Kind::Json,
            "The origins that may hold the form in an iframe; any may while the list is empty.",
        ),
        Column::new("mails_employers", Kind::Boolean, "Whether employers are mailed for real."),
        Column::new(
            "forwards_to_memo",
            Kind::Boolean,
            "Whether applications are forwarded to Memo.",
        ),
        Column::new("forwards_to_ami", Kind::Boolean, "Whether applications are forwarded to AMI."),
        Column::new("language", Kind::Text, "The language of its pages and e-mails: fr or en."),
        Column::new(
            "limit_per_second",
            Kind::Integer,
            "Applications one candidate address may send in a second; 0 for any number.",
        ),
        Column::new("limit_per_minute", Kind::Integer, "The same in a minute."),
        Column::new("limit_per_hour", Kind::Integer, "The same in an hour."),
        Column::new("registered_at", Kind::Time, "When it was registered."),
        Column::new("updated_at", Kind::Time, "When anything about it last changed."),
        Column::new("last_position", Kind::Integer, "Where that is in the log."),
        Column::new(
            "recipient_limit_per_second",
            Kind::Integer,
            "E-mails one address may receive in a second; 0 for any number.",
        ),
        Column::new("recipient_limit_per_minute", Kind::Integer, "The same in a minute."),
        Column::new("recipient_limit_per_hour", Kind::Integer, "The same in an hour."),
        Column::new(
            "requests_per_minute",
            Kind::Integer,
            "Requests it may make to the API in a minute; 0 for any number.",
        ),
        Column::new(
            "mail_templates",
            Kind::Json,
            "Templates at the mail provider, by kind of letter: an object of numbers.",
        ),
        Column::new(
            "webhooks",
            Kind::Json,
            "Where it is told what happens: a list of {id, url, paused, failing}.",
        ),
        Column::new("disabled_at", Kind::Time, "Since when it is shut out.").nullable(),
        Column::new("old_secret_until", Kind::Time, "Until when its former secret is taken.")
            .nullable(),
        Column::new(
            "attachment_days",
            Kind::Integer,
            "How many days documents are kept after an application.",
        ),
        Column::new(
            "personal_data_months",
            Kind::Integer,
            "How many months personal data is kept after the last thing that happened to an application.",
        ),
        Column::new("paused_at", Kind::Time, "Since when its letters wait.").nullable(),
        Column::new(
            "forms_per_hour",
            Kind::Integer,
            "Forms that may be sent for one candidate address in an hour; 0 for any number.",
        ),
    ],
    indexes: &[],
    revision: 1,
};

pub(crate) struct Clients;

impl ReadModel for Clients {
    type Of = Partner;

    fn name(&self) -> &'static str {
        TABLE.name
    }

    fn events(&self) -> &'static [ClientEventKind] {
        ClientEventKind::ALL
    }

    fn reads(&self) -> Reads {
        Reads::Histories
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&TABLE]
    }

    fn rows(&self, histories: &[History<Partner>]) -> Vec<Rows> {
        let rows = histories.iter().filter_map(row).collect();
        vec![Rows::new(&TABLE, rows)]
    }
}

fn row(history: &History<Partner>) -> Option<Vec<Value>> {
    let state = history.state();
    let registered = state.known().ok()?;
    let settings = &registered.settings;
    let last = history.last();
    let origins: Vec<&str> = settings.origins.iter().map(Origin::as_str).collect();
    let json = |value: Result<serde_json::Value, serde_json::Error>| {
        value.expect("plain fields are always written as JSON").to_string()
    };
    Some(args![
        history.id.as_str(),
        settings.name.as_str(),
        settings.contact_email.as_str(),
        serde_json::Value::from(origins).to_string(),
        settings.mails_employers,
        settings.forwards_to_memo,
        settings.forwards_to_ami,
        settings.language.code(),
        settings.sender_limits.per_second,
        settings.sender_limits.per_minute,
        settings.sender_limits.per_hour,
        registered.registered_at,
        last.event.at(),
        last.position,
        settings.recipient_limits.per_second,
        settings.recipient_limits.per_minute,
        settings.recipient_limits.per_hour,
        settings.requests_per_minute,
        json(serde_json::to_value(settings.mail_templates)),
        json(serde_json::to_value(&registered.webhooks)),
        registered.disabled_at,
        registered.old_secret.as_ref().map(|(_, until)| *until),
        settings.retention.attachment_days(),
        settings.retention.personal_data_months(),
        registered.paused_at,
        settings.forms_per_hour,
    ])
}

/// A client platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartnerRow {
    /// Its public name.
    pub id: PartnerId,
    /// What an operator set for it.
    pub settings: PartnerSettings,
    /// Where it is told what happens.
    pub webhooks: Vec<Webhook>,
    /// Since when it is shut out.
    pub disabled_at: Option<Timestamp>,
    /// Since when its letters wait.
    pub paused_at: Option<Timestamp>,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// When anything about it last changed.
    pub updated_at: Timestamp,
    /// Where that is in the log.
    pub last_position: Position,
}

#[derive(sqlx::FromRow)]
struct Stored {
    #[sqlx(try_from = "Text")]
    id: PartnerId,
    #[sqlx(try_from = "Text")]
    name: Line<64>,
    #[sqlx(try_from = "Text")]
    contact_email: EmailAddress,
    #[sqlx(try_from = "Text")]
    origins: Vec<Origin>,
    mails_employers: bool,
    forwards_to_memo: bool,
    forwards_to_ami: bool,
    #[sqlx(try_from = "Text")]
    language: Language,
    limit_per_second: i64,
    limit_per_minute: i64,
    limit_per_hour: i64,
    recipient_limit_per_second: i64,
    recipient_limit_per_minute: i64,
    recipient_limit_per_hour: i64,
    requests_per_minute: i64,
    attachment_days: i64,
    personal_data_months: i64,
    forms_per_hour: i64,
    #[sqlx(try_from = "Text")]
    mail_templates: MailTemplates,
    #[sqlx(try_from = "Text")]
    webhooks: Vec<Webhook>,
    #[sqlx(try_from = "MaybeText")]
    disabled_at: Option<Timestamp>,
    #[sqlx(try_from = "MaybeText")]
    paused_at: Option<Timestamp>,
    #[sqlx(try_from = "Text")]
    registered_at: Timestamp,
    #[sqlx(try_from = "Text")]
    updated_at: Timestamp,
    #[sqlx(try_from = "i64")]
    last_position: Position,
}

impl TryFrom<Text> for Vec<Origin> {
    type Error = Unreadable;

    fn try_from(text: Text) -> Result<Self, Unreadable> {
        let value = serde_json::Value::try_from(text)?;
        serde_json::from_value(value).map_err(|_| Unreadable { expected: "a list of origins" })
    }
}

impl TryFrom<Text> for MailTemplates {
    type Error = Unreadable;

    fn try_from(text: Text) -> Result<Self, Unreadable> {
        let value = serde_json::Value::try_from(text)?;
        serde_json::from_value(value).map_err(|_| Unreadable { expected: "templates" })
    }
}

impl TryFrom<Text> for Vec<Webhook> {
    type Error = Unreadable;

    fn try_from(text: Text) -> Result<Self, Unreadable> {
        let value = serde_json::Value::try_from(text)?;
        serde_json::from_value(value).map_err(|_| Unreadable { expected: "a list of webhooks" })
    }
}

impl From<Stored> for PartnerRow {
    fn from(stored: Stored) -> Self {
        // They were written from a `u32`.
        let limit = |limit: i64| u32::try_from(limit).unwrap_or(u32::MAX);
        let (days, months) = (limit(stored.attachment_days), limit(stored.personal_data_months));
        Self {
            id: stored.id,
            settings: PartnerSettings {
                name: stored.name,
                contact_email: stored.contact_email,
                origins: stored.origins,
                mails_employers: stored.mails_employers,
                forwards_to_memo: stored.forwards_to_memo,
                forwards_to_ami: stored.forwards_to_ami,
                language: stored.language,
                sender_limits: EmailLimits {
                    per_second: limit(stored.limit_per_second),
                    per_minute: limit(stored.limit_per_minute),
                    per_hour: limit(stored.limit_per_hour),
                },
                recipient_limits: EmailLimits {
                    per_second: limit(stored.recipient_limit_per_second),
                    per_minute: limit(stored.recipient_limit_per_minute),
                    per_hour: limit(stored.recipient_limit_per_hour),
                },
                requests_per_minute: limit(stored.requests_per_minute),
                forms_per_hour: limit(stored.forms_per_hour),
                mail_templates: stored.mail_templates,
                // They were written from a `Retention`.
                retention: Retention::new(days, months).unwrap_or_default(),
            },
            webhooks: stored.webhooks,
            disabled_at: stored.disabled_at,
            paused_at: stored.paused_at,
            registered_at: stored.registered_at,
            updated_at: stored.updated_at,
            last_position: stored.last_position,
        }
    }
}

const ALL: &str = "
    SELECT *
    FROM clients
    ORDER BY id";

/// Every client platform, by id.
pub async fn all(db: &Db) -> Result<Vec<PartnerRow>, DbError> {
    let stored: Vec<Stored> = db.fetch_all(&TABLE.by_name(ALL), args![]).await?;
    Ok(stored.into_iter().map(PartnerRow::from).collect())
}
