//! Signing in: the password, then the code.
//!
//! A stranger's wrong passwords are counted for each address, whether it is known or not, in memory;
//! those for an operator in the database too, after the answer, so that several processes keep one
//! limit and nothing tells which addresses are known. A browser from which the operator signed in
//! before has attempts of its own.

use domain::EmailAddress;
use domain::operator::{OperatorEvent, OperatorRefusal};
use event_store::{DbError, args, parse_timestamp};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::attempts::{self, Attempts, TooMany};
use super::hashing::{Full, Hashing, Lane, Place};
use super::{OperatorAccount, Password, Row, operator_id};
use crate::allotments::Limit;
use crate::{Cause, CommandError, Commands};

/// When somebody who found the queue full may come back.
const FULL_FOR: SignedDuration = SignedDuration::from_secs(5);

/// What stands between the network and the passwords.
#[derive(Default)]
pub(crate) struct Gate {
    attempts: Attempts,
    pub(super) hashing: Hashing,
}

#[cfg(any(test, feature = "testing"))]
impl Gate {
    /// With hashes at their lowest cost.
    pub(crate) fn cheap() -> Self {
        Self { hashing: Hashing::cheap(), ..Self::default() }
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
    /// Others sign in, or try to, more than are looked at.
    #[error("too many sign in at once; try again in a moment")]
    Crowded {
        /// When to try again.
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

/// Failures under a name that count still.
const FAILURES: &str = "
    SELECT at
    FROM allotments
    WHERE name = $1 AND at > $2 AND at <= $3
    ORDER BY at";

const REFUSED: &str = "
    UPDATE operators
    SET refused_sign_ins = refused_sign_ins + 1, refused_since = COALESCE(refused_since, $2)
    WHERE id = $1";

const SIGNED_IN: &str = "
    UPDATE operators
    SET last_signed_in_at = $2, refused_sign_ins = 0, refused_since = NULL
    WHERE id = $1";

const UNLOCK: &str = "UPDATE operators SET unlocked_at = $2 WHERE id = $1";

/// What an attempt counts under: what is asked for, of whom, from which known device.
fn name(asked: &str, whose: &str, device: Option<Uuid>) -> String {
    device.map_or_else(|| format!("{asked} {whose}"), |it| format!("{asked} {whose} {it}"))
}

/// An attempt that is looked at.
pub(super) struct Attempt {
    name: String,
    lane: Lane,
    /// Whether the database holds failures before it.
    failed_before: bool,
}

impl Commands {
    /// The operator with this address and password. An unknown address takes as long as a wrong
    /// password. `devices` are the device cookies that the browser has.
    pub async fn check_password(
        &self,
        email: &str,
        password: Password,
        devices: &[&str],
    ) -> Result<OperatorAccount, SignInError> {
        let outcome = self.look_at_password(email, password, devices).await;
        let told = match &outcome {
            Ok(_) => "right",
            Err(SignInError::Wrong) => "wrong",
            Err(SignInError::TooMany { .. }) => "too_many",
            Err(SignInError::Crowded { .. }) => "crowded",
            Err(SignInError::Command(_)) => "failed",
        };
        metrics::counter!("postulo_sign_ins_total", "outcome" => told).increment(1);
        outcome
    }

    async fn look_at_password(
        &self,
        email: &str,
        password: Password,
        devices: &[&str],
    ) -> Result<OperatorAccount, SignInError> {
        let id = email.parse::<EmailAddress>().ok().map(|email| operator_id(&email));
        let whose = id.map_or_else(|| email.to_lowercase(), |id| id.to_string());
        let device = id.and_then(|id| self.known_device(id, devices));
        let lane = if device.is_some() { Lane::Known } else { Lane::Strangers };
        // A flood ends here, before the database.
        if lane == Lane::Strangers
            && let Some(until) = self.gate.attempts.crowded(self.clock.now())
        {
            return Err(SignInError::Crowded { until });
        }
        let place = self.place(lane)?;
        let row = match id {
            Some(id) => self.operator_row(id).await?,
            None => None,
        };
        let attempt = self.attempt(name("password", &whose, device), lane, row.as_ref()).await?;
        let hash = row.as_ref().map(|row| row.password_hash.clone());
        let right = self.verify(&attempt, place, password, hash).await?;
        let account = row.as_ref().and_then(Row::account).filter(|account| !account.disabled);
        match account {
            Some(account) if right => {
                self.succeeded(&attempt).await?;
                Ok(account)
            }
            _ => {
                self.failed(&attempt, row.as_ref());
                Err(SignInError::Wrong)
            }
        }
    }

    /// Whether this is the code that the operator's app shows now. Each code counts once.
    pub async fn check_code(
        &self,
        operator: &OperatorAccount,
        code: &str,
        devices: &[&str],
    ) -> Result<(), SignInError> {
        let device = self.known_device(operator.id, devices);
        let row = self.operator_row(operator.id).await?.ok_or(SignInError::Wrong)?;
        // Whoever comes here has the password.
        let name = name("code", &operator.id.to_string(), device);
        let attempt = self.attempt(name, Lane::Known, Some(&row)).await?;
        if self.use_code(operator, &row, code).await? {
            self.succeeded(&attempt).await?;
            return Ok(());
        }
        self.failed(&attempt, Some(&row));
        Err(SignInError::Wrong)
    }

    /// Whether whoever is signed in as this operator has their password and, where a second factor
    /// is set, the code that the app shows now: asked before credentials change.
    pub async fn confirm(
        &self,
        operator: &OperatorAccount,
        password: Password,
        code: &str,
    ) -> Result<(), SignInError> {
        let place = self.place(Lane::Known)?;
        let row = self.operator_row(operator.id).await?.ok_or(SignInError::Wrong)?;
        let name = name("confirm", &operator.id.to_string(), None);
        let attempt = self.attempt(name, Lane::Known, Some(&row)).await?;
        let mut right =
            self.verify(&attempt, place, password, Some(row.password_hash.clone())).await?;
        if right && row.second_factor.is_some() {
            right = self.use_code(operator, &row, code).await?;
        }
        if right {
            self.succeeded(&attempt).await?;
            return Ok(());
        }
        self.failed(&attempt, Some(&row));
        Err(SignInError::Wrong)
    }

    async fn attempt(
        &self,
        name: String,
        lane: Lane,
        row: Option<&Row>,
    ) -> Result<Attempt, SignInError> {
        let (now, is_stranger) = (self.clock.now(), lane == Lane::Strangers);
        let unlocked = row.and_then(Row::unlocked_at);
        let taken = self.gate.attempts.take(&name, unlocked, is_stranger, now);
        taken.map_err(|too_many| match too_many {
            TooMany::OfName(until) => SignInError::TooMany { until },
            TooMany::Altogether(until) => SignInError::Crowded { until },
        })?;
        let failures = self.failures(&name, unlocked).await?;
        if let Some(until) = attempts::next_after(&failures, now.as_microsecond()) {
            self.gate.attempts.not_looked_at(&name, is_stranger);
            let until = Timestamp::from_microsecond(until).unwrap_or(now);
            return Err(SignInError::TooMany { until });
        }
        Ok(Attempt { name, lane, failed_before: !failures.is_empty() })
    }

    /// When there were failures under this name, as far as they count still. What is ahead of the
    /// clock was a mistake of the clock.
    async fn failures(&self, name: &str, unlocked: Option<Timestamp>) -> Result<Vec<i64>, DbError> {
        let now = self.clock.now().as_microsecond();
        let unlocked = unlocked.map_or(i64::MIN, Timestamp::as_microsecond);
        let since = unlocked.max(now - attempts::LONGEST);
        let limit = Limit::of_sign_in(name);
        let args = args![limit.name(), since, now];
        let rows: Vec<(i64,)> = self.log.db().fetch_all(FAILURES, args).await?;
        Ok(rows.into_iter().map(|(at,)| at).collect())
    }

    fn place(&self, lane: Lane) -> Result<Place, SignInError> {
        let place = self.gate.hashing.place(lane);
        place.map_err(|Full| SignInError::Crowded { until: self.clock.now() + FULL_FOR })
    }

    async fn verify(
        &self,
        attempt: &Attempt,
        place: Place,
        password: Password,
        hash: Option<String>,
    ) -> Result<bool, SignInError> {
        let verified = password.verify(hash, &self.gate.hashing, place).await;
        verified.map_err(|Full| {
            let is_stranger = attempt.lane == Lane::Strangers;
            self.gate.attempts.not_looked_at(&attempt.name, is_stranger);
            SignInError::Crowded { until: self.clock.now() + FULL_FOR }
        })
    }

    async fn succeeded(&self, attempt: &Attempt) -> Result<(), DbError> {
        self.gate.attempts.succeeded(&attempt.name, attempt.lane == Lane::Strangers);
        if attempt.failed_before {
            self.forget(&Limit::of_sign_in(&attempt.name)).await?;
        }
        Ok(())
    }

    /// Counts a failure for an operator in the database. Nobody waits for it: the answer takes as
    /// long as for an address that nobody has.
    fn failed(&self, attempt: &Attempt, row: Option<&Row>) {
        let Some(id) = row.map(|row| row.id.clone()) else { return };
        let (commands, limit) = (self.clone(), Limit::of_sign_in(&attempt.name));
        tokio::spawn(async move {
            let counted = async {
                let _ = commands.try_now(&limit).await?;
                let now = commands.clock.now();
                commands.log.db().execute(REFUSED, args![id.as_str(), now]).await
            };
            if let Err(error) = counted.await {
                tracing::warn!(%error, operator.id = id, "a refused sign-in could not be counted");
            }
        });
    }

    /// Until when sign-ins as this operator from devices that are not known are refused, if they are.
    pub async fn locked_until(
        &self,
        operator: &OperatorAccount,
    ) -> Result<Option<Timestamp>, DbError> {
        let (now, unlocked) = (self.clock.now(), operator.unlocked_at.as_deref());
        let unlocked = unlocked.and_then(|at| parse_timestamp(at).ok());
        let mut until = None;
        for asked in ["password", "code"] {
            let name = name(asked, &operator.id.to_string(), None);
            let failures = self.failures(&name, unlocked).await?;
            until = until.max(attempts::next_after(&failures, now.as_microsecond()));
        }
        Ok(until.and_then(|until| Timestamp::from_microsecond(until).ok()))
    }

    /// Lifts a lock-out: what failed before counts no more, in any process.
    pub async fn unlock_operator(
        &self,
        id: Uuid,
        cause: &Cause,
    ) -> Result<(), CommandError<OperatorRefusal>> {
        let at = self.clock.now();
        self.record_of_operator(id, OperatorEvent::OperatorUnlocked { at }, cause).await?;
        self.log.db().execute(UNLOCK, args![id, at]).await?;
        Ok(())
    }

    /// Records that an operator is signed in.
    pub(super) async fn signed_in(
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

    fn known_device(&self, operator: Uuid, cookies: &[&str]) -> Option<Uuid> {
        let now = self.clock.now();
        cookies.iter().find_map(|cookie| self.devices.device(cookie, operator, now).ok())
    }

    /// The device cookie of a browser from which this operator signed in just now; one that it has
    /// already stays the same device.
    pub fn device_cookie(&self, operator: Uuid, cookies: &[&str]) -> String {
        let device = self.known_device(operator, cookies).unwrap_or_else(|| self.ids.uuid());
        self.devices.cookie(operator, device, self.clock.now())
    }
}
