//! The settings: from variables `POSTULO_…`, over an optional TOML file, over defaults.
//!
//! [`table`] documents every setting; `docs/configuration.md` and `.env.example` are written from it.

mod addresses;
mod kafka;
mod keys;
mod network;
mod numbers;
mod partners;
pub(crate) mod table;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use api::RequestLimits;
use commands::KeyRing;
use event_store::kafka::Kafka;
use event_store::seal::MasterKeys;
use figment::Figment;
use figment::providers::{Env, Format as _, Toml};
use serde::Deserialize;
use url::Url;
use workers::mail::MailSettings;

use network::{GivenPerMinute, Network};
use partners::Around;
pub(crate) use partners::audit_key;

/// Whether the service is tried out or used for real.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mode {
    /// Needs no setting: a demo client, a built-in mailbox, keys made at the first start.
    #[default]
    Development,
    /// Refuses to start on a missing or unsafe setting.
    Production,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// The settings as given.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    #[serde(default)]
    mode: Mode,
    listen: Option<SocketAddr>,
    base_url: Option<Url>,
    data_dir: Option<PathBuf>,
    database_url: Option<String>,
    attachments_url: Option<Url>,
    mail_url: Option<String>,
    mail_domain: Option<String>,
    mail_ehlo: Option<String>,
    mailjet_monitoring_category: Option<String>,
    keys: Option<String>,
    master_keys: Option<String>,
    undo_seconds: Option<u32>,
    request_timeout_seconds: Option<u32>,
    connections: Option<usize>,
    head_timeout_seconds: Option<u32>,
    idle_timeout_seconds: Option<u32>,
    write_timeout_seconds: Option<u32>,
    #[serde(default)]
    network_requests: GivenPerMinute,
    trusted_proxies: Option<String>,
    proxy_field: Option<String>,
    uploads_mebibytes: Option<u32>,
    kafka_brokers: Option<String>,
    kafka_topic: Option<String>,
    kafka_partitions: Option<i32>,
    kafka_properties: Option<String>,
    memo_url: Option<Url>,
    memo_secret: Option<String>,
    ami_url: Option<Url>,
    peam_key: Option<String>,
    webhooks_to_private_addresses: Option<bool>,
    mailjet_events_secret: Option<String>,
    sendgrid_public_key: Option<String>,
    metrics_token: Option<String>,
    second_factor: Option<String>,
    otlp_endpoint: Option<Url>,
    audit_key: Option<String>,
    checkpoint_file: Option<PathBuf>,
    checkpoint_url: Option<Url>,
    log: Option<String>,
    #[serde(default)]
    log_format: LogFormat,
    #[serde(default)]
    reactions: BTreeMap<String, Reaction>,
}

/// What may be set for one reactor.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reaction {
    pub(crate) enabled: Option<bool>,
    pub(crate) attempts: Option<u32>,
    pub(crate) concurrency: Option<usize>,
}

/// The settings in force.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) mode: Mode,
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) base_url: Option<Url>,
    pub(crate) data_dir: PathBuf,
    pub(crate) database_url: String,
    pub(crate) attachments_url: Option<Url>,
    pub(crate) mail_url: String,
    pub(crate) mail_domain: Option<String>,
    /// What mail servers are greeted with, where that is not the mail domain.
    mail_ehlo: Option<String>,
    mailjet_monitoring_category: Option<String>,
    pub(crate) keys: Option<KeyRing>,
    pub(crate) master_keys: Option<MasterKeys>,
    pub(crate) undo_seconds: u32,
    pub(crate) request_timeout_seconds: u32,
    pub(crate) network: Network,
    pub(crate) uploads_mebibytes: u32,
    pub(crate) kafka: Option<Kafka>,
    pub(crate) around: Around,
    pub(crate) log: String,
    pub(crate) log_format: LogFormat,
    pub(crate) reactions: BTreeMap<String, Reaction>,
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
        let given: Given = figment
            .merge(variables)
            .extract()
            .context("a setting cannot be read; docs/configuration.md describes them all")?;
        Self::from_given(given)
    }

    fn from_given(given: Given) -> Result<Self> {
        let production = given.mode == Mode::Production;
        let data_dir = given.data_dir.clone().unwrap_or_else(|| PathBuf::from("data"));
        let mut wrong = vec![];
        let keys = match given.keys.as_deref().map(str::parse::<KeyRing>) {
            Some(Ok(keys)) => Some(keys),
            Some(Err(error)) => {
                wrong.push(format!("POSTULO_KEYS: {error}"));
                None
            }
            None => None,
        };
        let master_keys = match given.master_keys.as_deref().map(str::parse::<MasterKeys>) {
            Some(Ok(keys)) => Some(keys),
            Some(Err(error)) => {
                wrong.push(format!("POSTULO_MASTER_KEYS: {error}"));
                None
            }
            None => None,
        };
        if production {
            if given.master_keys.is_none() {
                wrong.push(
                    "POSTULO_MASTER_KEYS is missing: personal data in the log are sealed under it; \
                     make one with `echo m1:$(openssl rand -hex 32)`, and keep a copy apart from the \
                     database"
                        .to_owned(),
                );
            }
            if given.keys.is_none() {
                wrong.push(
                    "POSTULO_KEYS is missing: links and tokens are signed with it; make one with \
                     `echo k1:$(openssl rand -hex 32)`"
                        .to_owned(),
                );
            }
        }
        if given.mail_ehlo.as_deref().is_some_and(|name| !workers::mail::is_hello_name(name)) {
            wrong.push(
                "POSTULO_MAIL_EHLO is no name that mail servers can be greeted with: write the whole \
                 domain name of this machine, such as mail.example.org, or its address in brackets, \
                 such as [192.0.2.1]"
                    .to_owned(),
            );
        }
        addresses::check(&given, &mut wrong);
        numbers::check(&given, &mut wrong);
        if production {
            keys::check(&given, &mut wrong);
        }
        let network = network::from_given(&given, &mut wrong);
        let uploads_mebibytes = given.uploads_mebibytes.unwrap_or(RequestLimits::UPLOADS_MEBIBYTES);
        if !(11..=65_536).contains(&uploads_mebibytes) {
            wrong.push(format!(
                "POSTULO_UPLOADS_MEBIBYTES is {uploads_mebibytes}: write 11, which is one \
                 application with documents, to 65536"
            ));
        }
        let kafka = kafka::from_given(&given, &mut wrong);
        let around = partners::from_given(&given, &mut wrong);
        if !wrong.is_empty() {
            let mut message = String::from("the service does not start with these settings:");
            for reason in wrong {
                let _ = write!(message, "\n  - {reason}"); // writing to a String cannot fail
            }
            bail!(message);
        }
        let in_data = |name: &str| data_dir.join(name).display().to_string();
        Ok(Self {
            mode: given.mode,
            listen: given.listen,
            base_url: given.base_url,
            database_url: given
                .database_url
                .unwrap_or_else(|| format!("sqlite:{}", in_data("postulo.db"))),
            attachments_url: given.attachments_url,
            mail_url: given.mail_url.unwrap_or_else(|| format!("mailbox:{}", in_data("mailbox"))),
            mail_domain: given.mail_domain,
            mail_ehlo: given.mail_ehlo,
            mailjet_monitoring_category: given.mailjet_monitoring_category,
            keys,
            master_keys,
            undo_seconds: given.undo_seconds.unwrap_or(if production { 120 } else { 10 }),
            request_timeout_seconds: given.request_timeout_seconds.unwrap_or(30),
            network,
            uploads_mebibytes,
            kafka,
            around,
            log: given.log.unwrap_or_else(|| "info".to_owned()),
            log_format: given.log_format,
            reactions: given.reactions,
            data_dir,
        })
    }

    /// The domain in Message-IDs, where the service is reached at `base_url`.
    pub(crate) fn mail_domain(&self, base_url: Option<&Url>) -> String {
        let host = || base_url?.host_str().map(str::to_owned);
        self.mail_domain.clone().or_else(host).unwrap_or_else(|| "localhost".to_owned())
    }

    /// How we present ourselves to mail servers and to the mail provider.
    pub(crate) fn mail_settings(&self, base_url: Option<&Url>) -> MailSettings {
        let default = MailSettings::default();
        let hello = self.mail_ehlo.clone().unwrap_or_else(|| self.mail_domain(base_url));
        let category = self.mailjet_monitoring_category.clone();
        MailSettings {
            hello_name: Some(hello),
            monitoring_category: category.unwrap_or(default.monitoring_category),
        }
    }

    /// The address people use, when the service listens on `listening`.
    pub(crate) fn base_url(&self, listening: SocketAddr) -> Result<Url> {
        match &self.base_url {
            Some(url) => Ok(url.clone()),
            None => Ok(Url::parse(&format!("http://{listening}"))?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str) -> Given {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn development_needs_no_setting() {
        let config = Config::from_given(Given::default()).unwrap();
        assert_eq!(config.mode, Mode::Development);
        assert_eq!(config.database_url, "sqlite:data/postulo.db");
    }

    #[test]
    fn production_names_all_that_is_missing_at_once() {
        let error = Config::from_given(given("mode = 'production'")).unwrap_err().to_string();
        for name in [
            "POSTULO_KEYS",
            "POSTULO_MASTER_KEYS",
            "POSTULO_AUDIT_KEY",
            "POSTULO_BASE_URL",
            "POSTULO_MAIL_URL",
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
        let error = Config::from_given(given(&text)).unwrap_err().to_string();
        assert!(error.contains("not https") && error.contains("built-in mailbox"), "{error}");
        assert!(!error.contains("KEYS"), "{error}");
    }

    #[test]
    fn a_setting_that_does_not_exist_is_refused() {
        assert!(toml::from_str::<Given>("bse_url = 'https://example.org'").is_err());
    }

    #[test]
    fn mail_servers_are_greeted_with_the_name_that_was_set_or_the_domain() {
        let url: Url = "https://jobs.example/apply".parse().unwrap();
        let name = |text: &str| {
            let config = Config::from_given(given(text)).unwrap();
            config.mail_settings(Some(&url)).hello_name.unwrap()
        };
        assert_eq!(name(""), "jobs.example");
        assert_eq!(name("mail_domain = 'postulo.example'"), "postulo.example");
        let both = "mail_domain = 'postulo.example'\nmail_ehlo = 'mx1.postulo.example'";
        assert_eq!(name(both), "mx1.postulo.example");
        assert_eq!(name("mail_ehlo = '[192.0.2.1]'"), "[192.0.2.1]");
        for wrong in ["15b0717dc4c2", "", "a b.example", "-a.example", "https://jobs.example"] {
            let error = Config::from_given(given(&format!("mail_ehlo = '{wrong}'"))).unwrap_err();
            assert!(error.to_string().contains("POSTULO_MAIL_EHLO"), "{wrong}: {error}");
        }
    }

    #[test]
    fn there_is_room_for_one_upload_at_least() {
        for (mebibytes, taken) in [(10, false), (11, true), (65_536, true), (65_537, false)] {
            let config = Config::from_given(given(&format!("uploads_mebibytes = {mebibytes}")));
            assert_eq!(config.is_ok(), taken, "{mebibytes}");
            if let Err(error) = config {
                assert!(error.to_string().contains("POSTULO_UPLOADS_MEBIBYTES"), "{error}");
            }
        }
    }

    #[test]
    fn mailjet_monitors_the_category_that_was_set() {
        let category = |text: &str| {
            let config = Config::from_given(given(text)).unwrap();
            config.mail_settings(None).monitoring_category
        };
        assert_eq!(category(""), "send-application");
        assert_eq!(category("mailjet_monitoring_category = 'postulo'"), "postulo");
    }

    #[test]
    fn the_table_documents_every_setting() {
        let known: Vec<_> = table::SETTINGS.iter().map(|setting| setting.name).collect();
        for name in [
            "mode",
            "listen",
            "base_url",
            "data_dir",
            "database_url",
            "attachments_url",
            "mail_url",
            "mail_domain",
            "mail_ehlo",
            "mailjet_monitoring_category",
            "keys",
            "undo_seconds",
            "request_timeout_seconds",
            "connections",
            "head_timeout_seconds",
            "idle_timeout_seconds",
            "write_timeout_seconds",
            "trusted_proxies",
            "proxy_field",
            "uploads_mebibytes",
            "kafka_brokers",
            "kafka_topic",
            "kafka_partitions",
            "kafka_properties",
            "memo_url",
            "memo_secret",
            "ami_url",
            "peam_key",
            "webhooks_to_private_addresses",
            "mailjet_events_secret",
            "sendgrid_public_key",
            "metrics_token",
            "second_factor",
            "otlp_endpoint",
            "audit_key",
            "master_keys",
            "checkpoint_file",
            "checkpoint_url",
            "log",
            "log_format",
        ] {
            let variable = format!("POSTULO_{}", name.to_uppercase());
            assert!(known.contains(&variable.as_str()), "{variable} is not documented");
        }
    }
}
