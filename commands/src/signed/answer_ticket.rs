//! The one-time ticket that a preview hands out and a sent answer brings back.

use domain::Digest;
use domain::application::{Answer, AnswerId};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::signed::SignatureError;
use crate::signed::key_ring::KeyRing;

/// What a preview fixed: which answer to which state of which application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerTicket {
    /// The application.
    pub application_id: Uuid,
    /// The answer's id, made with the preview.
    pub answer_id: AnswerId,
    /// How many answers the recruiter had seen.
    pub answers_seen: usize,
    /// When the preview was shown.
    pub shown_at: Timestamp,
}

/// Signs and checks tickets. A ticket is good for the answer that was previewed and nothing else,
/// for a day: it also keeps other sites from sending an answer (CSRF).
#[derive(Clone, Debug)]
pub struct Tickets(KeyRing);

impl Tickets {
    /// How long a previewed answer may be sent.
    pub const VALID_FOR: SignedDuration = SignedDuration::from_hours(24);

    pub(crate) fn new(keys: &KeyRing) -> Self {
        Self(keys.derive("postulo answer tickets 1"))
    }

    /// The signed form of `ticket` for `answer`.
    pub fn sign(&self, ticket: &AnswerTicket, answer: &Answer) -> String {
        let mut payload = Vec::with_capacity(80);
        payload.extend(ticket.application_id.as_bytes());
        payload.extend(ticket.answer_id.0.as_bytes());
        payload.extend(u64::try_from(ticket.answers_seen).unwrap_or(u64::MAX).to_be_bytes());
        payload.extend(ticket.shown_at.as_second().to_be_bytes());
        payload.extend(fingerprint(answer).as_str().as_bytes());
        self.0.sign(&payload)
    }

    /// The ticket, if it was signed for this application and this answer.
    pub fn open(
        &self,
        signed: &str,
        application_id: Uuid,
        answer: &Answer,
        now: Timestamp,
    ) -> Result<AnswerTicket, SignatureError> {
        let payload = self.0.verify(signed)?;
        let (ticket, fingerprinted) = read(&payload)
            .filter(|(t, _)| t.application_id == application_id)
            .ok_or(SignatureError::Forged)?;
        if fingerprinted != fingerprint(answer).as_str().as_bytes() {
            return Err(SignatureError::Forged);
        }
        if now.duration_since(ticket.shown_at) >= Self::VALID_FOR {
            return Err(SignatureError::Expired);
        }
        Ok(ticket)
    }
}

fn read(payload: &[u8]) -> Option<(AnswerTicket, &[u8])> {
    let (application_id, rest) = payload.split_at_checked(16)?;
    let (answer_id, rest) = rest.split_at_checked(16)?;
    let (answers_seen, rest) = rest.split_at_checked(8)?;
    let (shown_at, fingerprint) = rest.split_at_checked(8)?;
    let ticket = AnswerTicket {
        application_id: Uuid::from_slice(application_id).ok()?,
        answer_id: AnswerId(Uuid::from_slice(answer_id).ok()?),
        answers_seen: usize::try_from(u64::from_be_bytes(answers_seen.try_into().ok()?)).ok()?,
        shown_at: Timestamp::from_second(i64::from_be_bytes(shown_at.try_into().ok()?)).ok()?,
    };
    Some((ticket, fingerprint))
}

fn fingerprint(answer: &Answer) -> Digest {
    let bytes = serde_json::to_vec(answer).expect("an answer has no map with other keys");
    Digest::from_bytes(Sha256::digest(bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::application::AnswerKind;
    use domain::examples;

    #[test]
    fn a_ticket_is_good_for_the_previewed_answer_only() {
        let tickets = Tickets::new(&KeyRing::single("k1", [7; 32]));
        let ticket = AnswerTicket {
            application_id: Uuid::from_u128(1),
            answer_id: examples::answer_id(1),
            answers_seen: 2,
            shown_at: examples::minutes(0),
        };
        let previewed = examples::answer(AnswerKind::Info, true);
        let signed = tickets.sign(&ticket, &previewed);
        let open = |id, answer, minutes| {
            tickets.open(&signed, Uuid::from_u128(id), answer, examples::minutes(minutes))
        };
        assert_eq!(open(1, &previewed, 5), Ok(ticket));
        assert_eq!(open(2, &previewed, 5), Err(SignatureError::Forged));
        let other = examples::answer(AnswerKind::Hire, true);
        assert_eq!(open(1, &other, 5), Err(SignatureError::Forged));
        assert_eq!(open(1, &previewed, 24 * 60), Err(SignatureError::Expired));
    }
}
