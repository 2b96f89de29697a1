//! Letters that belong to no application: queued here, sent by a reaction.

use domain::account::Account;
use domain::message::{
    EraseMessage, Message, MessageRefusal, OutgoingLetter, QueueMessage, RequestMessageResend,
};
use event_store::StreamId;
use uuid::Uuid;

use crate::facades::Messages;
use crate::{Cause, CommandError, History, Receipt};

impl Messages<'_> {
    /// Has a letter sent. `id` names it: the same id again sends nothing more.
    pub async fn queue(
        self,
        id: Uuid,
        letter: OutgoingLetter,
        cause: &Cause,
    ) -> Result<Receipt<Message>, CommandError<MessageRefusal>> {
        let decision = QueueMessage { letter, at: self.clock.now() };
        self.perform_first(&id.to_string(), &decision, cause).await
    }

    /// The same for a letter to whoever has an account: it belongs to the account, whichever
    /// address it goes to, and is erased with it. `false` where the account was closed meanwhile,
    /// and the letter is erased.
    pub async fn queue_to(
        self,
        account: Uuid,
        id: Uuid,
        letter: OutgoingLetter,
        cause: &Cause,
    ) -> Result<bool, CommandError<MessageRefusal>> {
        let (account, name) = (account.to_string(), id.to_string());
        let owner = StreamId::of::<Account>(&account);
        let record = StreamId::of::<Message>(&name);
        self.people().belongs(owner, record).await?;
        self.queue(id, letter, cause).await?;
        let kept = self.people().is_kept(owner, record).await;
        kept.map_err(CommandError::without_refusal)
    }

    /// The letter called `id`, with all that happened to it; no event when there is none.
    pub async fn find(self, id: Uuid) -> Result<History<Message>, CommandError<MessageRefusal>> {
        self.loader().history(&id.to_string()).await
    }

    /// Has a letter that left sent once more. `request_id` was made with the form, so that a second
    /// click asks once.
    pub async fn resend(
        self,
        id: Uuid,
        request_id: Uuid,
        cause: &Cause,
    ) -> Result<(), CommandError<MessageRefusal>> {
        let decision = RequestMessageResend { request_id, at: self.clock.now() };
        self.perform(&id.to_string(), &decision, cause).await.map(drop)
    }

    /// Forgets who received a letter: it can be read no more, here or beside the log.
    pub async fn forget(self, id: Uuid, cause: &Cause) -> Result<(), CommandError<MessageRefusal>> {
        let id = id.to_string();
        self.perform(&id, &EraseMessage { at: self.clock.now() }, cause).await?;
        let letter = StreamId::of::<Message>(&id);
        self.people().parted_from_all(letter).await?;
        Ok(self.people().clear_stream(letter).await?)
    }
}
