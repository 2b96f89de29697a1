//! Many rows into one table at once; a row whose key is there already is replaced.

use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Postgres, Sqlite, Transaction};

use super::copy::copy;
use super::{DbError, Value, bind};

/// How many values one statement brings to SQLite, which copies each page that a statement changes once
/// for it, in case that it must be taken back: the fewer statements, the fewer copies.
const VALUES: usize = 2500;
/// How many rows one statement brings to PostgreSQL, as one array for each column.
const ROWS: usize = 2000;
/// So many new rows are worth a statement of another kind, which is not kept prepared.
const MANY: usize = 64;

/// The table and its columns.
#[derive(Clone, Copy, Debug)]
pub struct Upsert<'a> {
    /// Its name.
    pub table: &'a str,
    /// The columns of the rows, in their order.
    pub columns: &'a [&'a str],
    /// The columns of its primary key.
    pub key: &'a [&'a str],
    /// Whether no row is there yet. One that is there all the same may be refused instead of replaced.
    pub new: bool,
}

impl Upsert<'_> {
    fn statement(&self, source: &str) -> String {
        let changes: Vec<_> = self
            .columns
            .iter()
            .filter(|name| !self.key.contains(name))
            .map(|name| format!("{name} = excluded.{name}"))
            .collect();
        let conflict = if changes.is_empty() {
            "DO NOTHING".to_owned() // the row is its key
        } else {
            format!("DO UPDATE SET {}", changes.join(", "))
        };
        format!(
            "INSERT INTO {} ({})
             {source}
             ON CONFLICT ({}) {conflict}",
            self.table,
            self.columns.join(", "),
            self.key.join(", "),
        )
    }

    fn statement_of_values(&self, rows: usize) -> String {
        // Without numbers: SQLite looks for each value that has a name among all that have one, so that the
        // time for a statement would grow with the square of their number.
        let row = format!("({})", vec!["?"; self.columns.len()].join(", "));
        self.statement(&format!("VALUES {}", vec![row; rows].join(", ")))
    }

    pub(super) async fn sqlite(
        &self,
        connection: &mut SqliteConnection,
        rows: Vec<Vec<Value>>,
    ) -> Result<(), DbError> {
        let many = (VALUES / self.columns.len()).max(1);
        let mut left = rows.len();
        let mut rows = rows.into_iter();
        while left > 0 {
            // Powers of two: a handful of shapes, each prepared once, makes up any number.
            let size = 1 << left.min(many).ilog2();
            let sql = self.statement_of_values(size);
            let args = rows.by_ref().take(size).flatten();
            bind!(sqlx::query::<Sqlite>(&sql), args).execute(&mut *connection).await?;
            left -= size;
        }
        Ok(())
    }

    pub(super) async fn postgres(
        &self,
        tx: &mut Transaction<'static, Postgres>,
        rows: Vec<Vec<Value>>,
    ) -> Result<(), DbError> {
        if self.new && rows.len() >= MANY {
            return copy(tx, *self, rows).await;
        }
        let mut rows = rows.into_iter().peekable();
        while let Some(first) = rows.peek() {
            let mut arrays: Vec<_> = first.iter().map(Array::of).collect();
            for row in rows.by_ref().take(ROWS) {
                for (array, value) in arrays.iter_mut().zip(row) {
                    array.push(value)?;
                }
            }
            let places: Vec<_> = (1..)
                .zip(&arrays)
                .map(|(place, array)| format!("${place}::{}[]", array.sql()))
                .collect();
            let sql = self.statement(&format!("SELECT * FROM unnest({})", places.join(", ")));
            let query = arrays.into_iter().fold(sqlx::query(&sql), |query, it| it.bind(query));
            query.execute(&mut **tx).await?;
        }
        Ok(())
    }
}

/// The values of one column.
enum Array {
    Bool(Vec<Option<bool>>),
    I64(Vec<Option<i64>>),
    F64(Vec<Option<f64>>),
    Text(Vec<Option<String>>),
    Bytes(Vec<Option<Vec<u8>>>),
}

impl Array {
    const fn of(value: &Value) -> Self {
        match value {
            Value::Bool(_) | Value::NullBool => Self::Bool(vec![]),
            Value::I64(_) | Value::NullI64 => Self::I64(vec![]),
            Value::F64(_) | Value::NullF64 => Self::F64(vec![]),
            Value::Text(_) | Value::NullText => Self::Text(vec![]),
            Value::Bytes(_) | Value::NullBytes => Self::Bytes(vec![]),
        }
    }

    /// All values of a column are of one type.
    fn push(&mut self, value: Value) -> Result<(), sqlx::Error> {
        match (self, value) {
            (Self::Bool(values), Value::Bool(it)) => values.push(Some(it)),
            (Self::Bool(values), Value::NullBool) => values.push(None),
            (Self::I64(values), Value::I64(it)) => values.push(Some(it)),
            (Self::I64(values), Value::NullI64) => values.push(None),
            (Self::F64(values), Value::F64(it)) => values.push(Some(it)),
            (Self::F64(values), Value::NullF64) => values.push(None),
            (Self::Text(values), Value::Text(it)) => values.push(Some(it)),
            (Self::Text(values), Value::NullText) => values.push(None),
            (Self::Bytes(values), Value::Bytes(it)) => values.push(Some(it)),
            (Self::Bytes(values), Value::NullBytes) => values.push(None),
            (array, _) => {
                let message = format!("a column of {} was given another type", array.sql());
                return Err(sqlx::Error::Encode(message.into()));
            }
        }
        Ok(())
    }

    const fn sql(&self) -> &'static str {
        match self {
            Self::Bool(_) => "BOOLEAN",
            Self::I64(_) => "BIGINT",
            Self::F64(_) => "DOUBLE PRECISION",
            Self::Text(_) => "TEXT",
            Self::Bytes(_) => "BYTEA",
        }
    }

    fn bind(self, query: Query<'_, Postgres, PgArguments>) -> Query<'_, Postgres, PgArguments> {
        match self {
            Self::Bool(values) => query.bind(values),
            Self::I64(values) => query.bind(values),
            Self::F64(values) => query.bind(values),
            Self::Text(values) => query.bind(values),
            Self::Bytes(values) => query.bind(values),
        }
    }
}
