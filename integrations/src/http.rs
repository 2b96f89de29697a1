//! Requests to other services: time-outs, answers of bounded size, no redirections.

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode};

/// More of an answer is not read, in bytes.
const MAX_ANSWER: usize = 256 * 1024;

/// How long it may take to be connected.
const CONNECT: Duration = Duration::from_secs(5);

/// How long so many bytes may take on the slowest line, of 8 KiB a second.
pub const fn on_a_slow_line(bytes: usize) -> Duration {
    Duration::from_secs(bytes as u64 / (8 * 1024))
}

/// There was no answer: in words without the address, which may hold a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub String);

/// An answer, as far as it was read.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// How long it asks to wait (`Retry-After` in seconds, RFC 9110).
    pub retry_after: Option<Duration>,
    /// The first 256 KiB of its body.
    pub body: Vec<u8>,
}

/// A client whose requests take this long at most, their answers included.
pub fn client(timeout: Duration) -> Result<Client, reqwest::Error> {
    builder(timeout).build()
}

/// The same, to be set up further.
pub fn builder(timeout: Duration) -> reqwest::ClientBuilder {
    // Every TLS connection of the process uses this provider; a second call changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .timeout(timeout)
        .connect_timeout(CONNECT.min(timeout))
        .redirect(Policy::none())
        .user_agent(concat!("postulo/", env!("CARGO_PKG_VERSION")))
}

/// Sends, and reads the answer up to 256 KiB.
pub async fn send(request: RequestBuilder) -> Result<Answer, Failure> {
    let mut response = request.send().await.map_err(|error| failure(&error))?;
    let status = response.status();
    let retry_after = response.headers().get(reqwest::header::RETRY_AFTER);
    let retry_after = retry_after.and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let mut body = vec![];
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
        let room = MAX_ANSWER - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() == MAX_ANSWER {
            break;
        }
    }
    Ok(Answer { status, retry_after: retry_after.map(Duration::from_secs), body })
}

/// Sends, and reads the whole answer, with its headers; one of more bytes than `max` is none.
pub async fn send_whole(
    request: RequestBuilder,
    max: usize,
) -> Result<(StatusCode, HeaderMap, Vec<u8>), Failure> {
    let mut response = request.send().await.map_err(|error| failure(&error))?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = vec![];
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
        if body.len() + chunk.len() > max {
            return Err(Failure(format!("the answer is longer than {} MiB", max >> 20)));
        }
        body.extend_from_slice(&chunk);
    }
    Ok((status, headers, body))
}

fn failure(error: &reqwest::Error) -> Failure {
    let what = if error.is_timeout() {
        "timed out"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke off"
    };
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    // The outermost error names the address; the innermost says what happened.
    let inner = cause.to_string();
    Failure(if inner.contains("://") { what.to_owned() } else { format!("{what}: {inner}") })
}
