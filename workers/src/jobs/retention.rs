//! `retention`: what was kept for long enough goes: documents, personal data, addresses on the
//! suppression list.
//!
//! The read models say what is due, a moment late; the rules are asked once more before anything
//! goes. Each application is done for itself, so that a run that is cut off goes on with the next.

mod trust;

use std::error::Error;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use commands::{Cause, CommandError, Commands, ForgetError, PartnerAccount, advice};
use domain::PartnerRefusal;
use domain::erasure::RecordRef;
use event_store::{ActorKind, Db, DbError, Position};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, ToSpan as _};
use projections::retention::{self as due, Due};
use tokio_util::sync::CancellationToken;
use trust::{Trust, Verdict};

use super::{Job, JobError, Turn};
use crate::reaction::World;

/// Things of one kind that go in one run, for each client platform; the next run goes on.
const MOST: u32 = 10_000;
/// How long an address is kept after it left the suppression list: as long as personal data usually.
const ADDRESS_MONTHS: i64 = 24;

/// What went, or would go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expired {
    /// Applications whose documents went, with since when they were there.
    pub documents: Vec<Due>,
    /// Applications whose personal data went, with when something happened last.
    pub personal_data: Vec<Due>,
    /// Addresses that left the suppression list long ago, by the names of their mailboxes.
    pub addresses: Vec<String>,
    /// Records of other kinds that were kept for long enough.
    pub records: Vec<RecordRef>,
    /// How many could not be done; the log says why.
    pub failed: usize,
}

/// Retention cannot look what is due, or go on.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    /// The partners, whose settings say how long what is kept, cannot be read.
    #[error("the partners cannot be read")]
    Partners(#[from] CommandError<PartnerRefusal>),
    /// The read models do not say what is due.
    #[error("what is due cannot be read")]
    Db(#[from] DbError),
    /// What lies beside the log of those who were forgotten could not be cleared away.
    #[error("what lies beside the log of those who were forgotten is not all cleared away")]
    Clearing(#[from] ForgetError),
    /// The clock is ahead of when retention looked last, by more than can be believed.
    #[error(
        "the clock is {} days ahead of when retention looked last, and what it deletes never comes \
         back: nothing was deleted. If the clock is wrong, set it right; if the service was not \
         running, let it run for 24 hours, or say --clock-is-right",
        .0.as_hours() / 24
    )]
    Doubted(SignedDuration),
}

/// So long before now, by the calendar.
pub(super) fn before(now: Timestamp, span: Span) -> Timestamp {
    now.to_zoned(TimeZone::UTC).checked_sub(span).map_or(Timestamp::MIN, |at| at.timestamp())
}

/// Until when the documents of a client's applications must have been submitted to go now, and until
/// when something must have happened last for personal data to go.
fn limits(partner: &PartnerAccount, now: Timestamp) -> (Timestamp, Timestamp) {
    let kept = partner.settings.retention;
    let days = i64::from(kept.attachment_days()).days();
    let months = i64::from(kept.personal_data_months()).months();
    (before(now, days), before(now, months))
}

/// Looks what is due now, and lets it go unless `dry`. Each thing that went is told to `watch`, by its
/// name.
async fn run(
    commands: &Commands,
    dry: bool,
    stop: &CancellationToken,
    watch: &(dyn Fn(&'static str) + Send + Sync),
) -> Result<Expired, RetentionError> {
    let db = commands.log().db();
    let mut expired = Expired::default();
    let cause =
        Cause::request(ActorKind::System, Some("retention".to_owned()), commands.fresh_id());
    for partner in commands.partners().all().await? {
        let (documents_before, data_before) = limits(&partner, commands.now());
        let id = partner.id.as_str();
        // First what goes whole: its documents need not go by themselves.
        for it in due::personal_data(db, id, data_before, MOST).await? {
            if stop.is_cancelled() {
                return Ok(expired);
            }
            let gone = dry || {
                let record = RecordRef::application(it.id);
                let gone = commands.people().forget_expired(&record, data_before, &cause).await;
                let_go(gone, &it.id.to_string(), &mut expired.failed)
            };
            if gone {
                watch("personal-data");
                expired.personal_data.push(it);
            }
        }
        for it in due::documents(db, id, documents_before, MOST).await? {
            if stop.is_cancelled() {
                return Ok(expired);
            }
            if expired.personal_data.iter().any(|gone| gone.id == it.id) {
                continue;
            }
            let gone = dry || {
                let gone =
                    commands.people().delete_attachments(it.id, documents_before, &cause).await;
                let_go(gone, &it.id.to_string(), &mut expired.failed)
            };
            if gone {
                watch("documents");
                expired.documents.push(it);
            }
        }
    }
    let left_before = before(commands.now(), ADDRESS_MONTHS.months());
    for mailbox in due::addresses(db, left_before, MOST).await? {
        let gone = dry || {
            let gone = commands.suppressions().forget_mailbox(&mailbox, &cause).await;
            let_go(gone.map(|_| true), &mailbox, &mut expired.failed)
        };
        if gone {
            watch("addresses");
            expired.addresses.push(mailbox);
        }
    }
    for kept in commands.contexts().people() {
        let Some(months) = kept.kept_months() else { continue };
        let before = before(commands.now(), i64::from(months).months());
        for record in due::records(db, kept.aggregate(), before, MOST).await? {
            if stop.is_cancelled() {
                return Ok(expired);
            }
            let gone = dry || {
                let gone = commands.people().forget_expired(&record, before, &cause).await;
                let_go(gone, &record.to_string(), &mut expired.failed)
            };
            if gone {
                watch("records");
                expired.records.push(record);
            }
        }
    }
    if !dry {
        commands.people().clear_forgotten().await?;
    }
    Ok(expired)
}

/// Whether it went; what failed is told, and tried again the next time.
fn let_go(
    gone: Result<bool, impl std::error::Error + 'static>,
    id: &str,
    failed: &mut usize,
) -> bool {
    gone.unwrap_or_else(|error| {
        *failed += 1;
        tracing::error!(
            error = %advice::told(&error),
            id,
            "what was kept for long enough could not be deleted; it is tried again"
        );
        false
    })
}

/// Says what would go now, and deletes nothing.
pub async fn dry_run(commands: &Commands) -> Result<Expired, RetentionError> {
    run(commands, true, &CancellationToken::new(), &|_| {}).await
}

/// Lets go what is due now, for whoever asks on the command line. The clock is doubted as it is by the
/// service, unless they say that it is right; nobody counted since retention looked last.
pub async fn by_hand(commands: &Commands, clock_is_right: bool) -> Result<Expired, RetentionError> {
    let now = commands.now();
    if !clock_is_right {
        let last = trust::last(commands.log().db()).await?.unwrap_or(now);
        if let Verdict::Doubted(ahead) =
            Trust::since(last, Duration::ZERO).look(now, Duration::ZERO)
        {
            return Err(RetentionError::Doubted(ahead));
        }
    }
    let expired = run(commands, false, &CancellationToken::new(), &|_| {}).await?;
    trust::trusted(commands.log().db(), now).await?;
    Ok(expired)
}

/// Whether the clock is far ahead of when retention looked last, with nobody who counted since.
pub(super) async fn is_doubted(db: &Db, now: Timestamp) -> Result<bool, DbError> {
    let last = trust::last(db).await?.unwrap_or(now);
    let verdict = Trust::since(last, Duration::ZERO).look(now, Duration::ZERO);
    Ok(verdict != Verdict::Trusted)
}

/// The task, with what a process remembers from one run to the next.
pub(super) struct Retention {
    trust: Mutex<Option<Trust>>,
    /// When counting began: a time that no clock moves.
    counter: Instant,
    /// The copies of read models that were being built.
    copies: Mutex<Vec<(&'static str, Position)>>,
}

impl Default for Retention {
    fn default() -> Self {
        Self { trust: Mutex::default(), counter: Instant::now(), copies: Mutex::default() }
    }
}

#[async_trait]
impl Job for Retention {
    fn name(&self) -> &'static str {
        "retention"
    }

    fn cron(&self) -> &'static str {
        "43 * * * *"
    }

    fn makes_up(&self) -> bool {
        true
    }

    async fn run(&self, world: &World, turn: &Turn) -> Result<(), JobError> {
        let commands = &world.commands;
        let copies = self.clear_abandoned(commands.log().db()).await;
        let looked = self.look(commands, self.counter.elapsed(), turn).await;
        let expired = looked.map_err(|error| JobError::because(&error))?;
        if turn.is_over() {
            return Err(JobError::Stopped);
        }
        match expired {
            Some(expired) if expired.failed > 0 => Err(JobError::Failed(format!(
                "{} could not be deleted; the log says why, and the next run tries again",
                expired.failed
            ))),
            _ => copies.map_err(|error| JobError::because(error.as_ref())),
        }
    }
}

impl Retention {
    /// Lets go what is due by the clock, if that can be trusted; `counter` is a time that no clock moves.
    async fn look(
        &self,
        commands: &Commands,
        counter: Duration,
        turn: &Turn,
    ) -> Result<Option<Expired>, RetentionError> {
        let (now, db) = (commands.now(), commands.log().db());
        let last = trust::last(db).await?.unwrap_or(now);
        let verdict = {
            let mut trust = self.trust.lock().unwrap_or_else(PoisonError::into_inner);
            trust.get_or_insert_with(|| Trust::since(last, counter)).look(now, counter)
        };
        if let Verdict::Doubted(ahead) = verdict {
            let days = ahead.as_hours() / 24;
            tracing::warn!(
                days,
                "the clock is ahead of when retention looked last: nothing is deleted for 24 hours. If \
                 it is wrong, set it right; if the service was not running, nothing is to be done"
            );
        }
        if verdict != Verdict::Trusted {
            turn.note("clock-doubted");
            return Ok(None);
        }
        for what in ["documents", "personal-data", "addresses", "records"] {
            turn.count(what, 0);
        }
        let expired =
            run(commands, false, turn.held().ended(), &|what| turn.count(what, 1)).await?;
        trust::trusted(db, now).await?;
        measure(&expired);
        Ok(Some(expired))
    }

    async fn clear_abandoned(&self, db: &Db) -> Result<(), Box<dyn Error + Send + Sync>> {
        let before = self.copies.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let building = abandoned(db, &before).await?;
        *self.copies.lock().unwrap_or_else(PoisonError::into_inner) = building;
        Ok(())
    }
}

/// Empties the copies of read models that have come no further since the last time: their building was
/// cut off, and they would keep people who are forgotten since. Says which are being built.
async fn abandoned(
    db: &Db,
    before: &[(&'static str, Position)],
) -> Result<Vec<(&'static str, Position)>, Box<dyn Error + Send + Sync>> {
    let mut building = vec![];
    for (name, at) in projections::copies(db).await? {
        if before.contains(&(name, at)) && projections::abandon(db, name, at).await? {
            tracing::warn!(projection.name = name, "a rebuild that was cut off is cleared away");
        } else {
            building.push((name, at));
        }
    }
    Ok(building)
}

fn measure(expired: &Expired) {
    for (what, number) in [
        ("documents", expired.documents.len()),
        ("personal_data", expired.personal_data.len()),
        ("addresses", expired.addresses.len()),
        ("records", expired.records.len()),
        ("failed", expired.failed),
    ] {
        metrics::counter!("postulo_retention_total", "what" => what).increment(number as u64);
    }
}

#[cfg(test)]
mod tests;
