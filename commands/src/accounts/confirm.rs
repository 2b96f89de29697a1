//! Confirming an address: it belongs to the account from then on, and to no other.

use domain::EmailAddress;
use domain::account::{
    Account, AccountEvent, AccountRefusal, ClosingReason, ConfirmEmail, OpenAccount,
    RecordOfAccount,
};
use event_store::{DbError, Position, args};
use jiff::Timestamp;
use uuid::Uuid;

use super::UserAccount;
use super::name::AccountName;
use crate::allotments::Limit;
use crate::facades::Accounts;
use crate::identity::{AccountKind, LinkToken, LinkUse, Password, SignInError};
use crate::{Cause, CommandError, Commands, advice};

/// Accounts that carry an address beside the one that confirmed it.
const OTHERS: &str = "
    SELECT id
    FROM accounts
    WHERE address_name = $1 AND id <> $2";

const RIVALS: &str = "
    SELECT CAST(count(*) AS BIGINT)
    FROM accounts
    WHERE address_name = $1 AND id <> $2 AND NOT email_confirmed";

fn parsed(address: &str) -> Result<EmailAddress, CommandError<AccountRefusal>> {
    address.parse().map_err(|_| CommandError::Invalid("an address that is none"))
}

impl Accounts<'_> {
    /// Confirms the address that a letter was sent to by the link in it, which is used up; the account, unless
    /// the link leads nowhere any more. Other accounts that carry the address unconfirmed are closed.
    pub async fn confirm_email(
        self,
        token: &LinkToken,
        cause: &Cause,
    ) -> Result<Option<UserAccount>, CommandError<AccountRefusal>> {
        let account = self.identity().linked::<UserAccount>(LinkUse::ConfirmAddress, token).await?;
        let Some(account) = account else { return Ok(None) };
        self.confirm_by(token, &account, cause).await
    }

    /// The same by a browser or a program that is not signed in to the account: somebody else may
    /// have registered it with this address, so what it was signed in with counts no more. Its
    /// sessions and tokens end, its password is one that nobody knows until a letter replaces it,
    /// and a second factor from before its first confirmed address is gone. One that is kept asks
    /// for a sign-in first.
    pub async fn confirm_email_afresh(
        self,
        token: &LinkToken,
        cause: &Cause,
    ) -> Result<Option<UserAccount>, CommandError<AccountRefusal>> {
        let account = self.identity().linked::<UserAccount>(LinkUse::ConfirmAddress, token).await?;
        let Some(account) = account else { return Ok(None) };
        if account.wanted_email_confirmed() {
            // Another letter did so, and the password may be of after it.
            self.identity().use_link(token).await?;
            return Ok(None);
        }
        if account.changes_address_signed_in() {
            return Err(CommandError::Refused(AccountRefusal::SignInFirst));
        }
        // First: an address that is another account's costs nobody their password.
        let email = parsed(account.wanted_email())?;
        self.claim(account.id, AccountName::Address(&email)).await?;
        let password = self.identity().fresh_password();
        self.identity().set_password(&account, &password, cause).await?;
        self.drop_earlier_factor(&account, cause).await?;
        // One that was set until the password changed stays where the address is another one.
        if self.find(account.id).await?.is_some_and(|it| it.changes_address_signed_in()) {
            return Err(CommandError::Refused(AccountRefusal::SignInFirst));
        }
        self.confirm_by(token, &account, cause).await
    }

    /// The link last: where this fails, it can be opened again. Those of other letters that were to
    /// confirm the address are over with it.
    async fn confirm_by(
        self,
        token: &LinkToken,
        account: &UserAccount,
        cause: &Cause,
    ) -> Result<Option<UserAccount>, CommandError<AccountRefusal>> {
        self.confirm(account, account.wanted_email(), cause).await?;
        let is_used = self.identity().use_link(token).await?;
        self.end_confirmations(account.id).await?;
        if is_used { Ok(self.find(account.id).await?) } else { Ok(None) }
    }

    async fn end_confirmations(self, id: Uuid) -> Result<(), DbError> {
        self.identity().end_links::<UserAccount>(id, LinkUse::ConfirmAddress).await
    }

    /// Takes a second factor away that was set before anybody showed that the address is theirs:
    /// whoever set it may be somebody else, and may have done so until the password changed.
    async fn drop_earlier_factor(
        self,
        account: &UserAccount,
        cause: &Cause,
    ) -> Result<(), CommandError<AccountRefusal>> {
        let present = self.find(account.id).await?;
        if !account.email_confirmed && present.is_some_and(|it| it.has_second_factor) {
            self.identity().remove_second_factor(account, cause).await?;
        }
        Ok(())
    }

    /// How many other accounts carry the address of this one unconfirmed, and close with its
    /// confirmation.
    pub async fn rivals_of(
        self,
        account: &UserAccount,
    ) -> Result<usize, CommandError<AccountRefusal>> {
        let email = parsed(account.wanted_email())?;
        let args = args![self.name_of_address(&email), account.id];
        let (rivals,): (i64,) = self.log.db().fetch_one(RIVALS, args).await?;
        Ok(usize::try_from(rivals).unwrap_or_default())
    }

    /// Gives the account of a link another password. Whoever opened the link reads the letters to
    /// the address, so this confirms it too, unless other accounts carry it: which of them is
    /// theirs, they did not say, and the others would close. A second factor from before the
    /// address was confirmed is gone. `false` where the link leads nowhere any more.
    pub async fn reset_password(
        self,
        token: &LinkToken,
        password: &Password,
        cause: &Cause,
    ) -> Result<bool, CommandError<AccountRefusal>> {
        let account = self.identity().linked::<UserAccount>(LinkUse::ResetPassword, token).await?;
        let Some(account) = account else { return Ok(false) };
        if !self.identity().reset_password::<UserAccount>(token, password, cause).await? {
            return Ok(false);
        }
        self.drop_earlier_factor(&account, cause).await?;
        let email = account.email.reveal();
        let address = parsed(email)?;
        if self.of_address(&address).await?.len() > 1 {
            return Ok(true);
        }
        match self.confirm(&account, email, cause).await {
            Ok(()) => {}
            // Another account has it: the password is changed all the same.
            Err(CommandError::Refused(AccountRefusal::EmailTaken)) => return Ok(true),
            Err(error) => return Err(error),
        }
        if !account.email_confirmed {
            self.end_confirmations(account.id).await?;
        }
        Ok(true)
    }

    /// Asks for letters by which whoever signs in by this name replaces a forgotten password, unless it was asked
    /// for too often. Nobody is told whether there is one, nor waits for it: the system asks, after the answer.
    pub async fn forgot_password(self, name: &str, cause: Cause) -> Result<(), SignInError> {
        self.identity().may_ask_for_reset::<UserAccount>(name).await?;
        let (commands, name) = (Commands::clone(&self), name.to_owned());
        tokio::spawn(async move {
            if let Err(error) = commands.accounts().ask_resets(&name, &cause).await {
                let error = advice::told(&error);
                tracing::error!(
                    error,
                    "a letter to replace a forgotten password was not asked for"
                );
            }
        });
        Ok(())
    }

    /// One letter for each account that the name may mean, all that carry an address, unless it was
    /// sent often enough this hour. Whoever confirmed the address has theirs, whatever others ask
    /// for who registered with it. Where these are more than letters may leave, chance says whose
    /// come first, so that nobody keeps another's from leaving by accounts of their own.
    pub(super) async fn ask_resets(
        self,
        name: &str,
        cause: &Cause,
    ) -> Result<(), CommandError<AccountRefusal>> {
        let mut accounts = self.all_named(name).await?;
        accounts.retain(AccountKind::may_sign_in);
        let (owners, mut others): (Vec<_>, Vec<_>) =
            accounts.into_iter().partition(|account| account.email_confirmed);
        let chance = usize::from(self.ids.random()[0]);
        let first = chance.checked_rem(others.len()).unwrap_or_default();
        others.rotate_left(first);
        for account in owners.iter().chain(&others) {
            self.ask_reset(account, cause).await?;
        }
        Ok(())
    }

    /// The letter for one of them: an hour's for it, and for its address where nobody showed that
    /// it is theirs.
    async fn ask_reset(
        self,
        account: &UserAccount,
        cause: &Cause,
    ) -> Result<(), CommandError<AccountRefusal>> {
        let mut limits = vec![Limit::of_resets(UserAccount::KIND, account.id)];
        if !account.email_confirmed {
            limits.push(Limit::of_resets_to(&parsed(account.email.reveal())?));
        }
        if self.limits().try_all_now(&limits).await?.is_err() {
            return Ok(());
        }
        let asked = |at| AccountEvent::AccountPasswordResetAsked { at };
        self.record(account.id, asked, cause).await
    }

    /// Asks for the letter by which the address is confirmed once more; `false` where it was sent often enough
    /// this hour. Nothing is sent where the address is confirmed.
    pub async fn ask_confirmation(
        self,
        account: &UserAccount,
        cause: &Cause,
    ) -> Result<bool, CommandError<AccountRefusal>> {
        if self.limits().try_now(&Limit::of_confirmations(account.id)).await?.is_err() {
            return Ok(false);
        }
        let asked =
            RecordOfAccount(AccountEvent::AccountConfirmationAsked { at: self.clock.now() });
        self.perform(&account.id.to_string(), &asked, cause).await?;
        Ok(true)
    }

    /// The addresses that are the account's or were: its owner showed that they read the letters
    /// there.
    pub(crate) async fn addresses_of(
        self,
        id: &str,
    ) -> Result<Vec<EmailAddress>, CommandError<AccountRefusal>> {
        let (mut state, mut addresses) = (Account::default(), Vec::<EmailAddress>::new());
        for event in self.history_of::<Account>(id).await?.events {
            state.apply(event.event);
            let confirmed = state.open().ok().filter(|account| account.email_confirmed);
            let Some(email) = confirmed.map(|account| account.email.reveal()) else { continue };
            if !addresses.iter().any(|address| address.matches(email)) {
                addresses.push(email.clone());
            }
        }
        Ok(addresses)
    }

    /// The address that belonged to an account when this event of it was recorded.
    pub async fn confirmed_email_at(
        self,
        id: &str,
        position: Position,
    ) -> Result<Option<EmailAddress>, CommandError<AccountRefusal>> {
        let mut state = Account::default();
        let events = self.history_of::<Account>(id).await?.events;
        for event in events.into_iter().take_while(|it| it.position <= position) {
            state.apply(event.event);
        }
        let confirmed = state.open().ok().filter(|account| account.email_confirmed);
        Ok(confirmed.map(|account| account.email.reveal().clone()))
    }

    async fn confirm(
        self,
        account: &UserAccount,
        address: &str,
        cause: &Cause,
    ) -> Result<(), CommandError<AccountRefusal>> {
        let id = account.id;
        let (email, at) = (parsed(address)?, self.clock.now());
        self.claim(id, AccountName::Address(&email)).await?;
        let decision = ConfirmEmail { email: email.clone(), at };
        let receipt = self.perform(&id.to_string(), &decision, cause).await?;
        self.update(id, &receipt.state, receipt.position).await?;
        for event in &receipt.events {
            if let AccountEvent::AccountEmailChanged { former, .. } = event {
                self.give_up(id, AccountName::Address(former.reveal()), at).await?;
            }
        }
        self.close_rivals(id, &email, at, cause).await
    }

    /// Closes the accounts that carry an address unconfirmed which this one confirmed at that time,
    /// and has still. One that is registered later is like any other.
    pub async fn close_rivals(
        self,
        id: Uuid,
        email: &EmailAddress,
        at: Timestamp,
        cause: &Cause,
    ) -> Result<(), CommandError<AccountRefusal>> {
        if self.owner_of(email).await?.is_none_or(|owner| owner.id != id) {
            return Ok(());
        }
        let args = args![self.name_of_address(email), id];
        let others: Vec<(String,)> = self.log.db().fetch_all(OTHERS, args).await?;
        for other in others.iter().filter_map(|(id,)| id.parse::<Uuid>().ok()) {
            // Its row may be behind: the log says whether the address is still the one that it
            // carries.
            let state = self.state_of::<Account>(&other.to_string()).await?;
            let is_rival = |it: &OpenAccount| {
                !it.email_confirmed && it.email.reveal().matches(email) && it.registered_at <= at
            };
            if state.open().is_ok_and(is_rival) {
                self.close(other, ClosingReason::AddressTaken, cause).await?;
            }
        }
        Ok(())
    }
}
