//! The ticket of one opened form: the page carries it in a hidden field, so that what was typed can be
//! sent for a day, though the token of its address lives for half an hour.
//!
//! A phone sleeps, a laptop is closed, a letter takes an evening. The token stands in the address of
//! the iframe, where histories and logs keep it; the ticket stands in the page alone, and is good for
//! one form, that is for one application.

use jiff::{SignedDuration, Timestamp};
use sha2::Digest as _;
use uuid::Uuid;

use crate::signed::SignatureError;
use crate::signed::embed_token::{EmbedClaim, made_for, parties, seconds};
use crate::signed::key_ring::KeyRing;

/// Makes and checks the tickets of opened forms.
#[derive(Clone, Debug)]
pub struct FormTickets {
    tickets: KeyRing,
    holders: KeyRing,
}

impl FormTickets {
    /// How long a form may be sent, from its first token on.
    pub const VALID_FOR: SignedDuration = SignedDuration::from_hours(24);

    pub(crate) fn new(keys: &KeyRing) -> Self {
        Self {
            tickets: keys.derive("postulo form tickets 1"),
            holders: keys.derive("postulo form holders 1"),
        }
    }

    /// The ticket of the form called `form`, opened for `claim` with a token whose chain began at
    /// `since` (seconds since 1970). The claim's own time does not count.
    pub fn ticket(&self, claim: &EmbedClaim<'_>, form: Uuid, since: i64) -> String {
        self.tickets.sign(&[&digest(claim, form)[..], &since.to_be_bytes()].concat())
    }

    /// Since when the form is open, in seconds since 1970. An error unless `ticket` was made for this
    /// form and claim and is still valid at `now`.
    pub fn check(
        &self,
        ticket: &str,
        claim: &EmbedClaim<'_>,
        form: Uuid,
        now: Timestamp,
    ) -> Result<i64, SignatureError> {
        let signed = self.tickets.verify(ticket)?;
        let since = seconds(made_for(&signed, &digest(claim, form))?)?;
        if now.as_second().saturating_sub(since) >= Self::VALID_FOR.as_secs() {
            return Err(SignatureError::Expired);
        }
        Ok(since)
    }

    /// A name for the candidate that nobody can turn back into an address: what a browser was asked
    /// to remember is kept under it, so that no other candidate is shown it.
    pub fn holder(&self, claim: &EmbedClaim<'_>) -> String {
        let person = EmbedClaim { client_id: "", employer_email: "", timestamp: 0, ..*claim };
        let signed = self.holders.sign(&parties(&person).finalize());
        hex::encode(&sha2::Sha256::digest(signed)[..16])
    }
}

fn digest(claim: &EmbedClaim<'_>, form: Uuid) -> [u8; 32] {
    let mut hash = parties(claim);
    hash.update(form.as_bytes());
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLAIM: EmbedClaim<'_> = EmbedClaim {
        client_id: "demo",
        candidate_email: "Camille@Example.org",
        candidate_peid: "12",
        employer_email: "rh@example.com",
        timestamp: 1_795_000_000,
    };
    const FORM: Uuid = Uuid::from_u128(5);

    fn tickets() -> FormTickets {
        FormTickets::new(&KeyRing::single("k1", [7; 32]))
    }

    fn check(claim: &EmbedClaim<'_>, form: Uuid, later: i64) -> Result<i64, SignatureError> {
        let now = Timestamp::from_second(CLAIM.timestamp + later).unwrap();
        tickets().check(&tickets().ticket(&CLAIM, FORM, CLAIM.timestamp), claim, form, now)
    }

    #[test]
    fn a_form_may_be_sent_for_a_day_whatever_became_of_its_token() {
        let renewed = EmbedClaim { timestamp: CLAIM.timestamp + 60, ..CLAIM };
        assert_eq!(check(&renewed, FORM, 24 * 3600 - 1), Ok(CLAIM.timestamp));
        assert_eq!(check(&CLAIM, FORM, 24 * 3600), Err(SignatureError::Expired));
    }

    #[test]
    fn a_ticket_is_good_for_one_form_of_one_candidate_to_one_employer() {
        assert_eq!(check(&CLAIM, Uuid::from_u128(6), 0), Err(SignatureError::Forged));
        for other in [
            EmbedClaim { client_id: "other", ..CLAIM },
            EmbedClaim { candidate_email: "x@example.org", ..CLAIM },
            EmbedClaim { candidate_peid: "13", ..CLAIM },
            EmbedClaim { employer_email: "x@example.com", ..CLAIM },
        ] {
            assert_eq!(check(&other, FORM, 0), Err(SignatureError::Forged));
        }
    }

    #[test]
    fn a_token_is_no_ticket() {
        let keys = KeyRing::single("k1", [7; 32]);
        let tokens = crate::EmbedTokens::new(&keys);
        let token = tokens.renewed(&CLAIM, CLAIM.timestamp).unwrap();
        let now = Timestamp::from_second(CLAIM.timestamp).unwrap();
        assert_eq!(tickets().check(&token, &CLAIM, FORM, now), Err(SignatureError::Forged));
    }

    #[test]
    fn the_same_candidate_has_one_name_and_another_candidate_another() {
        let elsewhere = EmbedClaim { employer_email: "x@example.com", timestamp: 0, ..CLAIM };
        assert_eq!(tickets().holder(&CLAIM), tickets().holder(&elsewhere));
        let other = EmbedClaim { candidate_email: "x@example.org", ..CLAIM };
        assert_ne!(tickets().holder(&CLAIM), tickets().holder(&other));
    }
}
