//! All of what somebody tracks, page after page, however much that is.

use event_store::{DbError, Log};

use super::{Filter, TrackedItem, Whose, list};

/// A way through a list, to its end.
pub struct Walk<'a> {
    log: &'a Log,
    whose: Whose<'a>,
    filter: Filter,
    size: u32,
    is_over: bool,
}

impl<'a> Walk<'a> {
    /// Through what the filter shows, from its cursor on, in pages of this size.
    pub const fn new(log: &'a Log, whose: Whose<'a>, filter: Filter, size: u32) -> Self {
        Self { log, whose, filter, size, is_over: false }
    }

    /// The next page; `None` at the end.
    pub async fn page(&mut self) -> Result<Option<Vec<TrackedItem>>, DbError> {
        if self.is_over {
            return Ok(None);
        }
        let page = list(self.log, self.whose, &self.filter, self.size).await?;
        self.is_over = page.next.is_none();
        self.filter.cursor = page.next;
        Ok(Some(page.items))
    }
}
