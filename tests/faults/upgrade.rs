//! A database that an older version made is opened by this one: what happened, who was forgotten, what waits and what
//! is shown are as they were.
//!
//! `upgrade/` is the data folder of the first version with sealed data: 60 invented applications of three partners,
//! and three real ones, of which the first was erased and the third could not be mailed to its employer.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use event_store::{Db, Log, LogOptions, SystemClock, args};
use flate2::read::GzDecoder;

use crate::aftermath::count;
use crate::place::{Place, until};

/// Tables of the old version that hold no facts of their own: where readers stand, what was migrated, and the tree,
/// which grows with each signature and is verified instead.
const BOOKKEEPING: &[&str] = &[
    "_sqlx_migrations",
    "checkpoints",
    "leases",
    "projection_states",
    "tree_checkpoints",
    "tree_tiles",
];

/// Its keys lie elsewhere now, and open what they opened.
const KEYS: &str = "data_keys";

/// Words by which somebody is found, which stand under other numbers now; each application has one more, of
/// its employer's address.
const WORDS: &str = "application_terms";

/// A table: its columns, and the cells of its rows as text.
type Rows = BTreeMap<String, (Vec<String>, Vec<Vec<String>>)>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_the_first_sealed_version_is_opened_as_it_was() {
    let place = Place::new(&[]);
    unpack(&place);
    let old = Db::connect(&place.database_url()).await.unwrap();
    let tables = tables(&old).await;
    let before = dump(&old, &tables).await;
    let head = count(&old, "SELECT max(position) AS n FROM events").await.unwrap();
    old.close().await;

    place.print(&["audit", "verify"]);
    place.print(&["migrate"]);
    // Nothing is mailed: only the read models follow.
    let server = place.start(&["projector"]).await;
    let db = place.database().await;
    // Those whose tables are new have no checkpoint until they begin.
    let every = i64::try_from(projections::all().len()).unwrap();
    until("every read model has seen everything", || async {
        let at_head = format!(
            "SELECT count(*) AS n FROM checkpoints WHERE name LIKE 'projection:%' AND position = {head}"
        );
        count(&db, &at_head).await == Some(every)
    })
    .await;
    server.stop().await;

    let now = self::tables(&db).await;
    let after = dump(&db, &now).await;
    for (table, (columns, _)) in
        before.iter().filter(|(table, _)| ![KEYS, WORDS].contains(&table.as_str()))
    {
        // What is personal has no column of its own any more: it is compared below.
        let kept = |column: &&String| now[table].contains(column);
        let columns: Vec<_> = columns.iter().filter(kept).cloned().collect();
        let (before, after) = (cells(&before[table], &columns), cells(&after[table], &columns));
        assert_eq!(before.len(), after.len(), "rows of {table}");
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before, after, "a row of {table} ({})", columns.join(", "));
        }
    }
    let named = count(&db, "SELECT count(DISTINCT submitted_position) AS n FROM application_terms");
    let words = before[WORDS].1.len() + usize::try_from(named.await.unwrap()).unwrap();
    assert_eq!(after[WORDS].1.len(), words);
    let log = testing_log(&place).await;
    for (_, table) in projections::columns::tables().filter(|(_, table)| table.has_personal()) {
        let Some((columns, rows)) = before.get(table.name) else { continue };
        let keys: Vec<_> = table.key.iter().map(|&name| name.to_owned()).collect();
        let mut rows = rows.clone();
        let places: Vec<_> = keys.iter().map(|name| place_of(columns, name)).collect();
        rows.sort_by_key(|row| places.iter().map(|at| row[*at].clone()).collect::<Vec<_>>());
        let opened = testing::personal_values(&log, table).await.unwrap();
        assert_eq!(rows.len(), opened.len(), "rows of {}", table.name);
        let known = rows.iter().zip(&opened).filter(|(_, opened)| !opened.is_empty());
        let mut compared = 0;
        for (row, opened) in known {
            for (name, value) in opened {
                let value = match value {
                    serde_json::Value::Null => "NULL".to_owned(),
                    serde_json::Value::String(text) => quoted(text),
                    other => quoted(&other.to_string()),
                };
                assert_eq!(row[place_of(columns, name)], value, "{name} in {}", table.name);
                compared += 1;
            }
        }
        assert!(compared > 0 || rows.is_empty(), "nobody is in {}", table.name);
    }
    log.close().await;
    let parked = place.print(&["reactions", "list", "--json"]);
    let parked: Vec<serde_json::Value> = serde_json::from_str(&parked).unwrap();
    let told: Vec<_> = parked.iter().map(|row| (&row["reactor"], &row["state"])).collect();
    assert_eq!(told, [(&"employer_email".into(), &"failed".into())]);
    assert!(!place.print(&["person", "find", "erased@example.org"]).contains("Camille"));
    assert!(place.print(&["person", "find", "kept@example.org"]).contains("Camille"));
    // What that version left in plain beside the log is sealed, and read as it was.
    let left =
        async || commands::plain_rows(&db).await.unwrap().iter().map(|it| it.rows).sum::<i64>();
    assert!(left().await > 0);
    let parked = place.print(&["reactions", "list", "--json"]);
    assert!(parked.contains("\"detail\": \""), "{parked}");
    place.print(&["schedules", "run", "sealing"]);
    assert_eq!(left().await, 0);
    assert_eq!(place.print(&["reactions", "list", "--json"]), parked);
    // What is made anew from the log is the same again.
    place.print(&["projections", "rebuild", "application_events"]);
    assert_eq!(dump(&db, &now).await["application_events"], after["application_events"]);
}

/// The log of the place, opened with its keys.
async fn testing_log(place: &Place) -> Log {
    let keys = std::fs::read_to_string(place.path("master-keys")).unwrap();
    let codec = commands::codec(Some(keys.parse().unwrap()));
    let options = LogOptions { codec, ..LogOptions::default() };
    Log::open(place.database().await, Arc::new(SystemClock), options).await.unwrap()
}

/// A text as SQLite quotes it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn place_of(columns: &[String], name: &str) -> usize {
    columns.iter().position(|column| column == name).unwrap()
}

/// The cells in these columns, sorted.
fn cells((all, rows): &(Vec<String>, Vec<Vec<String>>), columns: &[String]) -> Vec<Vec<String>> {
    let places: Vec<_> = columns.iter().map(|name| place_of(all, name)).collect();
    let cells = |row: &Vec<String>| places.iter().map(|at| row[*at].clone()).collect::<Vec<_>>();
    let mut cells: Vec<_> = rows.iter().map(cells).collect();
    cells.sort();
    cells
}

/// Puts the old data folder in its place.
fn unpack(place: &Place) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/upgrade");
    for entry in std::fs::read_dir(folder).unwrap() {
        let packed = entry.unwrap().path();
        let name = packed.file_stem().unwrap().to_str().unwrap();
        let mut text = GzDecoder::new(File::open(&packed).unwrap());
        std::io::copy(&mut text, &mut File::create(place.path(name)).unwrap()).unwrap();
    }
}

/// The tables that hold facts, with their columns.
async fn tables(db: &Db) -> BTreeMap<String, Vec<String>> {
    let sql = "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
               WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid";
    let found: Vec<(String, String)> = db.fetch_all(sql, args![]).await.unwrap();
    let mut tables = BTreeMap::<_, Vec<_>>::new();
    for (table, column) in found {
        if !BOOKKEEPING.contains(&&*table) {
            tables.entry(table).or_default().push(column);
        }
    }
    tables
}

async fn dump(db: &Db, tables: &BTreeMap<String, Vec<String>>) -> Rows {
    let mut dump = Rows::new();
    for (table, columns) in tables {
        let cells: Vec<_> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
        // No cell holds the sign between them: SQLite writes it out.
        let sql = format!("SELECT {} AS row FROM \"{table}\"", cells.join(" || char(31) || "));
        let rows: Vec<(String,)> = db.fetch_all(&sql, args![]).await.unwrap();
        let split = |(row,): (String,)| row.split('\u{1f}').map(str::to_owned).collect();
        dump.insert(table.clone(), (columns.clone(), rows.into_iter().map(split).collect()));
    }
    dump
}
