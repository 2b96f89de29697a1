//! The names of accounts: a user name or a confirmed address is one account's at a time.

use domain::account::AccountRefusal;
use domain::{EmailAddress, Username};
use event_store::{DbError, args, parse_timestamp};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::UserAccount;
use crate::CommandError;
use crate::facades::Accounts;

/// A claim that was not followed by its event after so long was cut off in between.
const CUT_OFF_AFTER: SignedDuration = SignedDuration::from_mins(1);

#[derive(sqlx::FromRow)]
struct Claim {
    account: String,
    claimed_at: String,
}

const HOLDER: &str = "SELECT account FROM account_names WHERE name = $1";
const FIND: &str = "SELECT account, claimed_at FROM account_names WHERE name = $1";
const CLAIM: &str = "
    INSERT INTO account_names (name, account, claimed_at)
    VALUES ($1, $2, $3)
    ON CONFLICT (name) DO NOTHING";
const CLAIM_ANEW: &str =
    "UPDATE account_names SET claimed_at = $3 WHERE name = $1 AND account = $2";
const TAKE_OVER: &str = "
    UPDATE account_names
    SET account = $2, claimed_at = $3
    WHERE name = $1 AND account = $4 AND claimed_at = $5";
/// One that the account claimed anew since stays.
const GIVE_UP: &str = "
    DELETE FROM account_names
    WHERE name = $1 AND account = $2 AND claimed_at <= $3";
const GIVE_UP_ALL: &str = "DELETE FROM account_names WHERE account = $1";

/// A name that an account may have.
#[derive(Clone, Copy, Debug)]
pub(super) enum AccountName<'a> {
    /// A user name.
    Username(&'a Username),
    /// A confirmed address.
    Address(&'a EmailAddress),
}

impl AccountName<'_> {
    fn is_of(self, account: &UserAccount) -> bool {
        match self {
            Self::Username(name) => {
                account.has_username && folded(account.username.reveal()) == folded(name.as_str())
            }
            Self::Address(address) => account
                .confirmed_email()
                .is_some_and(|confirmed| confirmed.eq_ignore_ascii_case(address.as_str())),
        }
    }

    const fn taken(self) -> AccountRefusal {
        match self {
            Self::Username(_) => AccountRefusal::UsernameTaken,
            Self::Address(_) => AccountRefusal::EmailTaken,
        }
    }
}

/// A user name as it is compared: whatever its letter case.
pub(super) fn folded(name: &str) -> String {
    name.to_lowercase()
}

impl Accounts<'_> {
    /// What a user name is kept by.
    pub(super) fn name_of_username(self, name: &Username) -> String {
        self.log.blind(&format!("account username {}", folded(name.as_str())))
    }

    /// What an address is kept by.
    pub(super) fn name_of_address(self, email: &EmailAddress) -> String {
        self.log.blind(&format!("account address {}", email.as_str().to_ascii_lowercase()))
    }

    fn stored(self, name: AccountName<'_>) -> String {
        match name {
            AccountName::Username(name) => self.name_of_username(name),
            AccountName::Address(email) => self.name_of_address(email),
        }
    }

    /// Whose a name is.
    async fn holder_of(self, name: &str) -> Result<Option<Uuid>, DbError> {
        let row: Option<(String,)> = self.log.db().fetch_optional(HOLDER, args![name]).await?;
        Ok(row.and_then(|(id,)| id.parse().ok()))
    }

    /// Whether an account has this user name.
    pub async fn is_username_taken(self, name: &Username) -> Result<bool, DbError> {
        Ok(self.of_username(name).await?.is_some())
    }

    /// The account that has this user name. One that gave it up, and was cut off before the claim
    /// ended, has it no more.
    pub(super) async fn of_username(self, name: &Username) -> Result<Option<UserAccount>, DbError> {
        let holder = self.holder_of(&self.name_of_username(name)).await?;
        let Some(holder) = holder else { return Ok(None) };
        let holder = self.find(holder).await?;
        Ok(holder.filter(|account| AccountName::Username(name).is_of(account)))
    }

    /// The account that this address belongs to.
    pub async fn owner_of(self, email: &EmailAddress) -> Result<Option<UserAccount>, DbError> {
        let Some(id) = self.holder_of(&self.name_of_address(email)).await? else { return Ok(None) };
        let owner = self.find(id).await?;
        Ok(owner.filter(|account| AccountName::Address(email).is_of(account)))
    }

    /// Makes a name the account's, unless it is another one's.
    pub(super) async fn claim(
        self,
        id: Uuid,
        name: AccountName<'_>,
    ) -> Result<(), CommandError<AccountRefusal>> {
        let (db, stored, now) = (self.log.db(), self.stored(name), self.clock.now());
        if db.execute(CLAIM, args![&stored, id, now]).await? > 0 {
            return Ok(());
        }
        let claim: Option<Claim> = db.fetch_optional(FIND, args![&stored]).await?;
        // Whose it was gave it up at this moment.
        let claim = claim.ok_or(CommandError::Contended)?;
        if claim.account == id.to_string() {
            // Whoever gives it up at this moment knows the claim from before.
            let kept = db.execute(CLAIM_ANEW, args![stored, id, now]).await? > 0;
            return if kept { Ok(()) } else { Err(CommandError::Contended) };
        }
        let age = parse_timestamp(&claim.claimed_at).map(|at| now.duration_since(at));
        let is_young = age.is_ok_and(|age| age < CUT_OFF_AFTER);
        let holder = match claim.account.parse() {
            Ok(holder) => self.find(holder).await?,
            Err(_) => None,
        };
        if is_young || holder.is_some_and(|account| name.is_of(&account)) {
            return Err(CommandError::Refused(name.taken()));
        }
        let args = args![stored, id, now, claim.account, claim.claimed_at];
        if db.execute(TAKE_OVER, args).await? > 0 {
            Ok(())
        } else {
            Err(CommandError::Refused(name.taken()))
        }
    }

    /// Gives up a name that the account had at that time, and has no more.
    pub(super) async fn give_up(
        self,
        id: Uuid,
        former: AccountName<'_>,
        at: Timestamp,
    ) -> Result<(), DbError> {
        self.log.db().execute(GIVE_UP, args![self.stored(former), id, at]).await.map(drop)
    }

    /// Gives up every name of an account.
    pub(super) async fn give_up_names(self, id: Uuid) -> Result<(), DbError> {
        self.log.db().execute(GIVE_UP_ALL, args![id]).await.map(drop)
    }
}
