//! The settings of the tree over the log: who signs it, and where signatures go.

use std::path::PathBuf;

use anyhow::Result;
use event_store::tree::{TreeKey, TreeVerifier};
use serde::Deserialize;
use url::Url;

use super::source::Source;
use super::table::{Section, setting};

/// The section of the table.
pub(super) const SECTION: Section = Section {
    title: "The proof of the log",
    settings: &[
        setting(
            "POSTULO_AUDIT_KEY",
            "made at the first start, kept in the data folder",
            "required, or none",
            "What signs the tree over the log, NAME:HEX: the log's name, such as postulo.example/log, and 64 hexadecimal digits, an Ed25519 key; or none, and this process does not sign: only `serve` and `projector` do. `postulo audit key` prints the public key.",
        ),
        setting(
            "POSTULO_AUDIT_EARLIER_KEYS",
            "none",
            "same",
            "The public keys of the log before the present one, NAME+ID+KEY with commas between, as `postulo audit key` printed each: what was signed with them is still verified, by the page /proof too, and /proof/key publishes them below the present one.",
        ),
        setting(
            "POSTULO_CHECKPOINT_FILE",
            "none",
            "same",
            "A file that always holds the newest signature over the log. Copy it to where those who run the service cannot change it.",
        ),
        setting(
            "POSTULO_CHECKPOINT_URL",
            "none",
            "same; https",
            "Where each new signature over the log is posted as text, so that it is kept where those who run the service cannot change it, and asked for (GET) before the log is signed again; it may hold a user name and a password.",
        ),
    ],
};

#[derive(Deserialize)]
struct Given {
    audit_key: Option<String>,
    audit_earlier_keys: Option<String>,
    checkpoint_file: Option<PathBuf>,
    checkpoint_url: Option<Url>,
}

/// The settings in force.
#[derive(Debug)]
pub(crate) struct Audit {
    /// What signs the tree over the log; without one, development makes one.
    pub(crate) key: Option<TreeKey>,
    /// The public keys before it.
    pub(crate) earlier: Option<TreeVerifier>,
    /// Whether somebody said that the log is not to be signed.
    pub(crate) log_unsigned: bool,
    /// The file that holds the newest signature.
    pub(crate) checkpoint_file: Option<PathBuf>,
    /// Where each signature is posted; it may hold secrets.
    pub(crate) checkpoint_url: Option<Url>,
}

pub(super) fn read(source: &mut Source) -> Result<Audit> {
    let Given { audit_key, audit_earlier_keys, checkpoint_file, checkpoint_url } = source.read()?;
    let log_unsigned = audit_key.as_deref().is_some_and(|text| text.trim() == "none");
    let key = audit_key.as_deref().filter(|_| !log_unsigned).and_then(parse);
    match audit_key {
        Some(_) if key.is_none() && !log_unsigned => source.wrong(
            "POSTULO_AUDIT_KEY is not NAME:HEX with 64 hexadecimal digits: make one with \
             `echo postulo.example/log:$(openssl rand -hex 32)`",
        ),
        None if source.is_production() => source.wrong(
            "POSTULO_AUDIT_KEY is missing: the log is signed with it; make one with \
             `echo postulo.example/log:$(openssl rand -hex 32)`, or say none where this process \
             is not to sign",
        ),
        _ => {}
    }
    let earlier = earlier(audit_earlier_keys.as_deref(), source);
    match checkpoint_url.as_ref().map(Url::scheme) {
        None | Some("https") => {}
        Some("http") if !source.is_production() => {}
        Some("http") => source.wrong(
            "POSTULO_CHECKPOINT_URL is not https: whoever is on the way could keep signatures back",
        ),
        Some(_) => source.wrong("POSTULO_CHECKPOINT_URL is not an https:// address"),
    }
    Ok(Audit { key, earlier, log_unsigned, checkpoint_file, checkpoint_url })
}

/// `NAME+ID+KEY`, with commas between several.
fn earlier(text: Option<&str>, source: &mut Source) -> Option<TreeVerifier> {
    let keys = text?.split(',').map(str::trim).filter(|key| !key.is_empty());
    let keys: Vec<_> = keys.collect();
    if keys.is_empty() {
        return None;
    }
    let earlier = TreeVerifier::new(keys);
    if earlier.is_err() {
        source.wrong(
            "POSTULO_AUDIT_EARLIER_KEYS is not NAME+ID+KEY, with commas between several: take what \
             `postulo audit key` printed before the key was changed",
        );
    }
    earlier.ok()
}

/// `NAME:HEX`: the log's name, and 32 octets.
pub(crate) fn parse(text: &str) -> Option<TreeKey> {
    let (name, digits) = text.trim().rsplit_once(':')?;
    let seed: [u8; 32] = hex::decode(digits).ok()?.try_into().ok()?;
    TreeKey::from_seed(name, &seed).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str) -> (Audit, Vec<String>) {
        let mut source = Source::of(text);
        let audit = read(&mut source).unwrap();
        (audit, source.all_wrong())
    }

    #[test]
    fn production_signs_the_log_unless_told_not_to() {
        let key = format!("audit_key = 'postulo.example/log:{}'", "ab".repeat(32));
        let (audit, wrong) = given(&format!("mode = 'production'\n{key}"));
        assert!(audit.key.is_some() && !audit.log_unsigned && wrong.is_empty());
        let (audit, wrong) = given("mode = 'production'\naudit_key = 'none'");
        assert!(audit.key.is_none() && audit.log_unsigned && wrong.is_empty());
        for (text, told) in [
            ("mode = 'production'", "POSTULO_AUDIT_KEY is missing"),
            ("mode = 'production'\naudit_key = ''", "POSTULO_AUDIT_KEY is not NAME:HEX"),
            ("audit_key = 'postulo.example/log:abcd'", "POSTULO_AUDIT_KEY is not NAME:HEX"),
        ] {
            let (_, wrong) = given(text);
            assert!(wrong.len() == 1 && wrong[0].starts_with(told), "{text}: {wrong:?}");
        }
        let (audit, wrong) = given("");
        assert!(!audit.log_unsigned && wrong.is_empty(), "development makes a key");
    }

    #[test]
    fn the_public_keys_of_before_are_read_or_refused() {
        let key = |seed| TreeKey::from_seed("postulo.example/log", &[seed; 32]).unwrap();
        let (one, two) = (key(1), key(2));
        let text = format!("audit_earlier_keys = '{}, {}'", one.public(), two.public());
        let (audit, wrong) = given(&text);
        assert!(wrong.is_empty(), "{wrong:?}");
        assert_eq!(audit.earlier, Some(one.verifier().and(two.verifier())));
        let (audit, wrong) = given("audit_earlier_keys = ''");
        assert!(audit.earlier.is_none() && wrong.is_empty(), "{wrong:?}");
        let (_, wrong) = given("audit_earlier_keys = 'postulo.example/log:abcd'");
        assert!(wrong[0].starts_with("POSTULO_AUDIT_EARLIER_KEYS is not"), "{wrong:?}");
    }

    #[test]
    fn signatures_are_posted_by_https_in_production() {
        let url = "checkpoint_url = 'http://log:secret-word@kept.example/notes'";
        let (audit, wrong) = given(url);
        assert!(audit.checkpoint_url.is_some() && wrong.is_empty(), "{wrong:?}");
        let (_, wrong) = given(&format!("mode = 'production'\naudit_key = 'none'\n{url}"));
        assert!(wrong[0].contains("POSTULO_CHECKPOINT_URL is not https"), "{wrong:?}");
        assert!(!wrong.join("").contains("secret-word"), "{wrong:?}");
        let (_, wrong) = given("checkpoint_url = 'ftp://kept.example/notes'");
        assert_eq!(wrong.len(), 1, "{wrong:?}");
    }
}
