//! The suppression list: mailboxes to which nothing is sent for a while.

use cqrs_es::Aggregate as _;
use domain::mailbox::{
    ForgetAddress, LiftSuppression, Mailbox, MailboxRefusal, SuppressAddress, Suppression,
    SuppressionReason,
};
use domain::{EmailAddress, Personal, Refusal};
use jiff::{SignedDuration, Timestamp};

use crate::{Cause, CommandError, Commands};

/// How long nothing is sent to an address that came back, was blocked, or calls us spam.
const A_MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);

impl Commands {
    /// The stream of a mailbox, whose name tells nothing of the address. Letter case does not count.
    fn mailbox_stream(&self, address: &EmailAddress) -> String {
        self.log.blind(&format!("mailbox {}", address.as_str().to_ascii_lowercase()))
    }

    /// Why nothing is sent to this address now, if so.
    pub async fn suppression(
        &self,
        address: &EmailAddress,
    ) -> Result<Option<Suppression>, CommandError<MailboxRefusal>> {
        let mailbox = self.loader().state::<Mailbox>(&self.mailbox_stream(address)).await?.state;
        Ok(mailbox.suppressed(self.clock.now()).cloned())
    }

    /// Which of these addresses nothing is sent to now. Where none ever was on the list, that is one
    /// look.
    pub async fn suppressed<const N: usize>(
        &self,
        addresses: [&EmailAddress; N],
    ) -> Result<[bool; N], CommandError<MailboxRefusal>> {
        let mut found = [false; N];
        let streams: Vec<String> =
            addresses.iter().map(|address| self.mailbox_stream(address)).collect();
        let streams: Vec<&str> = streams.iter().map(String::as_str).collect();
        if !self.log.any_stream(Mailbox::TYPE, &streams).await? {
            return Ok(found);
        }
        for (found, address) in found.iter_mut().zip(addresses) {
            *found = self.suppression(address).await?.is_some();
        }
        Ok(found)
    }

    /// Puts an address on the suppression list, and says until when it is there: an entry that ends
    /// later stays as it is.
    pub async fn suppress(
        &self,
        address: &EmailAddress,
        reason: SuppressionReason,
        until: Timestamp,
        cause: &Cause,
    ) -> Result<Timestamp, CommandError<MailboxRefusal>> {
        let personal = Personal::new(address.clone());
        let decision = SuppressAddress { address: personal, reason, until, at: self.clock.now() };
        self.perform(&self.mailbox_stream(address), &decision, cause).await?;
        Ok(self.suppression(address).await?.map_or(until, |in_force| in_force.until))
    }

    /// Takes an address off the suppression list.
    pub async fn lift_suppression(
        &self,
        address: &EmailAddress,
        cause: &Cause,
    ) -> Result<(), CommandError<MailboxRefusal>> {
        let decision = LiftSuppression { at: self.clock.now() };
        self.perform(&self.mailbox_stream(address), &decision, cause).await.map(drop)
    }

    /// Forgets an address that is or was on the list; an entry in force stays so, namelessly.
    pub(crate) async fn forget_address(
        &self,
        address: &EmailAddress,
        cause: &Cause,
    ) -> Result<(), CommandError<MailboxRefusal>> {
        self.forget_mailbox(&self.mailbox_stream(address), cause).await
    }

    /// The same for the mailbox of this name.
    pub async fn forget_mailbox(
        &self,
        stream: &str,
        cause: &Cause,
    ) -> Result<(), CommandError<MailboxRefusal>> {
        let decision = ForgetAddress { at: self.clock.now() };
        self.perform(stream, &decision, cause).await?;
        self.log.forget_snapshot(Mailbox::TYPE, stream).await?;
        Ok(())
    }

    /// Puts an address on the suppression list for a month from `since`, when what is reported of it
    /// happened; a month that is over changes nothing.
    pub(crate) async fn suppress_for_a_month(
        &self,
        address: &EmailAddress,
        reason: SuppressionReason,
        since: Timestamp,
        cause: &Cause,
    ) -> Result<(), CommandError<Refusal>> {
        let until = since.saturating_add(A_MONTH).unwrap_or(since);
        if until <= self.clock.now() {
            return Ok(());
        }
        let done = self.suppress(address, reason, until, cause).await;
        done.map(drop).map_err(CommandError::without_refusal)
    }
}
