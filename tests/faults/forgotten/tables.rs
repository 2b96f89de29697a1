//! What the page on personal data says of tables, held against the database.

use std::collections::{BTreeMap, BTreeSet};

use commands::HOLDINGS;
use event_store::testing::Engine;
use rstest::rstest;

use super::search::columns;

/// Tables that one engine alone has.
const ON_POSTGRES: [&str; 2] = ["leases", "log_head"];
/// The tables that SQLite makes of an index of words (<https://www.sqlite.org/fts5.html#fts5_data_structures>).
const OF_WORDS: [&str; 5] = ["", "_config", "_data", "_docsize", "_idx"];

#[rstest]
#[tokio::test]
async fn every_table_is_the_log_a_read_model_or_a_holding_and_no_holding_names_what_is_not_there(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = testing::database(engine).await;
    let mut there: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (table, column, _) in columns(&test_db.db()).await {
        let table = table.replace('"', "").replace("public.", "");
        there.entry(table).or_default().insert(column);
    }
    assert!(there.remove("events").is_some());
    // What the migrations note of themselves.
    there.remove("_sqlx_migrations");
    for (_, table) in projections::columns::tables() {
        let wanted: BTreeSet<_> = table.shape().columns.into_iter().map(|it| it.name).collect();
        for name in [table.name.to_owned(), format!("{}_rebuild", table.name)] {
            assert_eq!(there.remove(&name).as_ref(), Some(&wanted), "{name} is not as documented");
            // The words of a documented column are indexed in tables of SQLite's own.
            for index in table.indexes.iter().filter(|it| it.words && engine == Engine::Sqlite) {
                for part in OF_WORDS {
                    let part = format!("{name}_{}{part}", index.name);
                    assert!(there.remove(&part).is_some(), "there is no table {part}");
                }
            }
        }
    }
    for holding in HOLDINGS {
        if engine == Engine::Sqlite && ON_POSTGRES.contains(&holding.table) {
            continue;
        }
        let columns = there.remove(holding.table);
        let columns = columns.unwrap_or_else(|| panic!("there is no table {}", holding.table));
        for column in holding.personal.iter().chain(holding.names) {
            assert!(columns.contains(*column), "there is no column {}.{column}", holding.table);
        }
        let says = !holding.goes.is_empty();
        let holds = !holding.personal.is_empty() || !holding.names.is_empty();
        assert_eq!(says, holds, "{} goes or holds nothing", holding.table);
    }
    assert!(there.is_empty(), "say in commands::HOLDINGS what these hold of people: {there:?}");
}
