//! The partners' own services: Memo, the candidate's dashboard, and AMI, the adviser's file.

mod ami;
mod memo;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;
use url::Url;

use crate::breaker::{Breaker, Circuit};
use crate::http::{self, Answer, Failure};
use crate::reaction::{Setback, Trouble};

pub use ami::Ami;
pub use memo::Memo;

/// How long a request may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The wait after a 429 that does not say how long.
const USUAL_WAIT: SignedDuration = SignedDuration::from_mins(1);
/// The longest wait that a 429 may ask for.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(6);

/// Those that are configured.
#[derive(Clone, Default)]
pub struct Integrations {
    /// The candidate's dashboard.
    pub memo: Option<Memo>,
    /// The adviser's file.
    pub ami: Option<Ami>,
}

/// A partner's service cannot be used as configured.
#[derive(Debug, Error)]
pub enum PartnerError {
    /// HTTPS cannot be set up.
    #[error("HTTPS cannot be set up")]
    Https(#[source] reqwest::Error),
    /// The address cannot be extended.
    #[error("the address is not one of http or https")]
    Address,
    /// The shared key is not one of Fernet.
    #[error("the key is not 32 bytes in base64url, as Fernet writes it")]
    Key,
}

/// A service at an address, with its health.
struct Service {
    name: &'static str,
    url: Url,
    client: reqwest::Client,
    breaker: Breaker,
}

impl Service {
    fn new(name: &'static str, url: Url) -> Result<Self, PartnerError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(PartnerError::Address);
        }
        let client = http::client(TIMEOUT).map_err(PartnerError::Https)?;
        Ok(Self { name, url, client, breaker: Breaker::default() })
    }

    fn circuit(&self, now: Timestamp) -> Circuit {
        self.breaker.circuit(now)
    }

    /// Sends a request; an answer that says "later", or none, is a setback already.
    async fn send(
        &self,
        request: reqwest::RequestBuilder,
        now: Timestamp,
    ) -> Result<Answer, Setback> {
        let name = self.name;
        if let Err(until) = self.breaker.pass(now) {
            let why = format!(
                "{name} did not answer lately and is left alone for a while; it is asked again by itself"
            );
            return Err(Setback::until(until, &why));
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
                return Err(Setback::later(Trouble { advice, detail: Some(why.into()) }));
            }
        };
        match answer.status.as_u16() {
            429 => {
                self.breaker.answered();
                let asked = answer.retry_after.and_then(|wait| SignedDuration::try_from(wait).ok());
                let wait = asked.unwrap_or(USUAL_WAIT).min(LONGEST_WAIT);
                let why =
                    format!("{name} asks for fewer requests (429); it is asked again by itself");
                Err(Setback::until(now + wait, &why))
            }
            408 | 500..=599 => {
                self.breaker.failed(now);
                let status = answer.status.as_u16();
                let advice = format!(
                    "{name} is not well (it answered {status}); it is asked again by itself"
                );
                Err(Setback::later(Trouble { advice, detail: Some(said(&answer).into()) }))
            }
            _ => {
                self.breaker.answered();
                Ok(answer)
            }
        }
    }
}

/// The beginning of what an answer says, for operators.
fn said(answer: &Answer) -> String {
    let text = String::from_utf8_lossy(&answer.body);
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    format!("{} {}", answer.status.as_u16(), plain.take(500).collect::<String>())
}
