//! The settings of other services that are told: Memo, AMI, the platforms' own webhooks.

use anyhow::Result;
use serde::Deserialize;
use url::Url;

use super::addresses::web;
use super::source::Source;
use super::table::{Section, setting};

/// The section of the table.
pub(super) const SECTION: Section = Section {
    title: "Other services",
    settings: &[
        setting(
            "POSTULO_MEMO_URL",
            "none",
            "same",
            "Memo, the candidate's dashboard: the address before /candidature; https in production. Each client platform says whether it forwards.",
        ),
        setting(
            "POSTULO_MEMO_SECRET",
            "none",
            "with POSTULO_MEMO_URL",
            "The secret shared with Memo.",
        ),
        setting(
            "POSTULO_AMI_URL",
            "none",
            "same",
            "AMI, the adviser's file: the whole address; https in production. Each client platform says whether it forwards.",
        ),
        setting(
            "POSTULO_PEAM_KEY",
            "none",
            "with POSTULO_AMI_URL",
            "The Fernet key shared with the partner, with which candidates' access tokens are encrypted.",
        ),
        setting(
            "POSTULO_WEBHOOKS_TO_PRIVATE_ADDRESSES",
            "true",
            "false",
            "Whether webhooks of client platforms may lead to plain http and into private networks.",
        ),
    ],
};

#[derive(Deserialize)]
struct Given {
    memo_url: Option<Url>,
    memo_secret: Option<String>,
    ami_url: Option<Url>,
    peam_key: Option<String>,
    webhooks_to_private_addresses: Option<bool>,
}

/// The settings in force.
#[derive(Debug)]
pub(crate) struct Integrations {
    /// Memo's address, and the secret shared with it.
    pub(crate) memo: Option<(Url, String)>,
    /// AMI's address, and the Fernet key of the candidates' access tokens.
    pub(crate) ami: Option<(Url, String)>,
    /// Whether webhooks may lead into private networks.
    pub(crate) webhooks_to_private_addresses: bool,
}

pub(super) fn read(source: &mut Source) -> Result<Integrations> {
    let given: Given = source.read()?;
    let addresses = [
        ("POSTULO_MEMO_URL", &given.memo_url, "the secret and candidates' applications"),
        ("POSTULO_AMI_URL", &given.ami_url, "candidates' access tokens and applications"),
    ];
    for (name, url, what) in addresses {
        let Some(url) = url else { continue };
        web(name, url, source);
        if source.is_production() && url.scheme() == "http" {
            source.wrong(format!("{name} is not https: {what} would go in the clear"));
        }
    }
    let memo = (("POSTULO_MEMO_URL", given.memo_url), ("POSTULO_MEMO_SECRET", given.memo_secret));
    let ami = (("POSTULO_AMI_URL", given.ami_url), ("POSTULO_PEAM_KEY", given.peam_key));
    let to_private = given.webhooks_to_private_addresses;
    Ok(Integrations {
        memo: pair(memo, source),
        ami: pair(ami, source),
        webhooks_to_private_addresses: to_private.unwrap_or(!source.is_production()),
    })
}

type Named<T> = (&'static str, Option<T>);

/// An address with its secret: both, or neither.
fn pair((url, secret): (Named<Url>, Named<String>), source: &mut Source) -> Option<(Url, String)> {
    let ((url_name, url), (secret_name, secret)) = (url, secret);
    match (url, secret.filter(|secret| !secret.trim().is_empty())) {
        (Some(url), Some(secret)) => Some((url, secret)),
        (None, None) => None,
        (Some(_), None) => {
            source.wrong(format!("{secret_name} is missing, and {url_name} is there"));
            None
        }
        (None, Some(_)) => {
            source.wrong(format!("{url_name} is missing, and {secret_name} is there"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::wrong_with;
    use super::*;

    #[test]
    fn an_address_without_its_secret_is_named_and_no_secret_is_told() {
        let wrong = wrong_with(
            "memo_url = 'https://memo.example'\npeam_key = 'k'\nmailjet_events_secret = 'short'",
        );
        assert_eq!(wrong.len(), 3, "{wrong:?}");
        for name in ["POSTULO_MEMO_SECRET", "POSTULO_AMI_URL", "POSTULO_MAILJET_EVENTS_SECRET"] {
            assert!(wrong.iter().any(|why| why.starts_with(name)), "{name}: {wrong:?}");
        }
        assert!(!wrong.join("").contains("'k'") && !wrong.join("").contains("short characters"));
    }

    #[test]
    fn production_keeps_webhooks_to_public_addresses() {
        let to_private = |text| read(&mut Source::of(text)).unwrap().webhooks_to_private_addresses;
        assert!(to_private("") && !to_private("mode = 'production'"));
    }
}
