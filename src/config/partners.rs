//! The settings of the services around: partners' own, the mail provider's reports, metrics.

use std::path::PathBuf;

use event_store::tree::TreeKey;
use url::Url;

use super::keys::SHORTEST;
use super::{Given, Mode};

/// The settings in force.
#[derive(Debug, Default)]
pub(crate) struct Around {
    /// Memo's address, and the secret shared with it.
    pub(crate) memo: Option<(Url, String)>,
    /// AMI's address, and the Fernet key of the candidates' access tokens.
    pub(crate) ami: Option<(Url, String)>,
    /// Whether webhooks may lead into private networks.
    pub(crate) webhooks_to_private_addresses: bool,
    /// The secret in the address that Mailjet reports to.
    pub(crate) mailjet_events_secret: Option<String>,
    /// `SendGrid`'s public key, with which it signs its reports.
    pub(crate) sendgrid_public_key: Option<String>,
    /// What a program shows to read the metrics.
    pub(crate) metrics_token: Option<String>,
    /// Whether operators must give a second factor.
    pub(crate) second_factor_required: bool,
    /// Where traces go, by OTLP over HTTP.
    pub(crate) otlp_endpoint: Option<Url>,
    /// What signs the tree over the log; without one, development makes one.
    pub(crate) audit_key: Option<TreeKey>,
    /// Whether somebody said that the log is not to be signed.
    pub(crate) log_unsigned: bool,
    /// The file that holds the newest signature.
    pub(crate) checkpoint_file: Option<PathBuf>,
    /// Where each signature is posted; it may hold secrets.
    pub(crate) checkpoint_url: Option<Url>,
}

/// What is wrong goes to `wrong`; no secret is ever told.
pub(super) fn from_given(given: &Given, wrong: &mut Vec<String>) -> Around {
    let production = given.mode == Mode::Production;
    let mut pair = |url: &Option<Url>, url_name: &str, secret: &Option<String>, name: &str| match (
        url,
        secret.as_ref().filter(|secret| !secret.trim().is_empty()),
    ) {
        (Some(url), Some(secret)) => Some((url.clone(), secret.clone())),
        (None, None) => None,
        (Some(_), None) => {
            wrong.push(format!("{name} is missing, and {url_name} is there"));
            None
        }
        (None, Some(_)) => {
            wrong.push(format!("{url_name} is missing, and {name} is there"));
            None
        }
    };
    let memo = pair(&given.memo_url, "POSTULO_MEMO_URL", &given.memo_secret, "POSTULO_MEMO_SECRET");
    let ami = pair(&given.ami_url, "POSTULO_AMI_URL", &given.peam_key, "POSTULO_PEAM_KEY");
    let events = given.mailjet_events_secret.clone();
    // Production looks at all tokens in one place.
    if !production && events.as_ref().is_some_and(|secret| secret.chars().count() < SHORTEST) {
        wrong.push(format!(
            "POSTULO_MAILJET_EVENTS_SECRET is shorter than {SHORTEST} characters: make one with \
             `openssl rand -hex 24`"
        ));
    }
    let second_factor = given.second_factor.as_deref();
    if second_factor.is_some_and(|it| !matches!(it, "required" | "optional")) {
        wrong.push("POSTULO_SECOND_FACTOR is neither required nor optional".to_owned());
    }
    let log_unsigned = given.audit_key.as_deref().is_some_and(|text| text.trim() == "none");
    let audit_key = match given.audit_key.as_deref() {
        Some(text) if !log_unsigned => {
            let key = audit_key(text);
            if key.is_none() {
                wrong.push(
                    "POSTULO_AUDIT_KEY is not NAME:HEX with 64 hexadecimal digits: make one with \
                     `echo postulo.example/log:$(openssl rand -hex 32)`"
                        .to_owned(),
                );
            }
            key
        }
        None if production => {
            wrong.push(
                "POSTULO_AUDIT_KEY is missing: the log is signed with it; make one with \
                 `echo postulo.example/log:$(openssl rand -hex 32)`, or say none where this process \
                 is not to sign"
                    .to_owned(),
            );
            None
        }
        _ => None,
    };
    let checkpoint_url = given.checkpoint_url.clone();
    match checkpoint_url.as_ref().map(Url::scheme) {
        None | Some("https") => {}
        Some("http") if !production => {}
        Some("http") => wrong.push(
            "POSTULO_CHECKPOINT_URL is not https: whoever is on the way could keep signatures back"
                .to_owned(),
        ),
        Some(_) => wrong.push("POSTULO_CHECKPOINT_URL is not an https:// address".to_owned()),
    }
    Around {
        memo,
        ami,
        webhooks_to_private_addresses: given.webhooks_to_private_addresses.unwrap_or(!production),
        mailjet_events_secret: events,
        sendgrid_public_key: given.sendgrid_public_key.clone(),
        metrics_token: given.metrics_token.clone().filter(|token| !token.is_empty()),
        second_factor_required: second_factor.map_or(production, |it| it == "required"),
        otlp_endpoint: given.otlp_endpoint.clone(),
        audit_key,
        log_unsigned,
        checkpoint_file: given.checkpoint_file.clone(),
        checkpoint_url,
    }
}

/// `NAME:HEX`: the log's name, and 32 octets.
pub(crate) fn audit_key(text: &str) -> Option<TreeKey> {
    let (name, digits) = text.trim().rsplit_once(':')?;
    let seed: [u8; 32] = hex::decode(digits).ok()?.try_into().ok()?;
    TreeKey::from_seed(name, &seed).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Around, Vec<String>) {
        let mut wrong = vec![];
        let around = from_given(&toml::from_str(text).unwrap(), &mut wrong);
        (around, wrong)
    }

    #[test]
    fn an_address_without_its_secret_is_named_and_no_secret_is_told() {
        let (_, wrong) = read(
            "memo_url = 'https://memo.example'\npeam_key = 'k'\nmailjet_events_secret = 'short'",
        );
        assert_eq!(wrong.len(), 3, "{wrong:?}");
        assert!(wrong[0].contains("POSTULO_MEMO_SECRET") && wrong[1].contains("POSTULO_AMI_URL"));
        assert!(!wrong.join("").contains("'k'") && !wrong[2].contains("short characters"));
    }

    #[test]
    fn production_is_strict_unless_told() {
        let (around, _) = read("mode = 'production'");
        assert!(around.second_factor_required && !around.webhooks_to_private_addresses);
        let (around, _) = read("mode = 'production'\nsecond_factor = 'optional'");
        assert!(!around.second_factor_required);
        let (around, _) = read("");
        assert!(!around.second_factor_required && around.webhooks_to_private_addresses);
    }

    #[test]
    fn production_signs_the_log_unless_told_not_to() {
        let key = format!("audit_key = 'postulo.example/log:{}'", "ab".repeat(32));
        let (around, wrong) = read(&format!("mode = 'production'\n{key}"));
        assert!(around.audit_key.is_some() && !around.log_unsigned && wrong.is_empty());
        let (around, wrong) = read("mode = 'production'\naudit_key = 'none'");
        assert!(around.audit_key.is_none() && around.log_unsigned && wrong.is_empty());
        for (text, told) in [
            ("mode = 'production'", "POSTULO_AUDIT_KEY is missing"),
            ("mode = 'production'\naudit_key = ''", "POSTULO_AUDIT_KEY is not NAME:HEX"),
            ("audit_key = 'postulo.example/log:abcd'", "POSTULO_AUDIT_KEY is not NAME:HEX"),
        ] {
            let (_, wrong) = read(text);
            assert!(wrong.len() == 1 && wrong[0].starts_with(told), "{text}: {wrong:?}");
        }
        let (around, wrong) = read("");
        assert!(!around.log_unsigned && wrong.is_empty(), "development makes a key");
    }

    #[test]
    fn signatures_are_posted_by_https_in_production() {
        let url = "checkpoint_url = 'http://log:secret-word@kept.example/notes'";
        let (around, wrong) = read(url);
        assert!(around.checkpoint_url.is_some() && wrong.is_empty(), "{wrong:?}");
        let (_, wrong) = read(&format!("mode = 'production'\naudit_key = 'none'\n{url}"));
        assert!(wrong[0].contains("POSTULO_CHECKPOINT_URL is not https"), "{wrong:?}");
        assert!(!wrong.join("").contains("secret-word"), "{wrong:?}");
        let (_, wrong) = read("checkpoint_url = 'ftp://kept.example/notes'");
        assert_eq!(wrong.len(), 1, "{wrong:?}");
    }
}
