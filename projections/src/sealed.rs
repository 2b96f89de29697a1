//! What is personal in a read model's rows: sealed on its way in, opened on its way out.
//!
//! All personal values of a row are one value, a JSON object by the columns' names, in the column
//! `sealed`: sealed with the key of the row's owner (XChaCha20-Poly1305), for this table, this row and
//! this stream alone. SQL never sees them, and they end with the key: a row whose key was destroyed
//! reads as what its columns' declarations say, whether it was written before or after.
//!
//! A row to be read is a struct whose personal fields are marked `#[sqlx(skip)]` and named to
//! [`opened_row!`](crate::opened_row), read by [`Table::fetch_all`].

use std::collections::HashMap;

use event_store::seal::{OpenError, StreamKey};
use event_store::{DbError, Log, Record, StreamId, Value, seal};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use crate::{Column, Kind, Owner, Rows, Table, Unreadable};

/// The column of what is sealed of a row; NULL where its key was gone when it was written.
pub(crate) const SEALED: &str = "sealed";

/// The first byte of what was sealed with the key of the row's stream.
const BY_STREAM: u8 = 0;
/// The first byte of what was sealed with the key of the whole database: of a stream that has none,
/// because all that it holds was recorded before anything was sealed.
const BY_DATABASE: u8 = 1;
/// Stands between the parts of a row's key; no id has it.
const BETWEEN: char = '\u{1f}';

/// A row of a table, read with what was sealed of it. Implemented by
/// [`opened_row!`](crate::opened_row).
pub trait OpenedRow: Record {
    /// Takes its personal values.
    fn fill(&mut self, values: &mut PersonalValues) -> Result<(), Unreadable>;
}

/// The personal values of a row, by the names of their columns.
#[derive(Debug)]
pub struct PersonalValues(Map<String, Json>);

impl PersonalValues {
    /// The value of this column.
    pub fn take<T: DeserializeOwned>(&mut self, column: &str) -> Result<T, Unreadable> {
        let value = self.0.remove(column).unwrap_or_default();
        serde_json::from_value(value).map_err(|_| Unreadable { expected: "what it should" })
    }

    /// All that were not taken.
    pub fn rest(&mut self) -> Map<String, Json> {
        std::mem::take(&mut self.0)
    }
}

/// Says which fields of a row are personal: each is named as its column, and marked `#[sqlx(skip)]`.
#[macro_export]
macro_rules! opened_row {
    ($row:ty: $($field:ident),* $(,)?) => {
        impl $crate::OpenedRow for $row {
            fn fill(
                &mut self,
                values: &mut $crate::PersonalValues,
            ) -> ::std::result::Result<(), $crate::Unreadable> {
                $(self.$field = values.take(stringify!($field))?;)*
                Ok(())
            }
        }
    };
}

/// A row as it is stored.
#[derive(sqlx::FromRow)]
struct Closed<T> {
    #[sqlx(flatten)]
    row: T,
    sealed: Option<Vec<u8>>,
    sealed_key: StreamKey,
    sealed_stream: String,
    sealed_row: String,
}

impl Table {
    /// The query with its first `*` written out: the columns of this table, by their names, and what opens
    /// a row. A process that goes on while a newer version alters the table then reads what it always read.
    pub fn by_name(&self, query: &str) -> String {
        let columns: Vec<_> = self.plain().map(|column| column.name).collect();
        let columns = columns.join(", ") + &self.key_as(self.name);
        query.replacen('*', &columns, 1)
    }

    /// The same columns, where the query calls the table otherwise.
    pub(crate) fn columns_as(&self, alias: &str) -> String {
        let columns: Vec<_> =
            self.plain().map(|column| format!("{alias}.{}", column.name)).collect();
        columns.join(", ") + &self.key_as(alias)
    }

    /// What opens a row, as further columns of a query that calls the table so; nothing where nothing is
    /// personal.
    pub(crate) fn key_as(&self, alias: &str) -> String {
        let Owner::Stream { kind, id } = self.of else { return String::new() };
        if !self.has_personal() {
            return String::new();
        }
        let id = format!("{alias}.{id}");
        let key = seal::stream_key_sql(&format!("'{kind}'"), &id);
        let parts: Vec<_> =
            self.key.iter().map(|name| format!("CAST({alias}.{name} AS TEXT)")).collect();
        let row = parts.join(&format!(" || '{BETWEEN}' || "));
        format!(
            ", {alias}.{SEALED} AS sealed, {key} AS sealed_key, {id} AS sealed_stream, {row} AS sealed_row"
        )
    }

    /// All rows of a query that has the columns of [`Table::by_name`], opened.
    pub async fn fetch_all<R: OpenedRow>(
        &self,
        log: &Log,
        sql: &str,
        args: Vec<Value>,
    ) -> Result<Vec<R>, DbError> {
        let rows: Vec<Closed<R>> = log.db().fetch_all(sql, args).await?;
        rows.into_iter().map(|row| self.opened(log, row)).collect()
    }

    /// The first row, or none.
    pub async fn fetch_optional<R: OpenedRow>(
        &self,
        log: &Log,
        sql: &str,
        args: Vec<Value>,
    ) -> Result<Option<R>, DbError> {
        let row: Option<Closed<R>> = log.db().fetch_optional(sql, args).await?;
        row.map(|row| self.opened(log, row)).transpose()
    }

    fn opened<R: OpenedRow>(&self, log: &Log, closed: Closed<R>) -> Result<R, DbError> {
        let Closed { mut row, sealed, sealed_key, sealed_stream, sealed_row } = closed;
        let json = match sealed {
            Some(sealed) => {
                let place = self.place(&sealed_stream, &sealed_row);
                place.open(log, &sealed_key, &sealed)?
            }
            None => None,
        };
        let values = match json {
            Some(json) => serde_json::from_slice(&json).map_err(|_| OpenError::Altered)?,
            None => self.personal().map(|it| (it.name.to_owned(), it.gone())).collect(),
        };
        row.fill(&mut PersonalValues(values)).map_err(|error| sqlx::Error::Decode(error.into()))?;
        Ok(row)
    }

    fn place<'a>(&self, stream: &'a str, row: &str) -> Place<'a> {
        let kind = match self.of {
            Owner::Stream { kind, .. } => kind,
            Owner::Nobody | Owner::Named { .. } | Owner::Begun { .. } => "",
        };
        let name = format!("row\0{}\0{row}", self.name);
        Place { stream: StreamId::new(kind, stream), name }
    }

    fn place_of(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known.name == column)
    }

    /// What stands for a text in this column; the text itself where the column is not blind.
    pub(crate) fn blinded(&self, log: &Log, column: &str, text: &str) -> Value {
        let column = self.columns.iter().find(|known| known.name == column);
        match column.and_then(|column| Some((column, column.purpose()?))) {
            Some((column, purpose)) => blinded(log, column, purpose, text),
            None => text.into(),
        }
    }
}

impl Column {
    /// What it reads as once the person is forgotten.
    fn gone(&self) -> Json {
        let gone = match self.privacy {
            crate::Privacy::Personal { gone } => gone,
            _ => None,
        };
        match (gone, self.kind) {
            (Some(gone), _) => gone.into(),
            (None, _) if self.nullable => Json::Null,
            (None, Kind::Json) => Json::Array(vec![]),
            (None, Kind::Integer) => 0.into(),
            (None, Kind::Boolean) => false.into(),
            (None, Kind::Text | Kind::Uuid | Kind::Time) => "erased".into(),
        }
    }
}

/// Where something sealed belongs: it is refused anywhere else.
struct Place<'a> {
    stream: StreamId<'a>,
    /// The table and the row.
    name: String,
}

impl Place<'_> {
    /// `None` where the key is gone: then it must not be kept.
    fn seal(&self, log: &Log, key: &StreamKey, json: &[u8]) -> Result<Option<Vec<u8>>, OpenError> {
        let (form, sealed) = match log.seal_with(self.stream, key, &self.name, json)? {
            Some(sealed) => (BY_STREAM, sealed),
            None if *key == StreamKey::None => {
                (BY_DATABASE, log.seal_of_none(&self.whole_name(), json))
            }
            None => return Ok(None),
        };
        let mut value = Vec::with_capacity(1 + sealed.len());
        value.push(form);
        value.extend(sealed);
        Ok(Some(value))
    }

    /// `None` where the key was destroyed.
    fn open(
        &self,
        log: &Log,
        key: &StreamKey,
        sealed: &[u8],
    ) -> Result<Option<Vec<u8>>, OpenError> {
        match sealed.split_first() {
            _ if *key == StreamKey::Destroyed => Ok(None),
            Some((&BY_STREAM, sealed)) => {
                match log.open_with(self.stream, key, &self.name, sealed)? {
                    None => Err(OpenError::Lost),
                    opened => Ok(opened),
                }
            }
            Some((&BY_DATABASE, sealed)) => log.open_of_none(&self.whole_name(), sealed).map(Some),
            _ => Err(OpenError::Altered),
        }
    }

    /// The name with the stream, to which a key of the whole database does not bind.
    fn whole_name(&self) -> String {
        let StreamId { aggregate_type, aggregate_id } = self.stream;
        format!("{}\0{aggregate_type}\0{aggregate_id}", self.name)
    }
}

/// Makes of rows, as read models give them, what is stored: personal values sealed with the keys of
/// their streams, texts of blind columns blinded.
pub(crate) fn seal(
    log: &Log,
    tables: &[&'static Table],
    rows: &mut [Rows],
    keys: &HashMap<&str, &StreamKey>,
) -> Result<(), OpenError> {
    for Rows { table, rows } in rows {
        let Some(table) = tables.iter().find(|known| known.name == *table) else { continue };
        if table.has_personal() || table.columns.iter().any(|column| column.purpose().is_some()) {
            for row in rows {
                *row = stored(log, table, std::mem::take(row), keys)?;
            }
        }
    }
    Ok(())
}

fn stored(
    log: &Log,
    table: &Table,
    row: Vec<Value>,
    keys: &HashMap<&str, &StreamKey>,
) -> Result<Vec<Value>, OpenError> {
    let mut key = &StreamKey::Unknown;
    let mut sealed = None;
    if table.has_personal() {
        let id = match table.of {
            Owner::Stream { id, .. } => {
                table.place_of(id).map_or_else(String::new, |it| text(&row[it]))
            }
            Owner::Nobody | Owner::Named { .. } | Owner::Begun { .. } => String::new(),
        };
        key = keys.get(&*id).copied().unwrap_or(key);
        let parts: Vec<_> =
            table.key.iter().filter_map(|name| Some(text(&row[table.place_of(name)?]))).collect();
        let place = table.place(&id, &parts.join(&BETWEEN.to_string()));
        sealed = Some(place.seal(log, key, &personal_json(table, &row))?);
    }
    let mut stored = Vec::with_capacity(row.len() + 1);
    for (column, value) in table.columns.iter().zip(row) {
        if column.is_personal() {
            continue;
        }
        stored.push(match (column.purpose(), value) {
            // Nobody is found or counted by what was forgotten.
            (Some(_), _) if column.nullable && *key == StreamKey::Destroyed => null(column.kind),
            (Some(purpose), Value::Text(text)) => blinded(log, column, purpose, &text),
            (Some(_), _) => null(column.kind),
            (None, value) => value,
        });
    }
    stored.extend(sealed.map(Value::from));
    Ok(stored)
}

/// The personal values of a row as one JSON object.
fn personal_json(table: &Table, row: &[Value]) -> Vec<u8> {
    let mut json = Vec::with_capacity(512);
    for (column, value) in table.columns.iter().zip(row).filter(|(it, _)| it.is_personal()) {
        json.push(if json.is_empty() { b'{' } else { b',' });
        json.extend(format!("\"{}\":", column.name).as_bytes());
        match value {
            Value::Text(text) if column.kind == Kind::Json => json.extend(text.as_bytes()),
            Value::Text(text) => {
                serde_json::to_writer(&mut json, text).expect("a text is written to memory");
            }
            Value::I64(number) => json.extend(number.to_string().as_bytes()),
            Value::Bool(whether) => json.extend(whether.to_string().as_bytes()),
            _ => json.extend(b"null"),
        }
    }
    json.push(b'}');
    json
}

fn blinded(log: &Log, column: &Column, purpose: &str, text: &str) -> Value {
    let name = log.blind(&format!("{purpose} {text}"));
    if column.kind != Kind::Integer {
        return name.into();
    }
    let mut first = [0; 8];
    hex::decode_to_slice(&name[..16], &mut first).expect("an HMAC is told in hexadecimal digits");
    i64::from_be_bytes(first).into()
}

const fn null(kind: Kind) -> Value {
    match kind {
        Kind::Integer => Value::NullI64,
        Kind::Boolean => Value::NullBool,
        Kind::Text | Kind::Uuid | Kind::Time | Kind::Json => Value::NullText,
    }
}

/// A part of a key as a query casts it to text.
fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::I64(number) => number.to_string(),
        _ => String::new(),
    }
}
