//! An e-mail on its way: not to a suppressed address, not beyond a limit, kept as it was sent.

use commands::{Cause, Limit, MailedEmail, PartnerAccount};
use domain::Personal;
use domain::application::ApplicationEvent;
use domain::suppression::SuppressionReason;
use event_store::Recorded;
use jiff::SignedDuration;

use crate::mail::Email;
use crate::reaction::{ReactionError, World};
use crate::reactions::letter::LetterContext;

/// What became of an e-mail that was to be delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivered {
    /// The mail server took it.
    Sent,
    /// Nothing is sent to this address for now.
    Suppressed,
}

/// Why nothing was sent, for operators.
pub(crate) const SUPPRESSED: &str =
    "the address is on the suppression list; lift it there, then retry";

/// Hands an e-mail over, unless its address is suppressed; beyond a limit it waits for its moment.
pub(crate) async fn deliver(
    world: &World,
    context: &LetterContext,
    reactor: &'static str,
    event: &Recorded<ApplicationEvent>,
    email: &Email,
) -> Result<Delivered, ReactionError> {
    paused(world, context).await?;
    if world.commands.suppressions().find(&email.to).await?.is_some() {
        return Ok(Delivered::Suppressed);
    }
    let settings = &context.partner.settings;
    let mut limits = vec![Limit::of_recipient(&email.to, settings.recipient_limits)];
    if email.kind == "employer" {
        let sender = context.application().submission.candidate.email.reveal();
        // Whom an operator put on the list sends nothing either; who cannot be written to may.
        let listed = world.commands.suppressions().find(sender).await?;
        if listed.is_some_and(|listed| listed.reason == SuppressionReason::Operator) {
            return Ok(Delivered::Suppressed);
        }
        let partner = &context.partner.id;
        limits.push(Limit::of_sender(partner, sender, settings.sender_limits));
    }
    hand_over(world, reactor, event, email.kind, &limits, email).await?;
    Ok(Delivered::Sent)
}

/// Hands an e-mail over that is about the stream of `event`; beyond a limit it waits for its moment. It is
/// kept as the letter called `letter`.
pub(crate) async fn hand_over<E: Sync>(
    world: &World,
    reactor: &'static str,
    event: &Recorded<E>,
    letter: &str,
    limits: &[Limit],
    email: &Email,
) -> Result<(), ReactionError> {
    let holder = format!("{reactor}:{}", event.position);
    let at = world.commands.limits().allot(limits, &holder).await?;
    if at > world.commands.now() {
        let why = "more was sent than a candidate may send, or an address receive, in a while; it leaves by itself at its time";
        return Err(ReactionError::until(at, why));
    }
    let kept = as_sent(email);
    world.commands.emails().keep_email(event.stream(), letter, &email.message_id, &kept).await?;
    let taken = world.send(email).await?;
    metrics::counter!("postulo_emails_sent_total", "kind" => email.kind).increment(1);
    if let Some(provider_id) = &taken.provider_id {
        // It was sent: that its name could not be noted is no reason to send it again.
        if let Err(error) = world.commands.emails().name_email(&email.message_id, provider_id).await
        {
            tracing::warn!(%error, "the mail provider's name of an e-mail could not be noted");
        }
    }
    let cause = Cause::reaction(reactor, &event.metadata);
    let provider_id = taken.provider_id.as_deref();
    let matched =
        world.commands.emails().match_early_reports(&email.message_id, provider_id, &cause).await;
    if let Err(error) = matched {
        tracing::warn!(%error, "early reports of an e-mail could not be recorded");
    }
    Ok(())
}

/// How long a letter of a paused platform waits before it asks again; resuming it asks at once.
const PAUSED_FOR: SignedDuration = SignedDuration::from_mins(5);

/// The letters of a paused platform wait. A pause that has just ended counts at once.
async fn paused(world: &World, context: &LetterContext) -> Result<(), ReactionError> {
    if context.partner.paused_at.is_none() {
        return Ok(());
    }
    let id = &context.partner.id;
    let now = world.commands.partners().find_afresh(id).await?;
    if now.is_some_and(|partner| partner.paused_at.is_some()) {
        let at = world.commands.now() + PAUSED_FOR;
        return Err(ReactionError::until(at, &PartnerAccount::why_paused(id)));
    }
    Ok(())
}

fn as_sent(email: &Email) -> MailedEmail {
    let personal = |text: &str| Personal::new(text.to_owned());
    MailedEmail {
        from: format!("{} <{}>", email.from_name, email.from),
        to: personal(email.to.as_str()),
        reply_to: email.reply_to.as_ref().map(|to| personal(to.as_str())),
        subject: personal(&email.letter.subject),
        date: email.date,
        text: personal(&email.letter.text),
        html: personal(&email.letter.html),
        calendar: email.letter.calendar.as_ref().map(|calendar| personal(&calendar.ics)),
        files: email.files.iter().map(|f| (personal(&f.name), f.bytes.len() as u64)).collect(),
    }
}
