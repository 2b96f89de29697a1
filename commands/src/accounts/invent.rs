//! Invented accounts, to try things out and to measure: they are confirmed from the beginning, so that nobody is
//! written to.

use domain::account::{
    Account, AccountEvent, AccountRefusal, ConfirmEmail, FullName, RegisterAccount,
};
use domain::{Decision, EmailAddress, Language, Personal};
use jiff::Timestamp;
use uuid::Uuid;

use super::name::AccountName;
use crate::facades::Accounts;
use crate::{Cause, CommandError, Password};

/// Somebody who does not exist.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub struct InventedAccount {
    pub id: Uuid,
    pub email: EmailAddress,
    pub full_name: FullName,
    pub language: Language,
    pub registered_at: Timestamp,
}

impl Decision for InventedAccount {
    type Aggregate = Account;

    fn decide(&self, state: &Account) -> Result<Vec<AccountEvent>, AccountRefusal> {
        let register = RegisterAccount {
            email: Personal::new(self.email.clone()),
            username: None,
            full_name: Some(Personal::new(self.full_name.clone())),
            language: self.language,
            at: self.registered_at,
        };
        let mut events = register.decide(state)?;
        let mut registered = state.clone();
        for event in &events {
            registered.apply(event.clone());
        }
        let confirm = ConfirmEmail { email: self.email.clone(), at: self.registered_at };
        events.extend(confirm.decide(&registered)?);
        Ok(events)
    }
}

impl Accounts<'_> {
    /// Makes these accounts, all with one password; how many were not there already.
    pub async fn invent(
        self,
        people: impl IntoIterator<Item = InventedAccount> + Send,
        password: &Password,
        cause: &Cause,
    ) -> Result<u64, CommandError<AccountRefusal>> {
        let hash = password.hash(&self.gate.hashing).await?;
        let people: Vec<_> = people.into_iter().collect();
        let mut made = 0;
        for person in people {
            match self.claim(person.id, AccountName::Address(&person.email)).await {
                Err(CommandError::Refused(AccountRefusal::EmailTaken)) => continue,
                claimed => claimed?,
            }
            match self.perform_first(&person.id.to_string(), &person, cause).await {
                Ok(receipt) => {
                    self.insert(person.id, &receipt.state, receipt.position, hash.clone()).await?;
                    made += 1;
                }
                Err(CommandError::Refused(
                    AccountRefusal::AlreadyRegistered | AccountRefusal::Closed,
                )) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(made)
    }
}
