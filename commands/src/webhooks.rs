//! Webhooks of client platforms, and the posts to them: what is to be told, and how it went.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::partner::{
    DisableWebhook, EnableWebhook, RegisterWebhook, RemoveWebhook, Webhook, WebhookUrl,
};
use domain::{PartnerId, PartnerRefusal};
use event_store::seal::OpenError;
use event_store::{Db, DbError, Position, SealedError, args, timestamp_text};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::facades::Webhooks;
use crate::{Cause, CommandError};

/// How long a claim on a post holds: longer than any post takes.
const LEASE: SignedDuration = SignedDuration::from_mins(2);
/// No post waits longer than this for its next try: one that is due later was noted when the clock
/// was wrong.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(48);
/// Posts that were taken are kept for so long.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What posts to a webhook are signed with, as the Standard Webhooks specification writes it:
/// `whsec_` and 24 to 64 bytes in base64.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(String);

impl WebhookSecret {
    /// The text to be shown, or to sign with.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

/// One post to one webhook.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the names say it")]
pub struct WebhookDelivery {
    pub webhook_id: String,
    pub position: i64,
    pub client_id: String,
    pub application_id: String,
    pub event_type: String,
    /// `pending`, `delivered` or `failed`.
    pub state: String,
    pub attempts: i64,
    pub created_at: String,
    pub due_at: Option<String>,
    pub settled_at: Option<String>,
    pub last_status: Option<i64>,
    /// What went wrong, in plain words.
    pub last_error: Option<String>,
}

/// How a post went.
#[derive(Clone, Debug)]
pub enum Posted {
    /// It was taken.
    Delivered {
        /// The HTTP status.
        status: u16,
    },
    /// It is posted again at this time.
    Again {
        /// When.
        due_at: Timestamp,
        /// The HTTP status, where there was an answer.
        status: Option<u16>,
        /// What went wrong.
        error: String,
    },
    /// It is not posted again by itself.
    Failed {
        /// The HTTP status, where there was an answer.
        status: Option<u16>,
        /// What went wrong.
        error: String,
    },
}

const KEEP_SECRET: &str = "
    INSERT INTO webhook_secrets (webhook_id, secret, sealed_secret)
    VALUES ($1, '', $2)
    ON CONFLICT (webhook_id) DO UPDATE
    SET secret = '', sealed_secret = excluded.sealed_secret";
const FORGET_SECRET: &str = "DELETE FROM webhook_secrets WHERE webhook_id = $1";
const SECRET: &str = "SELECT secret, sealed_secret FROM webhook_secrets WHERE webhook_id = $1";

const ANY: &str = "SELECT count(*) FROM (SELECT 1 AS one FROM webhook_secrets LIMIT 1) AS found";

const ENQUEUE: &str = "
    INSERT INTO webhook_deliveries
        (webhook_id, position, client_id, application_id, event_type, state, attempts, created_at,
         due_at)
    VALUES ($1, $2, $3, $4, $5, 'pending', 0, $6, $6)
    ON CONFLICT (webhook_id, position) DO NOTHING";

const CLAIM: &str = "
    UPDATE webhook_deliveries
    SET leased_until = $1
    WHERE (webhook_id, position) IN (
        SELECT webhook_id, position
        FROM webhook_deliveries
        WHERE state = 'pending' AND (due_at <= $2 OR due_at > $4)
          AND (leased_until IS NULL OR leased_until <= $2 OR leased_until > $1)
        ORDER BY due_at
        LIMIT $3 {for_update})
    RETURNING webhook_id, position, client_id, application_id, event_type, state, attempts,
              created_at, due_at, settled_at, last_status, last_error";

const SETTLE: &str = "
    UPDATE webhook_deliveries
    SET state = $3, attempts = attempts + 1, due_at = $4, leased_until = NULL, settled_at = $5,
        last_status = $6, last_error = $7
    WHERE webhook_id = $1 AND position = $2";

const GIVE_UP: &str = "
    UPDATE webhook_deliveries
    SET state = 'failed', due_at = NULL, leased_until = NULL, settled_at = $2,
        last_error = coalesce(last_error, 'the webhook is switched off')
    WHERE webhook_id = $1 AND state = 'pending'";

const REPLAY: &str = "
    UPDATE webhook_deliveries
    SET state = 'pending', attempts = 0, due_at = $3, settled_at = NULL
    WHERE webhook_id = $1 AND ($2 = 0 OR position = $2)
      AND ($2 <> 0 OR state = 'failed')
      AND (leased_until IS NULL OR leased_until <= $3 OR leased_until > $4)";

const CLEAR: &str = "DELETE FROM webhook_deliveries WHERE state = 'delivered' AND settled_at < $1";

const LIST: &str = "
    SELECT webhook_id, position, client_id, application_id, event_type, state, attempts, created_at,
           due_at, settled_at, last_status, last_error
    FROM webhook_deliveries
    WHERE client_id = $1 AND ($2 = '' OR webhook_id = $2) AND ($3 = '' OR state = $3)
      AND position < $4
    ORDER BY position DESC, webhook_id
    LIMIT $5";

const COUNTS: &str = "SELECT state, count(*) FROM webhook_deliveries GROUP BY state";

/// What the secret of a webhook is sealed for.
pub(crate) fn secret_name(webhook: &str) -> String {
    format!("webhook {webhook}")
}

impl Webhooks<'_> {
    /// Tells an address from now on what happens to a client's applications. The secret that its
    /// posts are signed with is shown once.
    pub async fn register(
        self,
        partner: &PartnerId,
        id: Uuid,
        url: WebhookUrl,
        cause: &Cause,
    ) -> Result<WebhookSecret, CommandError<PartnerRefusal>> {
        let decision = RegisterWebhook { id, url, at: self.clock.now() };
        self.perform(partner.as_str(), &decision, cause).await?;
        self.remembered.forget(partner);
        self.new_secret(id).await.map_err(CommandError::from)
    }

    /// Signs the posts to a webhook with another secret from now on.
    pub async fn rotate_secret(
        self,
        partner: &PartnerId,
        id: Uuid,
        cause: &Cause,
    ) -> Result<WebhookSecret, CommandError<PartnerRefusal>> {
        let known = self
            .partners()
            .find(partner)
            .await?
            .ok_or(CommandError::Refused(PartnerRefusal::NotFound))?;
        known.webhook(id).ok_or(CommandError::Refused(PartnerRefusal::NoSuchWebhook))?;
        let acted =
            self.operators().record_act("webhook.rotate", &format!("{partner} {id}"), cause).await;
        acted.map_err(CommandError::without_refusal)?;
        self.new_secret(id).await.map_err(CommandError::from)
    }

    async fn new_secret(self, id: Uuid) -> Result<WebhookSecret, DbError> {
        let secret = format!("whsec_{}", STANDARD.encode(self.ids.random()));
        let sealed = self.log.seal_of_none(&secret_name(&id.to_string()), secret.as_bytes());
        self.log.db().execute(KEEP_SECRET, args![id, sealed]).await?;
        self.remembered.keep_any_webhook(true);
        Ok(WebhookSecret(secret))
    }

    /// What the posts to a webhook are signed with.
    pub async fn secret(self, id: Uuid) -> Result<Option<WebhookSecret>, SealedError> {
        let row: Option<(String, Option<Vec<u8>>)> =
            self.log.db().fetch_optional(SECRET, args![id]).await?;
        let Some((plain, sealed)) = row else { return Ok(None) };
        let Some(sealed) = sealed.filter(|_| plain.is_empty()) else {
            return Ok(Some(WebhookSecret(plain))); // a version from before wrote it
        };
        let opened = self.log.open_of_none(&secret_name(&id.to_string()), &sealed)?;
        let text = String::from_utf8(opened).map_err(|_| OpenError::Altered)?;
        Ok(Some(WebhookSecret(text)))
    }

    /// Tells an address nothing more.
    pub async fn remove(
        self,
        partner: &PartnerId,
        id: Uuid,
        cause: &Cause,
    ) -> Result<(), CommandError<PartnerRefusal>> {
        let decision = RemoveWebhook { id, at: self.clock.now() };
        self.perform(partner.as_str(), &decision, cause).await?;
        self.remembered.forget(partner);
        self.log.db().execute(FORGET_SECRET, args![id]).await?;
        self.log.db().execute(GIVE_UP, args![id, self.clock.now()]).await?;
        Ok(())
    }

    /// Pauses a webhook; what waits for it is given up, and can be replayed.
    pub async fn disable(
        self,
        partner: &PartnerId,
        id: Uuid,
        failing: bool,
        cause: &Cause,
    ) -> Result<(), CommandError<PartnerRefusal>> {
        let decision = DisableWebhook { id, failing, at: self.clock.now() };
        self.perform(partner.as_str(), &decision, cause).await?;
        self.remembered.forget(partner);
        self.log.db().execute(GIVE_UP, args![id, self.clock.now()]).await?;
        Ok(())
    }

    /// Tells a paused webhook again what happens from now on.
    pub async fn enable(
        self,
        partner: &PartnerId,
        id: Uuid,
        cause: &Cause,
    ) -> Result<(), CommandError<PartnerRefusal>> {
        let decision = EnableWebhook { id, at: self.clock.now() };
        self.perform(partner.as_str(), &decision, cause).await?;
        self.remembered.forget(partner);
        Ok(())
    }

    /// Posts one delivery of a webhook again, or all that failed. Says how many.
    pub async fn replay(
        self,
        webhook: Uuid,
        position: Option<i64>,
        cause: &Cause,
    ) -> Result<u64, CommandError<PartnerRefusal>> {
        let what = position.map_or("all that failed".to_owned(), |it| format!("event {it}"));
        let acted = self
            .operators()
            .record_act("webhook.replay", &format!("{webhook}: {what}"), cause)
            .await;
        acted.map_err(CommandError::without_refusal)?;
        let now = self.clock.now();
        let args = args![webhook, position.unwrap_or(0), now, now + LEASE];
        Ok(self.log.db().execute(REPLAY, args).await?)
    }

    /// Whether any platform has a webhook, as it was within the last second.
    pub async fn any(self) -> Result<bool, DbError> {
        if let Some(known) = self.remembered.any_webhook() {
            return Ok(known);
        }
        let (count,): (i64,) = self.log.db().fetch_one(ANY, args![]).await?;
        self.remembered.keep_any_webhook(count > 0);
        Ok(count > 0)
    }

    /// Notes that an event is to be told to the webhooks of a client; again changes nothing.
    pub async fn enqueue_posts(
        self,
        partner: &PartnerId,
        webhooks: &[Webhook],
        application: &str,
        event_type: &str,
        position: Position,
    ) -> Result<(), DbError> {
        let now = timestamp_text(self.clock.now());
        for webhook in webhooks.iter().filter(|webhook| !webhook.paused) {
            let id = webhook.id;
            let args = args![id, position, partner.as_str(), application, event_type, &now];
            self.log.db().execute(ENQUEUE, args).await?;
        }
        Ok(())
    }

    /// Claims posts that are due, longest due first.
    pub async fn claim_posts(self, limit: i64) -> Result<Vec<WebhookDelivery>, DbError> {
        let (db, now) = (self.log.db(), self.clock.now());
        let claim = CLAIM.replace("{for_update}", db.for_update_skip_locked());
        db.fetch_all(&claim, args![now + LEASE, now, limit, now + LONGEST_WAIT]).await
    }

    /// Writes down how a post went.
    pub async fn settle_post(self, post: &WebhookDelivery, posted: &Posted) -> Result<(), DbError> {
        let now = self.clock.now();
        let (state, due_at, settled_at, status, error) = match posted {
            Posted::Delivered { status } => ("delivered", None, Some(now), Some(*status), None),
            Posted::Again { due_at, status, error } => {
                ("pending", Some(*due_at), None, *status, Some(error))
            }
            Posted::Failed { status, error } => ("failed", None, Some(now), *status, Some(error)),
        };
        let status = status.map(i64::from);
        let (webhook, position) = (&post.webhook_id, post.position);
        let args = args![webhook, position, state, due_at, settled_at, status, error];
        self.log.db().execute(SETTLE, args).await.map(drop)
    }

    /// Forgets posts that were taken long ago.
    pub(crate) async fn clear_posts(self) -> Result<u64, DbError> {
        self.log.db().execute(CLEAR, args![self.clock.now() - KEPT_FOR]).await
    }
}

/// The posts of a client, latest event first: to one webhook and in one state, where named; before
/// this position.
pub async fn list(
    db: &Db,
    partner: &PartnerId,
    webhook: Option<Uuid>,
    state: Option<&str>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<WebhookDelivery>, DbError> {
    let webhook = webhook.map(|id| id.to_string()).unwrap_or_default();
    let (state, before) = (state.unwrap_or_default(), before.unwrap_or(i64::MAX));
    db.fetch_all(LIST, args![partner.as_str(), webhook, state, before, limit]).await
}

/// How many posts are in each state.
pub async fn counts(db: &Db) -> Result<Vec<(String, i64)>, DbError> {
    db.fetch_all(COUNTS, args![]).await
}

#[cfg(test)]
mod tests;
