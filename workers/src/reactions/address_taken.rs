//! An address that was confirmed belongs to no other account: those that carry it unconfirmed are
//! closed. Whoever confirms does so at once; this makes good what was cut off in between.

use async_trait::async_trait;
use commands::Cause;
use domain::EmailAddress;
use domain::account::{Account, AccountEvent, AccountEventKind};
use event_store::Recorded;
use uuid::Uuid;

use crate::reaction::{Outcome, Reaction, ReactionError, World};

pub(crate) struct AddressTaken;

const NAME: &str = "address_taken";

#[async_trait]
impl Reaction for AddressTaken {
    type Of = Account;

    fn name(&self) -> &'static str {
        NAME
    }

    fn events(&self) -> &'static [AccountEventKind] {
        &[AccountEventKind::AccountEmailConfirmed, AccountEventKind::AccountEmailChanged]
    }

    async fn react(
        &self,
        event: &Recorded<AccountEvent>,
        world: &World,
    ) -> Result<Outcome, ReactionError> {
        let Ok(id) = event.aggregate_id.parse::<Uuid>() else {
            return Err(ReactionError::Obsolete);
        };
        let accounts = world.commands.accounts();
        let account = accounts.find_in_log(id).await?;
        let Some(account) = account else { return Err(ReactionError::Obsolete) };
        let Some(address) = account.confirmed_email() else {
            return Ok(Outcome::Skipped("the address is not confirmed".to_owned()));
        };
        let email: EmailAddress = address
            .parse()
            .map_err(|_| ReactionError::fatal("the address of the account is none"))?;
        let cause = Cause::reaction(NAME, &event.metadata);
        accounts.close_rivals(id, &email, event.event.at(), &cause).await?;
        Ok(Outcome::Done)
    }
}
