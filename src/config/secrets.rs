//! Keys and tokens that anybody could guess, or that stand in two settings.

use std::collections::HashMap;

use anyhow::Result;
use serde::Deserialize;

use super::source::Source;

/// A secret in a setting may not be shorter, in characters.
pub(super) const SHORTEST: usize = 16;

#[derive(Deserialize)]
struct Given {
    keys: Option<String>,
    master_keys: Option<String>,
    audit_key: Option<String>,
    metrics_token: Option<String>,
    mailjet_events_secret: Option<String>,
}

/// Notes what is wrong with the keys and tokens of production; none is ever told.
pub(super) fn check(source: &mut Source) -> Result<()> {
    let given: Given = source.read()?;
    let mut seen: HashMap<Vec<u8>, &'static str> = HashMap::new();
    let settings = [
        ("POSTULO_KEYS", &given.keys),
        ("POSTULO_MASTER_KEYS", &given.master_keys),
        ("POSTULO_AUDIT_KEY", &given.audit_key),
    ];
    for (name, text) in settings {
        // What is malformed is told elsewhere.
        let parts = text.iter().flat_map(|text| text.split(','));
        let digits = parts.filter_map(|part| part.trim().rsplit_once(':'));
        for key in digits.filter_map(|(_, digits)| hex::decode(digits).ok()) {
            if is_patterned(&key) {
                source.wrong(format!(
                    "{name} holds a key that anybody could guess: make one with `openssl rand -hex 32`"
                ));
            }
            match seen.insert(key, name) {
                Some(other) if other == name => source.wrong(format!(
                    "{name} holds the same key twice: make each one with `openssl rand -hex 32`"
                )),
                Some(other) => source.wrong(format!(
                    "{name} repeats a key of {other}: who learns one has both; make each one with \
                     `openssl rand -hex 32`"
                )),
                None => {}
            }
        }
    }
    let tokens = [
        ("POSTULO_METRICS_TOKEN", &given.metrics_token),
        ("POSTULO_MAILJET_EVENTS_SECRET", &given.mailjet_events_secret),
    ];
    let mut tokens_seen: HashMap<&str, &str> = HashMap::new();
    for (name, token) in tokens {
        let Some(token) = token.as_deref().filter(|token| !token.is_empty()) else { continue };
        if token.chars().count() < SHORTEST {
            source.wrong(format!(
                "{name} is shorter than {SHORTEST} characters: make one with `openssl rand -hex 24`"
            ));
        } else if is_patterned(token.as_bytes()) {
            source.wrong(format!(
                "{name} is a token that anybody could guess: make one with `openssl rand -hex 24`"
            ));
        }
        if let Some(other) = tokens_seen.insert(token, name) {
            source.wrong(format!("{name} repeats {other}: give each its own"));
        }
    }
    Ok(())
}

/// Whether bytes repeat a few of them over and over, or go up or down by a fixed step: no source of
/// chance makes these.
fn is_patterned(bytes: &[u8]) -> bool {
    let repeats = |length: usize| bytes.iter().zip(bytes.iter().skip(length)).all(|(a, b)| a == b);
    let mut steps = bytes.windows(2).map(|pair| pair[1].wrapping_sub(pair[0]));
    let first = steps.next();
    let counts = steps.all(|step| Some(step) == first);
    counts || (1..=bytes.len() / 2).any(repeats)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keys as `openssl rand` makes them.
    const ONE: &str = "8f1c0a6be4d97235aa01c6f8e02b9d7741c3d5e6f7089b1a2c3d4e5f60718294";
    const TWO: &str = "d2719e5b03c84f6aa7e1905dcb38f642017a9ce5b48d23f06e91ab57dc04837f";

    fn told(text: &str) -> Vec<String> {
        let mut source = Source::of(text);
        check(&mut source).unwrap();
        source.all_wrong()
    }

    #[rstest::rstest]
    #[case(&"00".repeat(32))]
    #[case(&"ff".repeat(32))]
    #[case(&"ab".repeat(32))]
    #[case(&"0123456789abcdef".repeat(4))]
    #[case(&"deadbeef".repeat(8))]
    #[case("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")]
    #[case("201f1e1d1c1b1a191817161514131211100f0e0d0c0b0a090807060504030201")]
    #[case("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")]
    fn a_key_that_anybody_could_guess_is_refused(#[case] key: &str) {
        for (name, setting) in [
            ("POSTULO_KEYS", format!("keys = 'k1:{key}'")),
            ("POSTULO_MASTER_KEYS", format!("master_keys = 'm1:{key}'")),
            ("POSTULO_AUDIT_KEY", format!("audit_key = 'postulo.example/log:{key}'")),
        ] {
            let wrong = told(&setting);
            assert!(wrong.len() == 1 && wrong[0].starts_with(name), "{setting}: {wrong:?}");
            assert!(!wrong[0].contains(key));
        }
    }

    #[test]
    fn keys_of_chance_are_taken() {
        let text = format!("keys = 'k2:{ONE}'\nmaster_keys = 'm1:{TWO}'\naudit_key = 'none'");
        assert_eq!(told(&text), Vec::<String>::new());
    }

    #[test]
    fn a_key_stands_in_one_setting_and_there_once() {
        let upper = TWO.to_uppercase();
        for text in [
            format!("keys = 'k1:{ONE}'\nmaster_keys = 'm1:{ONE}'"),
            format!("master_keys = 'm1:{TWO}'\naudit_key = 'a/log:{upper}'"),
            format!("keys = 'k1:{ONE},k2:{TWO}'\naudit_key = 'a/log:{TWO}'"),
            format!("keys = 'k1:{ONE}, k2:{ONE}'"),
        ] {
            let wrong = told(&text);
            assert!(wrong.len() == 1 && !wrong[0].contains(ONE), "{text}: {wrong:?}");
        }
    }

    #[rstest::rstest]
    #[case("metrics_token = 'x'", "POSTULO_METRICS_TOKEN is shorter")]
    #[case("metrics_token = 'fifteen letters'", "POSTULO_METRICS_TOKEN is shorter")]
    #[case("metrics_token = 'aaaaaaaaaaaaaaaaaaaa'", "POSTULO_METRICS_TOKEN is a token")]
    #[case("mailjet_events_secret = 'abcabcabcabcabcabc'", "POSTULO_MAILJET_EVENTS_SECRET is a")]
    fn a_token_that_anybody_could_guess_is_refused(#[case] text: &str, #[case] why: &str) {
        let wrong = told(text);
        assert!(wrong.len() == 1 && wrong[0].starts_with(why), "{text}: {wrong:?}");
    }

    #[test]
    fn two_doors_have_two_tokens() {
        let text = "metrics_token = 'a token for two'\nmailjet_events_secret = 'a token for two'";
        let wrong = told(&text.replace("two", "both doors"));
        assert!(wrong.len() == 1 && wrong[0].contains("repeats"), "{wrong:?}");
    }
}
