//! The second factor: a code that changes every 30 seconds (TOTP, RFC 6238).

use domain::Personal;
use domain::operator::{OperatorEvent, OperatorRefusal};
use event_store::{DbError, args};
use thiserror::Error;
use totp_rs::{Builder, Secret, Totp};
use uuid::Uuid;

use super::{OperatorAccount, Row, SessionToken};
use crate::{Cause, CommandError, Commands};

/// What an authenticator app needs to make the codes.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// The secret in base32, to be typed.
    pub secret: Personal<String>,
    /// The same as an `otpauth:` address, to be shown as a QR code.
    pub url: Personal<String>,
}

/// A second factor was not set.
#[derive(Debug, Error)]
pub enum SecondFactorError {
    /// The code is not the one that the app shows.
    #[error("the code is not the one that the app shows now; check the clock of the phone")]
    WrongCode,
    /// The secret was altered.
    #[error("the secret is not one that was shown; begin again")]
    Secret,
    /// The database did not answer, or the log did not take it.
    #[error(transparent)]
    Command(#[from] CommandError<OperatorRefusal>),
}

const SET: &str = "
    UPDATE operators
    SET second_factor = $2, last_step = $3, second_factor_changed_at = $4
    WHERE id = $1";

/// A code counts once: the step of its time only ever grows. One that is further ahead than any app
/// was used when the clock was wrong.
const USE_STEP: &str = "
    UPDATE operators
    SET last_step = $2
    WHERE id = $1 AND (last_step < $2 OR last_step > $2 + 10)";

fn totp(secret: Secret, account: &str) -> Option<Totp> {
    let builder = Builder::new().with_secret(secret).with_issuer(Some("Postulo"));
    builder.with_account_name(account.replace(':', "")).build().ok()
}

impl Commands {
    /// A fresh secret for an operator's app; nothing is kept until a code confirms it.
    pub fn new_second_factor(&self, operator: &OperatorAccount) -> Option<Enrolment> {
        let secret = Secret::from(self.ids.bytes(20));
        let base32 = secret.to_base32();
        let url = totp(secret, operator.email.reveal())?.to_url().ok()?;
        Some(Enrolment { secret: base32.into(), url: url.into() })
    }

    /// The same for a secret that was shown before.
    pub fn second_factor_again(
        &self,
        operator: &OperatorAccount,
        secret: &str,
    ) -> Option<Enrolment> {
        let parsed = Secret::try_from_base32(secret).ok()?;
        let url = totp(parsed, operator.email.reveal())?.to_url().ok()?;
        Some(Enrolment { secret: secret.to_owned().into(), url: url.into() })
    }

    /// Whether an app that was given this secret shows this code now: the step of its time.
    pub fn check_new_factor(
        &self,
        operator: &OperatorAccount,
        secret: &str,
        code: &str,
    ) -> Result<i64, SecondFactorError> {
        let parsed = Secret::try_from_base32(secret).map_err(|_| SecondFactorError::Secret)?;
        let totp = totp(parsed, operator.email.reveal()).ok_or(SecondFactorError::Secret)?;
        let seconds = u64::try_from(self.clock.now().as_second()).unwrap_or_default();
        let step = totp.check(code.trim(), seconds).ok_or(SecondFactorError::WrongCode)?;
        Ok(i64::try_from(step).unwrap_or(i64::MAX))
    }

    /// Asks for a code from now on, once a first one shows that the app works. Every session of the
    /// operator but `keep` ends.
    pub async fn set_second_factor(
        &self,
        operator: &OperatorAccount,
        secret: &str,
        code: &str,
        keep: &SessionToken,
        cause: &Cause,
    ) -> Result<(), SecondFactorError> {
        let step = self.check_new_factor(operator, secret, code)?;
        let now = self.clock.now();
        let event = OperatorEvent::OperatorSecondFactorSet { at: now };
        self.record_of_operator(operator.id, event, cause).await?;
        let set = self.log.db().execute(SET, args![operator.id, secret, step, now]).await;
        set.map_err(CommandError::from)?;
        self.end_other_sessions(operator.id, keep).await.map_err(CommandError::from)?;
        Ok(())
    }

    /// Takes the second factor away: the app was lost.
    pub async fn remove_second_factor(
        &self,
        id: Uuid,
        cause: &Cause,
    ) -> Result<(), CommandError<OperatorRefusal>> {
        let at = self.clock.now();
        let event = OperatorEvent::OperatorSecondFactorRemoved { at };
        self.record_of_operator(id, event, cause).await?;
        self.log.db().execute(SET, args![id, None::<String>, 0_i64, at]).await?;
        self.end_sessions_of(id).await?;
        Ok(())
    }

    /// Whether this is the code that the operator's app shows now; if so, it is used up.
    pub(super) async fn use_code(
        &self,
        operator: &OperatorAccount,
        row: &Row,
        code: &str,
    ) -> Result<bool, DbError> {
        let secret = row.second_factor.as_deref().and_then(|it| Secret::try_from_base32(it).ok());
        let totp = secret.and_then(|secret| totp(secret, operator.email.reveal()));
        let seconds = u64::try_from(self.clock.now().as_second()).unwrap_or_default();
        let step = totp.and_then(|totp| totp.check(code.trim(), seconds));
        let Some(step) = step.and_then(|step| i64::try_from(step).ok()) else { return Ok(false) };
        Ok(self.log.db().execute(USE_STEP, args![operator.id, step]).await? > 0)
    }
}
