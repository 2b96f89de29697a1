//! The newest signature over the log, posted to where those who run the service cannot change it.
//!
//! A task of its own posts, and one note waits at most, the newest: it covers all that the ones before
//! it did. So signing never waits for the other side, and a post that fails is made up for by the next.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use event_store::tree::{Checkpoint, Keeper, KeeperError};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, StatusCode};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use url::Url;

use integrations::http::{self, Failure};

/// How long a post may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Hands notes to the task that posts them. The task ends once this is dropped and the last note was
/// posted or refused.
pub struct Witness {
    notes: watch::Sender<String>,
    elsewhere: Elsewhere,
}

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Witness({})", self.place())
    }
}

/// An address that notes are posted to, and may be asked for the newest.
#[derive(Clone)]
pub struct Elsewhere {
    client: Client,
    url: Url,
}

impl fmt::Debug for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Elsewhere({})", place(&self.url))
    }
}

/// HTTPS cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("HTTPS cannot be set up")]
pub struct WitnessError(#[source] reqwest::Error);

impl Witness {
    /// Starts the task that posts to `url`, which may hold a user name and a password.
    pub fn start(url: Url) -> Result<(Self, JoinHandle<()>), WitnessError> {
        let elsewhere = Elsewhere::at(url)?;
        let (notes, mut newest) = watch::channel(String::new());
        let poster = elsewhere.clone();
        let task = tokio::spawn(async move {
            while newest.changed().await.is_ok() {
                let note = newest.borrow_and_update().clone();
                poster.tell(note).await;
            }
        });
        Ok((Self { notes, elsewhere }, task))
    }

    /// Has a note posted next, in the place of one that still waits. Returns at once.
    pub fn post(&self, note: &str) {
        self.notes.send_replace(note.to_owned());
    }
}

impl Elsewhere {
    /// The address, which may hold a user name and a password.
    pub fn at(url: Url) -> Result<Self, WitnessError> {
        Ok(Self { client: http::client(TIMEOUT).map_err(WitnessError)?, url })
    }

    async fn tell(&self, note: String) {
        let outcome = match self.post(note).await {
            Ok(()) => "taken",
            Err(why) => {
                let to = place(&self.url);
                tracing::error!(
                    to,
                    "the newest signature over the log could not be posted to POSTULO_CHECKPOINT_URL; the next one will be: {why}"
                );
                "failed"
            }
        };
        metrics::counter!("postulo_checkpoint_posts_total", "outcome" => outcome).increment(1);
    }

    /// Posts a note now; the error says why it was not taken.
    pub async fn post(&self, note: String) -> Result<(), String> {
        let request = self.client.post(self.url.clone());
        let request = request.header(CONTENT_TYPE, "text/plain; charset=utf-8");
        match http::send(request.body(note)).await {
            Ok(answer) if answer.status.is_success() => Ok(()),
            Ok(answer) => Err(format!("it answered {}", answer.status.as_u16())),
            Err(Failure(why)) => Err(why),
        }
    }

    /// The newest note, where the address hands it out (GET). One that cannot be asked, or that only
    /// takes notes, hands out none: whether the log is signed does not depend on another machine.
    async fn ask(&self) -> Option<String> {
        let why = match http::send(self.client.get(self.url.clone())).await {
            Ok(answer) if answer.status.is_success() => {
                let text = String::from_utf8(answer.body).ok();
                let note = text.filter(|text| Checkpoint::unverified(text).is_ok());
                if note.is_some() || answer.status == StatusCode::NO_CONTENT {
                    return note;
                }
                "its answer is no signed note".to_owned()
            }
            // It only takes notes, or has none yet.
            Ok(answer) if matches!(answer.status.as_u16(), 404 | 405 | 501) => return None,
            Ok(answer) => format!("it answered {}", answer.status.as_u16()),
            Err(Failure(why)) => why,
        };
        let from = place(&self.url);
        tracing::warn!(
            from,
            "the newest signature over the log could not be asked for at POSTULO_CHECKPOINT_URL: {why}"
        );
        None
    }
}

#[async_trait]
impl Keeper for Elsewhere {
    fn place(&self) -> String {
        place(&self.url)
    }

    async fn newest(&self) -> Result<Option<String>, KeeperError> {
        Ok(self.ask().await)
    }

    /// A command that signs once leaves the posting to the process that signs all the time.
    fn keep(&self, _: &str) -> Result<(), KeeperError> {
        Ok(())
    }
}

#[async_trait]
impl Keeper for Witness {
    fn place(&self) -> String {
        place(&self.elsewhere.url)
    }

    async fn newest(&self) -> Result<Option<String>, KeeperError> {
        Ok(self.elsewhere.ask().await)
    }

    fn keep(&self, note: &str) -> Result<(), KeeperError> {
        self.post(note);
        Ok(())
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
