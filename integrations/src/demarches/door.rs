//! Asking the service: with patience, no more often than it allows, and never telling the token. What goes
//! wrong is sorted by what an operator can do about it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use thiserror::Error;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use crate::SetUpError;
use crate::http::{self, Failure};

/// How long a request may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How often a request is made before it counts as failed.
const ATTEMPTS: u32 = 6;
/// The wait before the second; each is twice as long as the one before.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// The longest wait that the service may ask for.
const LONGEST_WAIT: Duration = Duration::from_mins(2);
/// An answer that is longer is none, in bytes.
const MAX_ANSWER: usize = 48 * 1024 * 1024;
const MINUTE: Duration = Duration::from_mins(1);

/// The service did not do what it was asked. No text holds the token, or anything that a dossier says.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DemarchesError {
    /// It knows no such token, or the token does not open this.
    #[error(
        "the form service refuses the token: it is wrong, or does not open procedure {0} from this network. Check POSTULO_PERMITS_TOKEN and POSTULO_PERMITS_PROCEDURES"
    )]
    Token(u32),
    /// The token's time is over.
    #[error(
        "the token of the form service has expired: make a new one there, and set POSTULO_PERMITS_TOKEN"
    )]
    Expired,
    /// There is no such procedure.
    #[error("the form service has no procedure {0}: check POSTULO_PERMITS_PROCEDURES")]
    NoProcedure(u32),
    /// What is at the address is something else.
    #[error(
        "what answers at the form service's address speaks another language ({0} instead of JSON): check POSTULO_PERMITS_URL and POSTULO_PERMITS_SOURCE"
    )]
    NotJson(&'static str),
    /// It moved.
    #[error("the form service answers that it is elsewhere now ({0}): change POSTULO_PERMITS_URL")]
    Moved(u16),
    /// It does not answer, or cannot now.
    #[error(
        "the form service does not answer as it should, though it was asked {ATTEMPTS} times: {0}"
    )]
    Unavailable(String),
    /// It does not do this.
    #[error("the form service refuses what it was asked ({0})")]
    Refused(String),
}

/// What an answer means.
pub(super) enum Read<T> {
    /// It is one.
    Done(T),
    /// It may be one if it is asked for again.
    Again(String),
    /// It stays like this.
    Wrong(Wrong),
}

/// What is wrong with a request.
#[derive(Debug)]
pub(super) enum Wrong {
    /// Whoever asks may not.
    Unauthorized,
    /// There is no such thing.
    NotFound,
    /// Something else.
    Other(DemarchesError),
}

impl Wrong {
    /// What it means where a procedure was asked for.
    pub(super) fn of(self, procedure: u32) -> DemarchesError {
        match self {
            Self::Unauthorized => DemarchesError::Token(procedure),
            Self::NotFound => DemarchesError::NoProcedure(procedure),
            Self::Other(error) => error,
        }
    }
}

/// An answer, and what time it was there.
pub(super) struct Told<T> {
    pub(super) what: T,
    pub(super) at: Option<Timestamp>,
}

/// The service, as it is asked.
pub(super) struct Door {
    pub(super) url: Url,
    pub(super) client: reqwest::Client,
    token: String,
    header: HeaderValue,
    /// Whether it takes the token in the address alone, as its first version did.
    in_address: AtomicBool,
    requests: AtomicU64,
    /// How many requests it allows in a minute, and when the latest were made.
    most: Option<usize>,
    recent: Mutex<VecDeque<Instant>>,
}

impl Door {
    pub(super) fn new(url: Url, token: &str, most: Option<usize>) -> Result<Self, SetUpError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(SetUpError::Address);
        }
        let token = token.trim().to_owned();
        let mut header = HeaderValue::from_str(&format!("Bearer token={token}"))
            .map_err(|_| SetUpError::Token)?;
        header.set_sensitive(true);
        Ok(Self {
            url,
            client: http::client(TIMEOUT).map_err(SetUpError::Https)?,
            token,
            header,
            in_address: AtomicBool::new(false),
            requests: AtomicU64::new(0),
            most,
            recent: Mutex::default(),
        })
    }

    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// The address of something below the service's own.
    pub(super) fn below(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("{}/{path}", url.path().trim_end_matches('/')));
        url
    }

    /// Asks until there is an answer, or it is clear that there will be none. `read` says what an answer of
    /// status 200 means.
    pub(super) async fn ask<T>(
        &self,
        request: RequestBuilder,
        read: impl Fn(&[u8]) -> Read<T>,
    ) -> Result<Told<T>, Wrong> {
        let mut wait = FIRST_WAIT;
        for attempt in 1.. {
            let asked =
                request.try_clone().expect("a request with a body in memory can be made again");
            let why = match self.once(asked, &read).await {
                Ok(Once::Done(told)) => return Ok(told),
                Ok(Once::Wrong(wrong)) => return Err(wrong),
                Ok(Once::Later { why, after }) => {
                    wait = after.map_or(wait, |after| wait.max(after)).min(LONGEST_WAIT);
                    why
                }
                Err(Failure(why)) => why,
            };
            if attempt == ATTEMPTS {
                return Err(Wrong::Other(DemarchesError::Unavailable(why)));
            }
            tracing::debug!(attempt, why, "the form service is asked again");
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
        unreachable!("the last attempt has returned")
    }

    async fn once<T>(
        &self,
        request: RequestBuilder,
        read: &impl Fn(&[u8]) -> Read<T>,
    ) -> Result<Once<T>, Failure> {
        let in_address = self.in_address.load(Ordering::Relaxed);
        let again = request.try_clone();
        let (status, headers, body) = self.send(self.opened(request, in_address)).await?;
        if status == StatusCode::UNAUTHORIZED
            && !in_address
            && self.most.is_none()
            && !is_expired(&body)
            && let Some(again) = again
        {
            // The first version took the token in the address; where it still takes it there alone, it is
            // sent so.
            let (status, headers, body) = self.send(self.opened(again, true)).await?;
            if status != StatusCode::UNAUTHORIZED {
                self.in_address.store(true, Ordering::Relaxed);
            }
            return Ok(sorted(status, &headers, &body, read));
        }
        Ok(sorted(status, &headers, &body, read))
    }

    fn opened(&self, request: RequestBuilder, in_address: bool) -> RequestBuilder {
        if in_address {
            request.query(&[("token", &self.token)])
        } else {
            request.header(header::AUTHORIZATION, self.header.clone())
        }
    }

    async fn send(
        &self,
        request: RequestBuilder,
    ) -> Result<(StatusCode, HeaderMap, Vec<u8>), Failure> {
        self.turn().await;
        self.requests.fetch_add(1, Ordering::Relaxed);
        let sent = http::send_whole(request, MAX_ANSWER).await;
        metrics::counter!("postulo_partner_requests_total", "partner" => "Démarches",
            "status" => sent.as_ref().map_or("none".to_owned(), |it| it.0.as_u16().to_string()))
        .increment(1);
        sent
    }

    /// Waits until another request is allowed.
    async fn turn(&self) {
        let Some(most) = self.most else { return };
        let mut recent = self.recent.lock().await;
        if recent.len() >= most
            && let Some(first) = recent.pop_front()
        {
            tokio::time::sleep_until(first + MINUTE).await;
        }
        recent.push_back(Instant::now());
    }
}

enum Once<T> {
    Done(Told<T>),
    Later { why: String, after: Option<Duration> },
    Wrong(Wrong),
}

fn sorted<T>(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    read: &impl Fn(&[u8]) -> Read<T>,
) -> Once<T> {
    let wrong = |error| Once::Wrong(Wrong::Other(error));
    let later = |why: String| Once::Later { why, after: asked_wait(headers) };
    match status.as_u16() {
        200..=299 => match read(body) {
            Read::Done(what) => Once::Done(Told { what, at: time(headers) }),
            Read::Again(why) => Once::Later { why, after: None },
            Read::Wrong(wrong) => Once::Wrong(wrong),
        },
        300..=399 => wrong(DemarchesError::Moved(status.as_u16())),
        401 if is_expired(body) => wrong(DemarchesError::Expired),
        401 | 403 => Once::Wrong(Wrong::Unauthorized),
        404 if is_html(body) => wrong(DemarchesError::NotJson("HTML")),
        404 => Once::Wrong(Wrong::NotFound),
        429 => later("it asks for fewer requests (429)".to_owned()),
        408 | 500..=599 => later(format!("it answers {}", status.as_u16())),
        _ => wrong(DemarchesError::Refused(status.as_u16().to_string())),
    }
}

/// Reads an answer of JSON.
pub(super) fn json<T: DeserializeOwned>(body: &[u8]) -> Read<T> {
    match serde_json::from_slice(body) {
        Ok(read) => Read::Done(read),
        Err(_) if is_html(body) => Read::Wrong(Wrong::Other(DemarchesError::NotJson("HTML"))),
        // The connection was cut where nobody had said how long the answer is.
        Err(error) if error.is_eof() => Read::Again("its answer breaks off".to_owned()),
        Err(error) if error.is_data() => {
            Read::Wrong(Wrong::Other(DemarchesError::NotJson("JSON of another shape")))
        }
        Err(_) => Read::Wrong(Wrong::Other(DemarchesError::NotJson("something else"))),
    }
}

fn is_html(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"<")
}

fn is_expired(body: &[u8]) -> bool {
    String::from_utf8_lossy(&body[..body.len().min(1000)]).to_lowercase().contains("expired")
}

/// How long it asks to wait: until the time of `RateLimit-Reset`, or for the seconds of `Retry-After`.
fn asked_wait(headers: &HeaderMap) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    if let Some(reset) = number("ratelimit-reset") {
        // By its own clock, where it tells that.
        let now = time(headers).map_or(0, |at| at.as_second().unsigned_abs());
        // Some services tell seconds instead of a time.
        let wait = if reset > 1_000_000_000 { reset.checked_sub(now)? } else { reset };
        return Some(Duration::from_secs(wait).min(LONGEST_WAIT));
    }
    number("retry-after").map(Duration::from_secs)
}

fn time(headers: &HeaderMap) -> Option<Timestamp> {
    let text = headers.get(header::DATE)?.to_str().ok()?;
    rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn it_waits_as_long_as_it_is_asked_to_by_the_services_own_clock() {
        let at = "Fri, 27 Nov 2026 08:00:00 GMT";
        let reset: Timestamp = "2026-11-27T08:00:42Z".parse().unwrap();
        let told = headers(&[("date", at), ("ratelimit-reset", &reset.as_second().to_string())]);
        assert_eq!(asked_wait(&told), Some(Duration::from_secs(42)));
        assert_eq!(asked_wait(&headers(&[("retry-after", "7")])), Some(Duration::from_secs(7)));
        assert_eq!(asked_wait(&headers(&[])), None);
        let far = headers(&[("date", at), ("ratelimit-reset", "99999999999")]);
        assert_eq!(asked_wait(&far), Some(LONGEST_WAIT));
    }

    #[rstest::rstest]
    #[case(401, "{\"errors\":[\"token expired\"]}", "has expired")]
    #[case(401, "{}", "refuses the token")]
    #[case(403, "{\"errors\":[]}", "refuses the token")]
    #[case(404, "{}", "no procedure 7")]
    #[case(404, "<html>", "HTML instead of JSON")]
    #[case(301, "", "elsewhere now (301)")]
    #[case(422, "{}", "refuses what it was asked (422)")]
    #[case(200, "<!DOCTYPE html><html>", "HTML instead of JSON")]
    #[case(200, "{} and more", "something else instead of JSON")]
    fn what_goes_wrong_is_told_by_what_can_be_done_about_it(
        #[case] status: u16,
        #[case] body: &str,
        #[case] told: &str,
    ) {
        let status = StatusCode::from_u16(status).unwrap();
        let read = |body: &[u8]| json::<serde_json::Value>(body);
        let Once::Wrong(wrong) = sorted(status, &HeaderMap::new(), body.as_bytes(), &read) else {
            panic!("{body} is taken");
        };
        let text = wrong.of(7).to_string();
        assert!(text.contains(told), "{text}");
    }

    #[test]
    fn an_answer_that_breaks_off_is_asked_for_again() {
        assert!(matches!(json::<serde_json::Value>(b"{\"data\": [1, "), Read::Again(_)));
    }
}
