//! The suppression list: mailboxes to which nothing is sent for a while.

use cqrs_es::Aggregate as _;
use domain::suppression::{
    ForgetAddress, LiftSuppression, SuppressAddress, SuppressedAddress, Suppression,
    SuppressionReason, SuppressionRefusal,
};
use domain::{ApplicationRefusal, EmailAddress, Personal};
use event_store::StreamId;
use jiff::{SignedDuration, Timestamp};

use crate::facades::Suppressions;
use crate::{Cause, CommandError};

/// How long nothing is sent to an address that came back, was blocked, or calls us spam.
const A_MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);

impl Suppressions<'_> {
    /// The stream of an address, whose name tells nothing of it. Letter case does not count.
    fn mailbox_stream(self, address: &str) -> String {
        self.log.blind(&SuppressedAddress::name_of(address))
    }

    /// Where an entry may be that holds for this address: under the address itself, and under the
    /// mailbox that it counts as.
    pub(crate) fn mailbox_streams(self, address: &EmailAddress) -> Vec<String> {
        let (exact, mailbox) = (address.as_str().to_ascii_lowercase(), address.mailbox());
        let mut streams = vec![self.mailbox_stream(&exact)];
        if mailbox != exact {
            streams.push(self.mailbox_stream(&mailbox));
        }
        streams
    }

    /// Why nothing is sent to this address now, if so: the entry that ends last, of those for the
    /// address and for its mailbox.
    pub async fn find(
        self,
        address: &EmailAddress,
    ) -> Result<Option<Suppression>, CommandError<SuppressionRefusal>> {
        let now = self.clock.now();
        let mut found: Option<Suppression> = None;
        for stream in self.mailbox_streams(address) {
            let mailbox = self.loader().state::<SuppressedAddress>(&stream).await?.state;
            let entry = mailbox.suppressed(now).cloned();
            found = found.into_iter().chain(entry).max_by_key(|entry| entry.until);
        }
        Ok(found)
    }

    /// Which of these addresses nothing is sent to now. Where none ever was on the list, that is one
    /// look.
    pub async fn suppressed<const N: usize>(
        self,
        addresses: [&EmailAddress; N],
    ) -> Result<[bool; N], CommandError<SuppressionRefusal>> {
        let mut found = [false; N];
        let streams: Vec<String> =
            addresses.iter().flat_map(|address| self.mailbox_streams(address)).collect();
        let streams: Vec<&str> = streams.iter().map(String::as_str).collect();
        if !self.log.any_stream(SuppressedAddress::TYPE, &streams).await? {
            return Ok(found);
        }
        for (found, address) in found.iter_mut().zip(addresses) {
            *found = self.find(address).await?.is_some();
        }
        Ok(found)
    }

    /// Puts an address on the suppression list, and says until when it is there: an entry that ends
    /// later stays as it is.
    pub async fn suppress(
        self,
        address: &EmailAddress,
        reason: SuppressionReason,
        until: Timestamp,
        cause: &Cause,
    ) -> Result<Timestamp, CommandError<SuppressionRefusal>> {
        let personal = Personal::new(address.clone());
        let decision = SuppressAddress { address: personal, reason, until, at: self.clock.now() };
        self.perform(&self.mailbox_stream(address.as_str()), &decision, cause).await?;
        Ok(self.find(address).await?.map_or(until, |in_force| in_force.until))
    }

    /// Takes off the suppression list what holds for this address: its own entry, and that of its
    /// mailbox. It is refused where there is neither.
    pub async fn lift(
        self,
        address: &EmailAddress,
        cause: &Cause,
    ) -> Result<(), CommandError<SuppressionRefusal>> {
        let decision = LiftSuppression { at: self.clock.now() };
        let mut lifted = Err(CommandError::Refused(SuppressionRefusal::NotSuppressed));
        for stream in self.mailbox_streams(address) {
            match self.perform(&stream, &decision, cause).await {
                Ok(_) => lifted = Ok(()),
                Err(CommandError::Refused(SuppressionRefusal::NotSuppressed)) => {}
                Err(error) => return Err(error),
            }
        }
        lifted
    }

    /// Forgets the address of a mailbox that is or was on the list; an entry in force stays so,
    /// namelessly. Says whether it was forgotten now.
    pub async fn forget_mailbox(
        self,
        stream: &str,
        cause: &Cause,
    ) -> Result<bool, CommandError<SuppressionRefusal>> {
        let decision = ForgetAddress { at: self.clock.now() };
        let receipt = self.perform(stream, &decision, cause).await?;
        self.log.forget_snapshot(StreamId::of::<SuppressedAddress>(stream)).await?;
        Ok(!receipt.events.is_empty())
    }

    /// Puts an address on the suppression list for a month from `since`, when what is reported of it
    /// happened; a month that is over changes nothing.
    pub(crate) async fn suppress_for_a_month(
        self,
        address: &EmailAddress,
        reason: SuppressionReason,
        since: Timestamp,
        cause: &Cause,
    ) -> Result<(), CommandError<ApplicationRefusal>> {
        let until = since.saturating_add(A_MONTH).unwrap_or(since);
        if until <= self.clock.now() {
            return Ok(());
        }
        let done = self.suppress(address, reason, until, cause).await;
        done.map(drop).map_err(CommandError::without_refusal)
    }
}

#[cfg(test)]
mod tests;
