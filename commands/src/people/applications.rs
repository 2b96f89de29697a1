//! Applications, as records of their candidates.

use async_trait::async_trait;
use cqrs_es::Aggregate as _;
use domain::application::ErasePersonalData;
use domain::erasure::ErasureBasis;
use domain::{ApplicationRefusal, Decision as _, JobApplication};
use event_store::StreamId;
use uuid::Uuid;

use super::{ApplicationDossier, Chapter, PersonalRecords};
use crate::{Cause, CommandError, Commands, ForgetError, SubjectExportError};

pub(super) struct Applications;

/// Letters that are kept as they were sent to the candidate.
const TO_CANDIDATE: [&str; 3] = ["confirmation", "answer", "cancellation"];

fn parsed(id: &str) -> Result<Uuid, CommandError<ApplicationRefusal>> {
    id.parse().map_err(|_| CommandError::Refused(ApplicationRefusal::NotFound))
}

#[async_trait]
impl PersonalRecords for Applications {
    fn aggregate(&self) -> &'static str {
        JobApplication::TYPE
    }

    async fn chapter(
        &self,
        commands: &Commands,
        id: &str,
    ) -> Result<Option<Chapter>, SubjectExportError> {
        let (stream, id) = (StreamId::of::<JobApplication>(id), parsed(id)?);
        let history = commands.applications().find(id).await?;
        let Ok(application) = history.state.remembered() else { return Ok(None) };
        let mut documents = vec![];
        for attachment in application.documents() {
            // Others were deleted meanwhile.
            if commands.attachments().keeps(id, &attachment.digest).await? {
                documents.push(attachment.clone());
            }
        }
        let mut emails = vec![];
        for mailed in commands.emails().of(stream).await? {
            if !TO_CANDIDATE.contains(&mailed.letter.as_str()) {
                continue;
            }
            let email = commands.emails().find(stream, &mailed.message_id).await;
            let email = email.map_err(CommandError::<ApplicationRefusal>::from)?;
            emails.extend(email.map(|email| (mailed, email)));
        }
        let dossier = ApplicationDossier { id, history, emails, documents };
        Ok(Some(Chapter::Application(Box::new(dossier))))
    }

    async fn check(
        &self,
        commands: &Commands,
        id: &str,
        basis: &ErasureBasis,
    ) -> Result<(), ForgetError> {
        let state = commands.applications().find(parsed(id)?).await?.state;
        let decision = ErasePersonalData { basis: basis.clone(), at: commands.now() };
        decision.decide(&state).map_err(CommandError::Refused)?;
        Ok(())
    }

    async fn erase(
        &self,
        commands: &Commands,
        id: &str,
        basis: &ErasureBasis,
        cause: &Cause,
    ) -> Result<bool, ForgetError> {
        let decision = ErasePersonalData { basis: basis.clone(), at: commands.now() };
        let receipt = commands.perform(id, &decision, cause).await?;
        let erased = !receipt.events.is_empty();
        if receipt.state.known().is_ok_and(|known| known.erased_at.is_some()) {
            self.clear(commands, id).await?;
        }
        Ok(erased)
    }

    async fn clear(&self, commands: &Commands, id: &str) -> Result<(), ForgetError> {
        if let Ok(application) = id.parse() {
            commands.attachments().delete_all(application).await?;
        }
        Ok(commands.people().clear_stream(StreamId::of::<JobApplication>(id)).await?)
    }
}
