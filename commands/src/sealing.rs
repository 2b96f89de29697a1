//! What versions before left in plain beside the log, and how it is sealed: a few rows at a time, each
//! batch a transaction, so that the process may be killed at any moment and nobody who writes waits long.
//! Readers read both meanwhile.
//!
//! To seal a column: give it a sealed one beside it, an index of the rows that wait, and its arms here.

use cqrs_es::Aggregate as _;
use domain::operator::Operator;
use event_store::seal::{StreamKey, stream_key_sql};
use event_store::{Db, DbError, SealedError, StreamId, args, parse_timestamp};
use jiff::Timestamp;

use crate::identity::AccountKind;
use crate::identity::second_factor::factor_name;
use crate::operators::{ADDRESS, OperatorAccount};
use crate::parked::detail;
use crate::{Commands, webhooks};

/// Rows that are sealed in one transaction: some milliseconds.
const BATCH: i64 = 200;

/// A table beside the log whose rows a version before wrote in plain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// Reactions that are not done, with what the other side said.
    Reactions,
    /// E-mails as they were sent, with whom they went to.
    SentEmails,
    /// Operators, with their addresses and second factors.
    Operators,
    /// What posts to webhooks are signed with.
    WebhookSecrets,
}

impl Beside {
    /// Every such table.
    pub const ALL: [Self; 4] =
        [Self::Reactions, Self::SentEmails, Self::Operators, Self::WebhookSecrets];

    /// Its name.
    pub const fn table(self) -> &'static str {
        match self {
            Self::Reactions => "reactions",
            Self::SentEmails => "sent_emails",
            Self::Operators => "operators",
            Self::WebhookSecrets => "webhook_secrets",
        }
    }

    /// How many rows wait to be sealed, and since when the oldest is there.
    const fn waiting(self) -> &'static str {
        match self {
            Self::Reactions => {
                "SELECT count(*), min(first_at) FROM reactions WHERE detail IS NOT NULL"
            }
            Self::SentEmails => {
                "SELECT count(*), min(handed_over_at) FROM sent_emails WHERE recipient <> ''"
            }
            Self::Operators => {
                "SELECT count(*), min(created_at) FROM operators WHERE email <> '' OR second_factor <> ''"
            }
            // They are nobody's, and nobody wrote down when they were made.
            Self::WebhookSecrets => {
                "SELECT count(*), CAST(NULL AS TEXT) FROM webhook_secrets WHERE secret <> ''"
            }
        }
    }
}

/// What lies in plain still where this version seals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainRows {
    /// In which table.
    pub table: &'static str,
    /// How many rows.
    pub rows: i64,
    /// Since when the oldest of them is there, where that is known.
    pub oldest: Option<Timestamp>,
}

/// What lies in plain still beside the log, table by table, also those that have nothing left.
pub async fn plain_rows(db: &Db) -> Result<Vec<PlainRows>, DbError> {
    let mut all = vec![];
    for beside in Beside::ALL {
        let (rows, oldest): (i64, Option<String>) = db.fetch_one(beside.waiting(), args![]).await?;
        let oldest = oldest.and_then(|at| parse_timestamp(&at).ok());
        all.push(PlainRows { table: beside.table(), rows, oldest });
    }
    Ok(all)
}

#[derive(sqlx::FromRow)]
struct Reaction {
    reactor: String,
    position: i64,
    aggregate_type: String,
    aggregate_id: String,
    detail: String,
    key: StreamKey,
}

const REACTIONS: &str = "
    SELECT reactor, position, aggregate_type, application_id AS aggregate_id, detail, {key} AS key
    FROM reactions
    WHERE detail IS NOT NULL
    ORDER BY first_at
    LIMIT $1";

/// What was written meanwhile waits for the next batch.
const SEAL_REACTION: &str = "
    UPDATE reactions
    SET detail = NULL, sealed_detail = $4
    WHERE reactor = $1 AND position = $2 AND detail = $3";

const SEAL_EMAILS: &str = "
    UPDATE sent_emails
    SET recipient = ''
    WHERE message_id IN (
        SELECT message_id
        FROM sent_emails
        WHERE recipient <> ''
        ORDER BY handed_over_at
        LIMIT $1)";

#[derive(sqlx::FromRow)]
struct Account {
    id: String,
    email: String,
    second_factor: Option<String>,
    key: StreamKey,
}

const OPERATORS: &str = "
    SELECT id, email, second_factor, {key} AS key
    FROM operators
    WHERE email <> '' OR second_factor <> ''
    ORDER BY created_at, id";

const SEAL_ADDRESS: &str = "
    UPDATE operators
    SET email = '', sealed_email = $3
    WHERE id = $1 AND email = $2";

const SEAL_FACTOR: &str = "
    UPDATE operators
    SET second_factor = '', sealed_factor = $3
    WHERE id = $1 AND second_factor = $2";

const SECRETS: &str = "
    SELECT webhook_id, secret
    FROM webhook_secrets
    WHERE secret <> ''
    ORDER BY webhook_id
    LIMIT $1";

const SEAL_SECRET: &str = "
    UPDATE webhook_secrets
    SET secret = '', sealed_secret = $3
    WHERE webhook_id = $1 AND secret = $2";

impl Commands {
    /// Seals some rows of a table that lie there in plain. Says how many; none once all are sealed.
    pub async fn seal_some(&self, beside: Beside) -> Result<u64, SealedError> {
        match beside {
            Beside::Reactions => self.seal_reactions().await,
            // The content of each is sealed, and says to whom it went.
            Beside::SentEmails => Ok(self.log.db().execute(SEAL_EMAILS, args![BATCH]).await?),
            Beside::Operators => self.seal_operators().await,
            Beside::WebhookSecrets => self.seal_secrets().await,
        }
    }

    async fn seal_reactions(&self) -> Result<u64, SealedError> {
        let key = stream_key_sql("reactions.aggregate_type", "reactions.application_id");
        let sql = REACTIONS.replace("{key}", &key);
        let rows: Vec<Reaction> = self.log.db().fetch_all(&sql, args![BATCH]).await?;
        let mut tx = self.log.db().begin().await?;
        let mut sealed = 0;
        for row in rows {
            let stream = StreamId::new(&row.aggregate_type, &row.aggregate_id);
            let name = detail::name(&row.reactor, row.position);
            // What has no key to be sealed with is not kept.
            let detail = self.log.seal_with(stream, &row.key, &name, row.detail.as_bytes())?;
            let args = args![row.reactor, row.position, row.detail, detail];
            sealed += tx.execute(SEAL_REACTION, args).await?;
        }
        tx.commit().await?;
        Ok(sealed)
    }

    async fn seal_operators(&self) -> Result<u64, SealedError> {
        let sql = OPERATORS.replace("{key}", &stream_key_sql("'Operator'", "operators.id"));
        let rows: Vec<Account> = self.log.db().fetch_all(&sql, args![]).await?;
        let mut tx = self.log.db().begin().await?;
        let mut sealed = 0;
        for row in rows {
            let stream = StreamId::new(Operator::TYPE, &row.id);
            let address = self.log.seal_with(stream, &row.key, ADDRESS, row.email.as_bytes())?;
            // An operator is not lost for want of a key.
            if let Some(address) = address.filter(|_| !row.email.is_empty()) {
                sealed += tx.execute(SEAL_ADDRESS, args![&row.id, &row.email, address]).await?;
            }
            if let Some(secret) = row.second_factor.filter(|secret| !secret.is_empty()) {
                let name = factor_name(OperatorAccount::KIND, &row.id);
                let factor = self.log.seal_of_none(&name, secret.as_bytes());
                sealed += tx.execute(SEAL_FACTOR, args![&row.id, secret, factor]).await?;
            }
        }
        tx.commit().await?;
        Ok(sealed)
    }

    async fn seal_secrets(&self) -> Result<u64, SealedError> {
        let rows: Vec<(String, String)> = self.log.db().fetch_all(SECRETS, args![BATCH]).await?;
        let mut tx = self.log.db().begin().await?;
        let mut sealed = 0;
        for (webhook, secret) in rows {
            let name = webhooks::secret_name(&webhook);
            let bytes = self.log.seal_of_none(&name, secret.as_bytes());
            sealed += tx.execute(SEAL_SECRET, args![webhook, secret, bytes]).await?;
        }
        tx.commit().await?;
        Ok(sealed)
    }
}

#[cfg(test)]
mod tests;
