//! The monthly letter that lists what the schedule archived in the space: somebody wants it, or not, and is told
//! once a month.

use jiff::Timestamp;
use uuid::Uuid;

use super::{Account, AccountEvent, AccountRefusal};
use crate::Decision;

/// So many applications stand in a letter at most; a link leads to the others.
pub const MAX_ARCHIVE_TOLD: usize = 50;

/// Its owner wants the letters, or wants them no more.
#[derive(Clone, Copy, Debug)]
pub struct WishArchiveLetters {
    /// Whether they are wanted.
    pub wanted: bool,
    /// When.
    pub at: Timestamp,
}

impl Decision for WishArchiveLetters {
    type Aggregate = Account;

    fn decide(&self, state: &Account) -> Result<Vec<AccountEvent>, AccountRefusal> {
        let (account, at) = (state.open()?, self.at);
        Ok(match self.wanted {
            wanted if wanted == account.archive_letters_since.is_some() => vec![],
            true => vec![AccountEvent::AccountArchiveLettersSwitchedOn { at }],
            false => vec![AccountEvent::AccountArchiveLettersSwitchedOff { at }],
        })
    }
}

/// A month is over, and these were archived in it: their owner is told, once for each month, where they wanted
/// that before it ended.
#[derive(Clone, Debug)]
pub struct AskArchiveLetter {
    /// When the month ended.
    pub up_to: Timestamp,
    /// What was archived, the latest first.
    pub applications: Vec<Uuid>,
    /// When.
    pub at: Timestamp,
}

impl Decision for AskArchiveLetter {
    type Aggregate = Account;

    fn decide(&self, state: &Account) -> Result<Vec<AccountEvent>, AccountRefusal> {
        let account = state.open()?;
        let wanted = account.archive_letters_since.is_some_and(|since| since < self.up_to);
        let told = account.archive_told_up_to.is_some_and(|told| told >= self.up_to);
        let reachable = account.email_confirmed && !account.disabled;
        if !wanted || told || !reachable || self.applications.is_empty() {
            return Ok(vec![]);
        }
        let shown = self.applications.len().min(MAX_ARCHIVE_TOLD);
        Ok(vec![AccountEvent::AccountArchiveLetterAsked {
            up_to: self.up_to,
            applications: self.applications[..shown].to_vec(),
            total: self.applications.len() as u64,
            at: self.at,
        }])
    }
}
