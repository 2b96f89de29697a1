//! In `commands/people`: opinions as records of those who gave them.

use async_trait::async_trait;
use commands::{
    Cause, Chapter, CommandError, Commands, Entry, ForgetError, PersonalRecords, SubjectExportError,
};
use cqrs_es::Aggregate as _;
use domain::erasure::ErasureBasis;
use event_store::timestamp_text;
use serde_json::json;

use crate::feedback::{EraseFeedback, Feedback};

pub struct Opinions;

#[async_trait]
impl PersonalRecords for Opinions {
    fn aggregate(&self) -> &'static str {
        Feedback::TYPE
    }

    async fn chapter(
        &self,
        commands: &Commands,
        id: &str,
    ) -> Result<Option<Chapter>, SubjectExportError> {
        let state = commands.state_of::<Feedback>(id).await;
        let Feedback::Given { opinion, at } = state.map_err(CommandError::without_refusal)? else {
            return Ok(None);
        };
        let data = json!({
            "id": id,
            "from": opinion.from.reveal().as_str(),
            "stars": opinion.stars,
            "words": opinion.words.reveal().as_str(),
            "given_at": timestamp_text(at),
        });
        let title = format!("{} / 5", opinion.stars);
        Ok(Some(Chapter::Entry(Entry { list: "feedback", title, at, data, files: vec![] })))
    }

    async fn erase(
        &self,
        commands: &Commands,
        id: &str,
        basis: &ErasureBasis,
        cause: &Cause,
    ) -> Result<bool, ForgetError> {
        if let ErasureBasis::Retention { before } = basis {
            let state = commands.state_of::<Feedback>(id).await;
            let state = state.map_err(CommandError::without_refusal)?;
            if !matches!(state, Feedback::Given { at, .. } if at < *before) {
                return Ok(false);
            }
        }
        let receipt = commands.perform(id, &EraseFeedback { at: commands.now() }, cause).await;
        let receipt = receipt.map_err(CommandError::without_refusal)?;
        self.clear(commands, id).await?;
        Ok(!receipt.events.is_empty())
    }

    fn kept_months(&self) -> Option<u8> {
        Some(12)
    }
}
