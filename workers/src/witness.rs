//! The newest signature over the log, posted to where those who run the service cannot change it.
//!
//! A task of its own posts, and one note waits at most, the newest: it covers all that the ones before
//! it did. So signing never waits for the other side, and a post that fails is made up for by the next.

use std::time::Duration;

use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use url::Url;

use crate::http::{self, Failure};

/// How long a post may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Hands notes to the task that posts them. The task ends once this is dropped and the last note was
/// posted or refused.
#[derive(Debug)]
pub struct Witness(watch::Sender<String>);

/// HTTPS cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("HTTPS cannot be set up")]
pub struct WitnessError(#[source] reqwest::Error);

impl Witness {
    /// Starts the task that posts to `url`, which may hold a user name and a password.
    pub fn start(url: Url) -> Result<(Self, JoinHandle<()>), WitnessError> {
        let client = http::client(TIMEOUT).map_err(WitnessError)?;
        let (notes, mut newest) = watch::channel(String::new());
        let task = tokio::spawn(async move {
            while newest.changed().await.is_ok() {
                let note = newest.borrow_and_update().clone();
                tell(&client, &url, note).await;
            }
        });
        Ok((Self(notes), task))
    }

    /// Has a note posted next, in the place of one that still waits. Returns at once.
    pub fn post(&self, note: &str) {
        self.0.send_replace(note.to_owned());
    }
}

async fn tell(client: &Client, url: &Url, note: String) {
    let outcome = match post(client, url, note).await {
        Ok(()) => "taken",
        Err(why) => {
            let to = place(url);
            tracing::error!(
                to,
                "the newest signature over the log could not be posted to POSTULO_CHECKPOINT_URL; the next one will be: {why}"
            );
            "failed"
        }
    };
    metrics::counter!("postulo_checkpoint_posts_total", "outcome" => outcome).increment(1);
}

async fn post(client: &Client, url: &Url, note: String) -> Result<(), String> {
    let request = client.post(url.clone()).header(CONTENT_TYPE, "text/plain; charset=utf-8");
    match http::send(request.body(note)).await {
        Ok(answer) if answer.status.is_success() => Ok(()),
        Ok(answer) => Err(format!("it answered {}", answer.status.as_u16())),
        Err(Failure(why)) => Err(why),
    }
}

/// Where a post goes, without what may be secret of it: the host and the port.
pub fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

#[cfg(test)]
mod tests;
