//! How hard a new password is to guess, for a page that tells it while it is typed.

use std::ops::RangeInclusive;

use super::password::{Password, PasswordError};

/// How hard a new password is to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// So easy, or so wrong, that it is not taken.
    Refused(PasswordError),
    /// It is taken.
    Fair,
    /// Whoever stole its hash guesses for months.
    Good,
    /// And for longer than anybody lives.
    Strong,
}

/// Guesses, as powers of ten, from which on it is good, and strong. A machine makes some 100,000 a second
/// against one hash of ours.
const GOOD: f64 = 12.0;
const STRONG: f64 = 15.0;

impl Password {
    /// How hard a new password is to guess, of what [`Password::within`] takes.
    pub fn strength(lengths: RangeInclusive<usize>, names: &[&str], text: &str) -> Strength {
        match Self::judged(lengths, names, text) {
            Err(error) => Strength::Refused(error),
            Ok((_, guesses)) if guesses >= STRONG => Strength::Strong,
            Ok((_, guesses)) if guesses >= GOOD => Strength::Good,
            Ok(_) => Strength::Fair,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("azertyuiop azertyuiop", Strength::Refused(PasswordError::Common))]
    #[case("camille likes horses", Strength::Refused(PasswordError::Named))]
    #[case("short", Strength::Refused(PasswordError::Length { least: 15, most: 128 }))]
    #[case("monday tuesday 2027", Strength::Good)]
    #[case("green horses like apples", Strength::Strong)]
    fn the_harder_to_guess_the_stronger(#[case] text: &str, #[case] strength: Strength) {
        assert_eq!(Password::strength(15..=128, &["camille@example.org"], text), strength);
    }
}
