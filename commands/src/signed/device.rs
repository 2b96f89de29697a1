//! The device cookie: shows that somebody signed in from this browser before (OWASP, "Slow Down
//! Online Guessing Attacks with Device Cookies"). It lets nobody in: it has attempts of its own, so
//! that the wrong passwords of strangers never shut out who is known.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::signed::SignatureError;
use crate::signed::key_ring::KeyRing;

/// A cookie of further ahead was made while the clock was wrong.
const AHEAD: i64 = 24 * 3600;

/// Makes and checks device cookies.
#[derive(Clone, Debug)]
pub struct Devices(KeyRing);

impl Devices {
    /// How long a device is known after its last sign-in.
    pub const VALID_FOR: SignedDuration = SignedDuration::from_hours(180 * 24);

    pub(crate) fn new(keys: &KeyRing) -> Self {
        Self(keys.derive("postulo device cookies 1"))
    }

    /// The cookie of a device from which somebody signed in to this account.
    pub(crate) fn cookie(&self, account: Uuid, device: Uuid, now: Timestamp) -> String {
        let seconds = now.as_second().to_be_bytes();
        self.0.sign(&[&account.as_bytes()[..], device.as_bytes(), &seconds].concat())
    }

    /// The device of a cookie, where it is one of this account.
    pub(crate) fn device(
        &self,
        cookie: &str,
        account: Uuid,
        now: Timestamp,
    ) -> Result<Uuid, SignatureError> {
        let (whose, device) = self.whose(cookie, now)?;
        if whose == account { Ok(device) } else { Err(SignatureError::Forged) }
    }

    /// The account of a cookie, and its device.
    pub(crate) fn whose(
        &self,
        cookie: &str,
        now: Timestamp,
    ) -> Result<(Uuid, Uuid), SignatureError> {
        let signed = self.0.verify(cookie)?;
        let parts = signed.split_first_chunk::<16>().and_then(|(whose, rest)| {
            let (device, seconds) = rest.split_first_chunk::<16>()?;
            Some((whose, device, i64::from_be_bytes(seconds.try_into().ok()?)))
        });
        let (whose, device, seconds) = parts.ok_or(SignatureError::Forged)?;
        let age = now.as_second().saturating_sub(seconds);
        if age >= Self::VALID_FOR.as_secs() || age < -AHEAD {
            return Err(SignatureError::Expired);
        }
        Ok((Uuid::from_bytes(*whose), Uuid::from_bytes(*device)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(account: u128, days_later: i64) -> Result<Uuid, SignatureError> {
        let devices = Devices::new(&KeyRing::single("k1", [7; 32]));
        let made = Timestamp::from_second(1_795_000_000).unwrap();
        let cookie = devices.cookie(Uuid::from_u128(1), Uuid::from_u128(2), made);
        let later = made + SignedDuration::from_hours(24 * days_later);
        devices.device(&cookie, Uuid::from_u128(account), later)
    }

    #[test]
    fn a_device_is_known_to_its_account_for_half_a_year() {
        assert_eq!(device(1, 179), Ok(Uuid::from_u128(2)));
        assert_eq!(device(1, 180), Err(SignatureError::Expired));
        assert_eq!(device(3, 0), Err(SignatureError::Forged));
    }

    #[test]
    fn a_cookie_of_the_far_future_was_made_while_the_clock_was_wrong() {
        assert_eq!(device(1, -1), Ok(Uuid::from_u128(2)));
        assert_eq!(device(1, -2), Err(SignatureError::Expired));
    }

    #[test]
    fn what_is_signed_for_something_else_is_no_device() {
        let keys = KeyRing::single("k1", [7; 32]);
        let (account, now) = (Uuid::from_u128(1), Timestamp::from_second(1_795_000_000).unwrap());
        let signed = keys.derive("postulo device cookies 1").sign(b"too short");
        for forged in ["", "k1.AAAA.AAAA", keys.sign(&[0; 40]).as_str(), signed.as_str()] {
            let found = Devices::new(&keys).device(forged, account, now);
            assert_eq!(found, Err(SignatureError::Forged), "{forged}");
        }
    }
}
