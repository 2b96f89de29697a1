//! The keys: of links and tokens, and of personal data.

use anyhow::Result;
use commands::KeyRing;
use event_store::seal::MasterKeys;
use serde::Deserialize;

use super::source::Source;
use super::table::{Section, setting};

/// The section of the table.
pub(super) const SECTION: Section = Section {
    title: "Keys",
    settings: &[
        setting(
            "POSTULO_KEYS",
            "made at the first start, kept in the data folder",
            "required",
            "Signing keys of links and tokens, ID:HEX with 64 hexadecimal digits, separated by commas. The first one signs, all verify: put a new key in front, and take an old one out after 90 days.",
        ),
        setting(
            "POSTULO_MASTER_KEYS",
            "made at the first start, kept in the data folder",
            "required",
            "The master keys that personal data in the log are sealed under, ID:HEX with 64 hexadecimal digits, separated by commas. The first one seals, all of them open. Keep a copy apart from the database and its backups: without it nobody reads a name again. `docs/privacy.md` tells how to change it.",
        ),
    ],
};

#[derive(Deserialize)]
struct Given {
    keys: Option<String>,
    master_keys: Option<String>,
}

/// The keys in force; without them, development makes its own.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(crate) signing: Option<KeyRing>,
    pub(crate) master: Option<MasterKeys>,
}

pub(super) fn read(source: &mut Source) -> Result<Keys> {
    let Given { keys, master_keys } = source.read()?;
    if source.is_production() {
        if master_keys.is_none() {
            source.wrong(
                "POSTULO_MASTER_KEYS is missing: personal data in the log are sealed under it; \
                 make one with `echo m1:$(openssl rand -hex 32)`, and keep a copy apart from the \
                 database",
            );
        }
        if keys.is_none() {
            source.wrong(
                "POSTULO_KEYS is missing: links and tokens are signed with it; make one with \
                 `echo k1:$(openssl rand -hex 32)`",
            );
        }
    }
    let mut parsed = |name: &str, error: String| source.wrong(format!("{name}: {error}"));
    let signing = keys.as_deref().map(str::parse::<KeyRing>).transpose();
    let master = master_keys.as_deref().map(str::parse::<MasterKeys>).transpose();
    Ok(Keys {
        signing: signing.unwrap_or_else(|error| {
            parsed("POSTULO_KEYS", error.to_string());
            None
        }),
        master: master.unwrap_or_else(|error| {
            parsed("POSTULO_MASTER_KEYS", error.to_string());
            None
        }),
    })
}
