//! Addresses in the settings: what no mode takes, and what production does not.

use url::Url;

use super::{Given, Mode};

/// What is wrong goes to `wrong`; nothing of an address is told but its setting, since it may hold
/// secrets.
pub(super) fn check(given: &Given, wrong: &mut Vec<String>) {
    let production = given.mode == Mode::Production;
    base_url(given.base_url.as_ref(), production, wrong);
    mail_url(given.mail_url.as_deref(), production, wrong);
    let domain = given.mail_domain.as_deref();
    if domain.is_some_and(|it| url::Host::parse(it).is_err() || it.contains(['[', ':'])) {
        wrong.push("POSTULO_MAIL_DOMAIN is no domain, such as postulo.example.org".to_owned());
    }
    let partners = [
        ("POSTULO_MEMO_URL", &given.memo_url, "the secret and candidates' applications"),
        ("POSTULO_AMI_URL", &given.ami_url, "candidates' access tokens and applications"),
    ];
    for (name, url, what) in partners {
        let Some(url) = url else { continue };
        web(name, url, wrong);
        if production && url.scheme() == "http" {
            wrong.push(format!("{name} is not https: {what} would go in the clear"));
        }
    }
    if let Some(url) = &given.otlp_endpoint {
        web("POSTULO_OTLP_ENDPOINT", url, wrong);
        if production && url.scheme() == "http" && !is_this_machine(url) {
            wrong.push(
                "POSTULO_OTLP_ENDPOINT is not https, and not on this machine: traces would go in the \
                 clear"
                    .to_owned(),
            );
        }
    }
    if !production {
        return;
    }
    if given.database_url.as_deref().is_some_and(|url| url.contains(":memory:")) {
        wrong.push("POSTULO_DATABASE_URL is in memory: all is lost at the next stop".to_owned());
    }
    match given.attachments_url.as_ref().map(Url::scheme) {
        Some("memory") => wrong.push(
            "POSTULO_ATTACHMENTS_URL is in memory: documents are lost at the next stop".to_owned(),
        ),
        Some("http") => wrong.push(
            "POSTULO_ATTACHMENTS_URL is not https: candidates' documents would go in the clear"
                .to_owned(),
        ),
        _ => {}
    }
}

/// Links are made by joining paths to it, so that it is a scheme, a host and a port.
fn base_url(url: Option<&Url>, production: bool, wrong: &mut Vec<String>) {
    let Some(url) = url else {
        if production {
            wrong.push("POSTULO_BASE_URL is missing: links in e-mails begin with it".to_owned());
        }
        return;
    };
    web("POSTULO_BASE_URL", url, wrong);
    if production && url.scheme() == "http" {
        wrong.push(
            "POSTULO_BASE_URL is not https: links in e-mails open people's applications".to_owned(),
        );
    }
    let mut has = vec![];
    let named = !url.username().is_empty() || url.password().is_some();
    for (is_there, what) in [
        (named, "a user name or password"),
        (!matches!(url.path(), "" | "/"), "a path"),
        (url.query().is_some(), "a query"),
        (url.fragment().is_some(), "a fragment"),
    ] {
        if is_there {
            has.push(what);
        }
    }
    if !has.is_empty() {
        wrong.push(format!(
            "POSTULO_BASE_URL has {}: write only https:// and the host, such as \
             https://postulo.example.org",
            has.join(", ")
        ));
    }
}

/// Whether it is an address that a program can post to.
fn web(name: &str, url: &Url, wrong: &mut Vec<String>) {
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        wrong.push(format!("{name} is not an https:// address"));
    }
}

fn mail_url(url: Option<&str>, production: bool, wrong: &mut Vec<String>) {
    let Some(text) = url else {
        if production {
            wrong.push(
                "POSTULO_MAIL_URL is missing: an smtp://, smtps:// or mailjet:// address"
                    .to_owned(),
            );
        }
        return;
    };
    if text.starts_with("mailbox:") {
        if production {
            wrong.push(
                "POSTULO_MAIL_URL is the built-in mailbox: it shows everybody's e-mails to anyone \
                 and sends none"
                    .to_owned(),
            );
        }
        return;
    }
    let parsed = Url::parse(text).ok();
    let known = parsed.as_ref().filter(|url| {
        matches!(url.scheme(), "smtp" | "smtps" | "mailjet") && url.host_str().is_some()
    });
    let Some(url) = known else {
        wrong.push(
            "POSTULO_MAIL_URL is not an smtp://, smtps:// or mailjet:// address, nor \
             mailbox:FOLDER"
                .to_owned(),
        );
        return;
    };
    let query = |wanted: &str| {
        url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
    };
    if query("timeout").is_some_and(|it| it.parse().is_ok_and(|it: u64| !(1..=600).contains(&it))) {
        wrong.push("POSTULO_MAIL_URL has a timeout that is not between 1 and 600 s".to_owned());
    }
    if !production || is_this_machine(url) {
        return;
    }
    let in_the_clear = match url.scheme() {
        "smtp" => matches!(query("starttls").as_deref(), Some("none" | "opportunistic")),
        "mailjet" => query("plain").as_deref() == Some("true"),
        _ => false,
    };
    let has_password = !url.username().is_empty() || url.password().is_some();
    if in_the_clear && has_password {
        wrong.push(
            "POSTULO_MAIL_URL has a password and does not require TLS: take the parameter after the \
             question mark away, or use smtps://"
                .to_owned(),
        );
    }
}

/// Whether what is sent there stays on this machine.
fn is_this_machine(url: &Url) -> bool {
    // Schemes of our own keep their host as text.
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|it| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of the settings, beyond those that are missing.
    fn told(mode: &str, text: &str) -> Vec<String> {
        let mut wrong = vec![];
        check(&toml::from_str(&format!("mode = '{mode}'\n{text}")).unwrap(), &mut wrong);
        wrong.retain(|reason| !reason.contains("is missing"));
        wrong
    }

    #[rstest::rstest]
    #[case("base_url = 'https://u:p@x.example'", "a user name or password")]
    #[case("base_url = 'https://u@x.example'", "a user name or password")]
    #[case("base_url = 'https://x.example/sub'", "a path")]
    #[case("base_url = 'https://x.example/?a=b'", "a query")]
    #[case("base_url = 'https://x.example/#f'", "a fragment")]
    #[case("base_url = 'https://u:p@x.example/sub?a=b#f'", "password, a path, a query, a fragment")]
    #[case("base_url = 'ftp://x.example'", "POSTULO_BASE_URL is not an https:// address")]
    #[case("base_url = 'mailto:a@x.example'", "POSTULO_BASE_URL is not an https:// address")]
    #[case("mail_url = 'pigeon://x.example'", "POSTULO_MAIL_URL is not an smtp://")]
    #[case("mail_url = 'mail.example.org'", "POSTULO_MAIL_URL is not an smtp://")]
    #[case("mail_url = 'smtp://x.example?timeout=0'", "timeout")]
    #[case("mail_domain = 'a b'", "POSTULO_MAIL_DOMAIN")]
    #[case("mail_domain = ''", "POSTULO_MAIL_DOMAIN")]
    #[case("mail_domain = 'me@x.example'", "POSTULO_MAIL_DOMAIN")]
    #[case("memo_url = 'file:///tmp'", "POSTULO_MEMO_URL")]
    #[case("otlp_endpoint = 'grpc://x.example'", "POSTULO_OTLP_ENDPOINT")]
    fn nonsense_is_refused_in_every_mode(#[case] text: &str, #[case] why: &str) {
        for mode in ["development", "production"] {
            let wrong = told(mode, text);
            assert!(wrong.iter().any(|reason| reason.contains(why)), "{text}: {wrong:?}");
            assert!(!wrong.join("").contains("u:p"), "{wrong:?}");
        }
    }

    #[rstest::rstest]
    #[case("base_url = 'http://x.example'", "POSTULO_BASE_URL is not https")]
    #[case("memo_url = 'http://memo.example'", "POSTULO_MEMO_URL is not https")]
    #[case("memo_url = 'http://127.0.0.1:9'", "POSTULO_MEMO_URL is not https")]
    #[case("ami_url = 'http://ami.example/x'", "POSTULO_AMI_URL is not https")]
    #[case("otlp_endpoint = 'http://otel.example:4318'", "POSTULO_OTLP_ENDPOINT is not https")]
    #[case("mail_url = 'smtp://u:p@mail.example?starttls=none'", "does not require TLS")]
    #[case("mail_url = 'smtp://u:p@mail.example?starttls=opportunistic'", "does not require TLS")]
    #[case("mail_url = 'smtp://u:p@mail.example:25?timeout=9&starttls=none'", "require TLS")]
    #[case("mail_url = 'mailjet://k:s@api.mailjet.com?plain=true'", "does not require TLS")]
    #[case("mail_url = 'mailbox:here'", "built-in mailbox")]
    #[case("database_url = 'sqlite::memory:'", "POSTULO_DATABASE_URL is in memory")]
    #[case("attachments_url = 'memory:///'", "POSTULO_ATTACHMENTS_URL is in memory")]
    #[case("attachments_url = 'http://dav.example/x'", "POSTULO_ATTACHMENTS_URL is not https")]
    fn what_is_unsafe_is_refused_in_production_alone(#[case] text: &str, #[case] why: &str) {
        let wrong = told("production", text);
        assert!(wrong.len() == 1 && wrong[0].contains(why), "{text}: {wrong:?}");
        assert!(!wrong[0].contains("u:p"), "{wrong:?}");
        assert_eq!(told("development", text), Vec::<String>::new(), "{text}");
    }

    #[rstest::rstest]
    #[case("base_url = 'https://x.example'")]
    #[case("base_url = 'https://x.example:8443/'")]
    #[case("mail_url = 'smtp://u:p@mail.example:587'")]
    #[case("mail_url = 'smtps://u:p@mail.example'")]
    #[case("mail_url = 'smtp://relay.internal:25?starttls=none'")]
    #[case("mail_url = 'smtp://u:p@127.0.0.1:25?starttls=none'")]
    #[case("mail_url = 'smtp://u:p@localhost?starttls=none'")]
    #[case("mail_url = 'mailjet://k:s@api.mailjet.com'")]
    #[case("mail_domain = 'postulo.example.org'")]
    #[case("memo_url = 'https://memo.example/api'")]
    #[case("otlp_endpoint = 'http://127.0.0.1:4318/v1/traces'")]
    #[case("otlp_endpoint = 'https://otel.example/v1/traces'")]
    #[case("attachments_url = 's3://bucket/prefix'")]
    fn what_is_safe_is_taken(#[case] text: &str) {
        assert_eq!(told("production", text), Vec::<String>::new(), "{text}");
    }
}
