//! Collecting of job offers, beside the log: the sources that operators add, what was collected from each, and
//! what is remembered of their pages. What was found is recorded with the offers.

mod askers;
mod collection;
mod pages;
mod runs;
#[cfg(test)]
mod tests;
mod waiting;

use domain::collecting::SourceKind;
use domain::offer::OfferSource;
use domain::schedule::Timetable;
use event_store::{DbError, args, parse_timestamp};
use jiff::Timestamp;

use crate::facades::Collecting;
use crate::{Cause, CommandError};
use domain::operator::OperatorRefusal;

pub use collection::{
    AskedBy, Collection, CollectionEnd, CollectionOutcome, CollectionReport, Counts, WholeRun,
};
pub use pages::PageState;

/// The time zone of the sources' own schedules.
pub const ZONE: &str = "Europe/Paris";

/// The source's name, as offers know it, where a person searches by words.
pub const SEARCHED: [(SourceKind, &str); 2] =
    [(SourceKind::FranceTravail, "france-travail"), (SourceKind::Search, "web-search")];

/// A source of job offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name, by which offers know it; it never changes.
    pub name: OfferSource,
    /// What kind it is.
    pub kind: SourceKind,
    /// Its address, the name of its board, or the words that are searched for.
    pub target: String,
    /// Its own schedule, as a cron expression in the time of Paris; without one it is collected with all others.
    pub cron: Option<String>,
    /// Whether nothing is collected from it for now.
    pub paused: bool,
    /// Whether one may apply to its offers through the form of this service.
    pub applies_here: bool,
    /// When it was added.
    pub added_at: Timestamp,
    /// Up to when its own schedule was kept.
    pub due_after: Timestamp,
}

impl Source {
    /// Whether its own schedule says that it is due.
    pub fn is_due(&self, now: Timestamp) -> bool {
        let timetable = self.cron.as_deref().and_then(|cron| Timetable::parse(cron, ZONE).ok());
        let next = timetable.and_then(|timetable| timetable.next(self.due_after));
        !self.paused && next.is_some_and(|next| next <= now)
    }
}

/// A source could not be added or changed.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// There is one of this name.
    #[error("there is a source of this name already")]
    Taken,
    /// There is none of this name.
    #[error("there is no such source")]
    Unknown,
    /// What an operator did was not recorded.
    #[error(transparent)]
    Act(#[from] CommandError<OperatorRefusal>),
    /// The database failed.
    #[error("the sources cannot be read or written")]
    Db(#[from] DbError),
}

type Row = (String, String, String, Option<String>, bool, bool, String, String);

const ALL: &str = "
    SELECT name, kind, target, cron, paused, applies_here, added_at, due_after
    FROM offer_sources
    ORDER BY name";

const FIND: &str = "
    SELECT name, kind, target, cron, paused, applies_here, added_at, due_after
    FROM offer_sources
    WHERE name = $1";

const ADD: &str = "
    INSERT INTO offer_sources (name, kind, target, cron, paused, applies_here, added_at, due_after)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
    ON CONFLICT (name) DO NOTHING";

const SET_UP: &str = "
    INSERT INTO offer_sources (name, kind, target, cron, paused, applies_here, added_at, due_after)
    VALUES ($1, $2, $3, NULL, $4, $5, $6, $6)
    ON CONFLICT (name) DO UPDATE
    SET kind = excluded.kind, target = excluded.target, applies_here = excluded.applies_here";

const CHANGE: &str = "
    UPDATE offer_sources
    SET kind = $2, target = $3, cron = $4, due_after = $5
    WHERE name = $1";

const PAUSE: &str = "
    UPDATE offer_sources
    SET paused = $2, due_after = $3
    WHERE name = $1";

const LET_APPLY: &str = "
    UPDATE offer_sources
    SET applies_here = $2
    WHERE name = $1";

const KEPT: &str = "
    UPDATE offer_sources
    SET due_after = $2
    WHERE name = $1";

const REMOVE: &str = "
    DELETE FROM offer_sources
    WHERE name = $1";

/// `None` where something else than this service wrote the row.
fn read(row: Row) -> Option<Source> {
    let (name, kind, target, cron, paused, applies_here, added_at, due_after) = row;
    let time = |text: &str| parse_timestamp(text).ok();
    Some(Source {
        name: name.parse().ok()?,
        kind: kind.parse().ok()?,
        target,
        cron,
        paused,
        applies_here,
        added_at: time(&added_at)?,
        due_after: time(&due_after)?,
    })
}

impl Collecting<'_> {
    /// Every source, by name.
    pub async fn sources(self) -> Result<Vec<Source>, DbError> {
        let rows: Vec<Row> = self.log.db().fetch_all(ALL, args![]).await?;
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// The source of this name.
    pub async fn source(self, name: &str) -> Result<Option<Source>, DbError> {
        let row: Option<Row> = self.log.db().fetch_optional(FIND, args![name]).await?;
        Ok(row.and_then(read))
    }

    /// Adds a source.
    pub async fn add_source(
        self,
        name: &OfferSource,
        kind: SourceKind,
        target: &str,
        cron: Option<&str>,
        cause: &Cause,
    ) -> Result<(), SourceError> {
        let (paused, applies_here) = (false, false);
        let now = self.clock.now();
        let args = args![name.as_str(), kind.as_str(), target, cron, paused, applies_here, now];
        if self.log.db().execute(ADD, args).await? == 0 {
            return Err(SourceError::Taken);
        }
        self.acted("source.add", name.as_str(), cause).await
    }

    /// Sets a source up that comes with the service, wherever that is now. What it shows is our
    /// own, so one may apply to it here.
    pub async fn set_up_source(
        self,
        name: &OfferSource,
        kind: SourceKind,
        target: &str,
    ) -> Result<(), DbError> {
        let (paused, applies_here) = (false, true);
        let now = self.clock.now();
        let args = args![name.as_str(), kind.as_str(), target, paused, applies_here, now];
        self.log.db().execute(SET_UP, args).await.map(drop)
    }

    /// Changes what is collected from a source, and when. What is remembered of its pages is forgotten.
    pub async fn change_source(
        self,
        name: &OfferSource,
        kind: SourceKind,
        target: &str,
        cron: Option<&str>,
        cause: &Cause,
    ) -> Result<(), SourceError> {
        let args = args![name.as_str(), kind.as_str(), target, cron, self.clock.now()];
        if self.log.db().execute(CHANGE, args).await? == 0 {
            return Err(SourceError::Unknown);
        }
        self.forget_pages(name.as_str()).await?;
        self.acted("source.change", name.as_str(), cause).await
    }

    /// Collects nothing from a source for now, or does so again. What waits to be collected from it
    /// ends, broken off; what has begun goes on.
    pub async fn pause_source(
        self,
        name: &str,
        paused: bool,
        cause: &Cause,
    ) -> Result<(), SourceError> {
        let now = self.clock.now();
        let mut tx = self.log.db().begin().await?;
        if tx.execute(PAUSE, args![name, paused, now]).await? == 0 {
            return Err(SourceError::Unknown);
        }
        if paused {
            waiting::leave(&mut tx, name, now).await?;
        }
        tx.commit().await?;
        self.acted(if paused { "source.pause" } else { "source.resume" }, name, cause).await
    }

    /// Lets people apply to the offers of a source through the form of this service, or does so no
    /// more: whoever writes its pages says then to which address documents are sent, and in whose
    /// name.
    pub async fn let_apply(
        self,
        name: &str,
        applies_here: bool,
        cause: &Cause,
    ) -> Result<(), SourceError> {
        if self.log.db().execute(LET_APPLY, args![name, applies_here]).await? == 0 {
            return Err(SourceError::Unknown);
        }
        let act = if applies_here { "source.apply-here" } else { "source.apply-elsewhere" };
        self.acted(act, name, cause).await
    }

    /// The sources to whose offers one may apply here. What a search finds is of any site, and so
    /// of none of them.
    pub async fn applied_to_here(self) -> Result<Vec<Source>, DbError> {
        let mut sources = self.sources().await?;
        sources.retain(|source| source.applies_here && !source.kind.is_search());
        Ok(sources)
    }

    /// Removes a source. Its offers stay until nobody has seen them for long.
    pub async fn remove_source(self, name: &str, cause: &Cause) -> Result<(), SourceError> {
        if self.log.db().execute(REMOVE, args![name]).await? == 0 {
            return Err(SourceError::Unknown);
        }
        self.forget_pages(name).await?;
        self.acted("source.remove", name, cause).await
    }

    /// Notes that a source was asked for as its own schedule says.
    pub async fn kept_schedule(self, name: &OfferSource) -> Result<(), DbError> {
        self.log.db().execute(KEPT, args![name.as_str(), self.clock.now()]).await.map(drop)
    }

    async fn acted(self, act: &'static str, name: &str, cause: &Cause) -> Result<(), SourceError> {
        self.operators().record_act(act, name, cause).await.map_err(SourceError::Act)
    }
}
