use event_store::testing::{Engine, TestDb};
use event_store::{Db, args};

/// Table, column, type, whether it may be NULL.
type Column = (String, String, String, bool);

const SQLITE: &str = "
    SELECT t.name, c.name, upper(c.type), c.\"notnull\" = 0
    FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> '_sqlx_migrations'
    ORDER BY t.name, c.cid";

/// `log_head` and `leases` are PostgreSQL's alone: on SQLite files are locked.
const POSTGRES: &str = "
    SELECT CAST(c.table_name AS TEXT), CAST(c.column_name AS TEXT), upper(CAST(c.data_type AS TEXT)),
           c.is_nullable = 'YES'
    FROM information_schema.columns AS c
    JOIN information_schema.tables AS t USING (table_schema, table_name)
    WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
        AND c.table_name NOT IN ('log_head', 'leases', '_sqlx_migrations')
    ORDER BY c.table_name COLLATE \"C\", c.ordinal_position";

/// The same type has several names.
fn portable(declared: &str) -> &str {
    match declared {
        "INTEGER" => "BIGINT",
        "BLOB" => "BYTEA",
        "JSON" => "TEXT",
        "REAL" | "DOUBLE" => "DOUBLE PRECISION",
        other => other,
    }
}

async fn columns(db: &Db, sql: &str) -> Vec<Column> {
    let columns: Vec<Column> = db.fetch_all(sql, args![]).await.unwrap();
    columns
        .into_iter()
        .map(|(table, column, declared, nullable)| {
            (table, column, portable(&declared).to_owned(), nullable)
        })
        .collect()
}

#[tokio::test]
async fn both_engines_have_the_same_schema() {
    let sqlite = TestDb::new(Engine::Sqlite).await;
    let postgres = TestDb::new(Engine::Postgres).await;
    let on_sqlite = columns(&sqlite.db(), SQLITE).await;
    let on_postgres = columns(&postgres.db(), POSTGRES).await;
    assert!(on_sqlite.iter().any(|column| column.0 == "events"));
    assert_eq!(on_sqlite, on_postgres);
}

#[tokio::test]
async fn every_text_on_postgresql_sorts_by_bytes() {
    const OTHERWISE: &str = "
        SELECT CAST(table_name || '.' || column_name AS TEXT)
        FROM information_schema.columns
        WHERE table_schema = current_schema() AND data_type = 'text'
            AND collation_name IS DISTINCT FROM 'C' AND table_name <> '_sqlx_migrations'
        ORDER BY 1";
    let postgres = TestDb::new(Engine::Postgres).await;
    let columns: Vec<(String,)> = postgres.db().fetch_all(OTHERWISE, args![]).await.unwrap();
    assert_eq!(columns, vec![], "write TEXT COLLATE \"C\" in the migration");
}
