//! Reading the log: one stream, or all streams in their one order.

use jiff::Timestamp;

use crate::seal::{StoredPayload, StreamKey};
use crate::{
    DbError, Log, Metadata, Position, RawEvent, StreamId, Value, args, parse_timestamp,
    timestamp_text,
};

/// The log could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The row of an event is damaged: something other than this service wrote it.
    #[error("the event at position {position} is damaged: its {part} cannot be read")]
    Damaged {
        /// Which event.
        position: Position,
        /// Which column.
        part: &'static str,
        /// Why not.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Some events, and how far they reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The events, in order; only those of the kinds that were asked for.
    pub events: Vec<RawEvent>,
    /// Every event up to here was looked at: a follower that has handled the page moves its
    /// checkpoint to this position, even where the page is empty.
    pub reached: Position,
}

#[derive(sqlx::FromRow)]
struct Row {
    position: i64,
    aggregate_type: String,
    aggregate_id: String,
    sequence: i64,
    event_type: String,
    event_version: String,
    payload: String,
    sealed: Option<Vec<u8>>,
    metadata: String,
    recorded_at: String,
    stream_key: StreamKey,
}

impl TryFrom<Row> for RawEvent {
    type Error = ReadError;

    fn try_from(row: Row) -> Result<Self, ReadError> {
        let position = Position::new(row.position);
        let metadata: Metadata = serde_json::from_str(&row.metadata).map_err(|error| {
            ReadError::Damaged { position, part: "metadata", source: error.into() }
        })?;
        let recorded_at = parse_timestamp(&row.recorded_at).map_err(|error| {
            ReadError::Damaged { position, part: "recorded_at", source: error.into() }
        })?;
        Ok(Self {
            position,
            aggregate_type: row.aggregate_type,
            aggregate_id: row.aggregate_id,
            sequence: row.sequence,
            event_type: row.event_type,
            event_version: row.event_version,
            payload: StoredPayload::from_columns(row.payload, row.sealed),
            metadata,
            recorded_at,
            key: row.stream_key,
        })
    }
}

/// The columns of [`Row`], with the key of an event's stream: by the position of the stream's first event.
/// It comes by a subquery, not by a join: whatever the planner thinks of the table's size, it is a look
/// into an index for each event.
macro_rules! select {
    (key of the event, $rest:literal) => {
        select!(
            "(SELECT coalesce(k.key, '')
              FROM stream_keys AS k
              WHERE k.position = CASE
                  WHEN events.sequence = 1 THEN events.position
                  ELSE (SELECT f.position
                        FROM events AS f
                        WHERE f.aggregate_type = events.aggregate_type
                          AND f.aggregate_id = events.aggregate_id
                          AND f.sequence = 1)
              END)",
            $rest
        )
    };
    (key of the stream, $rest:literal) => {
        select!(
            "(SELECT coalesce(k.key, '')
              FROM stream_keys AS k
              WHERE k.position = (
                  SELECT f.position
                  FROM events AS f
                  WHERE f.aggregate_type = $1 AND f.aggregate_id = $2 AND f.sequence = 1))",
            $rest
        )
    };
    ($key:literal, $rest:literal) => {
        concat!(
            "SELECT position, aggregate_type, aggregate_id, sequence, event_type, event_version,
                CAST(payload AS TEXT) AS payload, sealed, CAST(metadata AS TEXT) AS metadata, recorded_at,
                ",
            $key,
            " AS stream_key
             FROM events ",
            $rest
        )
    };
}

const STREAM: &str = select!(
    key of the stream,
    "WHERE aggregate_type = $1 AND aggregate_id = $2
    ORDER BY sequence"
);

const STREAM_AFTER: &str = select!(
    key of the stream,
    "WHERE aggregate_type = $1 AND aggregate_id = $2 AND sequence > $3 AND sequence <= $4
    ORDER BY sequence"
);

const STREAMS: &str = select!(
    key of the event,
    "WHERE aggregate_type = $1 AND position <= $2 AND aggregate_id IN ({ids})
    ORDER BY aggregate_id, sequence"
);

/// How many streams one statement reads: few shapes of statement, so that each stays prepared.
const STREAMS_AT_ONCE: [usize; 2] = [64, 4];

const AFTER: &str = select!(
    key of the event,
    "WHERE position > $1 AND position <= $2{kinds}
    ORDER BY position"
);

const AFTER_CLOSED: &str = select!(
    "CAST(NULL AS TEXT)",
    "WHERE position > $1 AND position <= $2{kinds}
    ORDER BY position"
);

/// Whether a reader of events opens what is sealed of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// With the keys of their streams.
    Open,
    /// Without: placeholders stand for what is personal, see [`Log::shown`]. It is cheaper.
    Closed,
}

/// How many stretches without a wanted event one page may pass over.
const STRETCHES: usize = 64;

const RECORDED_AT: &str = "SELECT recorded_at FROM events WHERE position = $1";

const HEAD: &str = "
    SELECT coalesce(max(position), 0)
    FROM events";

impl Log {
    /// All events of one stream, in the order of their sequence; none where nothing happened.
    pub async fn stream(
        &self,
        aggregate_type: &str,
        aggregate_id: &str,
    ) -> Result<Vec<RawEvent>, ReadError> {
        let rows: Vec<Row> =
            self.db().fetch_all(STREAM, args![aggregate_type, aggregate_id]).await?;
        self.events_of(StreamId::new(aggregate_type, aggregate_id), rows)
    }

    /// The next `limit` events of one stream after this sequence.
    pub async fn stream_after(
        &self,
        aggregate_type: &str,
        aggregate_id: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<RawEvent>, ReadError> {
        let args = args![aggregate_type, aggregate_id, after, after.saturating_add(limit)];
        let rows: Vec<Row> = self.db().fetch_all(STREAM_AFTER, args).await?;
        self.events_of(StreamId::new(aggregate_type, aggregate_id), rows)
    }

    fn events_of(&self, stream: StreamId<'_>, rows: Vec<Row>) -> Result<Vec<RawEvent>, ReadError> {
        if let Some(row) = rows.first() {
            self.lately.keep(stream, &row.stream_key);
        }
        rows.into_iter().map(RawEvent::try_from).collect()
    }

    /// All events of these streams up to this position: stream by stream, each in the order of its
    /// sequence.
    pub async fn streams(
        &self,
        aggregate_type: &str,
        aggregate_ids: &[&str],
        up_to: Position,
    ) -> Result<Vec<RawEvent>, ReadError> {
        let mut events = vec![];
        let mut rest = aggregate_ids;
        while let Some(last) = rest.last() {
            let size = STREAMS_AT_ONCE
                .into_iter()
                .find(|size| *size <= rest.len())
                .unwrap_or(STREAMS_AT_ONCE[1]);
            let (now, later) = rest.split_at(size.min(rest.len()));
            let mut args = args![aggregate_type, up_to];
            // What is missing to a full statement repeats an id, which changes nothing.
            let filled = now.iter().chain(std::iter::repeat(last)).take(size);
            args.extend(filled.copied().map(Value::from));
            let places: Vec<String> = (3..=args.len()).map(|n| format!("${n}")).collect();
            let sql = STREAMS.replace("{ids}", &places.join(", "));
            let rows: Vec<Row> = self.db().fetch_all(&sql, args).await?;
            for row in rows {
                events.push(RawEvent::try_from(row)?);
            }
            rest = later;
        }
        Ok(events)
    }

    /// The next `limit` events of all streams after this position, in order.
    pub async fn read_after(
        &self,
        after: Position,
        limit: i64,
    ) -> Result<Vec<RawEvent>, ReadError> {
        self.stretch(after, after.plus(limit), None, Reading::Open).await
    }

    /// What the next `limit` positions hold of these kinds (event types), or of all where none are
    /// named, and how far that reaches: a follower of rare kinds moves on even where nothing
    /// concerns it. Stretches that hold nothing for it are passed over.
    pub async fn page_after(
        &self,
        after: Position,
        limit: i64,
        kinds: Option<&[&str]>,
    ) -> Result<Page, ReadError> {
        self.page(after, limit, kinds, Reading::Open).await
    }

    /// The same for a reader that opens the events, or does not.
    pub async fn page(
        &self,
        after: Position,
        limit: i64,
        kinds: Option<&[&str]>,
        reading: Reading,
    ) -> Result<Page, ReadError> {
        // First the head, then the events up to it: the log may grow in between.
        let head = self.head().await?;
        self.pages_up_to(head, after, limit, kinds, reading).await
    }

    /// The same of a log that reaches up to `head` at least.
    pub(crate) async fn page_up_to(
        &self,
        head: Position,
        after: Position,
        limit: i64,
        kinds: Option<&[&str]>,
    ) -> Result<Page, ReadError> {
        self.pages_up_to(head, after, limit, kinds, Reading::Open).await
    }

    async fn pages_up_to(
        &self,
        head: Position,
        after: Position,
        limit: i64,
        kinds: Option<&[&str]>,
        reading: Reading,
    ) -> Result<Page, ReadError> {
        let mut page = Page { events: vec![], reached: after };
        for _ in 0..STRETCHES {
            if page.reached >= head || !page.events.is_empty() {
                break;
            }
            let end = head.min(page.reached.plus(limit));
            page.events = self.stretch(page.reached, end, kinds, reading).await?;
            page.reached = end;
        }
        Ok(page)
    }

    /// All events from after one position up to another.
    pub(crate) async fn between(
        &self,
        after: Position,
        end: Position,
    ) -> Result<Vec<RawEvent>, ReadError> {
        self.stretch(after, end, None, Reading::Open).await
    }

    /// Positions have no gaps, so that two of them bound how much is read. A LIMIT instead would
    /// leave PostgreSQL to guess how far it must look, and to read and sort the rest of the log
    /// where it guesses wrong.
    async fn stretch(
        &self,
        after: Position,
        end: Position,
        kinds: Option<&[&str]>,
        reading: Reading,
    ) -> Result<Vec<RawEvent>, ReadError> {
        let mut args = args![after, end];
        let filter = match kinds {
            None => String::new(),
            Some([]) => return Ok(vec![]),
            Some(kinds) => {
                let first = args.len() + 1;
                args.extend(kinds.iter().copied().map(Value::from));
                let places: Vec<String> = (first..=args.len()).map(|n| format!("${n}")).collect();
                format!(" AND event_type IN ({})", places.join(", "))
            }
        };
        let sql = match reading {
            Reading::Open => AFTER,
            Reading::Closed => AFTER_CLOSED,
        };
        let rows: Vec<Row> = self.db().fetch_all(&sql.replace("{kinds}", &filter), args).await?;
        let event = |row: Row| {
            let event = RawEvent::try_from(row)?;
            Ok(match reading {
                Reading::Open => event,
                Reading::Closed => RawEvent { key: StreamKey::Unknown, ..event },
            })
        };
        rows.into_iter().map(event).collect()
    }

    /// The last position that was recorded before this time: time never runs backwards in the log,
    /// so that a search by halves finds it in few steps.
    pub async fn position_before(&self, at: Timestamp) -> Result<Position, ReadError> {
        let wanted = timestamp_text(at);
        let (mut before, mut after) = (0, self.head().await?.get() + 1);
        while after - before > 1 {
            let middle = before + (after - before) / 2;
            let (recorded_at,): (String,) = self.db().fetch_one(RECORDED_AT, args![middle]).await?;
            if recorded_at < wanted {
                before = middle;
            } else {
                after = middle;
            }
        }
        Ok(Position::new(before))
    }

    /// The position of the last event; [`Position::START`] where there is none.
    pub async fn head(&self) -> Result<Position, ReadError> {
        let (head,): (i64,) = self.db().fetch_one(HEAD, args![]).await?;
        Ok(Position::new(head))
    }
}
