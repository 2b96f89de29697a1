//! Profiles, as records of the owner of the account.

use async_trait::async_trait;
use cqrs_es::Aggregate as _;
use domain::erasure::ErasureBasis;
use domain::space::{CandidateProfile, EraseProfile, KnownProfile};
use event_store::timestamp_text;
use serde_json::{Value, json};

use super::space::unless_absent;
use super::{Chapter, Entry, PersonalRecords, plain};
use crate::{Cause, Commands, ForgetError, SubjectExportError};

pub(super) struct Profiles;

#[async_trait]
impl PersonalRecords for Profiles {
    fn aggregate(&self) -> &'static str {
        CandidateProfile::TYPE
    }

    fn belongs(&self) -> bool {
        true
    }

    async fn chapter(
        &self,
        commands: &Commands,
        id: &str,
    ) -> Result<Option<Chapter>, SubjectExportError> {
        let state = commands.state_of::<CandidateProfile>(id).await.map_err(plain)?;
        let Some(known) = state.known() else { return Ok(None) };
        let about = &known.profile.reveal().fields().about;
        let title = about.title.as_ref().map(ToString::to_string).unwrap_or_default();
        let (list, at, data) = ("profiles", known.created_at, data(id, known));
        Ok(Some(Chapter::Entry(Entry { list, title, at, data, files: vec![] })))
    }

    async fn erase(
        &self,
        commands: &Commands,
        id: &str,
        basis: &ErasureBasis,
        cause: &Cause,
    ) -> Result<bool, ForgetError> {
        // It is kept as long as the account is.
        if matches!(basis, ErasureBasis::Retention { .. }) {
            return Ok(false);
        }
        let decision = EraseProfile { at: commands.now() };
        let receipt = unless_absent(commands.perform(id, &decision, cause).await)?;
        let Some(receipt) = receipt else { return Ok(false) };
        self.clear(commands, id).await?;
        Ok(!receipt.events.is_empty())
    }
}

/// What is handed out of a profile: all that it says.
fn data(id: &str, known: &KnownProfile) -> Value {
    let mut data = json!({
        "id": id,
        "created_at": timestamp_text(known.created_at),
        "updated_at": timestamp_text(known.updated_at),
    });
    if let (Some(data), Ok(Value::Object(said))) =
        (data.as_object_mut(), serde_json::to_value(known.profile.reveal().fields()))
    {
        data.extend(said);
    }
    data
}
