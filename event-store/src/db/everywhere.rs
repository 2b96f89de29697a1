//! Looking for values in every table: the proof that nothing of a person is left.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::{Db, DbError};
use crate::Value;

/// Shorter values stand in base64 texts by chance.
const SHORTEST_ENCODED: usize = 6;

/// Where values were found, and in how many tables they were looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Searched {
    /// How many tables were searched.
    pub tables: usize,
    /// Table and column of each place that holds one of the values.
    pub found: Vec<(String, String)>,
}

const SQLITE_COLUMNS: &str = "
    SELECT '' AS schema_name, t.name AS table_name, c.name AS column_name, c.type AS kind
    FROM sqlite_schema AS t
    JOIN pragma_table_info(t.name) AS c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite~_%' ESCAPE '~'
    ORDER BY t.name, c.cid";

const POSTGRES_COLUMNS: &str = "
    SELECT
        CASE WHEN c.table_schema = current_schema() THEN '' ELSE c.table_schema::TEXT END
            AS schema_name,
        c.table_name::TEXT AS table_name,
        c.column_name::TEXT AS column_name,
        c.data_type::TEXT AS kind
    FROM information_schema.columns AS c
    JOIN information_schema.tables AS t
        ON t.table_schema = c.table_schema AND t.table_name = c.table_name
    WHERE t.table_type = 'BASE TABLE'
        AND c.table_schema NOT IN ('pg_catalog', 'information_schema')
    ORDER BY 1, 2, c.ordinal_position";

#[derive(sqlx::FromRow)]
struct ColumnRow {
    schema_name: String,
    table_name: String,
    column_name: String,
    kind: String,
}

impl ColumnRow {
    fn table(&self) -> String {
        if self.schema_name.is_empty() {
            quoted(&self.table_name)
        } else {
            format!("{}.{}", quoted(&self.schema_name), quoted(&self.table_name))
        }
    }

    /// Numbers, times and truth values hold none of the values that are looked for.
    fn holds(&self) -> Option<Holds> {
        let kind = self.kind.to_ascii_uppercase();
        if kind.contains("BLOB") || kind.contains("BYTEA") {
            return Some(Holds::Bytes);
        }
        let texts = ["TEXT", "CHAR", "CLOB", "JSON", "ARRAY", "USER-DEFINED"];
        let is_text = kind.is_empty() || texts.iter().any(|text| kind.contains(text));
        is_text.then_some(Holds::Text)
    }
}

#[derive(Clone, Copy)]
enum Holds {
    Text,
    Bytes,
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// That one of them holds; a balanced tree, since SQLite takes no deep ones.
fn any_of(conditions: &[String]) -> String {
    match conditions {
        [] => "1 = 0".to_owned(),
        [one] => one.clone(),
        many => {
            let (left, right) = many.split_at(many.len() / 2);
            format!("({} OR {})", any_of(left), any_of(right))
        }
    }
}

/// What is looked for: the values in all forms in which they could stand in a column.
#[derive(Default)]
struct Needles {
    /// In texts, letter case aside: as they are, and as JSON writes them.
    texts: Vec<String>,
    /// In texts, exactly: as base64 has them in the midst of other bytes.
    encoded: Vec<String>,
    /// In bytes.
    bytes: Vec<Vec<u8>>,
}

impl Needles {
    fn of(values: &[String]) -> Self {
        let mut needles = Self::default();
        for value in values.iter().filter(|value| !value.is_empty()) {
            let lower = value.to_lowercase();
            for form in [value.as_str(), lower.as_str()] {
                let json = serde_json::Value::from(form).to_string();
                let inner = json.trim_start_matches('"').trim_end_matches('"').to_owned();
                needles.texts.extend([form, inner.as_str()].map(str::to_ascii_lowercase));
                needles.bytes.extend([form, inner.as_str()].map(|it| it.as_bytes().to_vec()));
                if form.len() >= SHORTEST_ENCODED {
                    needles.encoded.extend(encoded(form.as_bytes()));
                }
            }
        }
        for texts in [&mut needles.texts, &mut needles.encoded] {
            texts.sort_unstable();
            texts.dedup();
        }
        needles.bytes.sort_unstable();
        needles.bytes.dedup();
        needles
    }

    /// The arguments of every statement: texts, then encoded ones, then bytes.
    fn args(&self) -> Vec<Value> {
        let texts = self.texts.iter().chain(&self.encoded).map(|it| Value::Text(it.clone()));
        texts.chain(self.bytes.iter().map(|it| Value::Bytes(it.clone()))).collect()
    }
}

/// How base64, of either alphabet, writes these bytes wherever they begin: what surrounding bytes
/// change is cut off.
fn encoded(bytes: &[u8]) -> Vec<String> {
    let mut forms = vec![];
    for before in 0..3 {
        let mut whole = vec![0; before];
        whole.extend_from_slice(bytes);
        let (first, end) = ((before * 8).div_ceil(6), whole.len() * 8 / 6);
        for alphabet in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            forms.push(alphabet.encode(&whole)[first..end].to_owned());
        }
    }
    forms
}

impl Db {
    /// Looks for values in every column of every table that can hold text or bytes: letter case aside,
    /// as JSON writes them, and as base64 does. It reads all tables whole, so it takes its time.
    ///
    /// What is packed or sealed is not looked into.
    pub async fn search_everywhere(&self, values: &[String]) -> Result<Searched, DbError> {
        let columns: Vec<ColumnRow> = match self {
            Self::Sqlite(_) => self.fetch_all(SQLITE_COLUMNS, vec![]).await?,
            Self::Postgres(_) => self.fetch_all(POSTGRES_COLUMNS, vec![]).await?,
        };
        let needles = Needles::of(values);
        let mut searched = Searched::default();
        for table in columns.chunk_by(|one, next| one.table() == next.table()) {
            searched.tables += 1;
            let holding: Vec<_> = table
                .iter()
                .filter_map(|column| Some((column, self.condition(column, &needles)?)))
                .collect();
            let all: Vec<_> = holding.iter().map(|(_, condition)| condition.clone()).collect();
            if all.is_empty() || !self.any(&table[0], &any_of(&all), &needles).await? {
                continue;
            }
            for (column, condition) in holding {
                if self.any(column, &condition, &needles).await? {
                    let name = column.table().replace('"', "");
                    searched.found.push((name, column.column_name.clone()));
                }
            }
        }
        Ok(searched)
    }

    /// That the column holds one of the needles; `None` where it cannot.
    fn condition(&self, column: &ColumnRow, needles: &Needles) -> Option<String> {
        let name = quoted(&column.column_name);
        let (texts, encoded, bytes) =
            (needles.texts.len(), needles.encoded.len(), needles.bytes.len());
        let mut conditions = vec![];
        match column.holds()? {
            Holds::Text => {
                // ASCII letters alone are folded, by both engines: the needles are ready for that.
                let (whole, lower) = match self {
                    Self::Sqlite(_) => {
                        (format!("CAST({name} AS TEXT)"), format!("lower(CAST({name} AS TEXT))"))
                    }
                    Self::Postgres(_) => {
                        (format!("{name}::TEXT"), format!("lower({name}::TEXT COLLATE \"C\")"))
                    }
                };
                conditions.extend((1..=texts).map(|nth| self.contains(&lower, nth)));
                conditions
                    .extend((texts + 1..=texts + encoded).map(|nth| self.contains(&whole, nth)));
            }
            Holds::Bytes => {
                let (first, last) = (texts + encoded + 1, texts + encoded + bytes);
                conditions.extend((first..=last).map(|nth| self.contains(&name, nth)));
            }
        }
        (!conditions.is_empty()).then(|| any_of(&conditions))
    }

    fn contains(&self, whole: &str, nth: usize) -> String {
        match self {
            Self::Sqlite(_) => format!("instr({whole}, ${nth}) > 0"),
            Self::Postgres(_) => format!("position(${nth} IN {whole}) > 0"),
        }
    }

    async fn any(
        &self,
        column: &ColumnRow,
        condition: &str,
        needles: &Needles,
    ) -> Result<bool, DbError> {
        // Every argument is named once, so that its type is known where the condition has no use for it.
        let texts = needles.texts.len() + needles.encoded.len();
        let all = texts + needles.bytes.len();
        let named = |nth: usize| match self {
            Self::Sqlite(_) => format!("${nth} IS NULL"),
            Self::Postgres(_) if nth <= texts => format!("${nth}::TEXT IS NULL"),
            Self::Postgres(_) => format!("${nth}::BYTEA IS NULL"),
        };
        let none: Vec<_> = (1..=all).map(named).collect();
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 AS one FROM {} WHERE {condition} OR {} LIMIT 1) AS found",
            column.table(),
            any_of(&none),
        );
        let (count,): (i64,) = self.fetch_one(&sql, needles.args()).await?;
        Ok(count > 0)
    }
}
