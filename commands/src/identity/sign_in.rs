//! Signing in: the password, then the code.
//!
//! A stranger's wrong passwords are counted for each name, whether it is known or not: in memory,
//! and after the answer in the database too, so that several processes keep one limit. An address
//! is one name, however it is spelled and however many accounts carry it. A browser from which the
//! same account signed in before has attempts of its own. Each kind of account is counted apart: a
//! flood at one sign-in shuts nobody out at another.

mod password;

use event_store::{DbError, args};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::attempts::{self, TooMany};
use super::credentials::Row;
use super::gate::Door;
use super::hashing::{Full, Lane, Place};
use super::{AccountKind, Happened, Password, of_table};
use crate::allotments::Limit;
use crate::facades::Identity;
use crate::{Cause, CommandError, Commands};

/// When somebody who found the queue full may come back.
const FULL_FOR: SignedDuration = SignedDuration::from_secs(5);

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
    /// The database did not answer.
    #[error(transparent)]
    Unavailable(#[from] DbError),
}

impl From<TooMany> for SignInError {
    fn from(too_many: TooMany) -> Self {
        match too_many {
            TooMany::OfName(until) => Self::TooMany { until },
            TooMany::Altogether(until) => Self::Crowded { until },
        }
    }
}

/// Failures under a name that count still.
const FAILURES: &str = "
    SELECT at
    FROM allotments
    WHERE name = $1 AND at > $2 AND at <= $3
    ORDER BY at";

const REFUSED: &str = "
    UPDATE {table}
    SET refused_sign_ins = refused_sign_ins + 1, refused_since = COALESCE(refused_since, $2)
    WHERE id = $1";

const SIGNED_IN: &str = "
    UPDATE {table}
    SET last_signed_in_at = $2, refused_sign_ins = 0, refused_since = NULL
    WHERE id = $1";

const UNLOCK: &str = "UPDATE {table} SET unlocked_at = $2 WHERE id = $1";

/// What an attempt counts under: what is asked for, of whom, from which known device.
fn name(asked: &str, whose: &str, device: Option<Uuid>) -> String {
    device.map_or_else(|| format!("{asked} {whose}"), |it| format!("{asked} {whose} {it}"))
}

/// When a lock-out of any of these accounts was lifted last: attempts under their address count no more from
/// before.
fn unlocked_at(rows: &[(Uuid, Row)]) -> Option<Timestamp> {
    rows.iter().filter_map(|(_, row)| row.unlocked_at()).max()
}

/// An attempt that is looked at.
pub(super) struct Attempt {
    name: String,
    lane: Lane,
    /// Which accounts it is at.
    accounts: Vec<Uuid>,
    /// Whether the database holds failures before it.
    failed_before: bool,
}

impl Identity<'_> {
    /// Whether this is the code that the owner's app shows now. Each code counts once.
    pub async fn check_code<A: AccountKind>(
        self,
        account: &A,
        code: &str,
        devices: &[&str],
    ) -> Result<(), SignInError> {
        let id = account.id();
        let device = self.known_device(id, devices);
        let row = self.credentials_row::<A>(id).await?.ok_or(SignInError::Wrong)?;
        // Whoever comes here has the password.
        let name = name("code", &id.to_string(), device);
        let rows = [(id, row)];
        let attempt = self.attempt::<A>(name, Lane::Known, &rows).await?;
        let [(_, row)] = rows;
        if self.use_code(account, &row, code).await? {
            self.succeeded::<A>(&attempt).await?;
            return Ok(());
        }
        self.failed::<A>(&attempt);
        Err(SignInError::Wrong)
    }

    /// Whether whoever is signed in to this account has its password and, where a second factor
    /// is set, the code that the app shows now: asked before credentials change.
    pub async fn confirm<A: AccountKind>(
        self,
        account: &A,
        password: Password,
        code: &str,
    ) -> Result<(), SignInError> {
        let (place, id) = (self.place(Lane::Known)?, account.id());
        let row = self.credentials_row::<A>(id).await?.ok_or(SignInError::Wrong)?;
        let name = name("confirm", &id.to_string(), None);
        let rows = [(id, row)];
        let attempt = self.attempt::<A>(name, Lane::Known, &rows).await?;
        let [(_, row)] = rows;
        let hashes = vec![row.password_hash.clone()];
        let right = self.verify::<A>(&attempt, place, password, hashes, 1).await?;
        let mut right = right.is_some();
        if right && row.second_factor.is_some() {
            right = self.use_code(account, &row, code).await?;
        }
        if right {
            self.succeeded::<A>(&attempt).await?;
            return Ok(());
        }
        self.failed::<A>(&attempt);
        Err(SignInError::Wrong)
    }

    async fn attempt<A: AccountKind>(
        self,
        name: String,
        lane: Lane,
        rows: &[(Uuid, Row)],
    ) -> Result<Attempt, SignInError> {
        let (now, is_stranger) = (self.clock.now(), lane == Lane::Strangers);
        let unlocked = unlocked_at(rows);
        let attempts = self.gate.attempts::<A>(Door::SignIn);
        attempts.take(&name, unlocked, is_stranger, now)?;
        let failures = self.failures(&name, unlocked).await?;
        if let Some(until) = attempts::next_after(&failures, now.as_microsecond()) {
            attempts.not_looked_at(&name, is_stranger);
            let until = Timestamp::from_microsecond(until).unwrap_or(now);
            return Err(SignInError::TooMany { until });
        }
        let accounts = rows.iter().map(|(id, _)| *id).collect();
        Ok(Attempt { name, lane, accounts, failed_before: !failures.is_empty() })
    }

    /// When there were failures under this name, as far as they count still. What is ahead of the
    /// clock was a mistake of the clock.
    async fn failures(self, name: &str, unlocked: Option<Timestamp>) -> Result<Vec<i64>, DbError> {
        let now = self.clock.now().as_microsecond();
        let unlocked = unlocked.map_or(i64::MIN, Timestamp::as_microsecond);
        let since = unlocked.max(now - attempts::LONGEST);
        let limit = Limit::of_sign_in(name);
        let args = args![limit.name(&self.log), since, now];
        let rows: Vec<(i64,)> = self.log.db().fetch_all(FAILURES, args).await?;
        Ok(rows.into_iter().map(|(at,)| at).collect())
    }

    fn place(self, lane: Lane) -> Result<Place, SignInError> {
        let place = self.gate.hashing.place(lane);
        place.map_err(|Full| SignInError::Crowded { until: self.clock.now() + FULL_FOR })
    }

    async fn verify<A: AccountKind>(
        self,
        attempt: &Attempt,
        place: Place,
        password: Password,
        hashes: Vec<String>,
        tries: usize,
    ) -> Result<Option<usize>, SignInError> {
        let verified = password.verify(hashes, tries, &self.gate.hashing, place).await;
        verified.map_err(|Full| {
            let is_stranger = attempt.lane == Lane::Strangers;
            let attempts = self.gate.attempts::<A>(Door::SignIn);
            attempts.not_looked_at(&attempt.name, is_stranger);
            SignInError::Crowded { until: self.clock.now() + FULL_FOR }
        })
    }

    async fn succeeded<A: AccountKind>(self, attempt: &Attempt) -> Result<(), DbError> {
        let attempts = self.gate.attempts::<A>(Door::SignIn);
        attempts.succeeded(&attempt.name, attempt.lane == Lane::Strangers);
        if attempt.failed_before {
            self.limits().forget(&Limit::of_sign_in(&attempt.name)).await?;
        }
        Ok(())
    }

    /// Counts a failure in the database, under a name that nobody has as well: what several
    /// processes refuse must not tell which names are known. Nobody waits for it.
    fn failed<A: AccountKind>(self, attempt: &Attempt) {
        let (commands, accounts) = (Commands::clone(&self), attempt.accounts.clone());
        let limit = Limit::of_sign_in(&attempt.name);
        tokio::spawn(async move {
            let counted = async {
                let _ = commands.limits().try_now(&limit).await?;
                for id in &accounts {
                    let args = args![*id, commands.clock.now()];
                    commands.log.db().execute(&of_table::<A>(REFUSED), args).await?;
                }
                Ok::<_, DbError>(())
            };
            if let Err(error) = counted.await {
                tracing::warn!(
                    %error,
                    account.kind = A::KIND,
                    account.ids = ?accounts,
                    "a refused sign-in could not be counted"
                );
            }
        });
    }

    /// Until when sign-ins to this account from devices that are not known are refused, if they are.
    pub async fn locked_until<A: AccountKind>(
        self,
        account: &A,
    ) -> Result<Option<Timestamp>, DbError> {
        let (now, id, address) = (self.clock.now(), account.id(), account.address());
        let named = A::named(&self, address).await?;
        let own = unlocked_at(&self.credentials_rows::<A>(&[id]).await?);
        let shared = unlocked_at(&self.credentials_rows::<A>(&named.ids).await?);
        let own_name = id.to_string();
        let mut until = None;
        for (asked, whose, unlocked) in [
            ("password", &own_name, own),
            ("code", &own_name, own),
            ("password", &named.whose(address), shared),
        ] {
            let failures = self.failures(&name(asked, whose, None), unlocked).await?;
            until = until.max(attempts::next_after(&failures, now.as_microsecond()));
        }
        Ok(until.and_then(|until| Timestamp::from_microsecond(until).ok()))
    }

    /// Lifts a lock-out: what failed before counts no more, in any process.
    pub async fn unlock<A: AccountKind>(
        self,
        account: &A,
        cause: &Cause,
    ) -> Result<(), CommandError<A::Refusal>> {
        let (id, at) = (account.id(), self.clock.now());
        self.tell::<A>(id, Happened::Unlocked, cause).await?;
        self.log.db().execute(&of_table::<A>(UNLOCK), args![id, at]).await?;
        Ok(())
    }

    /// Records that somebody is signed in.
    pub(super) async fn signed_in<A: AccountKind>(
        self,
        id: Uuid,
        second_factor: bool,
        cause: &Cause,
    ) -> Result<(), CommandError<A::Refusal>> {
        let at = self.clock.now();
        self.tell::<A>(id, Happened::SignedIn { second_factor }, cause).await?;
        self.log.db().execute(&of_table::<A>(SIGNED_IN), args![id, at]).await?;
        Ok(())
    }

    fn known_device(self, account: Uuid, cookies: &[&str]) -> Option<Uuid> {
        let now = self.clock.now();
        cookies.iter().find_map(|cookie| self.devices.device(cookie, account, now).ok())
    }

    /// The device cookie of a browser whose owner showed just now that this account is theirs; one that it
    /// has already stays the same device.
    pub fn device_cookie(self, account: Uuid, cookies: &[&str]) -> String {
        let device = self.known_device(account, cookies).unwrap_or_else(|| self.ids.uuid());
        self.devices.cookie(account, device, self.clock.now())
    }
}
