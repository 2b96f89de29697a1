//! Entries of the suppression list, as records of whoever has the address.

use async_trait::async_trait;
use cqrs_es::Aggregate as _;
use domain::EmailAddress;
use domain::erasure::ErasureBasis;
use domain::suppression::SuppressedAddress;

use super::{Chapter, PersonalRecords, plain};
use crate::{Cause, Commands, ForgetError, SubjectExportError};

pub(super) struct Suppressions;

#[async_trait]
impl PersonalRecords for Suppressions {
    fn aggregate(&self) -> &'static str {
        SuppressedAddress::TYPE
    }

    /// The entry of the address itself, and that of the mailbox that it counts as.
    fn named_after(&self, commands: &Commands, address: &EmailAddress) -> Vec<String> {
        commands.suppressions().mailbox_streams(address)
    }

    async fn chapter(
        &self,
        commands: &Commands,
        id: &str,
    ) -> Result<Option<Chapter>, SubjectExportError> {
        let entry = commands.loader().state::<SuppressedAddress>(id).await.map_err(plain)?.state;
        Ok(entry.suppressed(commands.now()).cloned().map(Chapter::Suppression))
    }

    /// An entry in force stays so, namelessly.
    async fn erase(
        &self,
        commands: &Commands,
        id: &str,
        _basis: &ErasureBasis,
        cause: &Cause,
    ) -> Result<bool, ForgetError> {
        let forgotten = commands.suppressions().forget_mailbox(id, cause).await;
        let forgotten = forgotten.map_err(plain)?;
        self.clear(commands, id).await?;
        Ok(forgotten)
    }
}
