//! The settings of e-mails: where they go, how we present ourselves, who reports what becomes of them.

use anyhow::Result;
use domain::EmailAddress;
use serde::Deserialize;
use url::Url;
use workers::mail::MailSettings;

use super::addresses::is_this_machine;
use super::secrets::SHORTEST;
use super::source::Source;
use super::storage::Storage;
use super::table::{Section, setting};

/// The section of the table.
pub(super) const SECTION: Section = Section {
    title: "E-mails",
    settings: &[
        setting(
            "POSTULO_MAIL_URL",
            "mailbox:data/mailbox",
            "required, smtp, smtps or mailjet",
            "Where e-mails go: smtps://USER:PASSWORD@HOST:465, smtp://USER:PASSWORD@HOST:587 (STARTTLS is required unless ?starttls=opportunistic or ?starttls=none, which production takes only without a password or on this machine), mailjet://KEY:SECRET@api.mailjet.com, or mailbox:FOLDER, which keeps them and shows them at /dev/mailbox. SendGrid: smtp://apikey:KEY@smtp.sendgrid.net:587.",
        ),
        setting(
            "POSTULO_MAIL_FROM",
            "postulo@postulo.example",
            "required",
            "The address that letters come from which belong to no client platform: those to \
             candidates and recruiters about their accounts, their alerts and their archive, the \
             link for an operator who forgot the password, a webhook that is paused. Its domain \
             must let this service send (SPF, DKIM); people may answer to it.",
        ),
        setting(
            "POSTULO_MAIL_DOMAIN",
            "the host of the base URL",
            "same",
            "The domain in the Message-ID of e-mails.",
        ),
        setting(
            "POSTULO_MAIL_EHLO",
            "the mail domain; the address that we connect from where that is no whole domain name",
            "same",
            "The name that mail servers are greeted with (EHLO): the whole domain name of this machine, such as mail.example.org, or its address in brackets.",
        ),
        setting(
            "POSTULO_MAILJET_MONITORING_CATEGORY",
            "send-application",
            "same",
            "Mailjet's category of real-time monitoring: alerts of the account may hang on it.",
        ),
        setting(
            "POSTULO_MAILJET_EVENTS_SECRET",
            "none: nobody may report",
            "same",
            "The secret with which Mailjet reports what becomes of e-mails, to /pipeline/eventcallback/?secret=SECRET; 16 characters at least.",
        ),
        setting(
            "POSTULO_SENDGRID_PUBLIC_KEY",
            "none: nobody may report",
            "same",
            "The verification key that SendGrid shows for its signed event webhook, in base64; it reports to /webhooks/sendgrid.",
        ),
    ],
};

#[derive(Deserialize)]
struct Given {
    mail_url: Option<String>,
    mail_from: Option<String>,
    mail_domain: Option<String>,
    mail_ehlo: Option<String>,
    mailjet_monitoring_category: Option<String>,
    mailjet_events_secret: Option<String>,
    sendgrid_public_key: Option<String>,
}

/// The settings in force.
#[derive(Debug)]
pub(crate) struct Mail {
    pub(crate) url: String,
    /// The sender of letters that belong to no client platform.
    pub(crate) from: EmailAddress,
    domain: Option<String>,
    /// What mail servers are greeted with, where that is not the mail domain.
    hello_name: Option<String>,
    mailjet_monitoring_category: Option<String>,
    /// The secret in the address that Mailjet reports to.
    pub(crate) mailjet_events_secret: Option<String>,
    /// `SendGrid`'s public key, with which it signs its reports.
    pub(crate) sendgrid_public_key: Option<String>,
}

impl Mail {
    /// The domain in Message-IDs, where the service is reached at `base_url`.
    pub(crate) fn domain(&self, base_url: Option<&Url>) -> String {
        let host = || base_url?.host_str().map(str::to_owned);
        self.domain.clone().or_else(host).unwrap_or_else(|| "localhost".to_owned())
    }

    /// How we present ourselves to mail servers and to the mail provider.
    pub(crate) fn settings(&self, base_url: Option<&Url>) -> MailSettings {
        let default = MailSettings::default();
        let hello = self.hello_name.clone().unwrap_or_else(|| self.domain(base_url));
        let category = self.mailjet_monitoring_category.clone();
        MailSettings {
            hello_name: Some(hello),
            monitoring_category: category.unwrap_or(default.monitoring_category),
        }
    }
}

pub(super) fn read(source: &mut Source, storage: &Storage) -> Result<Mail> {
    let given: Given = source.read()?;
    check_url(given.mail_url.as_deref(), source);
    let domain = given.mail_domain.as_deref();
    if domain.is_some_and(|it| url::Host::parse(it).is_err() || it.contains(['[', ':'])) {
        source.wrong("POSTULO_MAIL_DOMAIN is no domain, such as postulo.example.org");
    }
    if given.mail_ehlo.as_deref().is_some_and(|name| !workers::mail::is_hello_name(name)) {
        source.wrong(
            "POSTULO_MAIL_EHLO is no name that mail servers can be greeted with: write the whole \
             domain name of this machine, such as mail.example.org, or its address in brackets, \
             such as [192.0.2.1]",
        );
    }
    let secret = given.mailjet_events_secret.as_ref();
    // Production looks at all tokens in one place.
    if !source.is_production() && secret.is_some_and(|it| it.chars().count() < SHORTEST) {
        source.wrong(format!(
            "POSTULO_MAILJET_EVENTS_SECRET is shorter than {SHORTEST} characters: make one with \
             `openssl rand -hex 24`"
        ));
    }
    let mailbox = || format!("mailbox:{}", storage.in_data("mailbox"));
    Ok(Mail {
        url: given.mail_url.unwrap_or_else(mailbox),
        from: sender(given.mail_from.as_deref(), source)?,
        domain: given.mail_domain,
        hello_name: given.mail_ehlo,
        mailjet_monitoring_category: given.mailjet_monitoring_category,
        mailjet_events_secret: given.mailjet_events_secret,
        sendgrid_public_key: given.sendgrid_public_key,
    })
}

/// The sender in development, and where another one was missing or wrong, which stops the start.
const SENDER: &str = "postulo@postulo.example";

fn sender(from: Option<&str>, source: &mut Source) -> Result<EmailAddress> {
    match from.map(str::parse) {
        Some(Ok(from)) => return Ok(from),
        Some(Err(_)) => source.wrong(
            "POSTULO_MAIL_FROM is no e-mail address, such as postulo@jobs.example.org",
        ),
        None if source.is_production() => source.wrong(
            "POSTULO_MAIL_FROM is missing: letters that belong to no client platform come from that \
             address",
        ),
        None => {}
    }
    Ok(SENDER.parse()?)
}

fn check_url(url: Option<&str>, source: &mut Source) {
    let Some(text) = url else {
        if source.is_production() {
            source.wrong("POSTULO_MAIL_URL is missing: an smtp://, smtps:// or mailjet:// address");
        }
        return;
    };
    if text.starts_with("mailbox:") {
        if source.is_production() {
            source.wrong(
                "POSTULO_MAIL_URL is the built-in mailbox: it shows everybody's e-mails to anyone \
                 and sends none",
            );
        }
        return;
    }
    let parsed = Url::parse(text).ok();
    let known = parsed.as_ref().filter(|url| {
        matches!(url.scheme(), "smtp" | "smtps" | "mailjet") && url.host_str().is_some()
    });
    let Some(url) = known else {
        source.wrong(
            "POSTULO_MAIL_URL is not an smtp://, smtps:// or mailjet:// address, nor \
             mailbox:FOLDER",
        );
        return;
    };
    let query = |wanted: &str| {
        url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
    };
    if query("timeout").is_some_and(|it| it.parse().is_ok_and(|it: u64| !(1..=600).contains(&it))) {
        source.wrong("POSTULO_MAIL_URL has a timeout that is not between 1 and 600 s");
    }
    if !source.is_production() || is_this_machine(url) {
        return;
    }
    let in_the_clear = match url.scheme() {
        "smtp" => matches!(query("starttls").as_deref(), Some("none" | "opportunistic")),
        "mailjet" => query("plain").as_deref() == Some("true"),
        _ => false,
    };
    let has_password = !url.username().is_empty() || url.password().is_some();
    if in_the_clear && has_password {
        source.wrong(
            "POSTULO_MAIL_URL has a password and does not require TLS: take the parameter after the \
             question mark away, or use smtps://",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn mail(text: &str) -> Result<Mail> {
        Config::of(text).map(|config| config.mail)
    }

    #[test]
    fn mail_servers_are_greeted_with_the_name_that_was_set_or_the_domain() {
        let url: Url = "https://jobs.example/apply".parse().unwrap();
        let name = |text: &str| mail(text).unwrap().settings(Some(&url)).hello_name.unwrap();
        assert_eq!(name(""), "jobs.example");
        assert_eq!(name("mail_domain = 'postulo.example'"), "postulo.example");
        let both = "mail_domain = 'postulo.example'\nmail_ehlo = 'mx1.postulo.example'";
        assert_eq!(name(both), "mx1.postulo.example");
        assert_eq!(name("mail_ehlo = '[192.0.2.1]'"), "[192.0.2.1]");
        for wrong in ["15b0717dc4c2", "", "a b.example", "-a.example", "https://jobs.example"] {
            let error = mail(&format!("mail_ehlo = '{wrong}'")).unwrap_err();
            assert!(error.to_string().contains("POSTULO_MAIL_EHLO"), "{wrong}: {error}");
        }
    }

    #[test]
    fn letters_of_no_platform_come_from_the_address_that_was_set() {
        let from = |text: &str| mail(text).unwrap().from.to_string();
        assert_eq!(from(""), "postulo@postulo.example");
        assert_eq!(from("mail_from = 'jobs@example.org'"), "jobs@example.org");
        for wrong in ["", "jobs", "@example.org", "a@example.org, b@example.org"] {
            let error = mail(&format!("mail_from = '{wrong}'")).unwrap_err();
            assert!(error.to_string().contains("POSTULO_MAIL_FROM"), "{wrong}: {error}");
        }
    }

    #[test]
    fn mailjet_monitors_the_category_that_was_set() {
        let category = |text: &str| mail(text).unwrap().settings(None).monitoring_category;
        assert_eq!(category(""), "send-application");
        assert_eq!(category("mailjet_monitoring_category = 'postulo'"), "postulo");
    }
}
