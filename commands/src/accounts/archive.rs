//! The monthly letter of what was archived: whether the owner of an account wants it, and that it is asked for.

use domain::account::{AccountRefusal, AskArchiveLetter, WishArchiveLetters};
use uuid::Uuid;

use crate::facades::Accounts;
use crate::{Cause, CommandError};

impl Accounts<'_> {
    /// Whether the owner of an account wants the letters.
    pub async fn wants_archive_letters(
        self,
        id: Uuid,
    ) -> Result<bool, CommandError<AccountRefusal>> {
        let state = self.state_of::<domain::account::Account>(&id.to_string()).await?;
        Ok(state.open().is_ok_and(|account| account.archive_letters_since.is_some()))
    }

    /// The owner of an account, or whoever holds the link of one of these letters, wants them, or no more.
    pub async fn wish_archive_letters(
        self,
        id: Uuid,
        wanted: bool,
        cause: &Cause,
    ) -> Result<(), CommandError<AccountRefusal>> {
        let decision = WishArchiveLetters { wanted, at: self.clock.now() };
        let receipt = self.perform(&id.to_string(), &decision, cause).await?;
        self.update(id, &receipt.state, receipt.position).await
    }

    /// Has the owner of an account told of what was archived, once for each month: a letter follows from the event.
    /// Says whether it was asked for now. Cut off before the row knows, the next call asks nothing and mends the row.
    pub async fn ask_archive_letter(
        self,
        id: Uuid,
        decision: &AskArchiveLetter,
        cause: &Cause,
    ) -> Result<bool, CommandError<AccountRefusal>> {
        let receipt = self.perform(&id.to_string(), decision, cause).await?;
        self.update(id, &receipt.state, receipt.position).await?;
        Ok(!receipt.events.is_empty())
    }
}
