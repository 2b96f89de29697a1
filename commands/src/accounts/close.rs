//! Closing an account: its owner is forgotten by the same act, with all that belongs to the account.

use cqrs_es::Aggregate as _;
use domain::EmailAddress;
use domain::account::{Account, AccountEvent, AccountRefusal, CloseAccount, ClosingReason};
use domain::erasure::{ErasureBasis, RecordRef};
use event_store::{DbError, StreamId, args};
use jiff::Timestamp;
use uuid::Uuid;

use super::UserAccount;
use crate::facades::Accounts;
use crate::identity::{LinkUse, Spared};
use crate::{Cause, Chapter, CommandError, ForgetError, SubjectExport, SubjectExportError};

const DELETE: &str = "DELETE FROM accounts WHERE id = $1";

/// Those whose owners did not sign in since a time, or ever, and are not told yet that they close. A program
/// that goes on renewing its tokens uses the account too.
const UNUSED: &str = "
    SELECT id
    FROM accounts
    WHERE COALESCE(last_signed_in_at, created_at) < $1 AND closes_at IS NULL AND NOT EXISTS (
        SELECT 1
        FROM token_grants
        WHERE kind = 'user' AND subject = accounts.id AND expires_at > $2)
    ORDER BY id
    LIMIT $3";

const DUE: &str = "
    SELECT id
    FROM accounts
    WHERE closes_at <= $1 AND NOT EXISTS (
        SELECT 1
        FROM token_grants
        WHERE kind = 'user' AND subject = accounts.id AND expires_at > $1)
    ORDER BY id
    LIMIT $2";

impl Accounts<'_> {
    /// Closes an account: nobody signs in any more, its user name and its address are free, and its owner is
    /// forgotten.
    pub async fn close(
        self,
        id: Uuid,
        reason: ClosingReason,
        cause: &Cause,
    ) -> Result<(), CommandError<AccountRefusal>> {
        self.close_unless(id, reason, cause).await.map(drop)
    }

    /// Closes an account that nobody uses, and says whether it did: it stays where somebody signed
    /// in since it was found.
    pub async fn close_unused(
        self,
        id: Uuid,
        cause: &Cause,
    ) -> Result<bool, CommandError<AccountRefusal>> {
        self.close_unless(id, ClosingReason::Unused, cause).await
    }

    async fn close_unless(
        self,
        id: Uuid,
        reason: ClosingReason,
        cause: &Cause,
    ) -> Result<bool, CommandError<AccountRefusal>> {
        let text = id.to_string();
        let decision = CloseAccount { reason, at: self.clock.now() };
        if self.perform(&text, &decision, cause).await?.state.open().is_ok() {
            return Ok(false);
        }
        // What is not cleared now, the service clears by itself.
        if let Err(error) = self.clear(&text).await {
            tracing::warn!(
                error = %crate::advice::told(&error),
                account.id = text,
                "an account is closed, and not everything beside it is deleted yet"
            );
        }
        Ok(true)
    }

    /// Deletes what lies beside the log of an account whose owner was forgotten, and erases what belongs to it.
    pub(crate) async fn clear(self, id: &str) -> Result<(), ForgetError> {
        let stream = StreamId::of::<Account>(id);
        self.people().erase_belongings(stream, &ErasureBasis::Owner).await?;
        if let Ok(id) = id.parse::<Uuid>() {
            self.delete_row(id).await?;
            self.space().clear_beside(id).await?;
            self.give_up_names(id).await?;
            self.offers().forget_hidden(id).await?;
            self.collecting().forget_asker(id).await?;
            self.identity().end_all_but::<UserAccount>(id, Spared::Nothing).await?;
            for link in LinkUse::ALL {
                self.identity().end_links::<UserAccount>(id, link).await?;
            }
        }
        Ok(self.people().clear_stream(stream).await?)
    }

    /// Deletes the row of an account that was closed.
    pub(super) async fn delete_row(self, id: Uuid) -> Result<(), DbError> {
        self.log.db().execute(DELETE, args![id]).await.map(drop)
    }

    /// All that is kept of the owner of an account, for them: the account with what belongs to it, and what is
    /// kept under the address, once it is confirmed.
    pub async fn dossier(self, account: &UserAccount) -> Result<SubjectExport, SubjectExportError> {
        let email = account.email.reveal().parse::<EmailAddress>();
        let email = email.map_err(|_| CommandError::Invalid("an address that is none"))?;
        let record = RecordRef::new(Account::TYPE, &account.id.to_string());
        let record = record.map_err(|_| CommandError::Invalid("an id is one short line"))?;
        let mut dossier = self.people().dossier(&email, &[record]).await?;
        if account.confirmed_email().is_none() {
            dossier.chapters.retain(|chapter| !matches!(chapter, Chapter::Suppression(_)));
        }
        Ok(dossier)
    }

    /// Accounts to which nobody signed in since this time, and whose owners are not told yet that they close;
    /// at most so many.
    pub async fn unused_since(self, before: Timestamp, most: u32) -> Result<Vec<Uuid>, DbError> {
        let rows: Vec<(String,)> =
            self.log.db().fetch_all(UNUSED, args![before, self.clock.now(), most]).await?;
        Ok(rows.into_iter().filter_map(|(id,)| id.parse().ok()).collect())
    }

    /// Accounts that were to be closed by now; at most so many.
    pub async fn due_to_close(self, most: u32) -> Result<Vec<Uuid>, DbError> {
        let args = args![self.clock.now(), most];
        let rows: Vec<(String,)> = self.log.db().fetch_all(DUE, args).await?;
        Ok(rows.into_iter().filter_map(|(id,)| id.parse().ok()).collect())
    }

    /// Announces to the owner of an account when it is closed, unless they sign in before.
    pub async fn announce_closing(
        self,
        id: Uuid,
        closes_at: Timestamp,
        cause: &Cause,
    ) -> Result<(), CommandError<AccountRefusal>> {
        self.record(id, |at| AccountEvent::AccountClosingAnnounced { closes_at, at }, cause).await
    }
}
