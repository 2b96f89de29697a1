//! Webhooks: posts to the platforms' own addresses, signed as the Standard Webhooks specification
//! says (<https://www.standardwebhooks.com/>).
//!
//! A post that is not taken is repeated for three days. Then the webhook is paused, an event says
//! so, and the platform is told by e-mail.

mod post;

use std::sync::Arc;
use std::time::Duration;

use commands::webhooks::{Posted, WebhookDelivery};
use commands::{Cause, Commands, PartnerAccount};
use event_store::{DbError, Position};
use futures::future::join_all;
use integrations::Reach;
use jiff::SignedDuration;
use serde_json::json;
use texts::letters::{self, WebhookStopped};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::mail::Email;
use crate::reaction::World;
use post::Poster;

/// Posts at once.
const BATCH: i64 = 16;
/// The longest wait before looking again.
const POLL: Duration = Duration::from_secs(1);
/// The waits between attempts, in seconds: three days in all.
const WAITS: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 73_495];

/// What posting needs.
struct Work {
    world: World,
    poster: Poster,
}

/// Works off what is due until it is stopped.
pub(crate) async fn run(world: World, reach: Reach, stop: CancellationToken) {
    let poster = match Poster::new(reach) {
        Ok(poster) => poster,
        Err(error) => {
            tracing::error!(%error, "webhooks cannot be posted to: HTTPS cannot be set up");
            return;
        }
    };
    let work = Arc::new(Work { world, poster });
    loop {
        let worked = work.commands().webhooks().claim_posts(BATCH).await;
        let idle = match worked {
            Ok(claimed) if claimed.is_empty() => true,
            Ok(claimed) => {
                join_all(claimed.iter().map(|delivery| work.tell(delivery))).await;
                false
            }
            // That was said once, when it was noticed.
            Err(DbError::Moved(_)) => true,
            Err(error) => {
                tracing::error!(%error, "posts to webhooks cannot be read");
                true
            }
        };
        if stop.is_cancelled() {
            return;
        }
        if !idle {
            continue;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(POLL) => {}
        }
    }
}

impl Work {
    const fn commands(&self) -> &Commands {
        &self.world.commands
    }

    /// Posts once, and writes down how it went.
    async fn tell(&self, delivery: &WebhookDelivery) {
        let posted = match self.attempt(delivery).await {
            Ok(posted) => posted,
            Err(error) => {
                tracing::error!(error, "a post to a webhook cannot be made now");
                return; // its claim runs out, and it is tried again
            }
        };
        let name = match &posted {
            Posted::Delivered { .. } => "delivered",
            Posted::Again { .. } => "again",
            Posted::Failed { .. } => "failed",
        };
        metrics::counter!("postulo_webhook_posts_total", "outcome" => name).increment(1);
        if let Err(error) = self.commands().webhooks().settle_post(delivery, &posted).await {
            tracing::error!(%error, "how a post to a webhook went could not be written down");
        }
    }

    async fn attempt(&self, delivery: &WebhookDelivery) -> Result<Posted, String> {
        let gone = |error: &str| Posted::Failed { status: None, error: error.to_owned() };
        let (Ok(partner), Ok(id)) =
            (delivery.client_id.parse(), delivery.webhook_id.parse::<Uuid>())
        else {
            return Ok(gone("it names no webhook"));
        };
        let partner = self.commands().partners().find(&partner).await.map_err(|e| e.to_string())?;
        let Some(partner) = partner else { return Ok(gone("its platform is gone")) };
        let Some(webhook) = partner.webhook(id) else { return Ok(gone("the webhook was removed")) };
        let secret = self.commands().webhooks().secret(id).await.map_err(|e| e.to_string())?;
        let Some(secret) = secret else {
            return Ok(gone("the webhook has no secret: give it a new one, then replay this"));
        };
        let Some(body) = self.body(delivery).await? else {
            return Ok(gone("its event is not in the log"));
        };
        let message_id = format!("msg_{}_{}", id.simple(), delivery.position);
        let now = self.commands().now();
        match self.poster.post(&webhook.url, secret.reveal(), &message_id, now, body).await {
            Ok(status) => Ok(Posted::Delivered { status }),
            Err(refused) => {
                let wait = usize::try_from(delivery.attempts).ok().and_then(|nth| WAITS.get(nth));
                let post::Refused { status, error } = refused;
                if let Some(wait) = wait {
                    let due_at = now + SignedDuration::from_secs(*wait);
                    return Ok(Posted::Again { due_at, status, error });
                }
                self.stop(&partner, id, &error).await;
                Ok(Posted::Failed { status, error })
            }
        }
    }

    /// What is told: which event, of which application, without personal data.
    async fn body(&self, delivery: &WebhookDelivery) -> Result<Option<String>, String> {
        let (log, position) = (self.commands().log(), Position::new(delivery.position));
        let before = Position::new(delivery.position - 1);
        let events = log.read_after(before, 1).await.map_err(|error| error.to_string())?;
        let Some(event) = events.into_iter().find(|event| event.position == position) else {
            return Ok(None);
        };
        let body = json!({
            "type": format!("application.{}", snake_case(&event.event_type)),
            "timestamp": event_store::timestamp_text(event.recorded_at),
            "data": {
                "application_id": event.aggregate_id,
                "kind": event.event_type,
                "position": event.position,
                "sequence": event.sequence,
            },
        });
        Ok(Some(body.to_string()))
    }

    /// Pauses a webhook that failed for days, and tells its platform.
    async fn stop(&self, partner: &PartnerAccount, id: Uuid, error: &str) {
        let cause = Cause::mail_provider("webhooks", self.commands().fresh_id());
        let paused = self.commands().webhooks().disable(&partner.id, id, true, &cause).await;
        if let Err(error) = paused {
            tracing::error!(%error, "a webhook that fails could not be paused");
            return;
        }
        tracing::warn!(client.id = %partner.id, webhook.id = %id, "a webhook failed for three days and is paused");
        let url = partner.webhook(id).map(|webhook| webhook.url.as_str()).unwrap_or_default();
        let letter = letters::webhook_stopped(&WebhookStopped {
            language: partner.settings.language,
            client_name: partner.settings.name.as_str(),
            url,
            error,
        });
        let Ok(letter) = letter else { return };
        let email = Email {
            kind: "webhook",
            template: None,
            from_name: "Postulo".to_owned(),
            from: self.world.mail_from.clone(),
            to: partner.settings.contact_email.clone(),
            reply_to: None,
            unsubscribe: None,
            message_id: format!("{id}.webhook@{}", self.world.mail_domain),
            in_reply_to: None,
            language: partner.settings.language,
            date: self.commands().now(),
            letter,
            files: vec![],
        };
        if let Err(setback) = self.world.send(&email).await {
            tracing::warn!(?setback, "a platform could not be told that its webhook is paused");
        }
    }
}

/// `InterviewProposed` as `interview_proposed`.
fn snake_case(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 4);
    for (at, letter) in name.char_indices() {
        if letter.is_ascii_uppercase() && at > 0 {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_repeated_for_three_days() {
        assert_eq!(WAITS.iter().sum::<i64>(), 3 * 24 * 3600);
        assert_eq!(snake_case("SentToEmployer"), "sent_to_employer");
    }
}
