//! Sliding windows: how often something may happen under a name, kept in the database, so that
//! several processes keep one limit.
//!
//! Who may not go yet is given the exact moment when it may: the moment is reserved, so that those
//! who come later are sent further back, and nobody wakes in vain. Under one name, moments are given
//! out in the order of asking.

use std::fmt;
use std::sync::Arc;

use domain::EmailAddress;
use domain::partner::EmailLimits;
use event_store::{Db, DbError, Log, Tx, args};
use jiff::Timestamp;
use uuid::Uuid;

use crate::PartnerAccount;
use crate::facades::Limits;

/// A reservation that is later than this was missed; its holder is given another one.
const PATIENCE_MICROS: i64 = 5_000_000;
/// What no longer counts under a name is cleared away once in so many reservations, about.
const CLEAR_EVERY: i64 = 16;
/// The longest window; what is older does not count any more.
const LONGEST_MICROS: i64 = 3_600_000_000;
/// A moment further ahead was given by a clock that was wrong, or is not kept: who was given it asks
/// again at its time.
const FURTHEST_MICROS: i64 = 48 * LONGEST_MICROS;
/// What was used up is never further ahead than the clocks of two machines are apart.
const APART_MICROS: i64 = 60_000_000;

/// A limit of what somebody does or gets. They are kept under a [blind](event_store::Log::blind) name
/// alone, which comes first in what is counted.
#[derive(Clone)]
pub struct Limit {
    whose: String,
    what: String,
    limits: EmailLimits,
}

impl fmt::Debug for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Limit({}, {:?})", self.what, self.limits)
    }
}

impl Limit {
    fn of(whose: &str, what: String, limits: EmailLimits) -> Self {
        Self { whose: whose.to_ascii_lowercase(), what, limits }
    }

    /// What a mailbox causes through a client platform: all spellings of its address together.
    pub fn of_sender(
        partner: &domain::PartnerId,
        address: &EmailAddress,
        limits: EmailLimits,
    ) -> Self {
        Self::of(&address.mailbox(), format!("sender {partner}"), limits)
    }

    /// What a mailbox receives.
    pub fn of_recipient(address: &EmailAddress, limits: EmailLimits) -> Self {
        Self::of(&address.mailbox(), "recipient".to_owned(), limits)
    }

    /// Forms that are sent for the candidate with this address through a client platform.
    fn of_forms(partner: &domain::PartnerId, address: &str, per_hour: u32) -> Self {
        let limits = EmailLimits { per_second: 0, per_minute: 0, per_hour };
        Self::of(address, format!("forms {partner}"), limits)
    }

    /// Failed sign-ins of this name.
    pub(crate) fn of_sign_in(name: &str) -> Self {
        let limits = EmailLimits { per_second: 0, per_minute: 5, per_hour: 30 };
        Self::of(name, "sign-in".to_owned(), limits)
    }

    /// Letters to the owner of an account who forgot the password.
    pub(crate) fn of_resets(kind: &str, account: Uuid) -> Self {
        let limits = EmailLimits { per_second: 0, per_minute: 1, per_hour: 3 };
        Self::of(&account.to_string(), format!("reset {kind}"), limits)
    }

    /// The same letters to one address that nobody confirmed, which may have several accounts.
    pub(crate) fn of_resets_to(address: &EmailAddress) -> Self {
        let limits = EmailLimits { per_second: 0, per_minute: 0, per_hour: 20 };
        Self::of(&address.mailbox(), "reset letters".to_owned(), limits)
    }

    /// Accounts that are given this address, by those who register or change theirs: few enough that nobody
    /// is flooded by letters that they did not ask for.
    pub(crate) fn of_registrations(address: &EmailAddress) -> Self {
        let limits = EmailLimits { per_second: 0, per_minute: 0, per_hour: 10 };
        Self::of(&address.mailbox(), "registration".to_owned(), limits)
    }

    /// Letters by which the address of an account is confirmed, after the first.
    pub(crate) fn of_confirmations(account: Uuid) -> Self {
        let limits = EmailLimits { per_second: 0, per_minute: 1, per_hour: 3 };
        Self::of(&account.to_string(), "confirmation".to_owned(), limits)
    }

    /// Collections of job offers that the owner of an account asks for.
    fn of_collections(account: Uuid) -> Self {
        let limits = EmailLimits { per_second: 0, per_minute: 2, per_hour: 10 };
        Self::of(&account.to_string(), "collections".to_owned(), limits)
    }

    /// Pages that are read to describe what the owner of an account tracks: somebody's list of
    /// thousands keeps no other's waiting.
    pub fn of_descriptions(account: Uuid) -> Self {
        let limits = EmailLimits { per_second: 0, per_minute: 20, per_hour: 200 };
        Self::of(&account.to_string(), "descriptions".to_owned(), limits)
    }

    /// What it is counted under.
    pub(crate) fn name(&self, log: &Log) -> String {
        format!("{} {}", blind(log, &self.whose), self.what)
    }
}

/// What the names begin with under which something of somebody is counted.
fn blind(log: &Log, whose: &str) -> String {
    log.blind(&format!("limit {whose}"))
}

/// A limit with the name that it is counted under.
struct Named {
    name: String,
    limit: Limit,
}

impl Limits<'_> {
    /// When `holder` may go, under all of these limits at once: now, or a later moment that is kept
    /// for it. A holder that asks again at its moment goes; what it used counts from then on.
    pub async fn allot(self, limits: &[Limit], holder: &str) -> Result<Timestamp, DbError> {
        let limits = in_order(&self.log, limits);
        let now = self.clock.now();
        if limits.is_empty() {
            return Ok(now);
        }
        let at = reserve(self.log.db(), limits, Some(holder), now.as_microsecond()).await?;
        Ok(moment(at, now))
    }

    /// Goes now, or says from when it may; nothing is reserved.
    pub(crate) async fn try_now(self, limit: &Limit) -> Result<Result<(), Timestamp>, DbError> {
        self.try_all_now(std::slice::from_ref(limit)).await
    }

    /// The same under all of these limits at once: it counts under each of them, or under none.
    pub(crate) async fn try_all_now(
        self,
        limits: &[Limit],
    ) -> Result<Result<(), Timestamp>, DbError> {
        let now = self.clock.now();
        let limits = in_order(&self.log, limits);
        let at = reserve(self.log.db(), limits, None, now.as_microsecond()).await?;
        let at = moment(at, now);
        Ok(if at <= now { Ok(()) } else { Err(at) })
    }

    /// Counts a form that is sent for the candidate with this address through a client platform, or
    /// says from when on one more may be.
    pub async fn count_form(
        self,
        partner: &PartnerAccount,
        address: &EmailAddress,
    ) -> Result<Result<(), Timestamp>, DbError> {
        let per_hour = partner.settings.forms_per_hour;
        if per_hour == 0 {
            return Ok(Ok(()));
        }
        self.try_now(&Limit::of_forms(&partner.id, address.as_str(), per_hour)).await
    }

    /// Counts a collection of job offers that the owner of an account asks for, or says from when on one more may be.
    pub async fn count_collection(self, account: Uuid) -> Result<Result<(), Timestamp>, DbError> {
        self.try_now(&Limit::of_collections(account)).await
    }

    /// Forgets what left its window, and the windows that nobody uses any more.
    pub(crate) async fn clear_allotments(self) -> Result<u64, DbError> {
        let (db, now) = (self.log.db(), self.clock.now().as_microsecond());
        let (over, mistaken) = (now - LONGEST_MICROS, now + FURTHEST_MICROS);
        let cleared = db.execute(CLEAR_ALL, args![over, mistaken]).await?;
        db.execute(CLEAR_LOCKS, args![over, mistaken]).await?;
        Ok(cleared)
    }

    /// Forgets how often this address did or received something lately.
    pub(crate) async fn forget_address(self, address: &EmailAddress) -> Result<(), DbError> {
        // Forms are counted under the address as it was given, all else under its mailbox.
        for whose in [address.mailbox().to_ascii_lowercase(), address.as_str().to_ascii_lowercase()]
        {
            let name = blind(&self.log, &whose);
            // From the blank behind it up to what follows a blank.
            let (from, until) = (format!("{name} "), format!("{name}!"));
            self.log.db().execute(FORGET_ALL, args![&from, &until]).await?;
            self.log.db().execute(FORGET_LOCKS, args![&from, &until]).await?;
        }
        Ok(())
    }

    /// Forgets what happened under this limit.
    pub(crate) async fn forget(self, limit: &Limit) -> Result<(), DbError> {
        self.log.db().execute(FORGET, args![limit.name(&self.log)]).await.map(drop)
    }
}

/// Without those that limit nothing, sorted by name, so that two processes lock alike.
fn in_order(log: &Log, limits: &[Limit]) -> Vec<Named> {
    let limits = limits.iter().filter(|limit| limit.limits.windows().next().is_some());
    let named = |limit: &Limit| Named { name: limit.name(log), limit: limit.clone() };
    let mut limits: Vec<_> = limits.map(named).collect();
    limits.sort_by(|one, other| one.name.cmp(&other.name));
    limits
}

fn moment(micros: i64, otherwise: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(otherwise)
}

const HELD: &str = "
    SELECT at
    FROM allotments
    WHERE holder = $1
    LIMIT 1";

const USE: &str = "UPDATE allotments SET holder = NULL WHERE holder = $1";

const DROP: &str = "DELETE FROM allotments WHERE holder = $1";

/// Locks the window's row until the transaction ends.
const LOCK: &str = "
    INSERT INTO allotment_locks (name, last_at)
    VALUES ($1, 0)
    ON CONFLICT (name) DO UPDATE SET name = excluded.name";

/// What a clock that was wrong has left: moments that were used up and are still to come, and moments
/// that are kept for somebody and further ahead than any is given out.
const MISTAKEN: &str = "
    DELETE FROM allotments
    WHERE name = $1 AND at > $2 AND (holder IS NULL OR at > $3)";

/// The latest of all, and the latest but some, for three windows at once.
const NTH_LATEST: &str = "
    SELECT (SELECT max(at) FROM allotments WHERE name = $1) AS latest,
           (SELECT at FROM allotments WHERE name = $1 ORDER BY at DESC LIMIT 1 OFFSET $2) AS one,
           (SELECT at FROM allotments WHERE name = $1 ORDER BY at DESC LIMIT 1 OFFSET $3) AS two,
           (SELECT at FROM allotments WHERE name = $1 ORDER BY at DESC LIMIT 1 OFFSET $4) AS three";

const RESERVE: &str = "INSERT INTO allotments (name, at, holder) VALUES ($1, $2, $3)";

const MOVE_ON: &str = "UPDATE allotment_locks SET last_at = $2 WHERE name = $1";

const CLEAR: &str = "DELETE FROM allotments WHERE name = $1 AND at < $2";

const FORGET_ALL: &str = "DELETE FROM allotments WHERE name >= $1 AND name < $2";

const FORGET_LOCKS: &str = "DELETE FROM allotment_locks WHERE name >= $1 AND name < $2";

const FORGET: &str = "DELETE FROM allotments WHERE name = $1";

const CLEAR_ALL: &str = "DELETE FROM allotments WHERE at < $1 OR at > $2";

/// The row of a window in use is locked; it is looked at again once that is over, and kept.
const CLEAR_LOCKS: &str = "DELETE FROM allotment_locks WHERE last_at < $1 OR last_at > $2";

/// The moment, in microseconds. A later one is reserved for the holder; without one nothing is written
/// unless it is now, but for the window's lock.
async fn reserve(
    db: &Db,
    limits: Vec<Named>,
    holder: Option<&str>,
    now: i64,
) -> Result<i64, DbError> {
    if db.has_schemas() {
        // In a transaction of its own, for two processes may want the same windows in another order; and
        // without waiting for the disk while others wait for a window. What a server that stops has lost of
        // them lets through a few more.
        let mut tx = db.begin_redoable().await?;
        let at = reserve_in(&mut tx, &limits, holder, now).await?;
        tx.commit().await?;
        return Ok(at);
    }
    let (limits, holder) = (Arc::new(limits), holder.map(str::to_owned));
    db.shared(move |tx| {
        let (limits, holder) = (Arc::clone(&limits), holder.clone());
        Box::pin(async move { reserve_in(tx, &limits, holder.as_deref(), now).await })
    })
    .await
}

async fn reserve_in(
    tx: &mut Tx,
    limits: &[Named],
    holder: Option<&str>,
    now: i64,
) -> Result<i64, DbError> {
    if let Some(holder) = holder
        && let Some(at) = held(tx, holder, now).await?
    {
        return Ok(at);
    }
    let mut at = now;
    for limit in limits {
        at = at.max(earliest(tx, limit, now, holder.is_some()).await?);
    }
    if at > now && holder.is_none() {
        return Ok(at);
    }
    let holder = holder.filter(|_| at > now);
    for limit in limits {
        if now % CLEAR_EVERY == 0 {
            tx.execute(CLEAR, args![&limit.name, now - LONGEST_MICROS]).await?;
        }
        tx.execute(RESERVE, args![&limit.name, at, holder]).await?;
        tx.execute(MOVE_ON, args![&limit.name, at]).await?;
    }
    Ok(at)
}

/// The moment that is kept for the holder: a later one, or the present one, which is used up now.
async fn held(tx: &mut Tx, holder: &str, now: i64) -> Result<Option<i64>, DbError> {
    let Some((at,)) = tx.fetch_optional::<(i64,)>(HELD, args![holder]).await? else {
        return Ok(None);
    };
    if at > now && at <= now + FURTHEST_MICROS {
        return Ok(Some(at));
    }
    if at > now || now - at > PATIENCE_MICROS {
        tx.execute(DROP, args![holder]).await?;
        return Ok(None);
    }
    tx.execute(USE, args![holder]).await?;
    Ok(Some(at))
}

/// From when on one more may happen: each window holds as many as it may at most.
async fn earliest(tx: &mut Tx, limit: &Named, now: i64, in_turn: bool) -> Result<i64, DbError> {
    tx.execute(LOCK, args![&limit.name]).await?;
    let args = args![&limit.name, now + APART_MICROS, now + FURTHEST_MICROS];
    tx.execute(MISTAKEN, args).await?;
    let windows: Vec<_> = limit.limit.limits.windows().collect();
    let offset = |window: usize| windows.get(window).map_or(0, |(most, _)| i64::from(*most) - 1);
    let args = args![&limit.name, offset(0), offset(1), offset(2)];
    let (latest, one, two, three): (Option<i64>, Option<i64>, Option<i64>, Option<i64>) =
        tx.fetch_one(NTH_LATEST, args).await?;
    let mut at = if in_turn { latest.unwrap_or(0) } else { 0 };
    for (nth, (_, seconds)) in [one, two, three].into_iter().zip(windows) {
        at = at.max(nth.map_or(0, |nth| nth + seconds * 1_000_000));
    }
    Ok(at)
}

#[cfg(test)]
mod tests;
