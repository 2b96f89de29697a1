//! SMTP (RFC 5321) over lettre: pooled connections, TLS, authentication, time-outs.

mod connections;
mod stream;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::extension::ClientId;
use rustls::pki_types::ServerName;
use url::Url;

use connections::{Connections, Encryption, Server, Tls};
use message::Reports;

use crate::mail::{Email, MailUrlError, Mailer, SendError, Taken, decoded, message};
use integrations::http::on_a_slow_line;

/// How long one step of the conversation may take, unless the address says otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A mail server.
pub(crate) struct Smtp {
    connections: Arc<Connections>,
    /// How long a whole conversation may take, the transport of the message aside.
    whole: Duration,
    /// Who reports what becomes of the e-mails.
    reports: Reports,
}

impl Smtp {
    /// `smtp://` with STARTTLS (RFC 3207) required, unless `?starttls=opportunistic` or `none`;
    /// `smtps://` with TLS from the first byte (RFC 8314). `?timeout=SECONDS`.
    pub(crate) fn open(url: &str, hello_name: Option<&str>) -> Result<Self, MailUrlError> {
        let url = Url::parse(url).map_err(|_| MailUrlError::Malformed)?;
        let host = url.host_str().ok_or(MailUrlError::Malformed)?.trim_matches(['[', ']']);
        let mut starttls = "required".to_owned();
        let mut timeout = TIMEOUT;
        for (name, value) in url.query_pairs() {
            match name.as_ref() {
                "starttls" => starttls = value.into_owned(),
                "timeout" => {
                    let seconds = value.parse().map_err(|_| MailUrlError::Parameter("timeout"))?;
                    timeout = Duration::from_secs(seconds);
                }
                _ => return Err(MailUrlError::Parameter("after the question mark")),
            }
        }
        let tls = || {
            let name =
                ServerName::try_from(host.to_owned()).map_err(|_| MailUrlError::Malformed)?;
            Ok(Tls { config: trust(), name })
        };
        let (encryption, port) = match (url.scheme(), starttls.as_str()) {
            ("smtps", _) => (Encryption::Always(tls()?), 465),
            ("smtp", "required") => (Encryption::Required(tls()?), 587),
            ("smtp", "opportunistic") => (Encryption::Offered(tls()?), 587),
            ("smtp", "none") => (Encryption::Never, 587),
            ("smtp", _) => return Err(MailUrlError::Parameter("starttls")),
            _ => return Err(MailUrlError::Malformed),
        };
        let mut server = Server {
            host: host.to_owned(),
            port: url.port().unwrap_or(port),
            encryption,
            credentials: None,
            hello: hello_name.and_then(client_id),
            timeout,
        };
        if !url.username().is_empty() {
            let user = decoded(url.username())?;
            let password = decoded(url.password().unwrap_or_default())?;
            server.credentials = Some(Credentials::new(user, password));
        }
        // SendGrid calls everybody `apikey`.
        let reports = if host.ends_with("sendgrid.net") || url.username() == "apikey" {
            Reports::SendGrid
        } else {
            Reports::Nobody
        };
        Ok(Self { connections: Arc::new(Connections::new(server)), whole: 4 * timeout, reports })
    }
}

/// How a server can be greeted with this name (RFC 5321 4.1.1.1): a domain name of two labels at
/// least, or an address, in brackets or not. `None` where the name is none of them.
pub(crate) fn client_id(name: &str) -> Option<ClientId> {
    let bare = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    let address = bare.strip_prefix("IPv6:").unwrap_or(bare);
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => return Some(ClientId::Ipv4(address)),
        Ok(IpAddr::V6(address)) => return Some(ClientId::Ipv6(address)),
        Err(_) => {}
    }
    let label = |label: &str| {
        let inner = label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        inner && (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_whole = name.contains('.') && name.len() <= 253 && name.split('.').all(label);
    is_whole.then(|| ClientId::Domain(name.to_owned()))
}

/// Trusts whom the system trusts. A certificate of the system's that cannot be read is passed over,
/// as other programs do.
fn trust() -> Arc<rustls::ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider knows TLS 1.2 and 1.3");
    Arc::new(config.with_root_certificates(roots).with_no_client_auth())
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, email: &Email) -> Result<Taken, SendError> {
        let message = message::build(email, self.reports)?;
        let (connections, length) = (Arc::clone(&self.connections), message.bytes.len());
        // In a task of its own: a conversation that takes too long is left to itself, and never cut
        // in the middle, where its connection would go back to the pool out of step.
        let sending =
            tokio::spawn(async move { connections.send(&message.envelope, &message.bytes).await });
        match tokio::time::timeout(self.whole + on_a_slow_line(length), sending).await {
            Ok(Ok(outcome)) => outcome.map(|()| Taken::default()),
            Ok(Err(_)) => Err(SendError::Unreachable("the conversation broke off".to_owned())),
            Err(_) => Err(SendError::Unreachable("timed out in the conversation".to_owned())),
        }
    }

    async fn check(&self) -> Result<(), SendError> {
        self.connections.check().await
    }
}
