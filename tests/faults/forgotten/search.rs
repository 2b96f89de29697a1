//! A search for values of a person over all bytes that the service keeps.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use event_store::{Db, args};
use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};

use super::bytes::{Hits, Needles};

/// Contents are unpacked up to this many bytes.
const MOST: u64 = 16 << 20;

/// Values that are looked for.
pub(crate) struct Search {
    values: Vec<String>,
    needles: Needles,
}

/// Where each value was found, and in which form it lies there.
pub(crate) type Found = BTreeMap<String, BTreeSet<String>>;

impl Search {
    /// A value must be long enough that it occurs nowhere by chance.
    pub(crate) fn new<V: AsRef<str>>(values: impl IntoIterator<Item = V>) -> Self {
        let values: Vec<String> = values.into_iter().map(|value| value.as_ref().into()).collect();
        Self { needles: Needles::new(&values), values }
    }

    pub(crate) fn values(&self) -> &[String] {
        &self.values
    }

    fn note(&self, place: &str, hits: Hits, found: &mut Found) {
        for (nth, form) in hits {
            let place = format!("{place}, as {form}");
            found.entry(self.values[nth].clone()).or_default().insert(place);
        }
    }

    /// Notes which values lie in these bytes, as they are or packed.
    pub(crate) fn look(&self, place: &str, bytes: &[u8], found: &mut Found) {
        self.look_plainly(place, bytes, found);
        for (how, plain) in unpacked(bytes) {
            self.look_plainly(&format!("{place}, {how}"), &plain, found);
        }
    }

    fn look_plainly(&self, place: &str, bytes: &[u8], found: &mut Found) {
        let mut hits = Hits::new();
        self.needles.look(bytes, &mut hits);
        self.note(place, hits, found);
    }

    /// Looks through every column of every table.
    pub(crate) async fn look_in_tables(&self, db: &Db, found: &mut Found) {
        for (place, cells) in cells(db).await {
            for cell in cells {
                self.look(&place, &cell, found);
            }
        }
    }

    /// Looks through every file of a folder, and their names.
    pub(crate) fn look_in_files(&self, folder: &Path, found: &mut Found) {
        for path in files(folder) {
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            self.look_plainly(&format!("the name of {name}"), name.as_bytes(), found);
            let size = path.metadata().map_or(0, |it| it.len());
            if size <= MOST {
                self.look(&name, &bytes_of(&path), found);
                continue;
            }
            let mut hits = Hits::new();
            let mut cat = opened(&path).stdout(Stdio::piped()).spawn().unwrap();
            self.needles.look_through(cat.stdout.take().unwrap(), &mut hits);
            cat.wait().unwrap();
            self.note(&name, hits, found);
        }
    }
}

/// The bytes with what packs them taken off, where something does.
fn unpacked(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut all = vec![];
    let mut add = |how, reader: &mut dyn std::io::Read| {
        let mut plain = vec![];
        // What comes before an error counts, too.
        let _ = reader.take(MOST).read_to_end(&mut plain);
        if !plain.is_empty() {
            all.push((how, plain));
        }
    };
    add("deflated", &mut DeflateDecoder::new(bytes));
    add("zlib", &mut ZlibDecoder::new(bytes));
    add("gzip", &mut GzDecoder::new(bytes));
    if let Ok(decoded) = STANDARD.decode(bytes) {
        add("deflated, in base64", &mut DeflateDecoder::new(&decoded[..]));
    }
    all
}

/// Another process reads a file: who closes a file of SQLite gives up all locks that his process has on it
/// (<https://www.sqlite.org/howtocorrupt.html>, 2.2).
fn opened(path: &Path) -> Command {
    let mut cat = Command::new("cat");
    cat.arg(path).stderr(Stdio::null());
    cat
}

/// The bytes of a file.
pub(crate) fn bytes_of(path: &Path) -> Vec<u8> {
    opened(path).output().unwrap().stdout
}

/// Every file below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (vec![], vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        // It may go meanwhile.
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { &mut folders } else { &mut found }.push(path);
        }
    }
    found.sort();
    found
}

const COLUMNS_ON_SQLITE: &str = "
    SELECT t.name, c.name, 'CAST(\"' || c.name || '\" AS BLOB)'
    FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'
    ORDER BY t.name, c.cid";

const COLUMNS_ON_POSTGRES: &str = "
    SELECT '\"' || c.table_schema || '\".\"' || c.table_name || '\"', CAST(c.column_name AS TEXT),
           CASE c.data_type
               WHEN 'bytea' THEN '\"' || c.column_name || '\"'
               ELSE 'convert_to(CAST(\"' || c.column_name || '\" AS TEXT), ''UTF8'')'
           END
    FROM information_schema.columns AS c
    JOIN information_schema.tables AS t USING (table_schema, table_name)
    WHERE c.table_schema NOT IN ('pg_catalog', 'information_schema')
      AND t.table_type = 'BASE TABLE'
    ORDER BY c.table_name COLLATE \"C\", c.ordinal_position";

/// Every table with its columns, and how the engine gives a column's bytes.
pub(crate) async fn columns(db: &Db) -> Vec<(String, String, String)> {
    let sql = match db {
        Db::Sqlite(_) => COLUMNS_ON_SQLITE,
        Db::Postgres(_) => COLUMNS_ON_POSTGRES,
    };
    db.fetch_all(sql, args![]).await.unwrap()
}

/// The bytes in every column of every table.
pub(crate) async fn cells(db: &Db) -> Vec<(String, Vec<Vec<u8>>)> {
    let mut all = vec![];
    for (table, column, bytes) in columns(db).await {
        let sql = format!("SELECT {bytes} FROM {table} WHERE \"{column}\" IS NOT NULL ORDER BY 1");
        let rows: Vec<(Vec<u8>,)> = db.fetch_all(&sql, args![]).await.unwrap();
        let name = table.replace('"', "").replace("public.", "");
        all.push((format!("{name}.{column}"), rows.into_iter().map(|(cell,)| cell).collect()));
    }
    all
}

#[test]
fn a_value_is_found_packed_and_where_it_lies_is_told_with_its_form() {
    let value = "Zénobie Quartzberg <zenobie.quartzberg@example.org>";
    let search = Search::new([value]);
    let mut packed = flate2::write::DeflateEncoder::new(vec![], flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, format!("before {value} behind").as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("packed"), &packed).unwrap();
    std::fs::write(folder.path().join("armed"), STANDARD.encode(&packed)).unwrap();
    std::fs::write(folder.path().join("hex"), hex::encode(value)).unwrap();
    let mut found = Found::new();
    search.look_in_files(folder.path(), &mut found);
    let places =
        ["armed, deflated, in base64, as UTF-8", "hex, as hex", "packed, deflated, as UTF-8"];
    assert_eq!(found, Found::from([(value.to_owned(), places.map(str::to_owned).into())]));
}
