//! The letters that warn the owner of an account: another address was given, or what it signs in
//! with changed. Each goes to the address that was confirmed when it happened, and is a message
//! named after its event, so that the same event sends nothing twice.

use async_trait::async_trait;
use commands::{Cause, UserAccount};
use domain::EmailAddress;
use domain::account::{Account, AccountEvent, AccountEventKind};
use event_store::Recorded;
use jiff::Timestamp;
use texts::letters::{self, AccountLetter, CredentialsChange};
use uuid::Uuid;

use super::account_letters::{SERVICE, page};
use crate::reaction::{Outcome, Reaction, ReactionError, World};

pub(crate) struct AccountWarnings;

const NAME: &str = "account_warnings";

#[async_trait]
impl Reaction for AccountWarnings {
    type Of = Account;

    fn name(&self) -> &'static str {
        NAME
    }

    fn events(&self) -> &'static [AccountEventKind] {
        &[
            AccountEventKind::AccountEmailChangeAsked,
            AccountEventKind::AccountPasswordChanged,
            AccountEventKind::AccountSecondFactorSet,
            AccountEventKind::AccountSecondFactorRemoved,
        ]
    }

    async fn react(
        &self,
        event: &Recorded<AccountEvent>,
        world: &World,
    ) -> Result<Outcome, ReactionError> {
        let account = match event.aggregate_id.parse::<Uuid>() {
            Ok(id) => world.commands.accounts().find_in_log(id).await?,
            Err(_) => None,
        };
        let Some(account) = account else { return Err(ReactionError::Obsolete) };
        // As it was then: whoever confirms an address is not warned of what was before them.
        let accounts = world.commands.accounts();
        let to = accounts.confirmed_email_at(&event.aggregate_id, event.position).await?;
        let Some(to) = to else {
            return Ok(Outcome::Skipped("nobody knew whose the address was".to_owned()));
        };
        let changed = |what, at: &Timestamp| credentials_changed(&account, what, *at, world);
        let letter = match &event.event {
            AccountEvent::AccountEmailChangeAsked { .. } if account.new_email.is_some() => {
                let url = page(world, "/account/password");
                let letter = AccountLetter::AddressAsked { url: &url };
                (letters::account(&letter, account.language, SERVICE)?, letter.kind())
            }
            AccountEvent::AccountPasswordChanged { at } => {
                changed(CredentialsChange::Password, at)?
            }
            AccountEvent::AccountSecondFactorSet { at } => {
                changed(CredentialsChange::FactorSet, at)?
            }
            AccountEvent::AccountSecondFactorRemoved { at } => {
                changed(CredentialsChange::FactorRemoved, at)?
            }
            _ => return Ok(Outcome::Skipped("no other address waits any more".to_owned())),
        };
        queue(&account, letter, to, event, world).await
    }
}

fn credentials_changed(
    account: &UserAccount,
    what: CredentialsChange,
    at: Timestamp,
    world: &World,
) -> Result<(letters::Letter, &'static str), ReactionError> {
    let time = texts::timestamp(at, &texts::default_zone(), account.language);
    let url = page(world, "/account/sign-in/forgotten");
    let letter = AccountLetter::CredentialsChanged { what, time: &time, url: &url };
    Ok((letters::account(&letter, account.language, SERVICE)?, letter.kind()))
}

async fn queue(
    account: &UserAccount,
    (letter, kind): (letters::Letter, &'static str),
    to: EmailAddress,
    event: &Recorded<AccountEvent>,
    world: &World,
) -> Result<Outcome, ReactionError> {
    let from = world.mail_from.clone();
    let letter = letter.into_message(kind, SERVICE, from, to, account.language);
    let letter = letter.map_err(|_| ReactionError::fatal("the letter is too long"))?;
    // The event's own id is that of the letter that confirms the new address.
    let id = Uuid::new_v5(&event.metadata.event_id, NAME.as_bytes());
    let cause = Cause::reaction(NAME, &event.metadata);
    if world.commands.messages().queue_to(account.id, id, letter, &cause).await? {
        Ok(Outcome::Done)
    } else {
        Err(ReactionError::Obsolete)
    }
}
