//! Passwords: which are taken (NIST SP 800-63B, 5.1.1.2), and how they are kept.

use std::fmt;
use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use thiserror::Error;
use unicode_normalization::UnicodeNormalization as _;

use super::hashing::{Full, Hashing, Lane, Place};
use crate::CommandError;

/// A password, never shown but where it was made.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// Why a text is not taken as a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PasswordError {
    /// It is too short or too long.
    #[error("a password has {least} to {most} characters")]
    Length {
        /// The least number of characters.
        least: usize,
        /// The most.
        most: usize,
    },
    /// It is among those that are tried first: common words, sequences, repetitions.
    #[error(
        "this password is among those that are tried first: common words, sequences or repetitions; \
         take several words that have nothing to do with each other"
    )]
    Common,
    /// It holds its owner's address or the name of the service.
    #[error("a password does not hold its owner's address or the name of the service")]
    Named,
}

/// The least number of guesses that a password must take, as a power of ten.
const GUESSES: f64 = 8.5;

/// Words that are tried first here, besides the common ones that the estimate knows: the keyboard of
/// France, and what people call this place.
const WORDS: [&str; 24] = [
    "azerty",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "motdepasse",
    "bonjour",
    "bienvenue",
    "administrateur",
    "administrator",
    "admin",
    "candidature",
    "candidat",
    "recrutement",
    "recruteur",
    "employeur",
    "entretien",
    "emploi",
    "travail",
    "jetaime",
    "soleil",
    "doudou",
    "loulou",
    "chouchou",
    "marseille",
];

/// No password has more characters; what somebody presents is not looked at further.
const MOST: usize = 200;

/// The service's own name.
const SERVICE: &str = "postulo";
/// Shorter parts of an address stand in other words by chance.
const SHORTEST_NAME: usize = 4;
/// No address and no name that is taken has more characters; what somebody types is not looked at further.
const LONGEST_NAME: usize = 254;

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl Password {
    /// A new password: 12 characters at least, and none that is tried first.
    pub fn new(text: &str) -> Result<Self, PasswordError> {
        Self::of("", text)
    }

    /// The same for whoever has this address, which is no part of it.
    pub fn of(address: &str, text: &str) -> Result<Self, PasswordError> {
        Self::within(12..=MOST, &[address], text)
    }

    /// A new password that has so many characters, holds none of these names of its owner, and is none
    /// that is tried first.
    pub fn within(
        lengths: RangeInclusive<usize>,
        names: &[&str],
        text: &str,
    ) -> Result<Self, PasswordError> {
        Self::judged(lengths, names, text).map(|(password, _)| password)
    }

    /// The same, with the guesses that it takes, as a power of ten.
    pub(super) fn judged(
        lengths: RangeInclusive<usize>,
        names: &[&str],
        text: &str,
    ) -> Result<(Self, f64), PasswordError> {
        let text = &composed(text);
        if !lengths.contains(&text.chars().count()) {
            let (least, most) = lengths.into_inner();
            return Err(PasswordError::Length { least, most });
        }
        let cut = |name: &&str| name.chars().take(LONGEST_NAME).collect::<String>().to_lowercase();
        let names: Vec<String> = names.iter().map(cut).collect();
        if holds_a_name(text, &names) {
            return Err(PasswordError::Named);
        }
        if is_one_word(text) {
            return Err(PasswordError::Common);
        }
        match guesses(text, &names) {
            few if few < GUESSES => Err(PasswordError::Common),
            guesses => Ok((Self(text.clone()), guesses)),
        }
    }

    /// A password that somebody presents.
    pub fn presented(text: &str) -> Self {
        Self(composed(text).chars().take(MOST).collect())
    }

    /// A password made of these random bytes: 24 characters.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(&bytes[..18]))
    }

    /// The text to be shown, once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Its argon2id hash as a PHC string.
    pub(crate) async fn hash<R: std::error::Error + 'static>(
        &self,
        hashing: &Hashing,
    ) -> Result<String, CommandError<R>> {
        self.hash_in(Lane::Known, hashing).await
    }

    /// The same for somebody who registers, whom nobody knows yet.
    pub(crate) async fn hash_for_stranger<R: std::error::Error + 'static>(
        &self,
        hashing: &Hashing,
    ) -> Result<String, CommandError<R>> {
        self.hash_in(Lane::Strangers, hashing).await
    }

    async fn hash_in<R: std::error::Error + 'static>(
        &self,
        lane: Lane,
        hashing: &Hashing,
    ) -> Result<String, CommandError<R>> {
        let (text, argon2) = (self.0.clone(), hashing.argon2.clone());
        let hash = move || argon2.hash(&text);
        let place = hashing.place(lane).map_err(|Full| CommandError::Busy)?;
        let hash = hashing.run(place, hash).await.map_err(|Full| CommandError::Busy)?;
        hash.map_err(|_| CommandError::Invalid("a password that cannot be hashed"))
    }

    /// Which of these hashes it is the password of, if any. Where it is that of none, `tries` of them were
    /// computed at least: so many hashes, or so few, take as long.
    pub(super) async fn verify(
        self,
        hashes: Vec<String>,
        tries: usize,
        hashing: &Hashing,
        place: Place,
    ) -> Result<Option<usize>, Full> {
        let argon2 = hashing.argon2.clone();
        let verify = move || {
            let right = hashes.iter().position(|hash| argon2.verify(&self.0, Some(hash)));
            if right.is_none() {
                for _ in hashes.len()..tries {
                    argon2.verify(&self.0, None);
                }
            }
            right
        };
        hashing.run(place, verify).await
    }
}

/// The text with its letters composed (Unicode NFC): what one keyboard composes and another does not is the
/// same password.
fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// The parts of an address or a name that people put into passwords: before the `@`, after it, and what stands
/// between its dots and dashes.
fn names_in(address: &str) -> impl Iterator<Item = &str> {
    let whole = address.split('@').chain([address]);
    let parts = address.split(|c: char| !c.is_alphanumeric());
    whole.chain(parts).filter(|name| name.chars().count() >= SHORTEST_NAME)
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn holds_a_name(text: &str, names: &[String]) -> bool {
    let text = letters(text);
    let mut parts = names.iter().flat_map(|name| names_in(name)).map(letters);
    text.contains(SERVICE) || parts.any(|name| !name.is_empty() && text.contains(&name))
}

/// Whether it is one word again and again.
fn is_one_word(text: &str) -> bool {
    let lower = text.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    words.all(|word| word == first) && first.chars().count() * 2 <= lower.chars().count()
}

/// The guesses that a text takes of whoever knows these names, as a power of ten.
fn guesses(text: &str, names: &[String]) -> f64 {
    let parts = names.iter().flat_map(|name| names_in(name));
    let known: Vec<&str> = [SERVICE].into_iter().chain(WORDS).chain(parts).collect();
    zxcvbn::zxcvbn(text, &known).guesses_log10()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const ADDRESS: &str = "Camille.Martin@boulangerie.example";

    #[rstest]
    #[case("short")]
    #[case("11 letters…")]
    #[case(&"x7 ".repeat(67))]
    fn a_password_has_12_to_200_characters(#[case] text: &str) {
        assert_eq!(
            Password::of(ADDRESS, text),
            Err(PasswordError::Length { least: 12, most: 200 })
        );
    }

    #[rstest]
    #[case("aaaaaaaaaaaa")]
    #[case("abcabcabcabc")]
    #[case("abcdefghijkl")]
    #[case("123456789012")]
    #[case("0123456789ab")]
    #[case("987654321098")]
    #[case("Password1234")]
    #[case("P@ssw0rd1234")]
    #[case("password password")]
    #[case("Password-Password")]
    #[case("administrator")]
    #[case("administrateur1")]
    #[case("motdepasse1234")]
    #[case("azertyuiop123")]
    #[case("Azerty123456!")]
    #[case("qwertyuiop123")]
    #[case("iloveyou1234")]
    #[case("jetaime12345")]
    #[case("bonjourbonjour")]
    #[case("candidature2026!")]
    #[case("trustno1trustno1")]
    #[case("zaq12wsxcde3")]
    #[case("............")]
    #[case("            ")]
    fn what_is_tried_first_is_not_taken(#[case] text: &str) {
        assert_eq!(Password::of(ADDRESS, text), Err(PasswordError::Common));
    }

    #[rstest]
    #[case("camille likes green horses")]
    #[case("green horses of C.A.M.I.L.L.E")]
    #[case("Boulangerie-7493-xq")]
    #[case("camille.martin@boulangerie.example")]
    #[case("my Postulo horses are green")]
    #[case("postulo-postulo")]
    fn the_address_and_the_name_of_the_service_are_no_part_of_it(#[case] text: &str) {
        assert_eq!(Password::of(ADDRESS, text), Err(PasswordError::Named));
    }

    #[rstest]
    #[case("correct horse battery")]
    #[case("several words do well")]
    #[case("un cheval vert à midi")]
    #[case("kV8#mQ2$xT9p")]
    #[case("日本語の長い合言葉です、はい")]
    fn several_words_and_what_is_made_by_chance_are_taken(#[case] text: &str) {
        assert!(Password::of(ADDRESS, text).is_ok());
    }

    #[test]
    fn letters_that_are_composed_or_not_are_the_same_password() {
        let composed = Password::of(ADDRESS, "un cheval tr\u{e8}s vert").unwrap();
        let parted = Password::of(ADDRESS, "un cheval tre\u{300}s vert").unwrap();
        assert_eq!(composed, parted);
        assert_eq!(composed, Password::presented("un cheval tre\u{300}s vert"));
    }

    #[test]
    fn what_we_make_ourselves_would_be_taken() {
        for seed in 0..20_u8 {
            let bytes = std::array::from_fn(|at| {
                let at = u8::try_from(at).unwrap();
                at.wrapping_mul(73).wrapping_add(seed.wrapping_mul(41)) ^ at.rotate_left(3)
            });
            assert!(Password::new(Password::from_random(bytes).reveal()).is_ok());
        }
    }
}
