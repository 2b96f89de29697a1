//! The read models for analysts: a view for each table in a schema of its own, with native types and
//! without the columns that hold data of a person, and a role that may read these and nothing else.
//!
//! Only where the engine has schemas. The views follow from the tables' declarations; they are made
//! anew after the migrations, and when a rebuilt table takes its place.

use std::fmt::Write as _;

use event_store::{Db, DbError, Tx, args};

use crate::columns::tables;
use crate::{Column, Kind, Table};

/// The schema of the views.
pub const SCHEMA: &str = "analytics";
/// The role that may read them. Logins are made members of it.
pub const ROLE: &str = "postulo_analyst";

/// What became of the analysts' role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// The engine has no schemas and no roles.
    None,
    /// The role may read the views.
    Granted,
    /// The role is not there, and this user may not make it: an administrator of the database runs
    /// these statements, once.
    Asked(String),
}

#[derive(sqlx::FromRow)]
struct Roles {
    exists: bool,
    may_create: bool,
}

const ROLES: &str = "
    SELECT
        EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'postulo_analyst') AS exists,
        EXISTS (
            SELECT 1 FROM pg_catalog.pg_roles
            WHERE rolname = current_user AND (rolcreaterole OR rolsuper)
        ) AS may_create";

/// Roles are of the whole server: another database's process may be faster.
const CREATE_ROLE: &str = "
    DO $$ BEGIN
        CREATE ROLE postulo_analyst NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$";

/// Makes the schema, its views, and the role where this user may. Harmless when they are there; two
/// processes may do so at once.
pub async fn create(db: &Db) -> Result<Access, DbError> {
    if !db.has_schemas() {
        return Ok(Access::None);
    }
    let mut tx = db.begin().await?;
    // One at a time: the statements below do not stand a second process beside them.
    tx.alone(7_305_108).await?;
    tx.execute("CREATE SCHEMA IF NOT EXISTS analytics", args![]).await?;
    for (_, table) in tables() {
        let there = columns_of(&mut tx, table).await?;
        show(&mut tx, table, &there).await?;
    }
    let roles: Roles = tx.fetch_one(ROLES, args![]).await?;
    let access = if roles.exists || roles.may_create {
        if !roles.exists {
            tx.execute(CREATE_ROLE, args![]).await?;
        }
        for grant in grants() {
            tx.execute(&grant, args![]).await?;
        }
        Access::Granted
    } else {
        Access::Asked(format!("CREATE ROLE {ROLE} NOLOGIN; {};", grants().join("; ")))
    };
    tx.commit().await?;
    Ok(access)
}

fn grants() -> [String; 2] {
    [
        format!("GRANT USAGE ON SCHEMA {SCHEMA} TO {ROLE}"),
        format!("GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO {ROLE}"),
    ]
}

/// The columns of a view, with their types; none where it is not there.
const COLUMNS: &str = "
    SELECT CAST(attname AS TEXT), format_type(atttypid, NULL)
    FROM pg_catalog.pg_attribute
    WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
    ORDER BY attnum";

async fn columns_of(tx: &mut Tx, table: &Table) -> Result<Vec<(String, String)>, DbError> {
    tx.fetch_all(COLUMNS, args![format!("{SCHEMA}.{}", table.name)]).await
}

/// Lets the view show the table that has just taken the place of another; who may read it stays.
pub(crate) async fn follow(tx: &mut Tx, table: &Table) -> Result<(), DbError> {
    if !tx.has_schemas() {
        return Ok(());
    }
    let there = columns_of(tx, table).await?;
    if there.is_empty() {
        return Ok(());
    }
    show(tx, table, &there).await?;
    let roles: Roles = tx.fetch_one(ROLES, args![]).await?;
    if roles.exists {
        let grant = format!("GRANT SELECT ON {SCHEMA}.{} TO {ROLE}", table.name);
        tx.execute(&grant, args![]).await?;
    }
    Ok(())
}

/// Makes the view of a table, in place of one with these columns.
async fn show(tx: &mut Tx, table: &Table, there: &[(String, String)]) -> Result<(), DbError> {
    let new: Vec<_> = shown(table)
        .map(|column| (column.name.to_owned(), type_of(column.kind).to_owned()))
        .collect();
    // More columns may come behind; one that went, or changed its type, cannot be replaced in place.
    if !new.starts_with(there) {
        tx.execute(&format!("DROP VIEW {SCHEMA}.{}", table.name), args![]).await?;
    }
    tx.execute(&view(table), args![]).await?;
    for comment in comments(table) {
        tx.execute(&comment, args![]).await?;
    }
    Ok(())
}

/// The columns that analysts see.
fn shown(table: &Table) -> impl Iterator<Item = &Column> {
    table.columns.iter().filter(|column| column.is_shown())
}

fn view(table: &Table) -> String {
    let columns: Vec<_> = shown(table)
        .map(|column| match native(column.kind) {
            None => column.name.to_owned(),
            Some(native) => format!("{0}::{native} AS {0}", column.name),
        })
        .collect();
    let (name, columns) = (table.name, columns.join(", "));
    format!("CREATE OR REPLACE VIEW {SCHEMA}.{name} AS SELECT {columns} FROM {name}")
}

fn comments(table: &Table) -> Vec<String> {
    let quoted = |text: &str| text.replace('\'', "''");
    let of_table = format!("COMMENT ON VIEW {SCHEMA}.{} IS '{}'", table.name, quoted(table.about));
    let of_column = |column: &Column| {
        let (name, about) = (column.name, quoted(column.about));
        format!("COMMENT ON COLUMN {SCHEMA}.{}.{name} IS '{about}'", table.name)
    };
    std::iter::once(of_table).chain(shown(table).map(of_column)).collect()
}

/// The type to cast to, where the table's own type is another.
const fn native(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Uuid => Some("uuid"),
        Kind::Time => Some("timestamptz"),
        Kind::Json => Some("jsonb"),
        Kind::Text | Kind::Integer | Kind::Boolean => None,
    }
}

/// The type of a column of a view, as the database calls it.
const fn type_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Uuid => "uuid",
        Kind::Time => "timestamp with time zone",
        Kind::Json => "jsonb",
        Kind::Text => "text",
        Kind::Integer => "bigint",
        Kind::Boolean => "boolean",
    }
}

const INTRODUCTION: &str = include_str!("analytics/introduction.md");

/// The page that documents the views, for analysts.
pub fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for (_, table) in tables() {
        // Writing to a String cannot fail.
        let _ = write!(
            page,
            "\n### `{SCHEMA}.{}`\n\n{}\n\n| column | type | may be NULL | meaning |\n| --- | --- | --- | --- |\n",
            table.name, table.about,
        );
        for column in shown(table) {
            let kind = native(column.kind).unwrap_or(type_of(column.kind));
            let null = if column.nullable { "yes" } else { "" };
            let (name, about) = (column.name, column.about);
            let _ = writeln!(page, "| `{name}` | {kind} | {null} | {about} |");
        }
    }
    page
}
