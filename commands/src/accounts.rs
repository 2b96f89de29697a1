//! Accounts of candidates and recruiters: registering, confirming an address, changing what is known of their
//! owners, closing. What they sign in with is [`crate::identity`]'s.
//!
//! A row of `accounts` follows from the account's events, also where a process was killed between the two, but
//! for what lies beside the log: the hash of the password, the second factor, the last sign-in. A user name or a
//! confirmed address is claimed in `account_names` before the event that gives it, so that two never get the
//! same one.

mod archive;
mod change;
mod close;
mod confirm;
mod invent;
mod missing;
mod name;
mod password;
mod register;
mod row;
mod strength;

use domain::account::{Account, AccountEvent, AccountRefusal, RecordOfAccount};
use domain::{EmailAddress, Language, Personal, Username};
use event_store::{DbError, args};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::facades::Accounts;
use crate::identity::{
    AccountKind, CredentialsVersion, Crowd, Happened, Lifetimes, LinkUse, Named, Session,
};
use crate::{CommandError, Commands, Lasting, Receipt};

pub use change::ProfileChange;
pub use invent::InventedAccount;
pub use password::NewPasswordError;
pub use register::Registration;

/// The session of a candidate or recruiter in a browser.
pub type UserSession = Session<UserAccount>;

/// How accounts of candidates and recruiters are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountSettings {
    /// The least number of characters of a password that is the only factor.
    pub password_minimum: usize,
    /// How long tokens of programs last.
    pub lasting: Lasting,
}

impl AccountSettings {
    /// In whose name access tokens are issued where nothing else is said.
    pub const ISSUER: &'static str = "http://localhost:8000/";
}

impl Default for AccountSettings {
    /// As NIST SP 800-63B-4 asks of a password that is the only factor.
    fn default() -> Self {
        Self { password_minimum: 15, lasting: Lasting::default() }
    }
}

/// An account of a candidate or recruiter.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct UserAccount {
    pub id: Uuid,
    /// The user name; the address where none was chosen.
    pub username: Personal<String>,
    /// Whether a user name was chosen.
    pub has_username: bool,
    pub email: Personal<String>,
    /// Whether the address belongs to the account.
    pub email_confirmed: bool,
    /// The address that takes the place of a confirmed one, once it is confirmed itself.
    pub new_email: Option<Personal<String>>,
    pub full_name: Option<Personal<String>>,
    pub language: Language,
    pub disabled: bool,
    pub has_second_factor: bool,
    pub created_at: String,
    /// When it is closed for want of use, where that was announced.
    pub closes_at: Option<String>,
    pub last_signed_in_at: Option<String>,
    /// Sign-ins that were refused since.
    pub refused_sign_ins: i64,
    pub refused_since: Option<String>,
    /// When a lock-out was lifted last.
    pub unlocked_at: Option<String>,
    pub password_changed_at: Option<String>,
    pub second_factor_changed_at: Option<String>,
}

impl UserAccount {
    /// The address, where it belongs to the account: nothing that is known under it may be shown before.
    pub fn confirmed_email(&self) -> Option<&str> {
        self.email_confirmed.then(|| self.email.reveal().as_str())
    }

    /// The address that its owner means: the new one while it waits to be confirmed.
    pub fn wanted_email(&self) -> &str {
        self.new_email.as_ref().unwrap_or(&self.email).reveal()
    }

    /// Whether the address that its owner means belongs to the account.
    pub const fn wanted_email_confirmed(&self) -> bool {
        self.email_confirmed && self.new_email.is_none()
    }

    /// Whether a second factor stays where a letter replaces the password: one that was set before
    /// anybody showed that the address is theirs does not.
    const fn keeps_second_factor(&self) -> bool {
        self.has_second_factor && self.email_confirmed
    }

    /// Whether its new address is confirmed by whoever is signed in alone: the second factor stays,
    /// and would keep everybody else out of an account that has their address.
    pub const fn changes_address_signed_in(&self) -> bool {
        self.keeps_second_factor() && self.new_email.is_some()
    }

    /// What a password of its owner may not hold.
    fn names(&self) -> Vec<&str> {
        let full_name = self.full_name.as_ref().map(|name| name.reveal().as_str());
        [self.username.reveal().as_str(), self.email.reveal()]
            .into_iter()
            .chain(full_name)
            .collect()
    }
}

/// Accounts that were not confirmed and carry one address, as far as one may sign in by it: the newest.
const OF_ADDRESS: usize = 2;

impl AccountKind for UserAccount {
    type Aggregate = Account;
    type Refusal = AccountRefusal;
    type Record = RecordOfAccount;

    const KIND: &'static str = "user";
    const TABLE: &'static str = "accounts";
    const SESSIONS: Lifetimes = Lifetimes {
        idle: SignedDuration::from_hours(7 * 24),
        whole: SignedDuration::from_hours(30 * 24),
    };
    const CROWD: Crowd = Crowd::MANY;

    /// A user name means one account. An address means the one that it belongs to, and the newest of those
    /// that carry it unconfirmed; how many these are, the time does not tell.
    async fn named(commands: &Commands, name: &str) -> Result<Named, DbError> {
        let accounts = commands.accounts();
        if let Ok(email) = name.parse::<EmailAddress>() {
            return accounts.named_by_address(&email).await;
        }
        let Ok(username) = name.parse::<Username>() else { return Ok(Named::default()) };
        let holder = accounts.of_username(&username).await?;
        Ok(holder.map(|account| Named::one(account.id)).unwrap_or_default())
    }

    /// However many carry the address: those that are not looked at for everybody are for their own
    /// browsers.
    async fn is_named(commands: &Commands, name: &str, id: Uuid) -> Result<bool, DbError> {
        let Ok(email) = name.parse::<EmailAddress>() else { return Ok(false) };
        commands.accounts().carries(id, &email).await
    }

    async fn load(commands: &Commands, id: Uuid) -> Result<Option<Self>, DbError> {
        commands.accounts().find(id).await
    }

    fn id(&self) -> Uuid {
        self.id
    }

    fn address(&self) -> &str {
        self.email.reveal()
    }

    fn address_for(&self, link: LinkUse) -> &str {
        match link {
            LinkUse::ResetPassword => self.address(),
            LinkUse::ConfirmAddress => self.wanted_email(),
        }
    }

    fn owns_address(&self) -> bool {
        self.email_confirmed
    }

    fn may_sign_in(&self) -> bool {
        !self.disabled
    }

    fn credentials_version(&self) -> CredentialsVersion {
        let factor = self.second_factor_changed_at.as_deref();
        CredentialsVersion::new(self.password_changed_at.as_deref(), factor)
    }

    async fn recorded(
        commands: &Commands,
        id: Uuid,
        receipt: &Receipt<Account>,
    ) -> Result<(), CommandError<AccountRefusal>> {
        commands.accounts().update(id, &receipt.state, receipt.position).await
    }

    fn record(happened: Happened, at: Timestamp) -> Option<RecordOfAccount> {
        Some(RecordOfAccount(match happened {
            // People sign in every day: the row says when they did last.
            Happened::SignedIn { .. } => AccountEvent::AccountClosingCalledOff { at },
            Happened::PasswordChanged => AccountEvent::AccountPasswordChanged { at },
            Happened::SecondFactorSet => AccountEvent::AccountSecondFactorSet { at },
            Happened::SecondFactorRemoved => AccountEvent::AccountSecondFactorRemoved { at },
            Happened::Unlocked => AccountEvent::AccountUnlocked { at },
            Happened::TokenReused => AccountEvent::AccountTokenReused { at },
            // It says which address: `Accounts::confirm_email`.
            Happened::AddressConfirmed => return None,
        }))
    }
}

const SIGNED_IN_BY_ADDRESS: &str = "
    SELECT id
    FROM accounts
    WHERE address_name = $1 AND id <> $2
    ORDER BY created_at DESC, id DESC
    LIMIT $3";

const CARRIES: &str = "
    SELECT id
    FROM accounts
    WHERE id = $1 AND address_name = $2";

impl Accounts<'_> {
    /// Whether an account carries this address, confirmed or not.
    async fn carries(self, id: Uuid, email: &EmailAddress) -> Result<bool, DbError> {
        let args = args![id, self.name_of_address(email)];
        let row: Option<(String,)> = self.log.db().fetch_optional(CARRIES, args).await?;
        Ok(row.is_some())
    }

    /// The accounts that this name may mean, not the likeliest of them alone; or the one of this
    /// id.
    pub async fn found_by(self, text: &str) -> Result<Vec<UserAccount>, DbError> {
        match text.parse::<Uuid>() {
            Ok(id) => Ok(self.find(id).await?.into_iter().collect()),
            Err(_) => self.all_named(text).await,
        }
    }

    /// The account of a user name; all that carry an address, the owner first and then the newest.
    async fn all_named(self, name: &str) -> Result<Vec<UserAccount>, DbError> {
        if let Ok(email) = name.parse::<EmailAddress>() {
            let owner = self.owner_of(&email).await?;
            let mut others = self.of_address(&email).await?;
            others.retain(|other| owner.as_ref().is_none_or(|owner| owner.id != other.id));
            return Ok(owner.into_iter().chain(others).collect());
        }
        let Ok(username) = name.parse::<Username>() else { return Ok(vec![]) };
        Ok(self.of_username(&username).await?.into_iter().collect())
    }

    async fn named_by_address(self, email: &EmailAddress) -> Result<Named, DbError> {
        let name = self.name_of_address(email);
        let owner = self.owner_of(email).await?.map(|account| account.id);
        let not_owner = owner.map(|id| id.to_string()).unwrap_or_default();
        let most = i64::try_from(OF_ADDRESS).unwrap_or(i64::MAX);
        let args = args![&name, not_owner, most];
        let others: Vec<(String,)> = self.log.db().fetch_all(SIGNED_IN_BY_ADDRESS, args).await?;
        let others = others.into_iter().filter_map(|(id,)| id.parse().ok());
        Ok(Named {
            ids: owner.into_iter().chain(others).collect(),
            tries: 1 + OF_ADDRESS,
            counted: Some(email.as_str().to_ascii_lowercase()),
        })
    }

    /// The settings of accounts.
    pub fn settings(self) -> AccountSettings {
        self.account_settings
    }
}

#[cfg(test)]
mod tests;
