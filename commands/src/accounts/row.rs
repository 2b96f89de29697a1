//! The row of an account: what follows from its events, sealed where it is personal. It is written
//! after them, and says up to which: one that was left behind is brought up to date when it is
//! read. One that was never written, because whoever registered was cut off, is written with a
//! password that nobody has: the letter confirms the address, and another one gives a password.

use domain::account::{Account, AccountRefusal, OpenAccount};
use domain::{EmailAddress, Language, Personal};
use event_store::seal::{StreamKey, stream_key_sql};
use event_store::{DbError, Log, Position, StreamId, args, timestamp_text};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::UserAccount;
use crate::facades::Accounts;
use crate::{CommandError, advice};

/// What the addresses and names of an account are sealed for.
const PROFILE: &str = "account's profile";

/// What is sealed of an account.
#[derive(Serialize, Deserialize)]
struct Profile {
    email: String,
    new_email: Option<String>,
    username: Option<String>,
    full_name: Option<String>,
}

impl From<&OpenAccount> for Profile {
    fn from(account: &OpenAccount) -> Self {
        let text = |it: &Personal<EmailAddress>| it.reveal().as_str().to_owned();
        Self {
            email: text(&account.email),
            new_email: account.new_email.as_ref().map(text),
            username: account.username.as_ref().map(|it| it.reveal().as_str().to_owned()),
            full_name: account.full_name.as_ref().map(|it| it.reveal().as_str().to_owned()),
        }
    }
}

/// What came of a row that was brought up to date.
pub(super) enum Brought {
    UpToDate,
    Closed,
    Failed,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    sealed: Vec<u8>,
    key: StreamKey,
    email_confirmed: bool,
    language: String,
    disabled: bool,
    second_factor: Option<String>,
    created_at: String,
    closes_at: Option<String>,
    last_signed_in_at: Option<String>,
    refused_sign_ins: i64,
    refused_since: Option<String>,
    unlocked_at: Option<String>,
    password_changed_at: Option<String>,
    second_factor_changed_at: Option<String>,
    /// Whether something happened that it does not tell.
    is_behind: bool,
}

impl Row {
    /// `None` where its key is gone or cannot be used: nobody signs in to an account that nobody can name.
    fn account(self, log: &Log) -> Option<UserAccount> {
        let profile = self.profile(log)?;
        Some(UserAccount {
            id: self.id.parse().ok()?,
            has_username: profile.username.is_some(),
            username: profile.username.unwrap_or_else(|| profile.email.clone()).into(),
            email: profile.email.into(),
            email_confirmed: self.email_confirmed,
            new_email: profile.new_email.map(Into::into),
            full_name: profile.full_name.map(Into::into),
            language: Language::from_tag(&self.language).unwrap_or_default(),
            disabled: self.disabled,
            has_second_factor: self.second_factor.is_some(),
            created_at: self.created_at,
            closes_at: self.closes_at,
            last_signed_in_at: self.last_signed_in_at,
            refused_sign_ins: self.refused_sign_ins,
            refused_since: self.refused_since,
            unlocked_at: self.unlocked_at,
            password_changed_at: self.password_changed_at,
            second_factor_changed_at: self.second_factor_changed_at,
        })
    }

    fn profile(&self, log: &Log) -> Option<Profile> {
        let stream = StreamId::of::<Account>(&self.id);
        let opened = log.open_with(stream, &self.key, PROFILE, &self.sealed);
        let opened = opened.inspect_err(|error| {
            tracing::error!(
                error = %advice::told(error),
                account.id = self.id,
                "what is known of an account cannot be opened"
            );
        });
        serde_json::from_slice(&opened.ok()??).ok()
    }
}

const SELECT: &str = "
    SELECT id, sealed, {key} AS key, email_confirmed, language, disabled, second_factor, created_at,
           closes_at, last_signed_in_at, refused_sign_ins, refused_since, unlocked_at,
           password_changed_at, second_factor_changed_at, {behind} AS is_behind
    FROM accounts
    WHERE {which}";

/// Whether the last event of an account is later than its row. Of one without events, nothing is.
const BEHIND: &str = "
    COALESCE(accounts.revision < (
        SELECT e.position
        FROM events AS e
        WHERE e.aggregate_type = 'Account' AND e.aggregate_id = accounts.id
        ORDER BY e.sequence DESC
        LIMIT 1), FALSE)";

const LEFT_BEHIND: &str = "
    SELECT id
    FROM accounts
    WHERE {behind}
    ORDER BY id
    LIMIT 1000";

/// What stands for the hash where nobody has the password: none is like it, and it takes as long as
/// any.
const NOBODYS: &str = "";

// Whoever reads an account at the moment when it registers may be faster: the password comes to its
// row later.
const INSERT: &str = "
    INSERT INTO accounts
        (id, revision, sealed, address_name, email_confirmed, language, disabled, password_hash,
         last_step, created_at, refused_sign_ins)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, 0)
    ON CONFLICT (id) DO UPDATE
    SET password_hash = excluded.password_hash
    WHERE accounts.password_hash = $10";

// Of two that write at once, the one that knows later events wins.
const UPDATE: &str = "
    UPDATE accounts
    SET revision = $2, sealed = $3, address_name = $4, email_confirmed = $5, language = $6,
        disabled = $7, closes_at = $8, archive_letters_since = $9, archive_told_up_to = $10
    WHERE id = $1 AND revision <= $2";

/// The statement that reads accounts, with the keys of their streams.
fn select(which: &str) -> String {
    let key = stream_key_sql("'Account'", "accounts.id");
    SELECT.replace("{key}", &key).replace("{behind}", BEHIND).replace("{which}", which)
}

impl Accounts<'_> {
    /// The account of this id, unless it was closed.
    pub async fn find(self, id: Uuid) -> Result<Option<UserAccount>, DbError> {
        let mut row = self.row(id).await?;
        if row.as_ref().is_none_or(|row| row.is_behind) {
            match self.catch_up(id).await {
                Ok(()) => row = self.row(id).await?,
                Err(CommandError::Refused(_)) => return Ok(None),
                Err(CommandError::Unavailable(error)) => return Err(error),
                Err(error) => {
                    let error = advice::told(&error);
                    tracing::error!(error, account.id = %id, "an account is not up to date");
                }
            }
        }
        Ok(row.and_then(|row| row.account(&self.log)))
    }

    async fn row(self, id: Uuid) -> Result<Option<Row>, DbError> {
        self.log.db().fetch_optional(&select("id = $1"), args![id]).await
    }

    /// Brings the row up to date, or writes it, where whoever wrote the last event was cut off
    /// before.
    async fn catch_up(self, id: Uuid) -> Result<(), CommandError<AccountRefusal>> {
        let loaded = self.loader().state::<Account>(&id.to_string()).await?;
        if self.row(id).await?.is_none() {
            self.insert(id, &loaded.state, loaded.position, NOBODYS.to_owned()).await?;
        }
        self.update(id, &loaded.state, loaded.position).await
    }

    /// Brings the rows up to date that nobody reads by their ids, and that were left behind or are
    /// missing; says how many.
    pub(crate) async fn catch_up_all(self) -> Result<u64, DbError> {
        let sql = LEFT_BEHIND.replace("{behind}", BEHIND);
        let behind: Vec<(String,)> = self.log.db().fetch_all(&sql, args![]).await?;
        let mut caught_up = 0;
        for id in behind.into_iter().filter_map(|(id,)| id.parse::<Uuid>().ok()) {
            caught_up += u64::from(matches!(self.bring_up(id).await?, Brought::UpToDate));
        }
        Ok(caught_up + self.write_missing().await?)
    }

    /// Brings a row up to date, or writes it, for nobody who waits for it.
    pub(super) async fn bring_up(self, id: Uuid) -> Result<Brought, DbError> {
        match self.catch_up(id).await {
            Ok(()) => Ok(Brought::UpToDate),
            // It was closed: what lies beside it is cleared by others, but for a row that came
            // after that.
            Err(CommandError::Refused(_)) => {
                self.delete_row(id).await?;
                Ok(Brought::Closed)
            }
            Err(error) => {
                let error = advice::told(&error);
                tracing::error!(error, account.id = %id, "an account is not up to date");
                Ok(Brought::Failed)
            }
        }
    }

    /// The same as its events tell it, for who sees them before the row says so: nothing of what lies beside the
    /// log is known of it.
    pub async fn find_in_log(
        self,
        id: Uuid,
    ) -> Result<Option<UserAccount>, CommandError<AccountRefusal>> {
        let state = self.state_of::<Account>(&id.to_string()).await?;
        let Ok(account) = state.open() else { return Ok(None) };
        let profile = Profile::from(account);
        Ok(Some(UserAccount {
            id,
            has_username: profile.username.is_some(),
            username: profile.username.unwrap_or_else(|| profile.email.clone()).into(),
            email: profile.email.into(),
            email_confirmed: account.email_confirmed,
            new_email: profile.new_email.map(Into::into),
            full_name: profile.full_name.map(Into::into),
            language: account.language,
            disabled: account.disabled,
            has_second_factor: false,
            created_at: timestamp_text(account.registered_at),
            closes_at: account.closes_at.map(timestamp_text),
            last_signed_in_at: None,
            refused_sign_ins: 0,
            refused_since: None,
            unlocked_at: None,
            password_changed_at: None,
            second_factor_changed_at: None,
        }))
    }

    /// The accounts that carry this address, confirmed or not; the newest first.
    pub async fn of_address(self, email: &EmailAddress) -> Result<Vec<UserAccount>, DbError> {
        let sql = select("address_name = $1 ORDER BY created_at DESC, id DESC LIMIT 100");
        let args = args![self.name_of_address(email)];
        let rows: Vec<Row> = self.log.db().fetch_all(&sql, args).await?;
        Ok(rows.into_iter().filter_map(|row| row.account(&self.log)).collect())
    }

    /// The newest accounts that were registered before the account `before`, or all; at most so many.
    pub async fn newest(
        self,
        before: Option<&UserAccount>,
        most: u32,
    ) -> Result<Vec<UserAccount>, DbError> {
        let (at, id) = before.map_or_else(
            || ("~".to_owned(), String::new()),
            |it| (it.created_at.clone(), it.id.to_string()),
        );
        let which = "created_at < $1 OR (created_at = $1 AND id < $2)
                     ORDER BY created_at DESC, id DESC LIMIT $3";
        let rows: Vec<Row> = self.log.db().fetch_all(&select(which), args![at, id, most]).await?;
        Ok(rows.into_iter().filter_map(|row| row.account(&self.log)).collect())
    }

    async fn sealed(
        self,
        id: Uuid,
        account: &OpenAccount,
    ) -> Result<Vec<u8>, CommandError<AccountRefusal>> {
        let text = id.to_string();
        let profile = serde_json::to_vec(&Profile::from(account));
        let profile =
            profile.map_err(|_| CommandError::Invalid("an account without a JSON form"))?;
        let sealed = self.log.seal_bytes(StreamId::of::<Account>(&text), PROFILE, &profile).await?;
        sealed.ok_or(CommandError::Refused(AccountRefusal::Closed))
    }

    /// Writes the row of an account that registered.
    pub(super) async fn insert(
        self,
        id: Uuid,
        state: &Account,
        position: Position,
        password_hash: String,
    ) -> Result<(), CommandError<AccountRefusal>> {
        let account = state.open().map_err(CommandError::Refused)?;
        let args = args![
            id,
            position,
            self.sealed(id, account).await?,
            self.name_of_address(account.email.reveal()),
            account.email_confirmed,
            account.language.code(),
            account.disabled,
            password_hash,
            account.registered_at,
            NOBODYS,
        ];
        self.log.db().execute(INSERT, args).await?;
        Ok(())
    }

    /// Writes what an event changed.
    pub(super) async fn update(
        self,
        id: Uuid,
        state: &Account,
        position: Position,
    ) -> Result<(), CommandError<AccountRefusal>> {
        let account = state.open().map_err(CommandError::Refused)?;
        let args = args![
            id,
            position,
            self.sealed(id, account).await?,
            self.name_of_address(account.email.reveal()),
            account.email_confirmed,
            account.language.code(),
            account.disabled,
            account.closes_at,
            account.archive_letters_since,
            account.archive_told_up_to,
        ];
        self.log.db().execute(UPDATE, args).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::account::{AccountEvent, RecordOfAccount};
    use domain::examples::{minutes, valid};
    use event_store::testing::{Engine, TestDb};
    use event_store::{ActorKind, FixedClock};
    use rstest::rstest;

    use super::*;
    use crate::testing::process;
    use crate::{Cause, Password, Registration};

    #[rstest]
    #[tokio::test(flavor = "multi_thread")]
    async fn what_was_cut_off_between_the_event_and_the_row_is_made_good(
        #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    ) {
        let (db, clock) = (TestDb::new(engine).await, Arc::new(FixedClock::new(minutes(0))));
        let commands = process(db.db(), clock).await;
        let cause = Cause::request(ActorKind::Candidate, None, Uuid::nil());
        let (accounts, language) = (commands.accounts(), Language::Fr);
        let password = Password::presented("seven green horses at noon");
        let email = valid("mira@exemple.test");
        let new = Registration { email, username: None, full_name: None, language, password };
        let id = accounts.register(new, &cause).await.unwrap().id;
        let at = minutes(1);
        // The events alone, as of a process that is killed behind them.
        let tell = async |event| {
            commands.perform(&id.to_string(), &RecordOfAccount(event), &cause).await.unwrap();
        };
        let is_disabled = async || {
            let sql = "SELECT disabled FROM accounts WHERE id = $1";
            let (disabled,): (bool,) = commands.log().db().fetch_one(sql, args![id]).await.unwrap();
            disabled
        };
        tell(AccountEvent::AccountDisabled { at }).await;
        assert!(!is_disabled().await);
        assert!(accounts.find(id).await.unwrap().unwrap().disabled);
        assert!(is_disabled().await, "whoever reads it mends it");
        tell(AccountEvent::AccountEnabled { at }).await;
        assert_eq!(commands.tidy().await.unwrap().accounts, 1, "and so does whoever tidies");
        assert!(!is_disabled().await);
        assert_eq!(commands.tidy().await.unwrap().accounts, 0);
    }
}
