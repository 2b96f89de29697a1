//! What stands on a permit's printed slip: a signature over its number and its last day, by which anyone
//! can check the paper without knowing whose it is.

use jiff::civil::Date;

use crate::signed::SignatureError;
use crate::signed::key_ring::KeyRing;

/// Signs and checks slips.
#[derive(Clone, Debug)]
pub struct Slips(KeyRing);

/// What a slip says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slip {
    /// Of which procedure.
    pub procedure: u32,
    /// The dossier's number.
    pub number: u64,
    /// The last day of the permit, when the slip was printed.
    pub last_day: Date,
}

impl Slips {
    pub(crate) fn new(keys: &KeyRing) -> Self {
        Self(keys.derive("postulo permit slips 1"))
    }

    /// The text that stands in the link of a slip; the same slip gives the same text.
    pub fn token(&self, slip: Slip) -> String {
        let Slip { procedure, number, last_day } = slip;
        let mut payload = Vec::with_capacity(16);
        payload.extend(procedure.to_be_bytes());
        payload.extend(number.to_be_bytes());
        payload.extend(last_day.year().to_be_bytes());
        payload.extend(last_day.month().to_be_bytes());
        payload.extend(last_day.day().to_be_bytes());
        self.0.sign(&payload)
    }

    /// The slip of such a text; it does not expire, but the permit does.
    pub fn open(&self, token: &str) -> Result<Slip, SignatureError> {
        let payload: [u8; 16] =
            self.0.verify(token)?.try_into().map_err(|_| SignatureError::Forged)?;
        let [p0, p1, p2, p3, number @ .., y0, y1, month, day] = payload;
        let year = i16::from_be_bytes([y0, y1]);
        let last_day = Date::new(year, month.cast_signed(), day.cast_signed());
        Ok(Slip {
            procedure: u32::from_be_bytes([p0, p1, p2, p3]),
            number: u64::from_be_bytes(number),
            last_day: last_day.map_err(|_| SignatureError::Forged)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_slip_says_what_was_signed_and_nothing_else_passes_for_one() {
        let keys = KeyRing::single("k1", [7; 32]);
        let slip = Slip { procedure: 3272, number: u64::MAX, last_day: date(2027, 5, 10) };
        let token = Slips::new(&keys).token(slip);
        assert_eq!(Slips::new(&keys).open(&token), Ok(slip));
        assert_eq!(
            Slips::new(&KeyRing::single("k1", [8; 32])).open(&token),
            Err(SignatureError::Forged)
        );
        let link = crate::Links::new(&keys).token(
            crate::LinkPurpose::Candidate,
            uuid::Uuid::from_u128(1),
            "2026-11-20T09:00:00Z".parse().unwrap(),
        );
        assert_eq!(Slips::new(&keys).open(&link), Err(SignatureError::Forged));
    }
}
