//! The token of a partner's form: the partner's server asks for it with its secret, the form brings
//! it back.
//!
//! What is signed is the digest of the claim and, in a token that was renewed, since when: a chain of
//! renewals ends [`EmbedTokens::RENEWED_FOR`] after its first token.

use jiff::{SignedDuration, Timestamp};
use sha2::Digest as _;

use crate::signed::SignatureError;
use crate::signed::key_ring::KeyRing;

/// What a token binds. E-mail addresses compare without case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the partner protocol")]
pub struct EmbedClaim<'a> {
    pub client_id: &'a str,
    pub candidate_email: &'a str,
    pub candidate_peid: &'a str,
    pub employer_email: &'a str,
    /// Seconds since 1970, as handed out beside the token.
    pub timestamp: i64,
}

/// Makes and checks tokens. Only the server computes them, so partners keep them as they are.
#[derive(Clone, Debug)]
pub struct EmbedTokens(KeyRing);

impl EmbedTokens {
    /// How long a token is valid; the form's page has it renewed every minute.
    pub const VALID_FOR: SignedDuration = SignedDuration::from_mins(30);
    /// How long a token may be renewed, from the first one on.
    pub const RENEWED_FOR: SignedDuration = SignedDuration::from_hours(12);

    pub(crate) fn new(keys: &KeyRing) -> Self {
        Self(keys.derive("postulo embed tokens 1"))
    }

    /// The first token of `claim`.
    pub fn token(&self, claim: &EmbedClaim<'_>) -> String {
        // Signed over the digest of the claim, so that the token holds no personal data.
        self.0.sign(&digest(claim))
    }

    /// The token of `claim` that takes the place of one whose first was issued at `since`; none when
    /// that is too long ago at the claim's time.
    pub fn renewed(&self, claim: &EmbedClaim<'_>, since: i64) -> Result<String, SignatureError> {
        if claim.timestamp.saturating_sub(since) >= Self::RENEWED_FOR.as_secs() {
            return Err(SignatureError::Expired);
        }
        Ok(self.0.sign(&[&digest(claim)[..], &since.to_be_bytes()].concat()))
    }

    /// Since when the claim is held, in seconds since 1970: when the first token of the chain was
    /// issued. An error unless `token` was made for `claim` and is still valid at `now`.
    pub fn check(
        &self,
        token: &str,
        claim: &EmbedClaim<'_>,
        now: Timestamp,
    ) -> Result<i64, SignatureError> {
        let signed = self.0.verify(token)?;
        let since = match made_for(&signed, &digest(claim))? {
            [] => claim.timestamp,
            bytes => seconds(bytes)?,
        };
        let age = now.as_second().saturating_sub(claim.timestamp);
        if age >= Self::VALID_FOR.as_secs() {
            return Err(SignatureError::Expired);
        }
        Ok(since)
    }
}

/// SHA-256 over the fields, each with its length before it, so that none can run into the next.
fn digest(claim: &EmbedClaim<'_>) -> [u8; 32] {
    let mut hash = parties(claim);
    hash.update(claim.timestamp.to_be_bytes());
    hash.finalize().into()
}

/// What follows the digest in what was signed, if it was signed for this one.
pub(super) fn made_for<'a>(signed: &'a [u8], digest: &[u8]) -> Result<&'a [u8], SignatureError> {
    let (of, rest) = signed.split_at_checked(digest.len()).ok_or(SignatureError::Forged)?;
    let is_same = bool::from(subtle::ConstantTimeEq::ct_eq(of, digest));
    is_same.then_some(rest).ok_or(SignatureError::Forged)
}

/// Seconds since 1970, as they were signed.
pub(super) fn seconds(bytes: &[u8]) -> Result<i64, SignatureError> {
    bytes.try_into().map(i64::from_be_bytes).map_err(|_| SignatureError::Forged)
}

/// The digest of who applies where, without the time.
pub(super) fn parties(claim: &EmbedClaim<'_>) -> sha2::Sha256 {
    let mut hash = sha2::Sha256::new();
    let emails = [claim.candidate_email, claim.employer_email].map(str::to_lowercase);
    for field in [claim.client_id, &emails[0], claim.candidate_peid, &emails[1]] {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field);
    }
    hash
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

    fn tokens() -> EmbedTokens {
        EmbedTokens::new(&KeyRing::single("k1", [7; 32]))
    }

    fn check(claim: &EmbedClaim<'_>, later: i64) -> Result<i64, SignatureError> {
        let now = Timestamp::from_second(CLAIM.timestamp + later).unwrap();
        tokens().check(&tokens().token(&CLAIM), claim, now)
    }

    #[test]
    fn a_chain_of_renewals_ends_twelve_hours_after_its_first_token() {
        let (mut claim, mut token) = (CLAIM, tokens().token(&CLAIM));
        let mut minutes = 0;
        let end = loop {
            minutes += 29;
            let now = Timestamp::from_second(CLAIM.timestamp + minutes * 60).unwrap();
            let since = tokens().check(&token, &claim, now).unwrap();
            assert_eq!(since, CLAIM.timestamp);
            claim.timestamp = now.as_second();
            match tokens().renewed(&claim, since) {
                Ok(next) => token = next,
                Err(error) => break error,
            }
        };
        assert_eq!((end, minutes), (SignatureError::Expired, 725));
    }

    #[test]
    fn a_renewed_token_is_valid_for_its_own_time_alone() {
        let renewed = tokens().renewed(&CLAIM, CLAIM.timestamp - 60).unwrap();
        let now = Timestamp::from_second(CLAIM.timestamp).unwrap();
        assert_eq!(tokens().check(&renewed, &CLAIM, now), Ok(CLAIM.timestamp - 60));
        let other = EmbedClaim { timestamp: CLAIM.timestamp - 60, ..CLAIM };
        assert_eq!(tokens().check(&renewed, &other, now), Err(SignatureError::Forged));
    }

    #[test]
    fn a_token_is_valid_for_thirty_minutes() {
        assert_eq!(check(&CLAIM, 29 * 60), Ok(CLAIM.timestamp));
        assert_eq!(check(&CLAIM, 30 * 60), Err(SignatureError::Expired));
    }

    #[test]
    fn letter_case_of_addresses_does_not_count() {
        assert_eq!(
            check(&EmbedClaim { candidate_email: "camille@example.ORG", ..CLAIM }, 0),
            Ok(CLAIM.timestamp)
        );
    }

    #[test]
    fn every_field_is_bound() {
        for other in [
            EmbedClaim { client_id: "other", ..CLAIM },
            EmbedClaim { candidate_email: "x@example.org", ..CLAIM },
            EmbedClaim { candidate_peid: "13", ..CLAIM },
            EmbedClaim { employer_email: "x@example.com", ..CLAIM },
            EmbedClaim { timestamp: CLAIM.timestamp + 1, ..CLAIM },
        ] {
            assert_eq!(check(&other, 0), Err(SignatureError::Forged));
        }
    }

    #[test]
    fn no_field_runs_into_the_next() {
        let shifted =
            EmbedClaim { candidate_peid: "12r", employer_email: "h@example.com", ..CLAIM };
        assert_eq!(check(&shifted, 0), Err(SignatureError::Forged));
    }
}
