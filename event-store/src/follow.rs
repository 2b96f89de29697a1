//! A reader that keeps up with the log.

mod tail;

use std::time::Duration;

use tokio::time::Instant;

use crate::{Log, Page, Position, ReadError, Wake};

use tail::Sharing;
pub(crate) use tail::Tail;

/// Reads the log page by page and waits at its end.
#[derive(Debug)]
pub struct Follow {
    log: Log,
    wake: Wake,
    after: Position,
    /// The log reaches up to here at least.
    head: Position,
    /// When the log was asked for its end last.
    asked: Option<Instant>,
    kinds: Option<Vec<&'static str>>,
    limit: i64,
    poll: Duration,
    sharing: Sharing,
}

impl Log {
    /// Follows the log from after this position. A page looks at `limit` events of these kinds (all
    /// kinds where none are named); at the end of the log it asks again every `poll`, and at once
    /// when it is woken.
    pub fn follow(
        &self,
        after: Position,
        kinds: Option<Vec<&'static str>>,
        limit: i64,
        poll: Duration,
    ) -> Follow {
        let (wake, sharing) = (self.wake(), self.tail.join());
        Follow {
            wake,
            log: self.clone(),
            after,
            head: after,
            asked: None,
            kinds,
            limit,
            poll,
            sharing,
        }
    }
}

impl Follow {
    /// The next page, as soon as there is one. Dropping the future loses nothing. After an error
    /// the same page is read again.
    pub async fn next(&mut self) -> Result<Page, ReadError> {
        loop {
            self.head = self.head.max(self.wake.known());
            if self.head <= self.after {
                self.look_for_more().await?;
                continue;
            }
            let kinds = self.kinds.as_deref();
            let page = if self.sharing.is_fit(self.after, self.head, self.limit) {
                self.log.tail.page(&self.log, self.after, self.head, kinds).await?
            } else {
                self.log.page_up_to(self.head, self.after, self.limit, kinds).await?
            };
            self.after = page.reached;
            return Ok(page);
        }
    }

    /// Waits until it is told of more, and asks for the end of the log where nothing was told for long:
    /// another process may have appended.
    async fn look_for_more(&mut self) -> Result<(), ReadError> {
        let rest = self.asked.map_or(Duration::ZERO, |at| self.poll.saturating_sub(at.elapsed()));
        if rest.is_zero() {
            self.head = self.head.max(self.log.head().await?);
            self.asked = Some(Instant::now());
        } else {
            self.wake.wait(self.after, rest).await;
        }
        Ok(())
    }

    /// Everything up to here was given out.
    pub fn reached(&self) -> Position {
        self.after
    }
}
