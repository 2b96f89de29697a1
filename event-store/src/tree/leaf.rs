use serde::{Deserialize, Serialize};
use tlog_tiles::tlog::{Hash, record_hash};

use crate::seal::StoredPayload;
use crate::{Db, DbError, args};

/// What is hashed of an event: its row, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "they are the columns of the table `events`")]
pub struct Leaf {
    pub position: i64,
    pub aggregate_type: String,
    pub aggregate_id: String,
    pub sequence: i64,
    pub event_type: String,
    pub event_version: String,
    pub payload: String,
    pub metadata: String,
    pub recorded_at: String,
}

impl Leaf {
    /// The bytes that are hashed: each column in this order as a netstring, its length in octets in
    /// decimal, a colon, the octets and a comma. Nothing can move from one column into the next.
    pub fn bytes(&self) -> Vec<u8> {
        let (position, sequence) = (self.position.to_string(), self.sequence.to_string());
        let columns = [
            position.as_str(),
            &self.aggregate_type,
            &self.aggregate_id,
            &sequence,
            &self.event_type,
            &self.event_version,
            &self.payload,
            &self.metadata,
            &self.recorded_at,
        ];
        let mut bytes = Vec::with_capacity(columns.iter().map(|it| it.len() + 8).sum());
        for column in columns {
            bytes.extend_from_slice(column.len().to_string().as_bytes());
            bytes.push(b':');
            bytes.extend_from_slice(column.as_bytes());
            bytes.push(b',');
        }
        bytes
    }

    pub(super) fn hash(&self) -> Hash {
        record_hash(&self.bytes())
    }

    /// The hash of the same event at another position.
    pub(super) fn hash_at(&self, position: i64) -> Hash {
        Self { position, ..self.clone() }.hash()
    }
}

/// A row as it is, whatever became of it: `SQLite` keeps any bytes and any type in any column.
#[derive(sqlx::FromRow)]
struct Row {
    position: i64,
    aggregate_type: Vec<u8>,
    aggregate_id: Vec<u8>,
    sequence: Vec<u8>,
    event_type: Vec<u8>,
    event_version: Vec<u8>,
    payload: Vec<u8>,
    sealed: Option<Vec<u8>>,
    metadata: Vec<u8>,
    recorded_at: Vec<u8>,
}

impl From<Row> for Leaf {
    /// What is no UTF-8, or no number, was never written so. It becomes what was never written
    /// either, and so has another hash than the one that was signed: replacing the bytes by U+FFFD
    /// would not do, since a text may hold that character.
    fn from(row: Row) -> Self {
        let text = |bytes: Vec<u8>| {
            String::from_utf8(bytes)
                .unwrap_or_else(|damaged| format!("not UTF-8: {:02x?}", damaged.as_bytes()))
        };
        let number = |bytes: Vec<u8>| {
            let digits = text(bytes);
            digits.parse().ok().filter(|number: &i64| number.to_string() == digits).unwrap_or(-1)
        };
        Self {
            position: row.position,
            aggregate_type: text(row.aggregate_type),
            aggregate_id: text(row.aggregate_id),
            sequence: number(row.sequence),
            event_type: text(row.event_type),
            event_version: text(row.event_version),
            payload: match row.sealed {
                None => text(row.payload),
                sealed => {
                    StoredPayload::from_columns(text(row.payload), sealed).text().into_owned()
                }
            },
            metadata: text(row.metadata),
            recorded_at: text(row.recorded_at),
        }
    }
}

/// The columns as bytes, whatever became of them.
fn columns(db: &Db) -> String {
    let bytes = |column: &str| match db {
        Db::Sqlite(_) => format!("CAST({column} AS BLOB) AS {column}"),
        Db::Postgres(_) => format!("convert_to({column}::text, 'UTF8') AS {column}"),
    };
    let columns = [
        "aggregate_type",
        "aggregate_id",
        "sequence",
        "event_type",
        "event_version",
        "payload",
        "metadata",
        "recorded_at",
    ];
    let sealed = match db {
        Db::Sqlite(_) => "CAST(sealed AS BLOB) AS sealed",
        Db::Postgres(_) => "sealed",
    };
    format!("position, {}, {sealed}", columns.map(bytes).join(", "))
}

/// The leaves after this position, up to another, in order.
pub(super) async fn after(
    db: &Db,
    after: i64,
    up_to: i64,
    limit: i64,
) -> Result<Vec<Leaf>, DbError> {
    let sql = format!(
        "SELECT {} FROM events WHERE position > $1 AND position <= $2
         ORDER BY position LIMIT $3",
        columns(db)
    );
    let rows: Vec<Row> = db.fetch_all(&sql, args![after, up_to, limit]).await?;
    Ok(rows.into_iter().map(Leaf::from).collect())
}

/// The leaves of one aggregate's stream, in order.
pub(super) async fn of_stream(
    db: &Db,
    aggregate_type: &str,
    aggregate_id: &str,
) -> Result<Vec<Leaf>, DbError> {
    let sql = format!(
        "SELECT {} FROM events WHERE aggregate_type = $1 AND aggregate_id = $2 ORDER BY sequence",
        columns(db)
    );
    let rows: Vec<Row> = db.fetch_all(&sql, args![aggregate_type, aggregate_id]).await?;
    Ok(rows.into_iter().map(Leaf::from).collect())
}
