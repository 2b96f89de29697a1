//! Full-text indexes: the rows of a table by the words in one of its columns.
//!
//! The words are parted and brought to their stems by whoever writes them: the column holds terms of letters,
//! digits and underscores of ASCII, with single spaces between. So both engines, FTS5 and `tsvector`, compare equal
//! terms and nothing else, and give the same answers.
//!
//! On SQLite an index is a contentless FTS5 table beside its table, and three triggers that keep it: it is called
//! after its table, and follows when that exchanges its name with another. On PostgreSQL it is a GIN index.

use std::fmt::Write as _;

use super::{Db, DbError, Tx};

/// A full-text index of a table.
#[derive(Clone, Copy, Debug)]
pub struct WordIndex<'a> {
    /// Its name, which no other index has.
    pub name: &'a str,
    /// The table.
    pub table: &'a str,
    /// A column with an integer that no other row has.
    pub key: &'a str,
    /// The column with the terms; rows without any are not in the index.
    pub terms: &'a str,
}

/// A term that is looked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sought {
    term: String,
    begins: bool,
}

impl Sought {
    /// This very term; `None` where the text is not one.
    pub fn term(text: &str) -> Option<Self> {
        let is_one = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let fits = !text.is_empty() && text.bytes().all(is_one);
        fits.then(|| Self { term: text.to_owned(), begins: false })
    }

    /// Every term that begins so.
    #[must_use]
    pub fn and_longer(self) -> Self {
        Self { begins: true, ..self }
    }
}

/// The rows that are looked for: those that have of each group one term at least, of some groups one whole, and not
/// all of some others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WordQuery {
    /// Of each group one.
    pub all: Vec<Vec<Sought>>,
    /// All terms of one of these, where there are any.
    pub any: Vec<Vec<Sought>>,
    /// Not all of these, where there are any.
    pub except: Vec<Sought>,
}

impl WordQuery {
    /// Whether it asks for nothing, so that every row would do.
    pub const fn is_empty(&self) -> bool {
        self.all.is_empty() && self.any.is_empty()
    }
}

/// How a statement asks for rows by words, in the engine's own SQL.
#[derive(Clone, Debug)]
pub struct Matching {
    /// What stands in FROM to have the columns of the table, which is called `r`, for each row that is found.
    pub rows: String,
    /// What stands there to count, where only the index is needed.
    pub keys: String,
    /// The condition.
    pub condition: String,
    /// What stands for the key in ORDER BY, so that the index gives the order; [`Db::ordered`] knows where
    /// something else is quicker.
    pub key: String,
}

/// Up to so many rows are gathered by their words and then sorted.
const GATHERED: u64 = 4_000;

/// What the names of an index's triggers end in; the first tells the catalogue that it is there.
const TRIGGERS: [&str; 3] = ["_words_insert", "_words_update", "_words_delete"];

const TRIGGERS_NAMED: &str = "
    SELECT count(*)
    FROM sqlite_schema
    WHERE type = 'trigger' AND name = $1";

impl Db {
    /// How rows are asked for in which the words of `place`, a placeholder for [`Db::words`], are found.
    pub fn matching(&self, index: WordIndex<'_>, place: &str) -> Matching {
        let WordIndex { name, table, key, terms } = index;
        match self {
            Self::Sqlite(_) => Matching {
                // The index leads: it gives its rows in the order of their keys.
                rows: format!("{name} AS w CROSS JOIN {table} AS r ON r.{key} = w.rowid"),
                keys: format!("{name} AS w"),
                condition: format!("{name} MATCH {place}"),
                key: "w.rowid".to_owned(),
            },
            Self::Postgres(_) => Matching {
                rows: format!("{table} AS r"),
                keys: format!("{table} AS r"),
                condition: format!("{} @@ CAST({place} AS tsquery)", vector(&format!("r.{terms}"))),
                key: format!("r.{key}"),
            },
        }
    }

    /// What stands in ORDER BY, and for the key in conditions, where the first rows are asked for in the order of
    /// their keys. PostgreSQL takes
    /// it for cheap to look at the terms of one row after the other in that order; where few rows have these
    /// words, as it estimates, they are better gathered by the index of words, which a sum leads it to.
    pub async fn ordered(&self, matching: &Matching, words: &str) -> Result<String, DbError> {
        let Matching { rows, condition, key, .. } = matching;
        if let Self::Sqlite(_) = self {
            return Ok(key.clone());
        }
        let sql = format!("EXPLAIN SELECT 1 FROM {rows} WHERE {condition}");
        let plan: Vec<(String,)> = self.fetch_all(&sql, vec![words.into()]).await?;
        let (_, estimate) = plan.first().and_then(|(top,)| top.split_once("rows=")).unzip();
        let digits = estimate.and_then(|it| it.split(' ').next());
        let is_rare = digits.and_then(|it| it.parse().ok()).is_some_and(|it: u64| it <= GATHERED);
        Ok(if is_rare { format!("{key} + 0") } else { key.clone() })
    }

    /// A query as the engine reads it.
    pub fn words(&self, query: &WordQuery) -> String {
        // Quoted, a term is no operator.
        let (quote, begins, and, or) = match self {
            Self::Sqlite(_) => ('"', " *", " AND ", " OR "),
            Self::Postgres(_) => ('\'', ":*", " & ", " | "),
        };
        let one = |sought: &Sought| {
            let end = if sought.begins { begins } else { "" };
            format!("{quote}{}{quote}{end}", sought.term)
        };
        let joined = |terms: &[Sought], sign| terms.iter().map(one).collect::<Vec<_>>().join(sign);
        let mut groups: Vec<_> =
            query.all.iter().map(|group| format!("({})", joined(group, or))).collect();
        if !query.any.is_empty() {
            let wholes = query.any.iter().map(|group| format!("({})", joined(group, and)));
            groups.push(format!("({})", wholes.collect::<Vec<_>>().join(or)));
        }
        let mut written = groups.join(and);
        if !query.except.is_empty() {
            let except = joined(&query.except, and);
            // Writing to a String cannot fail.
            let _ = match self {
                Self::Sqlite(_) => write!(written, " NOT ({except})"),
                Self::Postgres(_) => write!(written, " & !({except})"),
            };
        }
        written
    }
}

fn vector(terms: &str) -> String {
    format!("array_to_tsvector(string_to_array({terms}, ' '))")
}

impl Tx {
    /// Makes an index, of the rows that there are and of those that come.
    pub async fn create_word_index(&mut self, index: WordIndex<'_>) -> Result<(), DbError> {
        let WordIndex { name, table, key, terms } = index;
        if self.has_schemas() {
            // Without a list of what is to be entered later, which every search would read.
            let vector = vector(terms);
            let sql = format!(
                "CREATE INDEX {name} ON {table} USING gin ({vector}) WITH (fastupdate = off)"
            );
            return self.execute(&sql, vec![]).await.map(drop);
        }
        let make = format!(
            "CREATE VIRTUAL TABLE {name} USING fts5(
                 terms, content = '', contentless_delete = 1, detail = none, tokenize = \"ascii tokenchars '_'\")"
        );
        let fill = format!(
            "INSERT INTO {name} (rowid, terms) SELECT {key}, {terms} FROM {table} WHERE {terms} IS NOT NULL"
        );
        for sql in [make, fill] {
            self.execute(&sql, vec![]).await?;
        }
        self.create_triggers(index).await
    }

    /// Drops an index by its name, be it one of words or not.
    pub async fn drop_index(&mut self, name: &str) -> Result<(), DbError> {
        let is_of_words = !self.has_schemas() && self.has_trigger(name).await?;
        if !is_of_words {
            return self.execute(&format!("DROP INDEX {name}"), vec![]).await.map(drop);
        }
        self.drop_triggers(name).await?;
        self.execute(&format!("DROP TABLE {name}"), vec![]).await.map(drop)
    }

    async fn has_trigger(&mut self, name: &str) -> Result<bool, DbError> {
        let args = vec![format!("{name}{}", TRIGGERS[0]).into()];
        let (triggers,): (i64,) = self.fetch_one(TRIGGERS_NAMED, args).await?;
        Ok(triggers > 0)
    }

    /// Lets two indexes change sides, whose tables have just exchanged their names: each is called after its table
    /// again. On PostgreSQL nothing names an index.
    pub async fn exchange_word_indexes(
        &mut self,
        one: WordIndex<'_>,
        other: WordIndex<'_>,
    ) -> Result<(), DbError> {
        if self.has_schemas() {
            return Ok(());
        }
        let aside = format!("{}_aside", one.name);
        for name in [one.name, other.name] {
            self.drop_triggers(name).await?;
        }
        for (from, to) in [(one.name, &*aside), (other.name, one.name), (&aside, other.name)] {
            self.execute(&format!("ALTER TABLE {from} RENAME TO {to}"), vec![]).await?;
        }
        self.create_triggers(one).await?;
        self.create_triggers(other).await
    }

    async fn create_triggers(&mut self, index: WordIndex<'_>) -> Result<(), DbError> {
        let WordIndex { name, table, key, terms } = index;
        let [inserted, updated, deleted] = TRIGGERS.map(|end| format!("{name}{end}"));
        let add = format!(
            "INSERT INTO {name} (rowid, terms) SELECT new.{key}, new.{terms} WHERE new.{terms} IS NOT NULL;"
        );
        let take =
            format!("DELETE FROM {name} WHERE old.{terms} IS NOT NULL AND rowid = old.{key};");
        let is_other = format!("old.{terms} IS NOT new.{terms} OR old.{key} <> new.{key}");
        for sql in [
            format!("CREATE TRIGGER {inserted} AFTER INSERT ON {table} BEGIN {add} END"),
            format!("CREATE TRIGGER {deleted} AFTER DELETE ON {table} BEGIN {take} END"),
            format!(
                "CREATE TRIGGER {updated} AFTER UPDATE ON {table} WHEN {is_other} BEGIN {take} {add} END"
            ),
        ] {
            self.execute(&sql, vec![]).await?;
        }
        Ok(())
    }

    async fn drop_triggers(&mut self, name: &str) -> Result<(), DbError> {
        for end in TRIGGERS {
            self.execute(&format!("DROP TRIGGER IF EXISTS {name}{end}"), vec![]).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_term_is_looked_for() {
        for text in ["", "a b", "a\"", "é", "a*", "a:b", "(a"] {
            assert_eq!(Sought::term(text), None, "{text}");
        }
        assert!(Sought::term("l_nantes").is_some());
    }
}
