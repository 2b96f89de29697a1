//! What no longer counts, cleared away for all names at once: most names occur once and are never
//! asked for again.

use crate::{Commands, ForgetError, schedules};

/// How many rows went, of what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Posts to webhooks that were taken long ago.
    pub posts: u64,
    /// Uses of a limit that left its longest window.
    pub allotments: u64,
    /// Reports of e-mails that never became known.
    pub early_reports: u64,
    /// Sessions that are over.
    pub sessions: u64,
    /// Tokens of programs that are over.
    pub tokens: u64,
    /// Rows of accounts that were left behind their events, or missing, and are up to date.
    pub accounts: u64,
    /// One-time links that lead nowhere any more.
    pub links: u64,
    /// Streams of people who were forgotten, cleared once more.
    pub forgotten: usize,
    /// Applications that have documents and were never recorded.
    pub unfinished: usize,
    /// Runs of scheduled tasks of long ago.
    pub runs: u64,
    /// What was collected from sources of job offers long ago.
    pub collections: u64,
    /// Searches by words that somebody asked for and that never ran.
    pub searches: u64,
    /// Marks of notifications that are told no more.
    pub notification_marks: u64,
    /// Looks at new offers for alerts that were deleted.
    pub alert_looks: u64,
    /// Closed accounts of which something was left that began while they closed.
    pub late: usize,
}

impl Commands {
    /// Clears away what no longer counts. Several processes may do so at once.
    pub async fn tidy(&self) -> Result<Tidied, ForgetError> {
        let late = self.people().erase_late_belongings().await;
        Ok(Tidied {
            posts: self.webhooks().clear_posts().await?,
            allotments: self.limits().clear_allotments().await?,
            early_reports: self.emails().clear_early_reports().await?,
            sessions: self.identity().clear_sessions().await?,
            tokens: self.identity().clear_grants().await?,
            accounts: self.accounts().catch_up_all().await?,
            links: self.identity().clear_links().await?,
            unfinished: self.applications().clear_unfinished().await?,
            runs: schedules::clear(self.log.db(), self.clock.now()).await?,
            collections: self.collecting().clear_collections().await?,
            searches: self.collecting().give_up_searches().await?,
            notification_marks: self.space().clear_notification_marks().await?,
            alert_looks: self.alerts().clear_looks().await?,
            // Last: these tell of what could not be cleared, and would hold up the others.
            forgotten: self.people().clear_forgotten().await?,
            late: late?,
        })
    }
}
