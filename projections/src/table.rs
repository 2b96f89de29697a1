//! A table of a read model: its documented columns, and how rows get into it.

use event_store::{DbError, Tx, Value};

/// A table with its columns, in their order; the one place that names them. The documentation, the
/// statements that write, and the tests read it.
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
/// row whose key is there already takes its place. No two have the same key.
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

/// Which of the two tables is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Copy {
    /// The one that readers see.
    Live,
    /// The one that is built anew.
    Rebuild,
}

impl Copy {
    /// The name of a table, or of a checkpoint, in this copy.
    pub(crate) fn name(self, name: &str) -> String {
        match self {
            Self::Live => name.to_owned(),
            Self::Rebuild => format!("{name}_rebuild"),
        }
    }
}

/// Values in one statement: SQLite looks for each by its name among the others, so that the time
/// for a statement grows with the square of their number.
const VALUES_AT_ONCE: usize = 400;

impl Table {
    /// Writes rows in few statements of few shapes, so that each shape stays prepared.
    pub(crate) async fn write(
        &self,
        tx: &mut Tx,
        copy: Copy,
        rows: Vec<Vec<Value>>,
    ) -> Result<(), DbError> {
        let many = (VALUES_AT_ONCE / self.columns.len()).max(1);
        let mut left = rows.len();
        let mut rows = rows.into_iter();
        while left > 0 {
            let size = if left >= many { many } else { 1 };
            let args = rows.by_ref().take(size).flatten().collect();
            tx.execute(&self.upsert(copy, size), args).await?;
            left -= size;
        }
        Ok(())
    }

    /// The statement that writes `size` rows.
    fn upsert(&self, copy: Copy, size: usize) -> String {
        let width = self.columns.len();
        let names: Vec<_> = self.columns.iter().map(|column| column.name).collect();
        let row = |n: usize| {
            let places: Vec<_> = (1..=width).map(|i| format!("${}", n * width + i)).collect();
            format!("({})", places.join(", "))
        };
        let places: Vec<_> = (0..size).map(row).collect();
        let changes: Vec<_> = names
            .iter()
            .filter(|name| !self.key.contains(name))
            .map(|name| format!("{name} = excluded.{name}"))
            .collect();
        format!(
            "INSERT INTO {} ({})
             VALUES {}
             ON CONFLICT ({}) DO UPDATE SET {}",
            copy.name(self.name),
            names.join(", "),
            places.join(", "),
            self.key.join(", "),
            changes.join(", "),
        )
    }
}
