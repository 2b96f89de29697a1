//! The second factor: a code that changes every 30 seconds (TOTP, RFC 6238).

use domain::Personal;
use event_store::{DbError, Tx, Value, args};
use thiserror::Error;
use totp_rs::{Builder, Secret, Totp};
use uuid::Uuid;

use super::credentials::{Row, end_in, hold_in};
use super::{AccountKind, Happened, SessionToken, Spared, of_table};
use crate::facades::Identity;
use crate::{Cause, CommandError, advice};

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
pub enum SecondFactorError<R: std::error::Error + 'static> {
    /// The code is not the one that the app shows.
    #[error("the code is not the one that the app shows now; check the clock of the phone")]
    WrongCode,
    /// The secret was altered.
    #[error("the secret is not one that was shown; begin again")]
    Secret,
    /// The database did not answer, or the log did not take it.
    #[error(transparent)]
    Command(#[from] CommandError<R>),
}

const SET: &str = "
    UPDATE {table}
    SET second_factor = $2, sealed_factor = $3, last_step = $4, second_factor_changed_at = $5
    WHERE id = $1";

/// A code counts once: the step of its time only ever grows. One that is further ahead than any app
/// was used when the clock was wrong.
const USE_STEP: &str = "
    UPDATE {table}
    SET last_step = $2
    WHERE id = $1 AND (last_step < $2 OR last_step > $2 + 10)";

/// What a second factor is sealed for.
pub(crate) fn factor_name(kind: &str, account: &str) -> String {
    format!("second factor {kind} {account}")
}

fn totp(secret: Secret, account: &str) -> Option<Totp> {
    let builder = Builder::new().with_secret(secret).with_issuer(Some("Postulo"));
    builder.with_account_name(account.replace(':', "")).build().ok()
}

/// Writes the factor of an account, and ends what was opened without it: both or neither.
async fn write_factor_in<A: AccountKind>(
    mut tx: Tx,
    id: Uuid,
    args: Vec<Value>,
    spared: Spared<'_>,
) -> Result<(), DbError> {
    tx.execute(&of_table::<A>(SET), args).await?;
    end_in::<A>(&mut tx, id, spared).await?;
    tx.commit().await
}

impl Identity<'_> {
    /// A fresh secret for the app of an account's owner; nothing is kept until a code confirms it.
    pub fn new_second_factor<A: AccountKind>(self, account: &A) -> Option<Enrolment> {
        let secret = Secret::from(self.ids.bytes(20));
        let base32 = secret.to_base32();
        let url = totp(secret, account.address())?.to_url().ok()?;
        Some(Enrolment { secret: base32.into(), url: url.into() })
    }

    /// The same for a secret that was shown before.
    pub fn second_factor_again<A: AccountKind>(
        self,
        account: &A,
        secret: &str,
    ) -> Option<Enrolment> {
        let parsed = Secret::try_from_base32(secret).ok()?;
        let url = totp(parsed, account.address())?.to_url().ok()?;
        Some(Enrolment { secret: secret.to_owned().into(), url: url.into() })
    }

    /// Whether an app that was given this secret shows this code now: the step of its time.
    pub fn check_new_factor<A: AccountKind>(
        self,
        account: &A,
        secret: &str,
        code: &str,
    ) -> Result<i64, SecondFactorError<A::Refusal>> {
        let parsed = Secret::try_from_base32(secret).map_err(|_| SecondFactorError::Secret)?;
        let totp = totp(parsed, account.address()).ok_or(SecondFactorError::Secret)?;
        let seconds = u64::try_from(self.clock.now().as_second()).unwrap_or_default();
        let step = totp.check(code.trim(), seconds).ok_or(SecondFactorError::WrongCode)?;
        Ok(i64::try_from(step).unwrap_or(i64::MAX))
    }

    /// Asks for a code from now on, once a first one shows that the app works. Every session of the
    /// account but `keep` ends, and all of its tokens. Contended where the credentials were changed
    /// after the account was read.
    pub async fn set_second_factor<A: AccountKind>(
        self,
        account: &A,
        secret: &str,
        code: &str,
        keep: &SessionToken,
        cause: &Cause,
    ) -> Result<(), SecondFactorError<A::Refusal>> {
        let step = self.check_new_factor(account, secret, code)?;
        let (id, now) = (account.id(), self.clock.now());
        self.tell::<A>(id, Happened::SecondFactorSet, cause).await?;
        let sealed =
            self.log.seal_of_none(&factor_name(A::KIND, &id.to_string()), secret.as_bytes());
        let args = args![id, "", sealed, step, now];
        if self.write_new_factor(account, args, keep).await.map_err(CommandError::from)? {
            return Ok(());
        }
        self.tell::<A>(id, Happened::SecondFactorRemoved, cause).await?;
        Err(SecondFactorError::Command(CommandError::Contended))
    }

    /// Writes the first factor of an account, unless its credentials were changed meanwhile.
    async fn write_new_factor<A: AccountKind>(
        self,
        account: &A,
        args: Vec<Value>,
        keep: &SessionToken,
    ) -> Result<bool, DbError> {
        let mut tx = self.log.db().begin().await?;
        if !hold_in(&mut tx, account).await? {
            tx.rollback().await?;
            return Ok(false);
        }
        write_factor_in::<A>(tx, account.id(), args, Spared::Session(keep)).await?;
        Ok(true)
    }

    /// Takes the second factor away: the app was lost.
    pub async fn remove_second_factor<A: AccountKind>(
        self,
        account: &A,
        cause: &Cause,
    ) -> Result<(), CommandError<A::Refusal>> {
        let (id, at) = (account.id(), self.clock.now());
        self.tell::<A>(id, Happened::SecondFactorRemoved, cause).await?;
        let args = args![id, None::<String>, None::<Vec<u8>>, 0_i64, at];
        let tx = self.log.db().begin().await?;
        Ok(write_factor_in::<A>(tx, id, args, Spared::Nothing).await?)
    }

    /// The secret of an account's second factor; none where it cannot be opened, and then no code is right.
    fn factor_secret<A: AccountKind>(self, id: Uuid, row: &Row) -> Option<Secret> {
        let plain = row.second_factor.as_deref()?;
        let Some(sealed) = row.sealed_factor.as_deref().filter(|_| plain.is_empty()) else {
            return Secret::try_from_base32(plain).ok(); // a version from before wrote it
        };
        let opened = self.log.open_of_none(&factor_name(A::KIND, &id.to_string()), sealed);
        let opened = opened.inspect_err(|error| {
            tracing::error!(
                error = %advice::told(error),
                account.kind = A::KIND,
                account.id = %id,
                "a second factor cannot be opened"
            );
        });
        Secret::try_from_base32(std::str::from_utf8(&opened.ok()?).ok()?).ok()
    }

    /// Whether this is the code that the owner's app shows now; if so, it is used up.
    pub(super) async fn use_code<A: AccountKind>(
        self,
        account: &A,
        row: &Row,
        code: &str,
    ) -> Result<bool, DbError> {
        let secret = self.factor_secret::<A>(account.id(), row);
        let totp = secret.and_then(|secret| totp(secret, account.address()));
        let seconds = u64::try_from(self.clock.now().as_second()).unwrap_or_default();
        let step = totp.and_then(|totp| totp.check(code.trim(), seconds));
        let Some(step) = step.and_then(|step| i64::try_from(step).ok()) else { return Ok(false) };
        let args = args![account.id(), step];
        Ok(self.log.db().execute(&of_table::<A>(USE_STEP), args).await? > 0)
    }
}
