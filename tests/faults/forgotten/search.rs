//! A search for values of a person over all bytes that the service keeps, in whatever coat they wear.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use event_store::{Db, args};
use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};
use sha2::{Digest as _, Sha256};

/// Contents are unpacked up to this many bytes.
const MOST: u64 = 16 << 20;

/// Bytes by which coats are looked up.
type Start = [u8; 4];

/// Values that are looked for.
pub(crate) struct Search {
    values: Vec<String>,
    /// What a value looks like in a coat, in lower case, by its first bytes.
    coats: HashMap<Start, Vec<(Vec<u8>, usize)>>,
}

/// Where each value was found.
pub(crate) type Found = BTreeMap<String, BTreeSet<String>>;

impl Search {
    /// A value must be long enough that it occurs nowhere by chance.
    pub(crate) fn new<V: AsRef<str>>(values: impl IntoIterator<Item = V>) -> Self {
        let values: Vec<String> = values.into_iter().map(|value| value.as_ref().into()).collect();
        let mut coats: HashMap<Start, Vec<_>> = HashMap::new();
        for (nth, value) in values.iter().enumerate() {
            for coat in coats_of(value) {
                let start = *coat.first_chunk().expect("a value has some bytes");
                coats.entry(start).or_default().push((coat, nth));
            }
        }
        Self { values, coats }
    }

    pub(crate) fn values(&self) -> &[String] {
        &self.values
    }

    /// Notes which values lie in these bytes, as they are or packed.
    pub(crate) fn look(&self, place: &str, bytes: &[u8], found: &mut Found) {
        self.look_plainly(place, bytes, found);
        for (how, plain) in unpacked(bytes) {
            self.look_plainly(&format!("{place} ({how})"), &plain, found);
        }
    }

    fn look_plainly(&self, place: &str, bytes: &[u8], found: &mut Found) {
        let bytes = bytes.to_ascii_lowercase();
        for (at, start) in bytes.windows(size_of::<Start>()).enumerate() {
            let Some(coats) = start.first_chunk().and_then(|start| self.coats.get(start)) else {
                continue;
            };
            for (_, nth) in coats.iter().filter(|(coat, _)| bytes[at..].starts_with(coat)) {
                found.entry(self.values[*nth].clone()).or_default().insert(place.to_owned());
            }
        }
    }

    /// Looks through every column of every table.
    pub(crate) async fn look_in_tables(&self, db: &Db, found: &mut Found) {
        for (place, cells) in cells(db).await {
            for cell in cells {
                self.look(&place, &cell, found);
            }
        }
    }

    /// Looks through every file of a folder, and their names, but for those that lie in `aside`.
    pub(crate) fn look_in_files(&self, folder: &Path, aside: &[&str], found: &mut Found) {
        for path in files(folder) {
            let inside = path.strip_prefix(folder).unwrap();
            if aside.iter().any(|aside| inside.starts_with(aside)) {
                continue;
            }
            let name = inside.display().to_string();
            self.look_plainly(&format!("the name of {name}"), name.as_bytes(), found);
            self.look(&name, &bytes_of(&path), found);
        }
    }
}

/// A value as it is, and as it may be written where it is not to be recognised at once.
fn coats_of(value: &str) -> BTreeSet<Vec<u8>> {
    let mut coats = BTreeSet::new();
    let mut plain = vec![value.to_owned(), value.to_lowercase()];
    // As in JSON, in a form, in an address, in a page, in an e-mail.
    let escaped = serde_json::to_string(value).unwrap();
    plain.push(escaped.trim_matches('"').to_owned());
    plain.push(url::form_urlencoded::byte_serialize(value.as_bytes()).collect());
    plain.push(plain[3].replace('+', "%20"));
    plain.push(value.replace('@', "%40"));
    plain.push(value.replace('@', "&#64;"));
    plain.push(value.replace(' ', "_"));
    plain.push(value.chars().filter(|c| !c.is_whitespace()).collect());
    plain.push(hex::encode(value));
    // A digest of what can be guessed tells it, too: of an address under a limit, of a word of a list.
    let digest = Sha256::digest(value.to_lowercase());
    plain.push(hex::encode(&digest[..16]));
    let number = i64::from_be_bytes(*digest.first_chunk().expect("a digest has 32 bytes"));
    plain.push(number.to_string());
    for text in &plain {
        coats.insert(text.to_ascii_lowercase().into_bytes());
        // In base64, wherever the value begins: without the characters that its neighbours share.
        for shift in 0..3 {
            let shifted = [&b"\0\0\0"[..shift], text.as_bytes()].concat();
            let whole = shifted.len() / 3 * 3;
            for engine in [&STANDARD, &URL_SAFE] {
                let encoded = engine.encode(&shifted[..whole]);
                let inner = encoded.get(if shift == 0 { 0 } else { 4 }..).unwrap_or_default();
                if inner.len() >= 8 {
                    coats.insert(inner.to_ascii_lowercase().into_bytes());
                }
            }
        }
    }
    coats.into_iter().filter(|coat| coat.len() >= size_of::<Start>()).collect()
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

/// The bytes of a file. Another process reads them: who closes a file of SQLite gives up all locks
/// that his process has on it (<https://www.sqlite.org/howtocorrupt.html>, 2.2).
pub(crate) fn bytes_of(path: &Path) -> Vec<u8> {
    Command::new("cat").arg(path).stderr(Stdio::null()).output().unwrap().stdout
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
fn a_value_is_found_in_every_coat() {
    let value = "Zénobie Quartzberg <zenobie.quartzberg@example.org>";
    let search = Search::new([value]);
    let url: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let mut packed = flate2::write::DeflateEncoder::new(vec![], flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, format!("before {value} behind").as_bytes()).unwrap();
    for coat in [
        value.as_bytes().to_vec(),
        format!("..{}..", value.to_lowercase()).into_bytes(),
        url.into_bytes(),
        STANDARD.encode(format!("x{value}y")).into_bytes(),
        STANDARD.encode(format!("xx{value}")).into_bytes(),
        URL_SAFE.encode(format!("xxx{value}yyy")).into_bytes(),
        hex::encode(value).into_bytes(),
        packed.finish().unwrap(),
    ] {
        let mut found = Found::new();
        search.look("here", &coat, &mut found);
        assert!(found.contains_key(value), "{}", String::from_utf8_lossy(&coat));
    }
    let mut found = Found::new();
    search.look("here", "Zénobie Kwartzberg".as_bytes(), &mut found);
    assert!(found.is_empty());
}
