//! Operators: who may sign in, and as what.
//!
//! Passwords are kept as argon2id hashes (RFC 9106) beside the log, never in it. Attempts to sign in
//! are limited for each address, whether it is known or not.

mod password;
mod second_factor;
mod session;

use domain::operator::{OperatorEvent, OperatorRefusal, RecordOfOperator, Role};
use domain::{EmailAddress, Personal};
use event_store::{DbError, args};
use jiff::Timestamp;
use uuid::Uuid;

use crate::allotments::Limit;
use crate::{Cause, CommandError, Commands};

pub use password::{Password, PasswordError};
pub use second_factor::{Enrolment, SecondFactorError};
pub use session::{Session, SessionToken};

/// Someone who runs the service.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct OperatorAccount {
    pub id: Uuid,
    pub email: Personal<String>,
    pub role: Role,
    pub disabled: bool,
    pub has_second_factor: bool,
    pub created_at: String,
    pub last_signed_in_at: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    email: String,
    role: String,
    disabled: bool,
    password_hash: String,
    second_factor: Option<String>,
    created_at: String,
    last_signed_in_at: Option<String>,
}

impl Row {
    /// `None` where something else than this service wrote the row.
    fn account(&self) -> Option<OperatorAccount> {
        Some(OperatorAccount {
            id: self.id.parse().ok()?,
            email: Personal::new(self.email.clone()),
            role: self.role.parse().ok()?,
            disabled: self.disabled,
            has_second_factor: self.second_factor.is_some(),
            created_at: self.created_at.clone(),
            last_signed_in_at: self.last_signed_in_at.clone(),
        })
    }
}

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The address, the password or the code is wrong; which is not told.
    #[error("the address, the password or the code is not right")]
    Wrong,
    /// There were too many attempts.
    #[error("there were too many attempts; try again later")]
    TooMany {
        /// From when on another one is looked at.
        until: Timestamp,
    },
    /// The database did not answer, or the log did not take it.
    #[error(transparent)]
    Command(#[from] CommandError<OperatorRefusal>),
}

impl From<DbError> for SignInError {
    fn from(error: DbError) -> Self {
        Self::Command(error.into())
    }
}

const SELECT: &str = "
    SELECT id, email, role, disabled, password_hash, second_factor, created_at,
           last_signed_in_at
    FROM operators";

const INSERT: &str = "
    INSERT INTO operators
        (id, email, role, disabled, password_hash, second_factor, last_step, created_at,
         last_signed_in_at)
    VALUES ($1, $2, $3, FALSE, $4, NULL, 0, $5, NULL)
    ON CONFLICT (id) DO NOTHING";

const SET_ROLE: &str = "UPDATE operators SET role = $2 WHERE id = $1";
const SET_DISABLED: &str = "UPDATE operators SET disabled = $2 WHERE id = $1";
const SET_PASSWORD: &str = "UPDATE operators SET password_hash = $2 WHERE id = $1";
const SIGNED_IN: &str = "UPDATE operators SET last_signed_in_at = $2 WHERE id = $1";

/// The id of the operator with this address: the same each time (UUIDv5, RFC 9562), whatever its
/// letter case.
fn id_of(email: &EmailAddress) -> Uuid {
    const NAMESPACE: Uuid = Uuid::from_u128(0x8d8a_7c1e_3f5b_5c6e_9a57_20a1_c0de_0002);
    Uuid::new_v5(&NAMESPACE, email.as_str().to_ascii_lowercase().as_bytes())
}

impl Commands {
    /// Lets someone sign in from now on.
    pub async fn create_operator(
        &self,
        email: &EmailAddress,
        role: Role,
        password: &Password,
        cause: &Cause,
    ) -> Result<Uuid, CommandError<OperatorRefusal>> {
        let (id, at) = (id_of(email), self.clock.now());
        let hash = password.hash().await?;
        let created =
            OperatorEvent::OperatorCreated { email: Personal::new(email.clone()), role, at };
        let recorded = self.record_of_operator(id, created, cause).await;
        // A crash may have come between the event and the row.
        let known = self.operator(id).await?.is_some();
        match recorded {
            Err(CommandError::Refused(OperatorRefusal::AlreadyCreated)) if !known => {}
            outcome => outcome?,
        }
        let args = args![id, email.as_str(), role.as_str(), hash, at];
        self.log.db().execute(INSERT, args).await?;
        Ok(id)
    }

    /// The operator of this id.
    pub async fn operator(&self, id: Uuid) -> Result<Option<OperatorAccount>, DbError> {
        Ok(self.operator_row(id).await?.and_then(|row| row.account()))
    }

    /// Every operator, by address.
    pub async fn operators(&self) -> Result<Vec<OperatorAccount>, DbError> {
        let sql = format!("{SELECT} ORDER BY email");
        let rows: Vec<Row> = self.log.db().fetch_all(&sql, args![]).await?;
        Ok(rows.iter().filter_map(Row::account).collect())
    }

    async fn operator_row(&self, id: Uuid) -> Result<Option<Row>, DbError> {
        let sql = format!("{SELECT} WHERE id = $1");
        self.log.db().fetch_optional(&sql, args![id]).await
    }

    /// A password that nobody guesses.
    pub fn fresh_password(&self) -> Password {
        Password::from_random(self.ids.random())
    }

    /// Changes what an operator may do; their sessions go on with the new role.
    pub async fn change_role(
        &self,
        id: Uuid,
        role: Role,
        cause: &Cause,
    ) -> Result<(), CommandError<OperatorRefusal>> {
        let at = self.clock.now();
        self.record_of_operator(id, OperatorEvent::OperatorRoleChanged { role, at }, cause).await?;
        self.log.db().execute(SET_ROLE, args![id, role.as_str()]).await?;
        Ok(())
    }

    /// Shuts an operator out and ends their sessions, or lets them in again.
    pub async fn disable_operator(
        &self,
        id: Uuid,
        disabled: bool,
        cause: &Cause,
    ) -> Result<(), CommandError<OperatorRefusal>> {
        let at = self.clock.now();
        let event = if disabled {
            OperatorEvent::OperatorDisabled { at }
        } else {
            OperatorEvent::OperatorEnabled { at }
        };
        self.record_of_operator(id, event, cause).await?;
        self.log.db().execute(SET_DISABLED, args![id, disabled]).await?;
        if disabled {
            self.end_sessions_of(id).await?;
        }
        Ok(())
    }

    /// Gives an operator another password and ends their sessions.
    pub async fn set_password(
        &self,
        id: Uuid,
        password: &Password,
        cause: &Cause,
    ) -> Result<(), CommandError<OperatorRefusal>> {
        let hash = password.hash().await?;
        let at = self.clock.now();
        self.record_of_operator(id, OperatorEvent::OperatorPasswordChanged { at }, cause).await?;
        self.log.db().execute(SET_PASSWORD, args![id, hash]).await?;
        self.end_sessions_of(id).await?;
        Ok(())
    }

    /// The operator with this address and password. An unknown address takes as long as a wrong
    /// password.
    pub async fn check_password(
        &self,
        email: &str,
        password: Password,
    ) -> Result<OperatorAccount, SignInError> {
        let limit = Limit::of_sign_in(email);
        if let Err(until) = self.try_now(&limit).await? {
            return Err(SignInError::TooMany { until });
        }
        let row = match email.parse::<EmailAddress>() {
            Ok(email) => self.operator_row(id_of(&email)).await?,
            Err(_) => None,
        };
        let hash = row.as_ref().map(|row| row.password_hash.clone());
        let right = password.verify(hash).await.map_err(SignInError::Command)?;
        let account = row.as_ref().and_then(Row::account).filter(|account| !account.disabled);
        match account {
            Some(account) if right => {
                self.forget(&limit).await?;
                Ok(account)
            }
            _ => Err(SignInError::Wrong),
        }
    }

    /// Records that an operator is signed in.
    pub(crate) async fn signed_in(
        &self,
        id: Uuid,
        second_factor: bool,
        cause: &Cause,
    ) -> Result<(), CommandError<OperatorRefusal>> {
        let at = self.clock.now();
        let event = OperatorEvent::OperatorSignedIn { second_factor, at };
        self.record_of_operator(id, event, cause).await?;
        self.log.db().execute(SIGNED_IN, args![id, at]).await?;
        Ok(())
    }

    async fn record_of_operator(
        &self,
        id: Uuid,
        event: OperatorEvent,
        cause: &Cause,
    ) -> Result<(), CommandError<OperatorRefusal>> {
        self.perform(&id.to_string(), &RecordOfOperator(event), cause).await.map(drop)
    }
}
