//! SMTP (RFC 5321) over lettre: pooled connections, TLS, authentication, time-outs.

#[cfg(test)]
mod tests;

use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use url::Url;

use crate::mail::{Email, MailUrlError, Mailer, SendError, message};

/// How long one step of the conversation may take, unless the address says otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A mail server.
pub(crate) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    /// How long a whole conversation may take: the transport itself bounds the connection only.
    whole: Duration,
}

impl Smtp {
    /// `smtp://` with STARTTLS (RFC 3207) required, unless `?starttls=opportunistic` or `none`;
    /// `smtps://` with TLS from the first byte (RFC 8314). `?timeout=SECONDS`.
    pub(crate) fn open(url: &str) -> Result<Self, MailUrlError> {
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
        let parameters = || TlsParameters::new(host.to_owned()).map_err(MailUrlError::Tls);
        let (tls, port) = match (url.scheme(), starttls.as_str()) {
            ("smtps", _) => (Tls::Wrapper(parameters()?), 465),
            ("smtp", "required") => (Tls::Required(parameters()?), 587),
            ("smtp", "opportunistic") => (Tls::Opportunistic(parameters()?), 587),
            ("smtp", "none") => (Tls::None, 587),
            ("smtp", _) => return Err(MailUrlError::Parameter("starttls")),
            _ => return Err(MailUrlError::Malformed),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(url.port().unwrap_or(port))
            .tls(tls)
            .timeout(Some(timeout));
        if !url.username().is_empty() {
            let user = decoded(url.username())?;
            let password = decoded(url.password().unwrap_or_default())?;
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Self { transport: builder.build(), whole: 4 * timeout })
    }
}

/// A percent-encoded part of an address (RFC 3986 2.1).
fn decoded(text: &str) -> Result<String, MailUrlError> {
    let mut bytes = vec![];
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = if let (b'%', [high, low, tail @ ..]) = (first, tail) {
            let digits = [*high, *low];
            let digits = std::str::from_utf8(&digits).map_err(|_| MailUrlError::Malformed)?;
            bytes.push(u8::from_str_radix(digits, 16).map_err(|_| MailUrlError::Malformed)?);
            tail
        } else {
            bytes.push(*first);
            tail
        };
    }
    String::from_utf8(bytes).map_err(|_| MailUrlError::Malformed)
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, email: &Email) -> Result<(), SendError> {
        let message = message::build(email)?;
        let transport = self.transport.clone();
        // In a task of its own: a conversation that takes too long is left to itself, and never cut
        // in the middle, where its connection would go back to the pool out of step.
        let sending = tokio::spawn(async move { transport.send(message).await });
        match tokio::time::timeout(self.whole, sending).await {
            Ok(Ok(Ok(_))) => Ok(()),
            Ok(Ok(Err(error))) => Err(SendError::of_smtp(&error)),
            Ok(Err(_)) => Err(SendError::Unreachable("the conversation broke off".to_owned())),
            Err(_) => Err(SendError::Unreachable("timed out in the conversation".to_owned())),
        }
    }
}
