//! What was kept for long enough goes: documents, personal data, addresses on the suppression list.
//!
//! The read models say what is due, a moment late; the rules are asked once more before anything
//! goes. Each application is done for itself, so that a run that is cut off goes on with the next.

mod trust;

use std::time::{Duration, Instant};

use anyhow::Result;
use commands::{Cause, Commands, PartnerAccount, people};
use domain::erasure::RecordRef;
use event_store::lease::{self, Held, Holder, LeaseOptions};
use event_store::{ActorKind, Db, Position};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _};
use projections::retention::{self as due, Due};
use tokio_util::sync::CancellationToken;
use trust::{Trust, Verdict};

/// How often it is looked.
const EVERY: Duration = Duration::from_hours(1);
/// The first time comes when the read models have had a moment.
const FIRST: Duration = Duration::from_mins(1);
/// Things of one kind that go in one run, for each client platform; the next run goes on.
const MOST: u32 = 10_000;
/// How long an address is kept after it left the suppression list: as long as personal data usually.
const ADDRESS_MONTHS: i64 = 24;

/// What went, or would go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Expired {
    /// Applications whose documents went, with since when they were there.
    pub(crate) documents: Vec<Due>,
    /// Applications whose personal data went, with when something happened last.
    pub(crate) personal_data: Vec<Due>,
    /// Addresses that left the suppression list long ago, by the names of their mailboxes.
    pub(crate) addresses: Vec<String>,
    /// Records of other kinds that were kept for long enough.
    pub(crate) records: Vec<RecordRef>,
    /// How many could not be done; the log says why.
    pub(crate) failed: usize,
}

/// So long before now, by the calendar.
fn before(now: Timestamp, span: Span) -> Timestamp {
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

/// Looks what is due now, and lets it go unless `dry`.
pub(crate) async fn run(
    commands: &Commands,
    db: &Db,
    dry: bool,
    stop: &CancellationToken,
) -> Result<Expired> {
    let mut expired = Expired::default();
    let cause =
        Cause::request(ActorKind::System, Some("retention".to_owned()), commands.fresh_id());
    for partner in commands.partners().await? {
        let (documents_before, data_before) = limits(&partner, commands.now());
        let id = partner.id.as_str();
        // First what goes whole: its documents need not go by themselves.
        for it in due::personal_data(db, id, data_before, MOST).await? {
            if stop.is_cancelled() {
                return Ok(expired);
            }
            let gone = dry || {
                let record = RecordRef::application(it.id);
                let gone = commands.forget_expired(&record, data_before, &cause).await;
                told(gone, &it.id.to_string(), &mut expired.failed)
            };
            expired.personal_data.extend(gone.then_some(it));
        }
        for it in due::documents(db, id, documents_before, MOST).await? {
            if stop.is_cancelled() {
                return Ok(expired);
            }
            if expired.personal_data.iter().any(|gone| gone.id == it.id) {
                continue;
            }
            let gone = dry || {
                let gone = commands.delete_attachments(it.id, documents_before, &cause).await;
                told(gone, &it.id.to_string(), &mut expired.failed)
            };
            expired.documents.extend(gone.then_some(it));
        }
    }
    let left_before = before(commands.now(), ADDRESS_MONTHS.months());
    for mailbox in due::addresses(db, left_before, MOST).await? {
        let gone = dry || {
            let gone = commands.forget_mailbox(&mailbox, &cause).await;
            told(gone.map(|_| true), &mailbox, &mut expired.failed)
        };
        expired.addresses.extend(gone.then_some(mailbox));
    }
    for kept in people::all() {
        let Some(months) = kept.kept_months() else { continue };
        let before = before(commands.now(), i64::from(months).months());
        for record in due::records(db, kept.aggregate(), before, MOST).await? {
            if stop.is_cancelled() {
                return Ok(expired);
            }
            let gone = dry || {
                let gone = commands.forget_expired(&record, before, &cause).await;
                told(gone, &record.to_string(), &mut expired.failed)
            };
            expired.records.extend(gone.then_some(record));
        }
    }
    if !dry {
        commands.clear_forgotten().await?;
    }
    Ok(expired)
}

/// Whether it went; what failed is told, and tried again the next time.
fn told(
    gone: Result<bool, impl std::error::Error + 'static>,
    id: &str,
    failed: &mut usize,
) -> bool {
    gone.unwrap_or_else(|error| {
        *failed += 1;
        tracing::error!(
            error = &error as &dyn std::error::Error,
            id,
            "what was kept for long enough could not be deleted; it is tried again"
        );
        false
    })
}

/// Does so every hour, in one process at a time, until `stop`.
pub(crate) async fn keep_on(commands: Commands, stop: CancellationToken) {
    let db = commands.log().db().clone();
    let work = |held: Held| {
        let (commands, db) = (commands.clone(), db.clone());
        async move {
            let mut wait = FIRST;
            let mut copies = vec![];
            let (mut trust, counter) = (None, Instant::now());
            loop {
                tokio::select! {
                    () = held.ended().cancelled() => return,
                    () = tokio::time::sleep(wait) => {}
                }
                wait = EVERY;
                match abandoned(&db, &copies).await {
                    Ok(left) => copies = left,
                    Err(error) => {
                        tracing::error!(error = %format!("{error:#}"), "copies of read models that nobody builds any more could not be emptied");
                    }
                }
                match look(&commands, &db, &mut trust, counter.elapsed(), held.ended()).await {
                    Ok(expired) => expired.iter().for_each(tell),
                    Err(error) => {
                        tracing::error!(error = %format!("{error:#}"), "retention could not look what is due");
                    }
                }
            }
        }
    };
    lease::run(&db, "retention", &Holder::new(), LeaseOptions::default(), &stop, work).await;
}

/// Lets go what is due by the clock, if that can be trusted; `counter` is a time that no clock moves.
async fn look(
    commands: &Commands,
    db: &Db,
    trust: &mut Option<Trust>,
    counter: Duration,
    stop: &CancellationToken,
) -> Result<Option<Expired>> {
    let now = commands.now();
    if trust.is_none() {
        let last = trust::last(db).await?.unwrap_or(now);
        *trust = Some(Trust::since(last, counter));
    }
    let verdict = trust.as_mut().map_or(Verdict::Trusted, |trust| trust.look(now, counter));
    match verdict {
        Verdict::Trusted => {}
        Verdict::Doubted(ahead) => {
            let days = ahead.as_hours() / 24;
            tracing::warn!(
                days,
                "the clock is ahead of when retention looked last: nothing is deleted for 24 hours. If \
                 it is wrong, set it right; if the service was not running, nothing is to be done"
            );
            return Ok(None);
        }
        Verdict::StillDoubted => return Ok(None),
    }
    let expired = run(commands, db, false, stop).await?;
    trust::trusted(db, now).await?;
    Ok(Some(expired))
}

/// Empties the copies of read models that have come no further since the last time: their building was
/// cut off, and they would keep people who are forgotten since. Says which are being built.
async fn abandoned(
    db: &Db,
    before: &[(&'static str, Position)],
) -> Result<Vec<(&'static str, Position)>> {
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

fn tell(expired: &Expired) {
    let (documents, personal_data) = (expired.documents.len(), expired.personal_data.len());
    let addresses = expired.addresses.len();
    for (what, number) in [
        ("documents", documents),
        ("personal_data", personal_data),
        ("addresses", addresses),
        ("records", expired.records.len()),
        ("failed", expired.failed),
    ] {
        metrics::counter!("postulo_retention_total", "what" => what).increment(number as u64);
    }
    if documents + personal_data + expired.failed > 0 {
        let failed = expired.failed;
        tracing::info!(documents, personal_data, failed, "what was kept for long enough went");
    }
}

#[cfg(test)]
mod tests;
