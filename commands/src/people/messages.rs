//! Letters that belong to no application, as records of their receivers.

use async_trait::async_trait;
use cqrs_es::Aggregate as _;
use domain::erasure::ErasureBasis;
use domain::message::{EraseMessage, Message, MessageRefusal};
use domain::{ApplicationRefusal, Decision as _, EmailAddress};
use event_store::{StreamId, timestamp_text};
use serde_json::json;

use super::{Chapter, Entry, PersonalRecords, plain};
use crate::{Cause, CommandError, Commands, ForgetError, LinkUse, SubjectExportError};

pub(super) struct Messages;

#[async_trait]
impl PersonalRecords for Messages {
    fn aggregate(&self) -> &'static str {
        Message::TYPE
    }

    async fn chapter(
        &self,
        commands: &Commands,
        id: &str,
    ) -> Result<Option<Chapter>, SubjectExportError> {
        let state = commands.loader().state::<Message>(id).await;
        let state = state.map_err(plain)?.state;
        let Ok(queued) = state.known() else { return Ok(None) };
        let letter = &queued.letter;
        let sent_at = queued.delivery.settled_at().filter(|_| queued.delivery.is_sent());
        let day = queued.queued_at.strftime("%Y-%m-%d");
        let stem = format!("{day} {}", letter.kind.as_str());
        let data = json!({
            "id": id,
            "letter": letter.kind.as_str(),
            "language": letter.language.code(),
            "to": letter.to.reveal().as_str(),
            "subject": letter.subject.reveal().as_str(),
            "queued_at": timestamp_text(queued.queued_at),
            "sent_at": sent_at.map(timestamp_text),
        });
        let mut files = vec![
            (format!("{stem}.html"), letter.html.reveal().as_str().to_owned()),
            (format!("{stem}.txt"), letter.text.reveal().as_str().to_owned()),
        ];
        // An archive passes through an operator's hands: the link in it would let them into the account.
        if LinkUse::is_in(letter.kind.as_str()) {
            files.clear();
        }
        Ok(Some(Chapter::Entry(Entry {
            list: "messages",
            title: letter.subject.reveal().as_str().to_owned(),
            at: queued.queued_at,
            data,
            files,
        })))
    }

    async fn erase(
        &self,
        commands: &Commands,
        id: &str,
        basis: &ErasureBasis,
        cause: &Cause,
    ) -> Result<bool, ForgetError> {
        let erase = EraseMessage { at: commands.now() };
        let refused = |refusal: MessageRefusal| plain(CommandError::Refused(refusal));
        if let ErasureBasis::Retention { before } = basis {
            let state = commands.loader().state::<Message>(id).await;
            let state = state.map_err(plain)?.state;
            if state.remembered().map_err(refused)?.queued_at >= *before {
                return Ok(false);
            }
            if erase.decide(&state).map_err(refused)?.is_empty() {
                return Ok(false);
            }
        }
        let receipt = match commands.perform(id, &erase, cause).await {
            // It was noted as an account's, and never queued.
            Err(CommandError::Refused(MessageRefusal::NotFound)) => return Ok(false),
            receipt => receipt.map_err(plain)?,
        };
        self.clear(commands, id).await?;
        Ok(!receipt.events.is_empty())
    }

    /// Whose account it was written to, it does not say.
    async fn clear(&self, commands: &Commands, id: &str) -> Result<(), ForgetError> {
        let letter = StreamId::of::<Message>(id);
        commands.people().parted_from_all(letter).await?;
        Ok(commands.people().clear_stream(letter).await?)
    }

    /// As long as an application about which nothing happens.
    fn kept_months(&self) -> Option<u8> {
        Some(24)
    }
}

/// Whether a letter that can be read still went to one of these addresses.
pub(super) async fn is_to(
    commands: &Commands,
    id: &str,
    addresses: &[EmailAddress],
) -> Result<bool, CommandError<ApplicationRefusal>> {
    let state = commands.state_of::<Message>(id).await.map_err(plain)?;
    let Ok(queued) = state.known() else { return Ok(false) };
    let to = queued.letter.to.reveal();
    Ok(addresses.iter().any(|address| address.matches(to)))
}
