//! The credentials of an account: what it signs in with, and what happened at its sign-in.

use event_store::{DbError, Tx, args, parse_timestamp};
use jiff::Timestamp;
use uuid::Uuid;

use super::grant::end_other_grants;
use super::one_time_link::end_links_in;
use super::session::end_other_sessions;
use super::{AccountKind, Happened, LinkUse, Password, SessionToken, of_table};
use crate::facades::Identity;
use crate::{Cause, CommandError, Commands, advice};

/// What may be shown of the credentials of an account: neither the hash of the password nor the secret of
/// the second factor. The table of each kind of account has these columns, and `password_hash`,
/// `second_factor`, `sealed_factor` and `last_step`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Credentials {
    pub has_second_factor: bool,
    pub last_signed_in_at: Option<String>,
    /// Sign-ins that were refused since.
    pub refused_sign_ins: i64,
    pub refused_since: Option<String>,
    /// When a lock-out was lifted last.
    pub unlocked_at: Option<String>,
    pub password_changed_at: Option<String>,
    pub second_factor_changed_at: Option<String>,
}

/// Since when an account has the credentials that it had when it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CredentialsVersion {
    password: String,
    second_factor: String,
}

impl CredentialsVersion {
    /// By when the password and the second factor were changed last, where they were.
    pub fn new(password_changed_at: Option<&str>, second_factor_changed_at: Option<&str>) -> Self {
        let text = |at: Option<&str>| at.unwrap_or_default().to_owned();
        Self { password: text(password_changed_at), second_factor: text(second_factor_changed_at) }
    }
}

/// Nothing is opened: what was given counts no more, or nothing could be written.
#[derive(Debug, thiserror::Error)]
pub enum OpeningError<R: std::error::Error + 'static> {
    /// The password or the second factor was changed after it was given.
    #[error("the password or the second factor was changed meanwhile")]
    Changed,
    /// The database did not answer, or the log did not take it.
    #[error(transparent)]
    Command(#[from] CommandError<R>),
}

impl<R: std::error::Error> From<DbError> for OpeningError<R> {
    fn from(error: DbError) -> Self {
        Self::Command(error.into())
    }
}

/// What goes on where everything else that was opened with the credentials of an account ends.
#[derive(Clone, Copy, Debug)]
pub enum Spared<'a> {
    /// Nothing does.
    Nothing,
    /// The session of a browser.
    Session(&'a SessionToken),
    /// The tokens of a program.
    Grant(Uuid),
}

/// The row of an account, as far as it is about credentials.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub(super) password_hash: String,
    /// Nothing where there is none; an empty text where it is sealed.
    pub(super) second_factor: Option<String>,
    pub(super) sealed_factor: Option<Vec<u8>>,
    last_signed_in_at: Option<String>,
    refused_sign_ins: i64,
    refused_since: Option<String>,
    unlocked_at: Option<String>,
    password_changed_at: Option<String>,
    second_factor_changed_at: Option<String>,
}

impl Row {
    pub(super) fn unlocked_at(&self) -> Option<Timestamp> {
        parse_timestamp(self.unlocked_at.as_deref()?).ok()
    }

    pub(super) fn version(&self) -> CredentialsVersion {
        let factor = self.second_factor_changed_at.as_deref();
        CredentialsVersion::new(self.password_changed_at.as_deref(), factor)
    }

    fn shown(self) -> Credentials {
        Credentials {
            has_second_factor: self.second_factor.is_some(),
            last_signed_in_at: self.last_signed_in_at,
            refused_sign_ins: self.refused_sign_ins,
            refused_since: self.refused_since,
            unlocked_at: self.unlocked_at,
            password_changed_at: self.password_changed_at,
            second_factor_changed_at: self.second_factor_changed_at,
        }
    }
}

const SELECT: &str = "
    SELECT password_hash, second_factor, sealed_factor, last_signed_in_at, refused_sign_ins, refused_since,
           unlocked_at, password_changed_at, second_factor_changed_at
    FROM {table}
    WHERE id = $1";

const SET_PASSWORD: &str = "
    UPDATE {table}
    SET password_hash = $2, password_changed_at = $3
    WHERE id = $1";

/// Another password that was set meanwhile stays.
const REHASH: &str = "
    UPDATE {table}
    SET password_hash = $2
    WHERE id = $1 AND password_hash = $3";

/// Whoever changes credentials changes the row before they end what was opened: this waits for
/// them, or they for whoever holds it.
const HOLD: &str = "
    UPDATE {table}
    SET last_step = last_step
    WHERE id = $1
      AND COALESCE(password_changed_at, '') = $2
      AND COALESCE(second_factor_changed_at, '') = $3";

/// Keeps the credentials of an account as they were when it was read, until the transaction ends;
/// whether they are so still.
pub(super) async fn hold_in<A: AccountKind>(tx: &mut Tx, account: &A) -> Result<bool, DbError> {
    let CredentialsVersion { password, second_factor } = account.credentials_version();
    let args = args![account.id(), password, second_factor];
    Ok(tx.execute(&of_table::<A>(HOLD), args).await? > 0)
}

/// Ends what was opened with the credentials of an account, together with what changes them.
pub(super) async fn end_in<A: AccountKind>(
    tx: &mut Tx,
    id: Uuid,
    spared: Spared<'_>,
) -> Result<(), DbError> {
    let session = if let Spared::Session(token) = spared { Some(token) } else { None };
    end_other_sessions::<A>(tx, id, session).await?;
    let grant = if let Spared::Grant(grant) = spared { Some(grant) } else { None };
    end_other_grants::<A>(tx, id, grant).await
}

impl Identity<'_> {
    /// A password that nobody guesses.
    pub fn fresh_password(self) -> Password {
        Password::from_random(self.ids.random())
    }

    /// Gives an account another password; its sessions and tokens end, and links to choose one lead nowhere
    /// any more.
    pub async fn set_password<A: AccountKind>(
        self,
        account: &A,
        password: &Password,
        cause: &Cause,
    ) -> Result<(), CommandError<A::Refusal>> {
        let hash = password.hash(&self.gate.hashing).await?;
        self.keep_password(account, hash, cause).await
    }

    /// The same for whoever changes their own: what they do so with goes on. Contended where it was
    /// changed after the account was read, by which they showed that they have it.
    pub async fn change_password<A: AccountKind>(
        self,
        account: &A,
        password: &Password,
        spared: Spared<'_>,
        cause: &Cause,
    ) -> Result<(), CommandError<A::Refusal>> {
        let hash = password.hash(&self.gate.hashing).await?;
        self.tell::<A>(account.id(), Happened::PasswordChanged, cause).await?;
        let mut tx = self.log.db().begin().await?;
        if !hold_in(&mut tx, account).await? {
            tx.rollback().await?;
            return Err(CommandError::Contended);
        }
        Ok(self.write_password::<A>(tx, account.id(), hash, spared).await?)
    }

    /// Keeps the hash of another password; what was opened with the one before ends.
    pub(super) async fn keep_password<A: AccountKind>(
        self,
        account: &A,
        hash: String,
        cause: &Cause,
    ) -> Result<(), CommandError<A::Refusal>> {
        self.tell::<A>(account.id(), Happened::PasswordChanged, cause).await?;
        let tx = self.log.db().begin().await?;
        Ok(self.write_password::<A>(tx, account.id(), hash, Spared::Nothing).await?)
    }

    /// All or nothing: nothing that was opened with the password before may go on.
    async fn write_password<A: AccountKind>(
        self,
        mut tx: Tx,
        id: Uuid,
        hash: String,
        spared: Spared<'_>,
    ) -> Result<(), DbError> {
        let args = args![id, hash, self.clock.now()];
        tx.execute(&of_table::<A>(SET_PASSWORD), args).await?;
        end_links_in::<A>(&mut tx, id, LinkUse::ResetPassword).await?;
        end_in::<A>(&mut tx, id, spared).await?;
        tx.commit().await
    }

    /// Ends what was opened with the credentials of an account: its sessions and its tokens.
    pub async fn end_all_but<A: AccountKind>(
        self,
        id: Uuid,
        spared: Spared<'_>,
    ) -> Result<(), DbError> {
        let mut tx = self.log.db().begin().await?;
        end_in::<A>(&mut tx, id, spared).await?;
        tx.commit().await
    }

    /// Puts the hash of the same password at today's cost in the place of one at a lower cost, while nobody
    /// waits.
    pub(super) fn rehash<A: AccountKind>(self, id: Uuid, password: Password, before: String) {
        let commands = Commands::clone(&self);
        tokio::spawn(async move {
            let outcome = commands.identity().rehashed::<A>(id, password, before).await;
            if let Err(error) = outcome {
                tracing::warn!(
                    error = %advice::told(&error),
                    account.kind = A::KIND,
                    account.id = %id,
                    "a password could not be hashed at today's cost; the next sign-in tries again"
                );
            }
        });
    }

    async fn rehashed<A: AccountKind>(
        self,
        id: Uuid,
        password: Password,
        before: String,
    ) -> Result<(), CommandError<A::Refusal>> {
        let hash = password.hash(&self.gate.hashing).await?;
        let args = args![id, hash, before];
        self.log.db().execute(&of_table::<A>(REHASH), args).await?;
        Ok(())
    }

    /// What may be shown of the credentials of an account.
    pub async fn credentials<A: AccountKind>(
        self,
        id: Uuid,
    ) -> Result<Option<Credentials>, DbError> {
        Ok(self.credentials_row::<A>(id).await?.map(Row::shown))
    }

    pub(super) async fn credentials_rows<A: AccountKind>(
        self,
        ids: &[Uuid],
    ) -> Result<Vec<(Uuid, Row)>, DbError> {
        let mut rows = vec![];
        for id in ids {
            rows.extend(self.credentials_row::<A>(*id).await?.map(|row| (*id, row)));
        }
        Ok(rows)
    }

    pub(super) async fn credentials_row<A: AccountKind>(
        self,
        id: Uuid,
    ) -> Result<Option<Row>, DbError> {
        self.log.db().fetch_optional(&of_table::<A>(SELECT), args![id]).await
    }
}
