//! The password at the sign-in: whose it is of those whom the name may mean.

use event_store::DbError;
use uuid::Uuid;

use super::super::gate::Door;
use super::super::hashing::Lane;
use super::super::{AccountKind, Named, Password};
use super::{Attempt, SignInError, name};
use crate::facades::Identity;

impl Identity<'_> {
    /// The account that signs in by this name, with this password. An unknown name takes as long as
    /// a wrong password. `devices` are the device cookies that the browser has.
    pub async fn check_password<A: AccountKind>(
        self,
        name: &str,
        password: Password,
        devices: &[&str],
    ) -> Result<A, SignInError> {
        let outcome = self.look_at_password(name, password, devices).await;
        let told = match &outcome {
            Ok(_) => "right",
            Err(SignInError::Wrong) => "wrong",
            Err(SignInError::TooMany { .. }) => "too_many",
            Err(SignInError::Crowded { .. }) => "crowded",
            Err(SignInError::Unavailable(_)) => "failed",
        };
        metrics::counter!("postulo_sign_ins_total", "kind" => A::KIND, "outcome" => told)
            .increment(1);
        outcome
    }

    /// Looks at a password; where it is that of one account, it was no guess at the others.
    async fn look_at_password<A: AccountKind>(
        self,
        given: &str,
        password: Password,
        devices: &[&str],
    ) -> Result<A, SignInError> {
        let mut wrong = vec![];
        let outcome = self.look_at_each::<A>(given, password, devices, &mut wrong).await;
        for attempt in &wrong {
            if outcome.is_ok() {
                let is_stranger = attempt.lane == Lane::Strangers;
                self.gate.attempts::<A>(Door::SignIn).not_looked_at(&attempt.name, is_stranger);
            } else {
                self.failed::<A>(attempt);
            }
        }
        outcome
    }

    /// From a device that some of the accounts know, a name means each of those first, and then the
    /// others as it does from any device, where an address may have others: whether it has, the
    /// time does not tell.
    async fn look_at_each<A: AccountKind>(
        self,
        given: &str,
        password: Password,
        devices: &[&str],
        wrong: &mut Vec<Attempt>,
    ) -> Result<A, SignInError> {
        // A flood ends here, before the database.
        let crowded = || self.gate.attempts::<A>(Door::SignIn).crowded(self.clock.now());
        if devices.is_empty()
            && let Some(until) = crowded()
        {
            return Err(SignInError::Crowded { until });
        }
        let named = A::named(&self, given).await?;
        let known = self.known::<A>(given, &named.ids, devices).await?;
        let mut first = None;
        for (id, device) in &known {
            let (one, password) = (Named::one(*id), password.clone());
            match self.look_at::<A>(given, &one, Some(*device), password, wrong).await {
                Err(error @ (SignInError::Wrong | SignInError::TooMany { .. })) => {
                    first.get_or_insert(error);
                }
                other => return other,
            }
        }
        if named.counted.is_none()
            && let Some(error) = first
        {
            return Err(error);
        }
        let known: Vec<Uuid> = known.into_iter().map(|(id, _)| id).collect();
        let others = named.without(&known);
        let looked_at = match crowded() {
            Some(until) => Err(SignInError::Crowded { until }),
            None => self.look_at::<A>(given, &others, None, password, wrong).await,
        };
        // Whoever has to wait is told so, wherever it was.
        looked_at.map_err(|error| match error {
            SignInError::Wrong => first.unwrap_or(error),
            _ => error,
        })
    }

    /// The accounts that a name may mean and whose owner signed in from this browser before, each
    /// with its device; the likeliest first.
    async fn known<A: AccountKind>(
        self,
        given: &str,
        likely: &[Uuid],
        devices: &[&str],
    ) -> Result<Vec<(Uuid, Uuid)>, DbError> {
        let (now, mut known) = (self.clock.now(), Vec::<(Uuid, Uuid)>::new());
        for cookie in devices {
            let Ok((id, device)) = self.devices.whose(cookie, now) else { continue };
            let is_new = known.iter().all(|(other, _)| *other != id);
            if is_new && (likely.contains(&id) || A::is_named(&self, given, id).await?) {
                known.push((id, device));
            }
        }
        known.sort_by_key(|(id, _)| likely.iter().position(|it| it == id).unwrap_or(usize::MAX));
        Ok(known)
    }

    /// A right password never counts as a try. Where attempts count under an address, it makes up
    /// for wrong ones only if the address is the account's own: others may carry it, and somebody
    /// who has one of the accounts could guess at the rest for ever, or learn whether there is
    /// another one.
    async fn look_at<A: AccountKind>(
        self,
        given: &str,
        named: &Named,
        device: Option<Uuid>,
        password: Password,
        wrong: &mut Vec<Attempt>,
    ) -> Result<A, SignInError> {
        let whose = named.whose(given);
        let lane = if device.is_some() { Lane::Known } else { Lane::Strangers };
        let place = self.place(lane)?;
        let rows = self.credentials_rows::<A>(&named.ids).await?;
        let name = name("password", &whose, device);
        let attempt = self.attempt::<A>(name, lane, &rows).await?;
        let hashes = rows.iter().map(|(_, row)| row.password_hash.clone()).collect();
        let tries = named.tries.max(1);
        let right = self.verify::<A>(&attempt, place, password.clone(), hashes, tries).await?;
        let right = right.and_then(|nth| rows.into_iter().nth(nth));
        // Where another one was set meanwhile, it was right and is no more.
        let account = match &right {
            Some((id, row)) => A::load(&self, *id)
                .await?
                .filter(|it| it.may_sign_in() && it.credentials_version() == row.version()),
            None => None,
        };
        let (Some((id, row)), Some(account)) = (right, account) else {
            wrong.push(attempt);
            return Err(SignInError::Wrong);
        };
        if named.counted.is_none() || account.owns_address() {
            self.succeeded::<A>(&attempt).await?;
        } else {
            let is_stranger = lane == Lane::Strangers;
            self.gate.attempts::<A>(Door::SignIn).not_looked_at(&attempt.name, is_stranger);
        }
        if self.gate.hashing.argon2.is_outdated(&row.password_hash) {
            self.rehash::<A>(id, password, row.password_hash);
        }
        Ok(account)
    }
}
