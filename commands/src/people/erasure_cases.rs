//! Erasure cases, as records of whom they are about: an open one knows the person's address.

use async_trait::async_trait;
use cqrs_es::Aggregate as _;
use domain::erasure::{DropErasureCase, ErasureBasis, ErasureCase};
use event_store::timestamp_text;
use serde_json::json;

use super::{Chapter, Entry, PersonalRecords, plain};
use crate::{Cause, Commands, ForgetError, SubjectExportError};

pub(super) struct ErasureCases;

#[async_trait]
impl PersonalRecords for ErasureCases {
    fn aggregate(&self) -> &'static str {
        ErasureCase::TYPE
    }

    async fn chapter(
        &self,
        commands: &Commands,
        id: &str,
    ) -> Result<Option<Chapter>, SubjectExportError> {
        let state = commands.loader().state::<ErasureCase>(id).await;
        let state = state.map_err(plain)?.state;
        let Ok(case) = state.open() else { return Ok(None) };
        let requested_at = timestamp_text(case.requested_at);
        Ok(Some(Chapter::Entry(Entry {
            list: "erasure_requests",
            title: String::new(),
            at: case.requested_at,
            data: json!({ "id": id, "requested_at": requested_at }),
            files: vec![],
        })))
    }

    /// A case that waits is dropped once none of its records is left, or nobody decided in time. One
    /// that was agreed to ends by itself.
    async fn erase(
        &self,
        commands: &Commands,
        id: &str,
        basis: &ErasureBasis,
        cause: &Cause,
    ) -> Result<bool, ForgetError> {
        let state = commands.loader().state::<ErasureCase>(id).await;
        let state = state.map_err(plain)?.state;
        let over = match (state.open(), basis) {
            (Err(_), _) => true,
            (Ok(open), ErasureBasis::Retention { before }) => open.requested_at < *before,
            (Ok(open), _) => commands.people().are_all_erased(&open.left).await?,
        };
        if !over {
            return Ok(false);
        }
        let drop = DropErasureCase { at: commands.now() };
        let receipt = commands.perform(id, &drop, cause).await;
        let receipt = receipt.map_err(plain)?;
        if matches!(receipt.state, ErasureCase::Closed(_)) {
            self.clear(commands, id).await?;
        }
        Ok(!receipt.events.is_empty())
    }

    /// As long as an application about which nothing happens.
    fn kept_months(&self) -> Option<u8> {
        Some(24)
    }
}
