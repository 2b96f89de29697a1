//! The catalogue of tables: their columns, keys and indexes as they are in the database, and how one is
//! made from a declaration.

use std::collections::BTreeMap;

use super::{Db, DbError, Tx};
use crate::args;

/// The shape of a table: what its rows are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableShape {
    /// Its columns.
    pub columns: Vec<ColumnShape>,
    /// The columns of its primary key, in their order.
    pub key: Vec<String>,
}

/// The shape of a column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ColumnShape {
    /// Its name.
    pub name: String,
    /// Its type in SQL, in capitals: `TEXT`, `BIGINT`, `BOOLEAN`, `BYTEA`, which SQLite calls `BLOB`.
    pub sql: String,
    /// Whether it may be NULL.
    pub nullable: bool,
}

/// A table that is in the database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundTable {
    /// What its rows are made of.
    pub shape: TableShape,
    /// The names of its indexes, besides that of its primary key.
    pub indexes: Vec<String>,
}

/// The tables of a database, by name.
pub type Catalog = BTreeMap<String, FoundTable>;

impl TableShape {
    /// Whether rows of the one are rows of the other: the order of columns is of no meaning, since
    /// statements name them.
    pub fn is_like(&self, other: &Self) -> bool {
        let sorted = |shape: &Self| {
            let mut columns = shape.columns.clone();
            columns.sort_unstable();
            columns
        };
        self.key == other.key && sorted(self) == sorted(other)
    }
}

/// Table, column, type, whether it may be NULL, its place in the primary key or 0.
type ColumnRow = (String, String, String, bool, i64);
/// Table, index.
type IndexRow = (String, String);

/// The statements of an engine that read its catalogue.
struct Statements {
    columns: &'static str,
    indexes: &'static str,
}

const SQLITE: Statements = Statements {
    columns: "
        SELECT t.name, c.name, CASE upper(c.type) WHEN 'BLOB' THEN 'BYTEA' ELSE upper(c.type) END,
               c.\"notnull\" = 0, CAST(c.pk AS BIGINT)
        FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
        WHERE t.type = 'table'
          AND t.name NOT IN (SELECT l.name FROM pragma_table_list AS l WHERE l.type IN ('virtual', 'shadow'))
        ORDER BY t.name, c.cid",
    // The index of a primary key has no statement. A full-text index is there when its first trigger is.
    indexes: "
        SELECT tbl_name, name
        FROM sqlite_schema
        WHERE type = 'index' AND sql IS NOT NULL
        UNION ALL
        SELECT tbl_name, replace(name, '_words_insert', '')
        FROM sqlite_schema
        WHERE type = 'trigger' AND name LIKE '%\\_words\\_insert' ESCAPE '\\'
        ORDER BY 1, 2",
};

const POSTGRES: Statements = Statements {
    columns: "
        SELECT CAST(t.relname AS TEXT), CAST(a.attname AS TEXT), upper(format_type(a.atttypid, NULL)),
               NOT a.attnotnull,
               coalesce((
                   SELECT CAST(k.place AS BIGINT)
                   FROM pg_catalog.pg_index AS i
                   CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (attribute, place)
                   WHERE i.indrelid = t.oid AND i.indisprimary AND k.attribute = a.attnum
               ), 0)
        FROM pg_catalog.pg_class AS t
        JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid
        WHERE n.nspname = current_schema() AND t.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY t.relname, a.attnum",
    indexes: "
        SELECT CAST(t.relname AS TEXT), CAST(x.relname AS TEXT)
        FROM pg_catalog.pg_index AS i
        JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
        JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
        WHERE n.nspname = current_schema() AND t.relkind = 'r' AND NOT i.indisprimary
        ORDER BY t.relname, x.relname",
};

/// How many tables have this name where statements find it.
const TABLES_NAMED: [&str; 2] = [
    "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = $1",
    "SELECT count(*) FROM pg_catalog.pg_class WHERE oid = to_regclass($1)",
];

impl Db {
    /// Whether there is a table of this name.
    pub(crate) async fn has_table(&self, name: &str) -> Result<bool, DbError> {
        let sql = TABLES_NAMED[usize::from(self.has_schemas())];
        let (count,): (i64,) = self.fetch_one(sql, args![name]).await?;
        Ok(count > 0)
    }

    /// Every table as it is now.
    pub async fn catalog(&self) -> Result<Catalog, DbError> {
        let Statements { columns, indexes } = match self {
            Self::Sqlite(_) => SQLITE,
            Self::Postgres(_) => POSTGRES,
        };
        let columns = self.fetch_all(columns, vec![]).await?;
        Ok(gathered(columns, self.fetch_all(indexes, vec![]).await?))
    }
}

impl Tx {
    /// Every table as the transaction sees it.
    pub async fn catalog(&mut self) -> Result<Catalog, DbError> {
        let Statements { columns, indexes } = if self.has_schemas() { POSTGRES } else { SQLITE };
        let columns = self.fetch_all(columns, vec![]).await?;
        Ok(gathered(columns, self.fetch_all(indexes, vec![]).await?))
    }

    /// Makes a table of this shape. Text sorts by its bytes.
    pub async fn create_table(&mut self, name: &str, shape: &TableShape) -> Result<(), DbError> {
        let columns: Vec<_> = shape.columns.iter().map(|column| self.declared(column)).collect();
        let (columns, key) = (columns.join(", "), shape.key.join(", "));
        let sql = format!("CREATE TABLE {name} ({columns}, PRIMARY KEY ({key}))");
        self.execute(&sql, vec![]).await.map(drop)
    }

    /// Adds a column to a table that has rows: it has no value in them, and may stay without.
    pub async fn add_column(&mut self, table: &str, column: ColumnShape) -> Result<(), DbError> {
        let column = self.declared(&ColumnShape { nullable: true, ..column });
        self.execute(&format!("ALTER TABLE {table} ADD COLUMN {column}"), vec![]).await.map(drop)
    }

    fn declared(&self, ColumnShape { name, sql, nullable }: &ColumnShape) -> String {
        let collation = if self.has_schemas() && sql == "TEXT" { " COLLATE \"C\"" } else { "" };
        let sql = if !self.has_schemas() && sql == "BYTEA" { "BLOB" } else { sql };
        let null = if *nullable { "" } else { " NOT NULL" };
        format!("{name} {sql}{collation}{null}")
    }

    /// Waits until no other transaction holds this number; it is held until this one ends. Where one
    /// writes at a time there is nothing to wait for.
    pub async fn alone(&mut self, number: i64) -> Result<(), DbError> {
        if self.has_schemas() {
            self.execute("SELECT pg_advisory_xact_lock($1)", vec![number.into()]).await?;
        }
        Ok(())
    }
}

fn gathered(columns: Vec<ColumnRow>, indexes: Vec<IndexRow>) -> Catalog {
    let mut catalog = Catalog::new();
    let mut keys: BTreeMap<String, Vec<(i64, String)>> = BTreeMap::new();
    for (table, name, sql, nullable, place) in columns {
        if place > 0 {
            keys.entry(table.clone()).or_default().push((place, name.clone()));
        }
        let found = catalog.entry(table).or_default();
        found.shape.columns.push(ColumnShape { name, sql, nullable });
    }
    for (table, mut key) in keys {
        key.sort_unstable();
        let key = key.into_iter().map(|(_, name)| name).collect();
        catalog.entry(table).or_default().shape.key = key;
    }
    for (table, index) in indexes {
        catalog.entry(table).or_default().indexes.push(index);
    }
    catalog
}
