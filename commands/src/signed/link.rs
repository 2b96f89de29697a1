//! The links in e-mails: who may open which application, until when.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::signed::SignatureError;
use crate::signed::key_ring::KeyRing;

/// Whom a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    /// The recruiter: sees the application and answers it.
    Recruiter,
    /// The candidate: sees where it stands and may withdraw.
    Candidate,
    /// The candidate, who asked for their data a moment ago.
    Export,
    /// The candidate, who asked to be forgotten a moment ago.
    Erasure,
    /// Whoever is told of job offers by an alert: switches it off.
    Alert,
    /// Whoever is told each month of what was archived: stops that.
    ArchiveLetters,
}

/// Signs and checks links. Each opens one application to one kind of person for 90 days, or, where it
/// hands out or erases data, for two. That of a letter which comes again stops
/// it, for a year.
#[derive(Clone, Debug)]
pub struct Links(KeyRing);

impl Links {
    /// How long a link opens, from the time it is made for.
    pub const VALID_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);

    /// How long a link to data opens.
    pub const DATA_VALID_FOR: SignedDuration = SignedDuration::from_hours(2 * 24);

    /// How long the link by which letters that come again are stopped is good.
    pub const STOP_VALID_FOR: SignedDuration = SignedDuration::from_hours(365 * 24);

    pub(crate) fn new(keys: &KeyRing) -> Self {
        Self(keys.derive("postulo links 1"))
    }

    /// The token of a link made at `from`; the same values give the same token, so that a preview
    /// and a repeated e-mail carry the link that was sent.
    pub fn token(&self, person: LinkPurpose, application_id: Uuid, from: Timestamp) -> String {
        let expires = from.saturating_add(valid_for(person)).unwrap_or(from);
        let mut payload = vec![tag(person)];
        payload.extend(application_id.as_bytes());
        payload.extend(expires.as_second().to_be_bytes());
        self.0.sign(&payload)
    }

    /// The application that `token` opens to `person` at `now`.
    pub fn open(
        &self,
        person: LinkPurpose,
        token: &str,
        now: Timestamp,
    ) -> Result<Uuid, SignatureError> {
        let payload = self.0.verify(token)?;
        let [kind, rest @ ..] = payload.as_slice() else {
            return Err(SignatureError::Forged);
        };
        let (id, expires) = rest.split_at_checked(16).ok_or(SignatureError::Forged)?;
        let id = Uuid::from_slice(id).map_err(|_| SignatureError::Forged)?;
        let expires = expires.try_into().map_err(|_| SignatureError::Forged)?;
        if *kind != tag(person) {
            return Err(SignatureError::Forged);
        }
        if now.as_second() >= i64::from_be_bytes(expires) {
            return Err(SignatureError::Expired);
        }
        Ok(id)
    }
}

const fn tag(person: LinkPurpose) -> u8 {
    match person {
        LinkPurpose::Recruiter => b'r',
        LinkPurpose::Candidate => b'c',
        LinkPurpose::Export => b'x',
        LinkPurpose::Erasure => b'f',
        LinkPurpose::Alert => b'a',
        LinkPurpose::ArchiveLetters => b'm',
    }
}

const fn valid_for(person: LinkPurpose) -> SignedDuration {
    match person {
        LinkPurpose::Recruiter | LinkPurpose::Candidate => Links::VALID_FOR,
        LinkPurpose::Export | LinkPurpose::Erasure => Links::DATA_VALID_FOR,
        LinkPurpose::Alert | LinkPurpose::ArchiveLetters => Links::STOP_VALID_FOR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links() -> Links {
        Links::new(&KeyRing::single("k1", [7; 32]))
    }

    fn now() -> Timestamp {
        "2026-11-20T09:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_link_opens_its_application_for_ninety_days() {
        let id = Uuid::from_u128(42);
        let token = links().token(LinkPurpose::Recruiter, id, now());
        let last = now() + Links::VALID_FOR - SignedDuration::from_secs(1);
        assert_eq!(links().open(LinkPurpose::Recruiter, &token, last), Ok(id));
        let over = now() + Links::VALID_FOR;
        assert_eq!(
            links().open(LinkPurpose::Recruiter, &token, over),
            Err(SignatureError::Expired)
        );
    }

    #[test]
    fn a_candidate_cannot_answer_with_their_own_link() {
        let token = links().token(LinkPurpose::Candidate, Uuid::from_u128(42), now());
        assert_eq!(
            links().open(LinkPurpose::Recruiter, &token, now()),
            Err(SignatureError::Forged)
        );
    }

    #[test]
    fn a_link_to_data_opens_for_two_days_and_nothing_else_opens_it() {
        let token = links().token(LinkPurpose::Erasure, Uuid::from_u128(42), now());
        let over = now() + Links::DATA_VALID_FOR;
        assert_eq!(links().open(LinkPurpose::Erasure, &token, over), Err(SignatureError::Expired));
        for other in [LinkPurpose::Candidate, LinkPurpose::Recruiter, LinkPurpose::Export] {
            assert_eq!(links().open(other, &token, now()), Err(SignatureError::Forged));
        }
    }

    #[test]
    fn a_link_is_safe_in_a_path() {
        let token = links().token(LinkPurpose::Recruiter, Uuid::from_u128(u128::MAX), now());
        assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)), "{token}");
    }
}
