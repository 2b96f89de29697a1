//! Operators: who may sign in to the admin, and as what.

use domain::operator::{Operator, OperatorEvent, OperatorRefusal, RecordOfOperator, Role};
use domain::{EmailAddress, Personal};
use event_store::{DbError, args};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::facades::Operators;
use crate::identity::{AccountKind, Happened, Lifetimes, Password, Session};
use crate::{Cause, CommandError, Commands};

/// The session of an operator.
pub type OperatorSession = Session<OperatorAccount>;

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
    /// Sign-ins that were refused since.
    pub refused_sign_ins: i64,
    pub refused_since: Option<String>,
    /// When a lock-out was lifted last.
    pub unlocked_at: Option<String>,
    pub password_changed_at: Option<String>,
    pub second_factor_changed_at: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    email: String,
    role: String,
    disabled: bool,
    second_factor: Option<String>,
    created_at: String,
    last_signed_in_at: Option<String>,
    refused_sign_ins: i64,
    refused_since: Option<String>,
    unlocked_at: Option<String>,
    password_changed_at: Option<String>,
    second_factor_changed_at: Option<String>,
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
            refused_sign_ins: self.refused_sign_ins,
            refused_since: self.refused_since.clone(),
            unlocked_at: self.unlocked_at.clone(),
            password_changed_at: self.password_changed_at.clone(),
            second_factor_changed_at: self.second_factor_changed_at.clone(),
        })
    }
}

const SELECT: &str = "
    SELECT id, email, role, disabled, second_factor, created_at, last_signed_in_at,
           refused_sign_ins, refused_since, unlocked_at, password_changed_at,
           second_factor_changed_at
    FROM operators";

const INSERT: &str = "
    INSERT INTO operators
        (id, email, role, disabled, password_hash, second_factor, last_step, created_at,
         last_signed_in_at)
    VALUES ($1, $2, $3, FALSE, $4, NULL, 0, $5, NULL)
    ON CONFLICT (id) DO NOTHING";

const SET_ROLE: &str = "UPDATE operators SET role = $2 WHERE id = $1";
const SET_DISABLED: &str = "UPDATE operators SET disabled = $2 WHERE id = $1";

/// Other administrators who may sign in.
const OTHER_ADMINISTRATORS: &str = "
    SELECT COUNT(*)
    FROM operators
    WHERE role = $2 AND NOT disabled AND id <> $1";

impl AccountKind for OperatorAccount {
    type Aggregate = Operator;
    type Refusal = OperatorRefusal;
    type Record = RecordOfOperator;

    const KIND: &'static str = "operator";
    const TABLE: &'static str = "operators";
    const SESSIONS: Lifetimes =
        Lifetimes { idle: SignedDuration::from_hours(2), whole: SignedDuration::from_hours(12) };

    async fn named(_commands: &Commands, name: &str) -> Result<Option<Uuid>, DbError> {
        Ok(name.parse::<EmailAddress>().ok().map(|email| operator_id(&email)))
    }

    async fn load(commands: &Commands, id: Uuid) -> Result<Option<Self>, DbError> {
        commands.operators().find(id).await
    }

    fn id(&self) -> Uuid {
        self.id
    }

    fn address(&self) -> &str {
        self.email.reveal()
    }

    fn may_sign_in(&self) -> bool {
        !self.disabled
    }

    fn record(happened: Happened, at: Timestamp) -> Option<RecordOfOperator> {
        Some(RecordOfOperator(match happened {
            Happened::SignedIn { second_factor } => {
                OperatorEvent::OperatorSignedIn { second_factor, at }
            }
            Happened::PasswordChanged => OperatorEvent::OperatorPasswordChanged { at },
            Happened::SecondFactorSet => OperatorEvent::OperatorSecondFactorSet { at },
            Happened::SecondFactorRemoved => OperatorEvent::OperatorSecondFactorRemoved { at },
            Happened::Unlocked => OperatorEvent::OperatorUnlocked { at },
            // Whoever lets an operator in knows the address.
            Happened::AddressConfirmed => return None,
        }))
    }
}

/// The id of the operator with this address: the same each time (UUIDv5, RFC 9562), whatever its
/// letter case.
pub fn operator_id(email: &EmailAddress) -> Uuid {
    const NAMESPACE: Uuid = Uuid::from_u128(0x8d8a_7c1e_3f5b_5c6e_9a57_20a1_c0de_0002);
    Uuid::new_v5(&NAMESPACE, email.as_str().to_ascii_lowercase().as_bytes())
}

impl Operators<'_> {
    /// Lets someone sign in from now on.
    pub async fn create(
        self,
        email: &EmailAddress,
        role: Role,
        password: &Password,
        cause: &Cause,
    ) -> Result<Uuid, CommandError<OperatorRefusal>> {
        let (id, at) = (operator_id(email), self.clock.now());
        let hash = password.hash(&self.gate.hashing).await?;
        let created =
            OperatorEvent::OperatorCreated { email: Personal::new(email.clone()), role, at };
        let recorded = self.record_of_operator(id, created, cause).await;
        // A crash may have come between the event and the row.
        let known = self.find(id).await?.is_some();
        match recorded {
            Err(CommandError::Refused(OperatorRefusal::AlreadyCreated)) if !known => {}
            outcome => outcome?,
        }
        let args = args![id, email.as_str(), role.as_str(), hash, at];
        self.log.db().execute(INSERT, args).await?;
        Ok(id)
    }

    /// The operator of this id.
    pub async fn find(self, id: Uuid) -> Result<Option<OperatorAccount>, DbError> {
        Ok(self.operator_row(id).await?.and_then(|row| row.account()))
    }

    /// Every operator, by address.
    pub async fn all(self) -> Result<Vec<OperatorAccount>, DbError> {
        let sql = format!("{SELECT} ORDER BY email");
        let rows: Vec<Row> = self.log.db().fetch_all(&sql, args![]).await?;
        Ok(rows.iter().filter_map(Row::account).collect())
    }

    async fn operator_row(self, id: Uuid) -> Result<Option<Row>, DbError> {
        let sql = format!("{SELECT} WHERE id = $1");
        self.log.db().fetch_optional(&sql, args![id]).await
    }

    /// Changes what an operator may do; their sessions go on with the new role.
    pub async fn change_role(
        self,
        id: Uuid,
        role: Role,
        cause: &Cause,
    ) -> Result<(), CommandError<OperatorRefusal>> {
        if role != Role::Admin {
            self.leaves_an_administrator(id).await?;
        }
        let at = self.clock.now();
        self.record_of_operator(id, OperatorEvent::OperatorRoleChanged { role, at }, cause).await?;
        self.log.db().execute(SET_ROLE, args![id, role.as_str()]).await?;
        Ok(())
    }

    /// Shuts an operator out and ends their sessions, or lets them in again.
    pub async fn disable(
        self,
        id: Uuid,
        disabled: bool,
        cause: &Cause,
    ) -> Result<(), CommandError<OperatorRefusal>> {
        if disabled {
            self.leaves_an_administrator(id).await?;
        }
        let at = self.clock.now();
        let event = if disabled {
            OperatorEvent::OperatorDisabled { at }
        } else {
            OperatorEvent::OperatorEnabled { at }
        };
        self.record_of_operator(id, event, cause).await?;
        self.log.db().execute(SET_DISABLED, args![id, disabled]).await?;
        if disabled {
            self.identity().end_sessions_of::<OperatorAccount>(id).await?;
        }
        Ok(())
    }

    /// Refuses to take the last administrator away: nobody could let others in from the pages.
    async fn leaves_an_administrator(self, id: Uuid) -> Result<(), CommandError<OperatorRefusal>> {
        let account = self.find(id).await?;
        if account.is_none_or(|account| account.disabled || account.role != Role::Admin) {
            return Ok(());
        }
        let args = args![id, Role::Admin.as_str()];
        let (others,): (i64,) = self.log.db().fetch_one(OTHER_ADMINISTRATORS, args).await?;
        if others > 0 {
            Ok(())
        } else {
            Err(CommandError::Refused(OperatorRefusal::LastAdministrator))
        }
    }

    async fn record_of_operator(
        self,
        id: Uuid,
        event: OperatorEvent,
        cause: &Cause,
    ) -> Result<(), CommandError<OperatorRefusal>> {
        self.perform(&id.to_string(), &RecordOfOperator(event), cause).await.map(drop)
    }
}

#[cfg(test)]
mod tests;
