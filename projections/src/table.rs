//! A table of a read model: its documented columns, and how rows get into it.

use std::cmp::Ordering;

use event_store::{ColumnShape, DbError, TableShape, Tx, Upsert, Value};

/// A table with its columns, in their order; the one place that names them. The table itself, the
/// documentation, the statements that write, and the tests follow from it.
#[derive(Debug)]
pub struct Table {
    /// Its name; the copy that is built anew has the suffix `_rebuild`.
    pub name: &'static str,
    /// What a row is, for people who query it.
    pub about: &'static str,
    /// The columns of its primary key.
    pub key: &'static [&'static str],
    /// All columns.
    pub columns: &'static [Column],
    /// Its indexes, besides that of its key.
    pub indexes: &'static [Index],
    /// The revision of what its rows say, from 1 on: raise it where the same columns are to hold
    /// something else than before, so that `postulo migrate` builds them anew.
    pub revision: u32,
}

/// An index of a [`Table`]. One that is defined otherwise has another name.
#[derive(Clone, Copy, Debug)]
pub struct Index {
    /// Its name among those of its table.
    pub name: &'static str,
    /// Its columns, in their order.
    pub columns: &'static [&'static str],
    /// The condition in SQL on the rows that are in it; all are where there is none.
    pub only: Option<&'static str>,
}

impl Index {
    /// An index of all rows.
    pub const fn on(name: &'static str, columns: &'static [&'static str]) -> Self {
        Self { name, columns, only: None }
    }

    /// The same for the rows alone of which this holds.
    #[must_use]
    pub const fn only(mut self, condition: &'static str) -> Self {
        self.only = Some(condition);
        self
    }
}

/// A column of a [`Table`].
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// Whether it holds data of a person: it is scrubbed when the person is forgotten, and never
    /// logged.
    pub personal: bool,
    /// What it means.
    pub about: &'static str,
}

/// The portable types of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `TEXT`.
    Text,
    /// `TEXT` that holds a UUID (RFC 9562), with hyphens and in lower case.
    Uuid,
    /// `TEXT` that holds a time: fixed-width RFC 3339 in UTC with microseconds, which sorts as text.
    Time,
    /// `TEXT` that holds JSON.
    Json,
    /// `BIGINT`.
    Integer,
    /// `BOOLEAN`.
    Boolean,
}

impl Kind {
    /// The type in SQL.
    pub const fn sql(self) -> &'static str {
        match self {
            Self::Text | Self::Uuid | Self::Time | Self::Json => "TEXT",
            Self::Integer => "BIGINT",
            Self::Boolean => "BOOLEAN",
        }
    }
}

impl Column {
    /// A column that is never NULL and holds nothing personal.
    pub const fn new(name: &'static str, kind: Kind, about: &'static str) -> Self {
        Self { name, kind, nullable: false, personal: false, about }
    }

    /// The same, and may be NULL.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// The same, and holds data of a person.
    #[must_use]
    pub const fn personal(mut self) -> Self {
        self.personal = true;
        self
    }
}

/// Rows for one table, each with a value for every column, in the order of [`Table::columns`]. A
/// row takes the place of an earlier one with the same key, in the table or among these.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    pub(crate) table: &'static str,
    pub(crate) rows: Vec<Vec<Value>>,
}

impl Rows {
    /// These rows for `table`.
    pub fn new(table: &'static Table, rows: Vec<Vec<Value>>) -> Self {
        debug_assert!(rows.iter().all(|row| row.len() == table.columns.len()));
        Self { table: table.name, rows }
    }
}

/// Rows of one table that go: those with these values in these columns.
#[derive(Clone, Debug)]
pub struct Removal {
    /// The table.
    pub table: &'static Table,
    /// Columns, and what stands there.
    pub equal: Vec<(&'static str, Value)>,
}

impl Removal {
    /// Takes them out of this copy.
    pub(crate) async fn write(self, tx: &mut Tx, copy: Generation) -> Result<(), DbError> {
        let (columns, values): (Vec<_>, Vec<_>) = self.equal.into_iter().unzip();
        let equal: Vec<_> =
            columns.iter().zip(1..).map(|(column, n)| format!("{column} = ${n}")).collect();
        let (table, equal) = (copy.name(self.table.name), equal.join(" AND "));
        tx.execute(&format!("DELETE FROM {table} WHERE {equal}"), values).await.map(drop)
    }
}

/// The generation of a table: each exists twice while it is built anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Generation {
    /// The one that readers see.
    Live,
    /// The one that is built anew.
    Rebuilding,
}

impl Generation {
    /// The name of a table, or of a checkpoint, in this copy.
    pub(crate) fn name(self, name: &str) -> String {
        match self {
            Self::Live => name.to_owned(),
            Self::Rebuilding => format!("{name}_rebuild"),
        }
    }
}

impl Table {
    /// The shape of its rows as the database stores them. A value for each declared column; what is
    /// stored otherwise than declared is decided here and in `Table::write`, and nowhere else.
    pub fn shape(&self) -> TableShape {
        let stored = |column: &Column| ColumnShape {
            name: column.name.to_owned(),
            sql: column.kind.sql().to_owned(),
            nullable: column.nullable,
        };
        TableShape {
            columns: self.columns.iter().map(stored).collect(),
            key: self.key.iter().map(|&name| name.to_owned()).collect(),
        }
    }

    /// The query with its first `*` written out: the columns of this table, by their names. A process
    /// that goes on while a newer version alters the table then reads what it always read.
    pub fn by_name(&self, query: &str) -> String {
        let columns: Vec<_> = self.columns.iter().map(|column| column.name).collect();
        query.replacen('*', &columns.join(", "), 1)
    }

    /// Writes rows into this copy.
    pub(crate) async fn write(
        &self,
        tx: &mut Tx,
        copy: Generation,
        rows: Vec<Vec<Value>>,
    ) -> Result<(), DbError> {
        let columns: Vec<_> = self.columns.iter().map(|column| column.name).collect();
        let table = copy.name(self.name);
        let rows = self.last_of_each_key(rows);
        tx.upsert(Upsert { table: &table, columns: &columns, key: self.key }, rows).await
    }

    /// In the order of their keys, so that neighbours are written together; of several rows with one key
    /// the last, since one statement cannot write the same row twice.
    fn last_of_each_key(&self, mut rows: Vec<Vec<Value>>) -> Vec<Vec<Value>> {
        let places: Vec<_> = self
            .key
            .iter()
            .filter_map(|name| self.columns.iter().position(|column| column.name == *name))
            .collect();
        let by_key = |one: &Vec<Value>, other: &Vec<Value>| {
            let parts = places.iter().map(|&place| compare(&one[place], &other[place]));
            parts.fold(Ordering::Equal, Ordering::then)
        };
        rows.sort_by(by_key);
        // Equal ones stand in the order in which they were given.
        rows.dedup_by(|later, earlier| {
            let is_same = by_key(earlier, later) == Ordering::Equal;
            if is_same {
                std::mem::swap(earlier, later);
            }
            is_same
        });
        rows
    }
}

/// The order of values in a column of a key; all of a column are of one type.
fn compare(one: &Value, other: &Value) -> Ordering {
    match (one, other) {
        (Value::Text(one), Value::Text(other)) => one.cmp(other),
        (Value::I64(one), Value::I64(other)) => one.cmp(other),
        (one, other) => format!("{one:?}").cmp(&format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use event_store::args;

    use super::*;

    const PAIRS: Table = Table {
        name: "pairs",
        about: "Pairs.",
        key: &["name", "number"],
        columns: &[
            Column::new("number", Kind::Integer, "A number."),
            Column::new("text", Kind::Text, "What is said."),
            Column::new("name", Kind::Text, "A name."),
        ],
        indexes: &[],
        revision: 1,
    };

    #[test]
    fn rows_are_written_in_the_order_of_their_keys_the_last_of_each() {
        let rows = vec![
            args![2_i64, "first", "b"],
            args![10_i64, "other", "a"],
            args![2_i64, "second", "b"],
            args![2_i64, "third", "a"],
            args![2_i64, "last", "b"],
        ];
        let expected = vec![
            args![2_i64, "third", "a"],
            args![10_i64, "other", "a"],
            args![2_i64, "last", "b"],
        ];
        assert_eq!(PAIRS.last_of_each_key(rows), expected);
    }
}
