//! Addresses that are settings, whatever they lead to.

use url::Url;

use super::source::Source;

/// Whether it is an address that a program can post to.
pub(super) fn web(name: &str, url: &Url, source: &mut Source) {
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        source.wrong(format!("{name} is not an https:// address"));
    }
}

/// Whether what is sent there stays on this machine.
pub(super) fn is_this_machine(url: &Url) -> bool {
    // Schemes of our own keep their host as text.
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|it| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::super::wrong_with;

    /// What is said of the settings, beyond those that are missing.
    fn told(mode: &str, text: &str) -> Vec<String> {
        let mut wrong = wrong_with(&format!(
            "mode = '{mode}'
{text}"
        ));
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
