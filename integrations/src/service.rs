//! A service at an address, and why it did not do what it was asked.

use std::time::Duration;

use domain::Personal;
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;
use url::Url;

use crate::circuit::{Breaker, Circuit};
use crate::http::{self, Answer, Failure};

/// How long a request may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The wait after a 429 that does not say how long.
const USUAL_WAIT: SignedDuration = SignedDuration::from_mins(1);
/// The longest wait that a 429 may ask for.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(6);

/// A service cannot be used as configured.
#[derive(Debug, Error)]
pub enum SetUpError {
    /// HTTPS cannot be set up.
    #[error("HTTPS cannot be set up")]
    Https(#[source] reqwest::Error),
    /// The address cannot be extended.
    #[error("the address is not one of http or https")]
    Address,
    /// The shared key is not one of Fernet.
    #[error("the key is not 32 bytes in base64url, as Fernet writes it")]
    Key,
    /// The token cannot be sent.
    #[error("the token has characters that no token has")]
    Token,
}

/// The reason why a service did not do what it was asked.
#[derive(Clone, Debug)]
pub struct Reason {
    /// What it means and what to do, for an operator. No personal data.
    pub advice: String,
    /// What the other side said; it may quote a person.
    pub said: Option<Personal<String>>,
}

impl Reason {
    pub(crate) fn new(advice: impl Into<String>) -> Self {
        Self { advice: advice.into(), said: None }
    }

    pub(crate) fn with(advice: impl Into<String>, said: String) -> Self {
        Self { advice: advice.into(), said: Some(said.into()) }
    }
}

/// A service did not do what it was asked, sorted by what the caller can do.
#[derive(Clone, Debug, Error)]
pub enum ServiceError {
    /// It did not answer, or not as itself: try again, and give up some day.
    #[error("{}", .0.advice)]
    Unavailable(Reason),
    /// It is not to be asked before this time; waiting is no failed attempt.
    #[error("{}", .reason.advice)]
    NotBefore {
        /// When it may be asked again.
        until: Timestamp,
        /// Why.
        reason: Reason,
    },
    /// It refuses for good: the same request never succeeds.
    #[error("{}", .0.advice)]
    Refused(Reason),
}

/// A service at an address, with its health.
pub(crate) struct Service {
    name: &'static str,
    pub(crate) url: Url,
    pub(crate) client: reqwest::Client,
    breaker: Breaker,
}

impl Service {
    pub(crate) fn new(name: &'static str, url: Url) -> Result<Self, SetUpError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(SetUpError::Address);
        }
        let client = http::client(TIMEOUT).map_err(SetUpError::Https)?;
        Ok(Self { name, url, client, breaker: Breaker::default() })
    }

    pub(crate) fn circuit(&self, now: Timestamp) -> Circuit {
        self.breaker.circuit(now)
    }

    /// Sends a request; an answer that says "later", or none, is an error already.
    pub(crate) async fn send(
        &self,
        request: reqwest::RequestBuilder,
        now: Timestamp,
    ) -> Result<Answer, ServiceError> {
        let name = self.name;
        if let Err(until) = self.breaker.pass(now) {
            let why = format!(
                "{name} did not answer lately and is left alone for a while; it is asked again by itself"
            );
            return Err(ServiceError::NotBefore { until, reason: Reason::new(why) });
        }
        let sent = http::send(request).await;
        metrics::counter!("postulo_partner_requests_total", "partner" => name,
            "status" => sent.as_ref().map_or("none".to_owned(), |a| a.status.as_u16().to_string()))
        .increment(1);
        let answer = match sent {
            Ok(answer) => answer,
            Err(Failure(why)) => {
                self.breaker.failed(now);
                let advice = format!("{name} does not answer; it is asked again by itself");
                return Err(ServiceError::Unavailable(Reason::with(advice, why)));
            }
        };
        match answer.status.as_u16() {
            429 => {
                self.breaker.answered();
                let asked = answer.retry_after.and_then(|wait| SignedDuration::try_from(wait).ok());
                let wait = asked.unwrap_or(USUAL_WAIT).min(LONGEST_WAIT);
                let why =
                    format!("{name} asks for fewer requests (429); it is asked again by itself");
                Err(ServiceError::NotBefore { until: now + wait, reason: Reason::new(why) })
            }
            408 | 500..=599 => {
                self.breaker.failed(now);
                let status = answer.status.as_u16();
                let advice = format!(
                    "{name} is not well (it answered {status}); it is asked again by itself"
                );
                Err(ServiceError::Unavailable(Reason::with(advice, said(&answer))))
            }
            _ => {
                self.breaker.answered();
                Ok(answer)
            }
        }
    }
}

/// The beginning of what an answer says, for operators.
pub(crate) fn said(answer: &Answer) -> String {
    let text = String::from_utf8_lossy(&answer.body);
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    format!("{} {}", answer.status.as_u16(), plain.take(500).collect::<String>())
}
