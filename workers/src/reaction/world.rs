//! The world of reactions and scheduled tasks: what they may use, and how they record and send.

use std::sync::Arc;

use commands::{Cause, CommandError, Commands};
use domain::{Decision, EmailAddress, Personal, Stored};
use event_store::Recorded;
use integrations::Integrations;
use jiff::SignedDuration;
use tracing::Instrument as _;
use url::Url;

use super::error::{Failure, ReactionError};
use crate::mail::{Email, Mailer, SendError, Taken};
use crate::settings::{OfferSettings, PermitSettings};

/// The world of reactions and scheduled tasks: what they may use.
#[derive(Clone)]
pub struct World {
    /// The write side.
    pub commands: Commands,
    /// Where e-mails go.
    pub mailer: Arc<dyn Mailer>,
    /// The address that links begin with.
    pub base_url: Url,
    /// The domain in Message-IDs.
    pub mail_domain: String,
    /// The sender of letters that belong to no platform.
    pub mail_from: EmailAddress,
    /// The partners' own services.
    pub integrations: Integrations,
    /// How work permits are followed.
    pub permits: Arc<PermitSettings>,
    /// How job offers are looked after.
    pub offers: OfferSettings,
}

impl World {
    /// How long a fault of configuration waits before the next try.
    const RECONFIGURED_AFTER: SignedDuration = SignedDuration::from_mins(5);
    /// How long it is where somebody else has to let us in again.
    const LET_IN_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(1);

    fn waits(&self, wait: SignedDuration, failure: Failure) -> ReactionError {
        ReactionError::Retry { after: Some(self.commands.now() + wait), failure, counts: false }
    }

    /// Records what the reactor called `reactor` did because of `event`, in the stream of the event.
    pub async fn record<A: Stored, D: Decision<Aggregate = A> + ?Sized>(
        &self,
        reactor: &'static str,
        event: &Recorded<A::Event>,
        decision: &D,
    ) -> Result<(), CommandError<A::Error>> {
        let cause = Cause::reaction(reactor, &event.metadata);
        self.commands.perform(&event.aggregate_id, decision, &cause).await.map(drop)
    }

    /// Sends an e-mail; sorts what went wrong by whether a further try mends it.
    pub(crate) async fn send(&self, email: &Email) -> Result<Taken, ReactionError> {
        let span = tracing::info_span!("send an e-mail", otel.kind = "client", kind = email.kind);
        let error = match self.mailer.send(email).instrument(span).await {
            Ok(taken) => return Ok(taken),
            Err(error) => error,
        };
        let failure =
            Failure { advice: error.advice(), detail: Some(Personal::new(error.detail())) };
        Err(match error {
            SendError::Refused(_) | SendError::Unbuildable(_) => ReactionError::Fatal { failure },
            SendError::Busy(_) | SendError::Unreachable(_) => ReactionError::retry(failure),
            // Our own disk, which may be full for a moment.
            SendError::MailboxFolder(_) => ReactionError::soon(failure),
            // It is ours to mend: wait for the operator, and burn no attempt.
            SendError::Misconfigured(reply) if reply.problem.lasts_for_hours() => {
                self.waits(Self::LET_IN_AGAIN_AFTER, failure)
            }
            SendError::Misconfigured(_) | SendError::Unusable(_) => {
                self.waits(Self::RECONFIGURED_AFTER, failure)
            }
        })
    }
}
