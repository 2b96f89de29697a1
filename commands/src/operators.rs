//! Operators: who may sign in to the admin, and as what.

use domain::operator::{Operator, OperatorEvent, OperatorRefusal, RecordOfOperator, Role};
use domain::{Department, EmailAddress, Personal};
use event_store::seal::{StreamKey, stream_key_sql};
use event_store::{DbError, Log, StreamId, args};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::facades::Operators;
use crate::identity::{
    AccountKind, CredentialsVersion, Happened, Lifetimes, Named, Password, Session, Spared,
};
use crate::{Cause, CommandError, Commands, advice};

/// The session of an operator.
pub type OperatorSession = Session<OperatorAccount>;

/// Someone who runs the service.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct OperatorAccount {
    pub id: Uuid,
    pub email: Personal<String>,
    pub role: Role,
    /// The departments whose work permits they see; all where none is named.
    pub departments: Vec<String>,
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
    sealed_email: Option<Vec<u8>>,
    key: StreamKey,
    role: String,
    departments: String,
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
    fn account(self, log: &Log) -> Option<OperatorAccount> {
        Some(OperatorAccount {
            id: self.id.parse().ok()?,
            email: self.address(log).into(),
            role: self.role.parse().ok()?,
            departments: self.departments.split_whitespace().map(str::to_owned).collect(),
            disabled: self.disabled,
            has_second_factor: self.second_factor.is_some(),
            created_at: self.created_at,
            last_signed_in_at: self.last_signed_in_at,
            refused_sign_ins: self.refused_sign_ins,
            refused_since: self.refused_since,
            unlocked_at: self.unlocked_at,
            password_changed_at: self.password_changed_at,
            second_factor_changed_at: self.second_factor_changed_at,
        })
    }

    /// The address. Where it cannot be opened the operator is known, and may sign in, without one.
    fn address(&self, log: &Log) -> String {
        let Some(sealed) = self.sealed_email.as_deref().filter(|_| self.email.is_empty()) else {
            return self.email.clone(); // a version from before wrote it
        };
        let stream = StreamId::of::<Operator>(&self.id);
        let opened = match log.open_with(stream, &self.key, ADDRESS, sealed) {
            Ok(opened) => opened,
            Err(error) => {
                tracing::error!(
                    error = %advice::told(&error),
                    operator.id = self.id,
                    "the address of an operator cannot be opened"
                );
                None
            }
        };
        opened.and_then(|address| String::from_utf8(address).ok()).unwrap_or_default()
    }
}

/// What the address of an operator is sealed for.
pub(crate) const ADDRESS: &str = "operator's address";

const SELECT: &str = "
    SELECT id, email, sealed_email, {key} AS key, role, departments, disabled, second_factor,
           created_at, last_signed_in_at, refused_sign_ins, refused_since, unlocked_at,
           password_changed_at, second_factor_changed_at
    FROM operators";

const KNOWN: &str = "SELECT id FROM operators WHERE id IN ($1, $2) ORDER BY created_at LIMIT 1";

const INSERT: &str = "
    INSERT INTO operators
        (id, email, sealed_email, role, disabled, password_hash, second_factor, last_step,
         created_at, last_signed_in_at)
    VALUES ($1, '', $2, $3, FALSE, $4, NULL, 0, $5, NULL)
    ON CONFLICT (id) DO NOTHING";

/// The statement that reads operators, with the keys of their streams.
fn select() -> String {
    SELECT.replace("{key}", &stream_key_sql("'Operator'", "operators.id"))
}

const SET_ROLE: &str = "UPDATE operators SET role = $2 WHERE id = $1";
const SET_DEPARTMENTS: &str = "UPDATE operators SET departments = $2 WHERE id = $1";
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

    async fn named(commands: &Commands, name: &str) -> Result<Named, DbError> {
        let Ok(email) = name.parse::<EmailAddress>() else { return Ok(Named::default()) };
        commands.operators().id_of(&email).await.map(Named::one)
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

    fn credentials_version(&self) -> CredentialsVersion {
        let factor = self.second_factor_changed_at.as_deref();
        CredentialsVersion::new(self.password_changed_at.as_deref(), factor)
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
            // Whoever lets an operator in knows the address; and operators have no tokens.
            Happened::AddressConfirmed | Happened::TokenReused => return None,
        }))
    }
}

const NAMESPACE: Uuid = Uuid::from_u128(0x8d8a_7c1e_3f5b_5c6e_9a57_20a1_c0de_0002);

/// The id of an operator by what stands for the address: the same each time (UUIDv5, RFC 9562).
fn id_by(name: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, name.as_bytes())
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
        let (id, at) = (self.id_of(email).await?, self.clock.now());
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
        let text = id.to_string();
        let stream = StreamId::of::<Operator>(&text);
        let sealed = self.log.seal_bytes(stream, ADDRESS, email.as_str().as_bytes()).await?;
        let sealed = sealed.ok_or(CommandError::Invalid("an operator who was forgotten"))?;
        let args = args![id, sealed, role.as_str(), hash, at];
        self.log.db().execute(INSERT, args).await?;
        Ok(id)
    }

    /// The id of the operator with this address, whatever its letter case, whether or not there is one.
    /// It tells nothing of the address to who has the database alone, but for operators of versions that
    /// made it without a key.
    pub async fn id_of(self, email: &EmailAddress) -> Result<Uuid, DbError> {
        let address = email.as_str().to_ascii_lowercase();
        let id = id_by(&self.log.blind(&format!("operator {address}")));
        let known: Option<(String,)> =
            self.log.db().fetch_optional(KNOWN, args![id, id_by(&address)]).await?;
        Ok(known.and_then(|(id,)| id.parse().ok()).unwrap_or(id))
    }

    /// The operator of this id.
    pub async fn find(self, id: Uuid) -> Result<Option<OperatorAccount>, DbError> {
        Ok(self.operator_row(id).await?.and_then(|row| row.account(&self.log)))
    }

    /// Every operator, by address.
    pub async fn all(self) -> Result<Vec<OperatorAccount>, DbError> {
        let rows: Vec<Row> = self.log.db().fetch_all(&select(), args![]).await?;
        let accounts = rows.into_iter().filter_map(|row| row.account(&self.log));
        let mut accounts: Vec<_> = accounts.collect();
        accounts.sort_by(|one, other| one.email.reveal().cmp(other.email.reveal()));
        Ok(accounts)
    }

    async fn operator_row(self, id: Uuid) -> Result<Option<Row>, DbError> {
        let sql = format!("{} WHERE id = $1", select());
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

    /// Lets an operator see work permits of these departments alone, or of all where none is named.
    pub async fn limit_departments(
        self,
        id: Uuid,
        departments: Vec<Department>,
        cause: &Cause,
    ) -> Result<(), CommandError<OperatorRefusal>> {
        let at = self.clock.now();
        let numbers: Vec<_> = departments.iter().map(Department::as_str).collect();
        let numbers = numbers.join(" ");
        let event = OperatorEvent::OperatorDepartmentsLimited { departments, at };
        self.record_of_operator(id, event, cause).await?;
        self.log.db().execute(SET_DEPARTMENTS, args![id, numbers]).await?;
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
        if !disabled {
            // What was left open where shutting out was cut off must not come back to life.
            self.identity().end_all_but::<OperatorAccount>(id, Spared::Nothing).await?;
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
            self.identity().end_all_but::<OperatorAccount>(id, Spared::Nothing).await?;
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
