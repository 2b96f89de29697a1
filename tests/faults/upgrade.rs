//! A database that an older version made is opened by this one: what happened, who was forgotten, what waits and what
//! is shown are as they were.
//!
//! `upgrade/` is the data folder of the first version with sealed data: 60 invented applications of three partners,
//! and three real ones, of which the first was erased and the third could not be mailed to its employer.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use event_store::{Db, args};
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

/// A table of the old version: its columns and its rows, as text.
type Rows = BTreeMap<String, (Vec<String>, Vec<String>)>;

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

    let after = dump(&db, &tables).await;
    for (table, (columns, rows)) in &before {
        let (_, now) = &after[table];
        assert_eq!(rows.len(), now.len(), "rows of {table}");
        for (before, after) in rows.iter().zip(now) {
            assert_eq!(before, after, "a row of {table} ({})", columns.join(", "));
        }
    }
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
    place.print(&["projections", "rebuild", "applications"]);
    assert_eq!(dump(&db, &tables).await["applications"], after["applications"]);
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
        let sql =
            format!("SELECT {} AS row FROM \"{table}\" ORDER BY row", cells.join(" || ' | ' || "));
        let rows: Vec<(String,)> = db.fetch_all(&sql, args![]).await.unwrap();
        dump.insert(table.clone(), (columns.clone(), rows.into_iter().map(|(row,)| row).collect()));
    }
    dump
}
