//! A transport that tells the operator once when no e-mail can leave any more, and once when they
//! leave again.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;

use crate::mail::{Email, Mailer, SendError, Taken};

/// A transport, and whether it works.
pub(crate) struct Watched<M> {
    transport: M,
    barred: AtomicBool,
}

impl<M> Watched<M> {
    pub(crate) const fn new(transport: M) -> Self {
        Self { transport, barred: AtomicBool::new(false) }
    }

    /// What this outcome changes: `Some(true)` when e-mails begin to be barred, `Some(false)` when
    /// they leave again. A single refusal or an outage says nothing about the configuration.
    fn change(&self, sent: &Result<Taken, SendError>) -> Option<bool> {
        let barred = match sent {
            Ok(_) => false,
            Err(error) if error.bars_every_email() => true,
            Err(_) => return None,
        };
        (self.barred.swap(barred, Ordering::Relaxed) != barred).then_some(barred)
    }
}

#[async_trait]
impl<M: Mailer> Mailer for Watched<M> {
    async fn send(&self, email: &Email) -> Result<Taken, SendError> {
        let sent = self.transport.send(email).await;
        match (self.change(&sent), &sent) {
            (Some(true), Err(error)) => {
                tracing::error!(%error, "e-mails cannot leave: {}", error.advice());
            }
            (Some(false), _) => tracing::info!("e-mails leave again"),
            _ => {}
        }
        sent
    }

    async fn check(&self) -> Result<(), SendError> {
        self.transport.check().await
    }
}

#[cfg(test)]
mod tests {
    use domain::fault::Stage;

    use super::*;

    #[test]
    fn the_operator_is_told_once_of_each_change() {
        let watched = Watched::new(());
        let answer =
            |code, text: &str| Err(SendError::of_reply(Stage::Recipient, code, text.to_owned()));
        assert_eq!(watched.change(&Ok(Taken::default())), None);
        assert_eq!(watched.change(&answer(535, "5.7.8 bad credentials")), Some(true));
        assert_eq!(watched.change(&answer(535, "5.7.8 bad credentials")), None);
        assert_eq!(watched.change(&answer(451, "try again")), None);
        assert_eq!(watched.change(&Ok(Taken::default())), Some(false));
        assert_eq!(watched.change(&answer(550, "5.1.1 no such user")), None);
        assert_eq!(watched.change(&answer(550, "5.7.26 unauthenticated")), None, "one sender's");
    }
}
