//! A table of a read model: its documented columns, and how rows get into it.

mod index;

use std::cmp::Ordering;

use cqrs_es::Aggregate;
use event_store::{ColumnShape, Db, DbError, Matching, TableShape, Tx, Upsert, Value};

use crate::sealed::SEALED;

pub use index::Index;

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
    /// Whose a row is.
    pub of: Owner,
    /// All columns.
    pub columns: &'static [Column],
    /// Its indexes, besides that of its key.
    pub indexes: &'static [Index],
    /// The revision of what its rows say, from 1 on: raise it where the same columns are to hold
    /// something else than before, so that `postulo migrate` builds them anew.
    pub revision: u32,
}

/// The owner of a row: the stream whose key seals its personal values, and with which they end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Nobody: nothing in a row is personal, or stands for it.
    Nobody,
    /// The stream of this kind of aggregate that a column names.
    Stream {
        /// The kind of aggregate.
        kind: &'static str,
        /// The column that says which aggregate.
        id: &'static str,
    },
    /// The stream that two columns name. Its rows have nothing sealed.
    Named {
        /// The column that says which kind of aggregate.
        kind: &'static str,
        /// The column that says which aggregate.
        id: &'static str,
    },
    /// The stream of this kind that begins at the position in a column. Its rows have nothing sealed.
    Begun {
        /// The kind of aggregate.
        kind: &'static str,
        /// The column that says where its first event is.
        at: &'static str,
    },
}

impl Owner {
    /// The stream of this kind of aggregate that a column names.
    pub const fn stream<A: Aggregate>(id: &'static str) -> Self {
        Self::Stream { kind: A::TYPE, id }
    }

    /// The stream of this kind of aggregate that begins at the position in a column.
    pub const fn begun<A: Aggregate>(at: &'static str) -> Self {
        Self::Begun { kind: A::TYPE, at }
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
    /// What it holds of people.
    pub privacy: Privacy,
    /// What it means.
    pub about: &'static str,
}

/// What a [`Column`] holds of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// Nothing.
    Open,
    /// Data of a person. It has no column of its own: all personal values of a row are one value,
    /// sealed with the key of the row's [`Owner`], and are never logged.
    Personal {
        /// What it reads as once the person is forgotten, where that is not what it is for most columns
        /// of its kind.
        gone: Option<&'static str>,
    },
    /// A blind index: rows are given a text, and hold its HMAC-SHA256 for this purpose. Analysts do
    /// not see it. It ends with the key of the row's [`Owner`]: it is emptied where it may be NULL,
    /// otherwise the row goes.
    Blind {
        /// Tells the names of a text for one purpose from those for another.
        purpose: &'static str,
    },
    /// A pseudonym: the same, and analysts see it. No other column has names for this purpose.
    Pseudonym {
        /// Tells the names of a text for one purpose from those for another.
        purpose: &'static str,
    },
    /// An id that may be made from something personal. Analysts do not see it.
    Withheld,
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
        Self { name, kind, nullable: false, privacy: Privacy::Open, about }
    }

    /// The same, and may be NULL.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// The same, and holds data of a person. Once they are forgotten it reads as NULL where it may be
    /// NULL, otherwise as the text `erased`, or as the empty list of JSON.
    #[must_use]
    pub const fn personal(mut self) -> Self {
        self.privacy = Privacy::Personal { gone: None };
        self
    }

    /// The same, and reads as this once the person is forgotten.
    #[must_use]
    pub const fn personal_as(mut self, gone: &'static str) -> Self {
        self.privacy = Privacy::Personal { gone: Some(gone) };
        self
    }

    /// The same, and is a blind index for this purpose. The integer of a text is the first 64 bits of
    /// its HMAC-SHA256, otherwise it is 64 hexadecimal digits.
    #[must_use]
    pub const fn blind(mut self, purpose: &'static str) -> Self {
        self.privacy = Privacy::Blind { purpose };
        self
    }

    /// The same, and is a pseudonym for analysts.
    #[must_use]
    pub const fn pseudonym(mut self, purpose: &'static str) -> Self {
        self.privacy = Privacy::Pseudonym { purpose };
        self
    }

    /// The same, and is kept from analysts.
    #[must_use]
    pub const fn withheld(mut self) -> Self {
        self.privacy = Privacy::Withheld;
        self
    }

    /// Whether it holds data of a person, which are sealed.
    pub const fn is_personal(&self) -> bool {
        matches!(self.privacy, Privacy::Personal { .. })
    }

    /// Whether analysts see it.
    pub const fn is_shown(&self) -> bool {
        matches!(self.privacy, Privacy::Open | Privacy::Pseudonym { .. })
    }

    /// What it is blinded for, where it is.
    pub(crate) const fn purpose(&self) -> Option<&'static str> {
        match self.privacy {
            Privacy::Blind { purpose } | Privacy::Pseudonym { purpose } => Some(purpose),
            Privacy::Open | Privacy::Personal { .. } | Privacy::Withheld => None,
        }
    }
}

/// Rows for one table, each with a value for every column, in the order of [`Table::columns`]; what is
/// personal, or stands for it, is given in the open, and sealed or blinded before it is written. A row takes the place of an earlier one with the same key, in the table or among these.
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

/// A count as a column holds it.
pub(crate) fn count(items: usize) -> i64 {
    i64::try_from(items).unwrap_or(i64::MAX)
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
    /// The columns that are personal, in their order.
    pub fn personal(&self) -> impl Iterator<Item = &'static Column> {
        self.columns.iter().filter(|column| column.is_personal())
    }

    /// Those that have a column of the database each, in their order.
    pub fn plain(&self) -> impl Iterator<Item = &'static Column> {
        self.columns.iter().filter(|column| !column.is_personal())
    }

    /// Whether each row is an event, which is written once: with the checkpoint that moves past it.
    fn is_of_events(&self) -> bool {
        self.key == ["position"]
    }

    /// Whether rows have personal values.
    pub fn has_personal(&self) -> bool {
        self.personal().next().is_some()
    }

    /// The shape of its rows as the database stores them: a value for each column that is not personal,
    /// and one for all others together. What is stored otherwise than declared is decided here and in
    /// the module `sealed`, and nowhere else.
    pub fn shape(&self) -> TableShape {
        let stored = |column: &Column| ColumnShape {
            name: column.name.to_owned(),
            sql: column.kind.sql().to_owned(),
            nullable: column.nullable,
        };
        let mut columns: Vec<_> = self.plain().map(stored).collect();
        if self.has_personal() {
            let (name, sql) = (SEALED.to_owned(), "BYTEA".to_owned());
            columns.push(ColumnShape { name, sql, nullable: true });
        }
        let key = self.key.iter().map(|&name| name.to_owned()).collect();
        TableShape { columns, key }
    }

    /// How rows are asked for by the words of an index: `place` is a placeholder for [`Db::words`].
    pub fn matching(&self, db: &Db, index: &'static Index, place: &str) -> Matching {
        let name = format!("{}_{}", self.name, index.name);
        db.matching(index.word_index(&name, self.name), place)
    }

    /// Writes rows, as they are stored, into this copy.
    pub(crate) async fn write(
        &self,
        tx: &mut Tx,
        copy: Generation,
        rows: Vec<Vec<Value>>,
    ) -> Result<(), DbError> {
        let mut columns: Vec<_> = self.plain().map(|column| column.name).collect();
        if self.has_personal() {
            columns.push(SEALED);
        }
        let table = copy.name(self.name);
        let rows = self.last_of_each_key(rows, &columns);
        let new = self.is_of_events();
        tx.upsert(Upsert { table: &table, columns: &columns, key: self.key, new }, rows).await
    }

    /// In the order of their keys, so that neighbours are written together; of several rows with one key
    /// the last, since one statement cannot write the same row twice.
    fn last_of_each_key(&self, mut rows: Vec<Vec<Value>>, columns: &[&str]) -> Vec<Vec<Value>> {
        let place = |name: &&str| columns.iter().position(|column| column == name);
        let places: Vec<_> = self.key.iter().filter_map(place).collect();
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
        of: Owner::Nobody,
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
        assert_eq!(PAIRS.last_of_each_key(rows, &["number", "text", "name"]), expected);
    }
}
