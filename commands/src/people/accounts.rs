//! Accounts, as records of their owners, with all that belongs to them.

use async_trait::async_trait;
use cqrs_es::Aggregate as _;
use domain::account::{Account, EraseAccount};
use domain::erasure::ErasureBasis;
use domain::{ApplicationRefusal, EmailAddress};
use event_store::timestamp_text;
use serde_json::json;
use uuid::Uuid;

use super::{Chapter, Entry, PersonalRecords, beside, plain};
use crate::{Cause, CommandError, Commands, ForgetError, SubjectExportError};

pub(super) struct Accounts;

#[async_trait]
impl PersonalRecords for Accounts {
    fn aggregate(&self) -> &'static str {
        Account::TYPE
    }

    /// Anybody may give any address: an account is theirs to whom its address belongs now.
    async fn is_theirs(
        &self,
        commands: &Commands,
        id: &str,
        address: &EmailAddress,
    ) -> Result<bool, CommandError<ApplicationRefusal>> {
        let state = commands.state_of::<Account>(id).await.map_err(plain)?;
        let account = state.open().ok();
        Ok(account.is_some_and(|it| it.email_confirmed && it.email.reveal().matches(address)))
    }

    async fn chapter(
        &self,
        commands: &Commands,
        id: &str,
    ) -> Result<Option<Chapter>, SubjectExportError> {
        let state = commands.loader().state::<Account>(id).await;
        let state = state.map_err(plain)?.state;
        let Ok(account) = state.open() else { return Ok(None) };
        let named = id.parse::<Uuid>().ok();
        let row = match named {
            Some(id) => commands.accounts().find(id).await?,
            None => None,
        };
        let row = row.as_ref();
        let username = account.username.as_ref().map(|name| name.reveal().as_str());
        let full_name = account.full_name.as_ref().map(|name| name.reveal().as_str());
        let mut data = json!({
            "id": id,
            "email": account.email.reveal().as_str(),
            "email_confirmed": account.email_confirmed,
            "new_email": account.new_email.as_ref().map(|email| email.reveal().as_str()),
            "username": username,
            "full_name": full_name,
            "language": account.language.code(),
            "disabled": account.disabled,
            "archive_letters": account.archive_letters_since.is_some(),
            "registered_at": timestamp_text(account.registered_at),
            "last_signed_in_at": row.and_then(|row| row.last_signed_in_at.as_deref()),
            "refused_sign_ins": row.map(|row| row.refused_sign_ins),
            "refused_since": row.and_then(|row| row.refused_since.as_deref()),
            "password_changed_at": row.and_then(|row| row.password_changed_at.as_deref()),
            "has_second_factor": row.is_some_and(|row| row.has_second_factor),
            "second_factor_changed_at": row.and_then(|row| row.second_factor_changed_at.as_deref()),
            "closes_at": row.and_then(|row| row.closes_at.as_deref()),
        });
        if let Some(account) = named {
            beside::add(commands, account, &mut data).await?;
        }
        Ok(Some(Chapter::Entry(Entry {
            list: "accounts",
            title: username.or(full_name).unwrap_or_default().to_owned(),
            at: account.registered_at,
            data,
            files: vec![],
        })))
    }

    /// How long it is kept depends on when its owner signed in last, which the scheduled task
    /// `accounts.retention` looks at: retention by what names a person erases none.
    async fn erase(
        &self,
        commands: &Commands,
        id: &str,
        basis: &ErasureBasis,
        cause: &Cause,
    ) -> Result<bool, ForgetError> {
        if matches!(basis, ErasureBasis::Retention { .. }) {
            return Ok(false);
        }
        let receipt = commands.perform(id, &EraseAccount { at: commands.now() }, cause).await;
        let receipt = receipt.map_err(plain)?;
        self.clear(commands, id).await?;
        Ok(!receipt.events.is_empty())
    }

    async fn clear(&self, commands: &Commands, id: &str) -> Result<(), ForgetError> {
        commands.accounts().clear(id).await
    }
}
