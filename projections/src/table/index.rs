//! The indexes of a table.

use event_store::WordIndex;

/// An index of a [`Table`](super::Table). One that is defined otherwise than before is made anew.
#[derive(Clone, Copy, Debug)]
pub struct Index {
    /// Its name among those of its table.
    pub name: &'static str,
    /// Its columns, in their order.
    pub columns: &'static [&'static str],
    /// The condition in SQL on the rows that are in it; all are where there is none.
    pub only: Option<&'static str>,
    /// Whether it is one of the words in its second column, by the integer in its first one, which no other row
    /// has.
    pub words: bool,
}

impl Index {
    /// An index of all rows.
    pub const fn on(name: &'static str, columns: &'static [&'static str]) -> Self {
        Self { name, columns, only: None, words: false }
    }

    /// A full-text index: of an integer that no other row has, and of the terms of a row, as [`WordIndex`] has them.
    pub const fn of_words(name: &'static str, columns: &'static [&'static str; 2]) -> Self {
        Self { name, columns, only: None, words: true }
    }

    /// The same for the rows alone of which this holds.
    #[must_use]
    pub const fn only(mut self, condition: &'static str) -> Self {
        self.only = Some(condition);
        self
    }

    /// It as the database has it, under this name on this table.
    pub(crate) fn word_index<'a>(&self, name: &'a str, table: &'a str) -> WordIndex<'a> {
        let [key, terms] = [0, 1].map(|place| self.columns.get(place).copied().unwrap_or_default());
        WordIndex { name, table, key, terms }
    }
}
