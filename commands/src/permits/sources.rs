//! How far each procedure was read at its source, and the dossiers there that could not be read.

use event_store::{DbError, args};
use jiff::{SignedDuration, Timestamp};

use crate::facades::Permits;

/// How long it is told that a dossier could not be read, if nobody meets it any more.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Up to which change at the source everything was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watermark {
    /// The latest change of a dossier that was taken in.
    pub changed_at: Option<Timestamp>,
    /// The latest deletion that was taken in.
    pub deleted_at: Option<Timestamp>,
    /// When everything was last seen.
    pub finished_at: Option<Timestamp>,
}

/// A dossier that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// Of which procedure.
    pub procedure: u32,
    /// Its number.
    pub number: u64,
    /// Where in it: the name of a member or the key of a field, never what stands there.
    pub place: String,
    /// What is wrong there, in one word.
    pub kind: String,
    /// Since when.
    pub first_at: Timestamp,
    /// When it was last tried.
    pub last_at: Timestamp,
}

type Row = (i64, i64, String, String, String, String);

const WATERMARK: &str = "
    SELECT changed_at, deleted_at, finished_at
    FROM permit_sources
    WHERE procedure_number = $1";

const MOVE: &str = "
    INSERT INTO permit_sources (procedure_number, changed_at, deleted_at, finished_at)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (procedure_number) DO UPDATE
    SET changed_at = excluded.changed_at, deleted_at = excluded.deleted_at,
        finished_at = excluded.finished_at";

const ASIDE: &str = "
    INSERT INTO permits_set_aside (procedure_number, dossier_number, place, kind, first_at, last_at)
    VALUES ($1, $2, $3, $4, $5, $5)
    ON CONFLICT (procedure_number, dossier_number) DO UPDATE
    SET place = excluded.place, kind = excluded.kind, last_at = excluded.last_at";

const READ: &str = "
    DELETE FROM permits_set_aside
    WHERE procedure_number = $1 AND dossier_number = $2";

const OLD: &str = "
    DELETE FROM permits_set_aside
    WHERE last_at < $1";

const ALL: &str = "
    SELECT procedure_number, dossier_number, place, kind, first_at, last_at
    FROM permits_set_aside
    ORDER BY last_at DESC, procedure_number, dossier_number
    LIMIT $1 OFFSET $2";

const NUMBERS: &str = "
    SELECT dossier_number
    FROM permits_set_aside
    WHERE procedure_number = $1
    ORDER BY dossier_number";

const COUNT: &str = "
    SELECT count(*)
    FROM permits_set_aside";

impl Permits<'_> {
    /// How far a procedure was read.
    pub async fn watermark(self, procedure: u32) -> Result<Watermark, DbError> {
        let row: Option<(Option<String>, Option<String>, Option<String>)> =
            self.log.db().fetch_optional(WATERMARK, args![i64::from(procedure)]).await?;
        let (changed, deleted, finished) = row.unwrap_or_default();
        let read = |text: Option<String>| text.and_then(|text| text.parse().ok());
        Ok(Watermark {
            changed_at: read(changed),
            deleted_at: read(deleted),
            finished_at: read(finished),
        })
    }

    /// Notes how far a procedure was read.
    pub async fn move_watermark(self, procedure: u32, to: Watermark) -> Result<(), DbError> {
        let Watermark { changed_at, deleted_at, finished_at } = to;
        let args = args![i64::from(procedure), changed_at, deleted_at, finished_at];
        self.log.db().execute(MOVE, args).await.map(drop)
    }

    /// Notes that a dossier could not be read: the next run tries it again.
    pub async fn set_aside(
        self,
        procedure: u32,
        number: u64,
        place: &str,
        kind: &str,
    ) -> Result<(), DbError> {
        let args = args![i64::from(procedure), number.cast_signed(), place, kind, self.clock.now()];
        self.log.db().execute(ASIDE, args).await.map(drop)
    }

    /// Notes that a dossier could be read after all, or is gone.
    pub async fn take_back(self, procedure: u32, number: u64) -> Result<(), DbError> {
        self.log
            .db()
            .execute(READ, args![i64::from(procedure), number.cast_signed()])
            .await
            .map(drop)
    }

    /// The dossiers that could not be read, those tried last first.
    pub async fn not_read(self, limit: u32, offset: u32) -> Result<Vec<SetAside>, DbError> {
        let rows: Vec<Row> = self.log.db().fetch_all(ALL, args![limit, offset]).await?;
        let time = |text: &str| text.parse().unwrap_or(Timestamp::UNIX_EPOCH);
        let one = |(procedure, number, place, kind, first_at, last_at): Row| SetAside {
            procedure: u32::try_from(procedure).unwrap_or_default(),
            number: number.cast_unsigned(),
            place,
            kind,
            first_at: time(&first_at),
            last_at: time(&last_at),
        };
        Ok(rows.into_iter().map(one).collect())
    }

    /// The numbers of a procedure's dossiers that could not be read, in their order.
    pub async fn numbers_aside(self, procedure: u32) -> Result<Vec<u64>, DbError> {
        let rows: Vec<(i64,)> =
            self.log.db().fetch_all(NUMBERS, args![i64::from(procedure)]).await?;
        Ok(rows.into_iter().map(|(number,)| number.cast_unsigned()).collect())
    }

    /// How many could not be read.
    pub async fn count_not_read(self) -> Result<u64, DbError> {
        let (count,): (i64,) = self.log.db().fetch_one(COUNT, args![]).await?;
        Ok(count.unsigned_abs())
    }

    /// Forgets those that nobody met for 30 days.
    pub async fn clear_not_read(self) -> Result<u64, DbError> {
        let before = self.clock.now().saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
        self.log.db().execute(OLD, args![before]).await
    }
}
