//! A reader that keeps up with the log.

use std::time::Duration;

use crate::{Log, Page, Position, ReadError, Wake};

/// Reads the log page by page and waits at its end.
#[derive(Debug)]
pub struct Follow {
    log: Log,
    wake: Wake,
    after: Position,
    kinds: Option<Vec<&'static str>>,
    limit: i64,
    poll: Duration,
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
        Follow { wake: self.wake(), log: self.clone(), after, kinds, limit, poll }
    }
}

impl Follow {
    /// The next page, as soon as there is one. Dropping the future loses nothing. After an error
    /// the same page is read again.
    pub async fn next(&mut self) -> Result<Page, ReadError> {
        loop {
            let page = self.log.page_after(self.after, self.limit, self.kinds.as_deref()).await?;
            if page.reached > self.after {
                self.after = page.reached;
                return Ok(page);
            }
            self.wake.wait(self.after, self.poll).await;
        }
    }

    /// Everything up to here was given out.
    pub fn reached(&self) -> Position {
        self.after
    }
}
