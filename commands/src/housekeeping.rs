//! What no longer counts, cleared away for all names at once: most names occur once and are never
//! asked for again.

use event_store::DbError;

use crate::Commands;

/// How many rows went, of what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Posts to webhooks that were taken long ago.
    pub posts: u64,
    /// Uses of a limit that left its longest window.
    pub allotments: u64,
    /// Sessions of operators that are over.
    pub sessions: u64,
}

impl Commands {
    /// Clears away what no longer counts. Several processes may do so at once.
    pub async fn tidy(&self) -> Result<Tidied, DbError> {
        Ok(Tidied {
            posts: self.clear_posts().await?,
            allotments: self.clear_allotments().await?,
            sessions: self.clear_sessions().await?,
        })
    }
}
