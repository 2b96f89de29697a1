//! The settings: from variables `POSTULO_…`, over an optional TOML file, over defaults.
//!
//! A section is a file: its rows of the table, from which `docs/configuration.md` and `.env.example`
//! are written, what is read of them, and what is wrong with it. To add one: its file, and its line in
//! [`SECTIONS`] and in [`Config`].

mod accounts;
mod addresses;
pub(crate) mod audit;
mod collectors;
mod integrations;
mod kafka;
mod keys;
mod mail;
mod models;
mod network;
mod offers;
mod operators;
mod permits;
mod reactions;
mod schedules;
mod secrets;
mod service;
mod source;
mod space;
mod storage;
pub(crate) mod table;
mod telemetry;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Result, bail};
use commands::schedules::Plan;
use event_store::kafka::Kafka;
use figment::Figment;
use figment::providers::{Env, Format as _, Toml};
use serde::Deserialize;
use url::Url;

use accounts::Accounts;
use audit::Audit;
use collectors::Collectors;
use integrations::Integrations;
use keys::Keys;
use mail::Mail;
use models::ModelSettings;
use network::Network;
use offers::Offers;
use operators::Operators;
use permits::Permits;
use service::Service;
use source::Source;
use space::Space;
use storage::Storage;
use table::Section;
use telemetry::Telemetry;

pub(crate) use reactions::Reaction;
pub(crate) use telemetry::LogFormat;

/// In the order in which an operator sets them.
pub(crate) const SECTIONS: &[Section] = &[
    service::SECTION,
    keys::SECTION,
    audit::SECTION,
    mail::SECTION,
    storage::SECTION,
    network::SECTION,
    kafka::SECTION,
    integrations::SECTION,
    permits::SECTION,
    space::SECTION,
    collectors::SECTION,
    models::SECTION,
    offers::SECTION,
    operators::SECTION,
    accounts::SECTION,
    telemetry::SECTION,
    reactions::SECTION,
    schedules::SECTION,
];

/// Whether the service is tried out or used for real.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mode {
    /// Needs no setting: a demo partner, a built-in mailbox, keys made at the first start.
    #[default]
    Development,
    /// Refuses to start on a missing or unsafe setting.
    Production,
}

/// The settings in force.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) mode: Mode,
    pub(crate) service: Service,
    pub(crate) keys: Keys,
    pub(crate) audit: Audit,
    pub(crate) mail: Mail,
    pub(crate) storage: Storage,
    pub(crate) network: Network,
    pub(crate) kafka: Option<Kafka>,
    pub(crate) integrations: Integrations,
    pub(crate) permits: Permits,
    pub(crate) space: Space,
    pub(crate) collectors: Collectors,
    /// The language model that describes job offers.
    pub(crate) model: Option<ModelSettings>,
    pub(crate) offers: Offers,
    pub(crate) operators: Operators,
    pub(crate) accounts: Accounts,
    pub(crate) telemetry: Telemetry,
    pub(crate) reactions: BTreeMap<String, Reaction>,
    /// When each scheduled task runs.
    pub(crate) schedules: Vec<Plan>,
}

impl Config {
    /// Reads the settings; in production it names all that is missing or unsafe at once.
    pub(crate) fn load(file: Option<&Path>) -> Result<Self> {
        let mut figment = Figment::new();
        if let Some(file) = file {
            if !file.is_file() {
                bail!("the configuration file {} does not exist", file.display());
            }
            figment = figment.merge(Toml::file_exact(file));
        }
        // Variables for tests and for the configuration file itself are not settings.
        let variables = Env::prefixed("POSTULO_")
            .ignore(&["config", "screenshots", "services_dir"])
            .filter(|name| !name.starts_with("test_"))
            .split("__");
        Self::from_source(Source::new(figment.merge(variables))?)
    }

    fn from_source(mut source: Source) -> Result<Self> {
        let storage = storage::read(&mut source)?;
        let config = Self {
            mode: source.mode(),
            service: service::read(&mut source)?,
            keys: keys::read(&mut source)?,
            audit: audit::read(&mut source)?,
            mail: mail::read(&mut source, &storage)?,
            storage,
            network: network::read(&mut source)?,
            kafka: kafka::read(&mut source)?,
            integrations: integrations::read(&mut source)?,
            permits: permits::read(&mut source)?,
            space: space::read(&mut source)?,
            collectors: collectors::read(&mut source)?,
            model: models::read(&mut source)?,
            offers: offers::read(&mut source)?,
            operators: operators::read(&mut source)?,
            accounts: accounts::read(&mut source)?,
            telemetry: telemetry::read(&mut source)?,
            reactions: reactions::read(&mut source)?,
            schedules: schedules::read(&mut source)?,
        };
        if source.is_production() {
            secrets::check(&mut source)?;
        }
        let wrong = source.all_wrong();
        if !wrong.is_empty() {
            let mut message = String::from("the service does not start with these settings:");
            for reason in wrong {
                let _ = write!(message, "\n  - {reason}"); // writing to a String cannot fail
            }
            bail!(message);
        }
        Ok(config)
    }

    /// The address people use, when the service listens on `listening`.
    pub(crate) fn base_url(&self, listening: SocketAddr) -> Result<Url> {
        match &self.service.base_url {
            Some(url) => Ok(url.clone()),
            None => Ok(Url::parse(&format!("http://{listening}"))?),
        }
    }
}

#[cfg(test)]
impl Config {
    fn of(text: &str) -> Result<Self> {
        Self::from_source(Source::of(text))
    }
}

/// What is wrong with these settings, in all sections.
#[cfg(test)]
fn wrong_with(text: &str) -> Vec<String> {
    let error = Config::of(text).err().map(|error| error.to_string()).unwrap_or_default();
    error.split("\n  - ").skip(1).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn development_needs_no_setting() {
        let config = Config::of("").unwrap();
        assert_eq!(config.mode, Mode::Development);
        assert_eq!(config.storage.database_url, "sqlite:data/postulo.db");
    }

    #[test]
    fn production_names_all_that_is_missing_at_once() {
        let error = Config::of("mode = 'production'").unwrap_err().to_string();
        for name in [
            "POSTULO_KEYS",
            "POSTULO_MASTER_KEYS",
            "POSTULO_AUDIT_KEY",
            "POSTULO_BASE_URL",
            "POSTULO_MAIL_URL",
            "POSTULO_MAIL_FROM",
        ] {
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn production_refuses_what_is_unsafe() {
        let text = format!(
            "mode = 'production'\nkeys = 'k1:{}'\nbase_url = 'http://example.org'\n\
             mail_url = 'mailbox:here'\naudit_key = 'none'\nmaster_keys = 'm1:{}'",
            "8f1c0a6be4d97235aa01c6f8e02b9d7741c3d5e6f7089b1a2c3d4e5f60718294",
            "d2719e5b03c84f6aa7e1905dcb38f642017a9ce5b48d23f06e91ab57dc04837f"
        );
        let error = Config::of(&text).unwrap_err().to_string();
        assert!(error.contains("not https") && error.contains("built-in mailbox"), "{error}");
        assert!(!error.contains("KEYS"), "{error}");
    }

    #[test]
    fn a_setting_that_does_not_exist_is_named() {
        let wrong = wrong_with("bse_url = 'https://example.org'\n[netwrk]\nforms = 1");
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert!(wrong[0].starts_with("there is no setting bse_url"), "{wrong:?}");
        for text in ["[network_requests]\nfrms = 1", "[reactions.memo]\nattmpts = 1"] {
            Config::of(text).unwrap_err();
        }
    }

    #[test]
    fn each_setting_stands_in_one_section() {
        let mut names: Vec<_> =
            SECTIONS.iter().flat_map(|it| it.settings).map(|it| it.name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!((names.len(), all), (all, 75));
    }
}
