//! What was collected from sources, a row for each source of each run. Whoever asks writes the rows; the task
//! `offers.collect` takes them, one after another.

use std::collections::BTreeMap;

use domain::collecting::SourceKind;
use domain::offer::OfferSource;
use domain::operator::{Operator, OperatorEvent, OperatorRefusal};
use event_store::{DbError, args, parse_timestamp, timestamp_text};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::collection::{
    AskedBy, Collection, CollectionEnd, CollectionOutcome, Counts, Row, WholeRun,
};
use super::{SEARCHED, Source};
use crate::CommandError;
use crate::facades::Collecting;

/// How long collections are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// A search by words that somebody asked for so long ago and that did not end never does.
const GIVEN_UP: SignedDuration = SignedDuration::from_hours(24);
/// Failures in a row that need attention.
const FAILURES: i64 = 3;

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT run, source, kind, target, asked_by, asked_at, started_at, ended_at, outcome, found, new, \
             changed, gone, left_out, pages_failed, reason, detail, note FROM offer_collections ",
            $rest
        )
    };
}

const ASK: &str = "
    INSERT INTO offer_collections (run, source, kind, target, asked_by, asked_at, found, new, changed, gone,
        left_out, pages_failed)
    SELECT $1, $2, $3, $4, $5, $6, 0, 0, 0, 0, 0, 0
    WHERE NOT EXISTS (
        SELECT 1
        FROM offer_collections
        WHERE source = $2 AND target = $4 AND outcome IS NULL AND started_at IS NULL)
    ON CONFLICT (run, source) DO NOTHING";

/// A source is asked by one at a time, and one that is paused by nobody.
const NEXT: &str = columns!(
    "WHERE outcome IS NULL AND started_at IS NULL
       AND source NOT IN (
           SELECT source
           FROM offer_collections
           WHERE outcome IS NULL AND started_at IS NOT NULL)
       AND source NOT IN (SELECT name FROM offer_sources WHERE paused = $1)
     ORDER BY asked_at, source
     LIMIT 1"
);

const WAITING: &str = "
    SELECT count(*)
    FROM offer_collections
    WHERE outcome IS NULL AND started_at IS NULL
      AND source NOT IN (SELECT name FROM offer_sources WHERE paused = $1)";

const BEGIN: &str = "
    UPDATE offer_collections
    SET started_at = $3
    WHERE run = $1 AND source = $2 AND outcome IS NULL AND started_at IS NULL";

const WRITE: &str = "
    UPDATE offer_collections
    SET found = $3, new = $4, changed = $5, gone = $6, left_out = $7, pages_failed = $8
    WHERE run = $1 AND source = $2 AND outcome IS NULL";

const END: &str = "
    UPDATE offer_collections
    SET ended_at = $3, outcome = $4, found = $5, new = $6, changed = $7, gone = $8, left_out = $9,
        pages_failed = $10, reason = $11, detail = $12, note = $13,
        target = CASE WHEN asked_by = 'user' AND kind IN ('search', 'france-travail') THEN '' ELSE target END
    WHERE run = $1 AND source = $2 AND outcome IS NULL";

const LEAVE_BROKEN: &str = "
    UPDATE offer_collections
    SET outcome = $1, ended_at = $2,
        target = CASE WHEN asked_by = 'user' AND kind IN ('search', 'france-travail') THEN '' ELSE target END
    WHERE outcome IS NULL AND started_at IS NOT NULL";

/// Where collections do not run, words that somebody typed do not wait for them.
const GIVE_UP: &str = "
    UPDATE offer_collections
    SET outcome = $1, ended_at = $2, target = ''
    WHERE outcome IS NULL AND asked_by = 'user' AND kind IN ('search', 'france-travail')
      AND COALESCE(started_at, asked_at) < $3";

const OF_RUN: &str = columns!("WHERE run = $1 ORDER BY source");

const LATEST: &str = columns!("WHERE source = $1 ORDER BY asked_at DESC LIMIT $2");

const LAST_DONE: &str = "
    SELECT source, max(ended_at)
    FROM offer_collections
    WHERE outcome = $1
    GROUP BY source";

const FAILING: &str = "
    SELECT source
    FROM (
        SELECT source, outcome,
               row_number() OVER (PARTITION BY source ORDER BY asked_at DESC) AS nth
        FROM offer_collections
        WHERE outcome IN ($1, $2)
          AND source IN (SELECT name FROM offer_sources WHERE paused = $4)) AS ended
    WHERE nth <= $3 AND outcome = $2
    GROUP BY source
    HAVING count(*) = $3
    ORDER BY source";

/// A source that is no more failed for good: its offers go once nobody has seen them for long.
const SHOWN_BY_FAILED: &str = "
    SELECT count(*)
    FROM offer_sightings AS s
    WHERE s.offer_id = $1
      AND s.source IN (SELECT name FROM offer_sources)
      AND $2 <> (
          SELECT c.outcome
          FROM offer_collections AS c
          WHERE c.source = s.source AND c.outcome IS NOT NULL
          ORDER BY c.asked_at DESC
          LIMIT 1)";

const CLEAR: &str = "
    DELETE FROM offer_collections
    WHERE asked_at < $1";

impl Collecting<'_> {
    /// Asks for what sources have, in a run; the run of a source that waits already is not asked for twice. Says
    /// which run that is, or the one that it waits in.
    pub async fn ask(self, sources: &[Source], by: AskedBy) -> Result<Uuid, DbError> {
        let asked = sources.iter().map(|it| (it.name.clone(), it.kind, it.target.clone()));
        self.ask_for(asked.collect(), by).await
    }

    /// Asks for what a search by words brings, of these kinds of sources.
    pub async fn ask_words(
        self,
        words: &str,
        kinds: &[SourceKind],
        by: AskedBy,
    ) -> Result<Uuid, DbError> {
        let named = SEARCHED.iter().filter(|(kind, _)| kinds.contains(kind));
        let asked =
            named.filter_map(|(kind, name)| Some((name.parse().ok()?, *kind, words.to_owned())));
        self.ask_for(asked.collect(), by).await
    }

    async fn ask_for(
        self,
        asked: Vec<(OfferSource, SourceKind, String)>,
        by: AskedBy,
    ) -> Result<Uuid, DbError> {
        let (run, now) = (self.ids.uuid(), self.clock.now());
        let mut any = false;
        for (source, kind, target) in &asked {
            let args = args![
                run.to_string(),
                source.as_str(),
                kind.as_str(),
                target.as_str(),
                by.as_str(),
                now
            ];
            any |= self.log.db().execute(ASK, args).await? == 1;
        }
        if !any {
            // All of it waits already.
            for (source, _, target) in &asked {
                if let Some(run) = self.waits_in(source, target).await? {
                    return Ok(run);
                }
            }
        }
        Ok(run)
    }

    /// Begins the next collection that is asked for. Whoever calls this holds the lease of the task.
    pub async fn take_collection(self) -> Result<Option<Collection>, DbError> {
        let next: Option<Row> = self.log.db().fetch_optional(NEXT, args![true]).await?;
        let Some(mut next) = next.and_then(Row::read) else { return Ok(None) };
        let now = self.clock.now();
        let args = args![next.run.to_string(), next.source.as_str(), now];
        next.started_at = Some(now);
        Ok((self.log.db().execute(BEGIN, args).await? == 1).then_some(next))
    }

    /// Whether anything that is asked for waits to begin, and may: what a paused source has waits
    /// until it goes on.
    pub async fn is_any_waiting(self) -> Result<bool, DbError> {
        let (waiting,): (i64,) = self.log.db().fetch_one(WAITING, args![true]).await?;
        Ok(waiting > 0)
    }

    /// Whether an operator who asked for a run of a task then did so by its schedule, and not by one source.
    pub async fn is_asked_by_schedule(
        self,
        operator: &str,
        task: &str,
        at: Timestamp,
    ) -> Result<bool, CommandError<OperatorRefusal>> {
        let history = self.loader().history::<Operator>(operator).await?;
        let act = history.events.iter().rev().find_map(|event| match &event.event {
            OperatorEvent::OperatorActed { action, subject, at: acted }
                if acted.as_microsecond() <= at.as_microsecond() =>
            {
                Some((action.as_str(), subject.as_str()))
            }
            _ => None,
        });
        Ok(act == Some(("schedule.run", task)))
    }

    /// Writes down what a collection counted until now.
    pub async fn write_counts(self, of: &Collection, counts: Counts) -> Result<(), DbError> {
        let [found, new, changed, gone, left_out, failed] = stored(counts);
        let args = args![
            of.run.to_string(),
            of.source.as_str(),
            found,
            new,
            changed,
            gone,
            left_out,
            failed
        ];
        self.log.db().execute(WRITE, args).await.map(drop)
    }

    /// Ends a collection.
    pub async fn end_collection(self, of: &Collection, end: &CollectionEnd) -> Result<(), DbError> {
        let CollectionEnd { outcome, report } = end;
        let [found, new, changed, gone, left_out, failed] = stored(report.counts);
        let args = args![
            of.run.to_string(),
            of.source.as_str(),
            self.clock.now(),
            outcome.as_str(),
            found,
            new,
            changed,
            gone,
            left_out,
            failed,
            report.reason.clone(),
            report.detail.clone(),
            report.note.clone()
        ];
        self.log.db().execute(END, args).await.map(drop)
    }

    /// Marks collections without an end as broken off. Whoever calls this holds the lease of the task.
    pub async fn leave_collections_broken(self) -> Result<u64, DbError> {
        let broken = CollectionOutcome::BrokenOff.as_str();
        self.log.db().execute(LEAVE_BROKEN, args![broken, self.clock.now()]).await
    }

    /// A run that was asked for: its collections, by the names of their sources.
    pub async fn run(self, run: Uuid) -> Result<Vec<Collection>, DbError> {
        let rows: Vec<Row> = self.log.db().fetch_all(OF_RUN, args![run.to_string()]).await?;
        Ok(rows.into_iter().filter_map(Row::read).collect())
    }

    /// A run as a whole; `None` where there is none of this id.
    pub async fn whole_run(self, run: Uuid) -> Result<Option<WholeRun>, DbError> {
        let collections = self.run(run).await?;
        let mut whole = WholeRun { collections: collections.len(), ..WholeRun::default() };
        for collection in &collections {
            whole.counts += collection.report.counts;
            whole.ended += usize::from(collection.outcome.is_some());
            let failed = collection.outcome.is_some_and(|it| it != CollectionOutcome::Done);
            whole.failed += usize::from(failed);
        }
        Ok((whole.collections > 0).then_some(whole))
    }

    /// The latest collections of a source, last first.
    pub async fn latest_collections(
        self,
        source: &str,
        most: i64,
    ) -> Result<Vec<Collection>, DbError> {
        let rows: Vec<Row> = self.log.db().fetch_all(LATEST, args![source, most]).await?;
        Ok(rows.into_iter().filter_map(Row::read).collect())
    }

    /// When each source was last collected from as it should.
    pub async fn last_collected(self) -> Result<BTreeMap<String, Timestamp>, DbError> {
        let done = CollectionOutcome::Done.as_str();
        let rows: Vec<(String, Option<String>)> =
            self.log.db().fetch_all(LAST_DONE, args![done]).await?;
        let read = |(name, at): (String, Option<String>)| Some((name, parse_timestamp(&at?).ok()?));
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// The sources that failed three times in a row.
    pub async fn failing_sources(self) -> Result<Vec<String>, DbError> {
        let (done, failed) = (CollectionOutcome::Done.as_str(), CollectionOutcome::Failed.as_str());
        let rows: Vec<(String,)> =
            self.log.db().fetch_all(FAILING, args![done, failed, FAILURES, false]).await?;
        Ok(rows.into_iter().map(|(name,)| name).collect())
    }

    /// Whether a source that showed an offer did not come to a good end when it was last collected from: whether the
    /// offer is still there is not known.
    pub async fn is_shown_by_failed(self, offer: Uuid) -> Result<bool, DbError> {
        let done = CollectionOutcome::Done.as_str();
        let (failed,): (i64,) =
            self.log.db().fetch_one(SHOWN_BY_FAILED, args![offer.to_string(), done]).await?;
        Ok(failed > 0)
    }

    /// Ends searches by words that somebody asked for over a day ago and that did not end, and
    /// drops the words; says how many.
    pub(crate) async fn give_up_searches(self) -> Result<u64, DbError> {
        let (failed, now) = (CollectionOutcome::Failed.as_str(), self.clock.now());
        self.log.db().execute(GIVE_UP, args![failed, now, now - GIVEN_UP]).await
    }

    /// Clears away collections of long ago, and who asked for them; says how many collections.
    pub async fn clear_collections(self) -> Result<u64, DbError> {
        let before = self.clock.now().checked_sub(KEPT).unwrap_or(Timestamp::MIN);
        self.clear_askers(before).await?;
        self.log.db().execute(CLEAR, args![timestamp_text(before)]).await
    }
}

fn stored(counts: Counts) -> [i64; 6] {
    let Counts { found, new, changed, gone, left_out, pages_failed } = counts;
    [found, new, changed, gone, left_out, pages_failed].map(u64::cast_signed)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::examples::minutes;
    use event_store::FixedClock;
    use event_store::testing::{Engine, TestDb};
    use rstest::rstest;

    use super::*;
    use crate::testing::process;

    #[rstest]
    #[tokio::test(flavor = "multi_thread")]
    async fn words_that_nobody_searches_for_are_dropped_after_a_day(
        #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    ) {
        let (db, clock) = (TestDb::new(engine).await, Arc::new(FixedClock::new(minutes(0))));
        let commands = process(db.db(), clock.clone()).await;
        let collecting = commands.collecting();
        let kinds: Vec<_> = SEARCHED.iter().map(|(kind, _)| *kind).collect();
        let words = async |run: Uuid| {
            let run = collecting.run(run).await.unwrap();
            run.into_iter().map(|it| (it.target, it.outcome)).collect::<Vec<_>>()
        };
        let waiting = collecting.ask_words("boulanger", &kinds, AskedBy::User).await.unwrap();
        let asked = vec![("boulanger".to_owned(), None); kinds.len()];
        let by_operator = "baker";
        let others = collecting.ask_words(by_operator, &kinds, AskedBy::Operator).await.unwrap();
        clock.advance(SignedDuration::from_hours(24));
        assert_eq!(commands.tidy().await.unwrap().searches, 0);
        assert_eq!(words(waiting).await, asked);
        clock.advance(SignedDuration::from_secs(1));
        assert_eq!(commands.tidy().await.unwrap().searches, kinds.len() as u64);
        let failed = Some(CollectionOutcome::Failed);
        assert_eq!(words(waiting).await, vec![(String::new(), failed); kinds.len()]);
        assert_eq!(words(others).await, vec![(by_operator.to_owned(), None); kinds.len()]);
        assert_eq!(commands.tidy().await.unwrap().searches, 0);
    }
}
