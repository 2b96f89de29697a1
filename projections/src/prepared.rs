//! What a projection is about to write: the rows of a page of the log, or of several pages.
//!
//! Rows that are found by a blind index lie all over their table, a page of the database for almost each.
//! While their projection is far behind they wait for others, so that each page that is written takes
//! in several.

use std::collections::HashSet;

use event_store::{Position, Value};

use crate::table::{Removal, Rows};
use crate::{Projection, Table};

/// So many rows wait for others at most.
const AT_MOST: usize = 30_000;
/// They wait for so many pages at most: where few come, those that are there are not held back for long.
const PAGES: i64 = 16;

/// The rows of the events up to a position, ready to be written.
pub(crate) struct Prepared {
    /// Empty where no event concerned the projection.
    pub(crate) rows: Vec<Rows>,
    /// What goes first.
    pub(crate) removals: Vec<Removal>,
    /// Every event up to here was looked at.
    pub(crate) reached: Position,
}

impl Prepared {
    /// Nothing, of the events up to here.
    pub(crate) const fn nothing(reached: Position) -> Self {
        Self { rows: vec![], removals: vec![], reached }
    }

    /// Whether no event concerned the projection.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.removals.is_empty()
    }

    /// Takes in what follows: written at once, both leave what they would leave one after the other.
    pub(crate) fn take_in(&mut self, next: Self) {
        for Rows { table, rows } in &mut self.rows {
            let gone: Vec<_> = next.removals.iter().filter(|it| it.table.name == *table).collect();
            if let Some(first) = gone.first() {
                take_out(first.table, rows, &gone);
            }
        }
        for Rows { table, rows } in next.rows {
            match self.rows.iter_mut().find(|known| known.table == table) {
                Some(known) => known.rows.extend(rows),
                None => self.rows.push(Rows { table, rows }),
            }
        }
        self.removals.extend(next.removals);
        self.reached = next.reached;
    }

    /// Whether it is written with less work together with what follows, where much does: it is of the events
    /// after `stored`, in pages of so many positions.
    pub(crate) fn may_wait(
        &self,
        projection: &dyn Projection,
        stored: Position,
        page: i64,
    ) -> bool {
        let rows: usize = self.rows.iter().map(|it| it.rows.len()).sum();
        let is_little = rows < AT_MOST && self.reached.since(stored) < PAGES * page;
        is_little && projection.tables().iter().any(|table| is_scattered(table))
    }
}

/// Whether neighbours in the log lie far from each other in the table.
fn is_scattered(table: &Table) -> bool {
    let first = table.columns.iter().find(|column| Some(&column.name) == table.key.first());
    first.is_some_and(|column| column.purpose().is_some())
}

/// Takes out the rows, as they are stored, that one of these removals would remove.
fn take_out(table: &Table, rows: &mut Vec<Vec<Value>>, gone: &[&Removal]) {
    let mut by_columns: Vec<(Vec<&str>, HashSet<String>)> = vec![];
    for removal in gone {
        let columns: Vec<_> = removal.equal.iter().map(|(column, _)| *column).collect();
        let key = removal.equal.iter().map(|(_, value)| value).collect::<Vec<_>>();
        let key = format!("{key:?}");
        match by_columns.iter_mut().find(|(known, _)| *known == columns) {
            Some((_, keys)) => drop(keys.insert(key)),
            None => by_columns.push((columns, HashSet::from([key]))),
        }
    }
    for (columns, keys) in by_columns {
        let place = |name: &&str| table.plain().position(|column| column.name == *name);
        let places: Vec<_> = columns.iter().filter_map(place).collect();
        debug_assert_eq!(places.len(), columns.len(), "nothing sealed tells what goes");
        rows.retain(|row| {
            let key = places.iter().map(|&place| &row[place]).collect::<Vec<_>>();
            !keys.contains(&format!("{key:?}"))
        });
    }
}

#[cfg(test)]
mod tests {
    use event_store::args;

    use super::*;
    use crate::{applications, permits, subjects};

    const TERMS: &Table = &permits::search::TABLE;

    fn prepared(rows: &[(i64, i64)], gone: &[i64], reached: i64) -> Prepared {
        let rows = rows.iter().map(|&(term, seen)| args![term, 1_i64, seen]).collect();
        let removal =
            |&seen: &i64| Removal { table: TERMS, equal: vec![("seen_position", seen.into())] };
        Prepared {
            rows: vec![Rows { table: TERMS.name, rows }],
            removals: gone.iter().map(removal).collect(),
            reached: Position::new(reached),
        }
    }

    #[test]
    fn what_follows_takes_out_what_waits() {
        let mut waiting = Prepared::nothing(Position::START);
        assert!(waiting.is_empty());
        waiting.take_in(prepared(&[(7, 1), (8, 1), (7, 2)], &[], 3));
        // The one that was seen first is found by another word, and then by yet another.
        waiting.take_in(prepared(&[(9, 1), (7, 4)], &[1], 6));
        waiting.take_in(prepared(&[(5, 1)], &[1, 3], 9));
        let rows = vec![
            args![7_i64, 1_i64, 2_i64],
            args![7_i64, 1_i64, 4_i64],
            args![5_i64, 1_i64, 1_i64],
        ];
        assert_eq!(waiting.rows, [Rows { table: TERMS.name, rows }]);
        let gone: Vec<_> = waiting.removals.iter().map(|it| it.equal[0].1.clone()).collect();
        assert_eq!(gone, args![1_i64, 1_i64, 3_i64], "of the rows that are there already");
        assert_eq!(waiting.reached, Position::new(9));
    }

    #[test]
    fn rows_of_blind_indexes_lie_all_over_their_tables() {
        for table in [TERMS, &applications::search::TABLE, &subjects::TABLE] {
            assert!(is_scattered(table), "{}", table.name);
        }
        for table in [&permits::TABLE, &applications::TABLE, &permits::validity::TABLE] {
            assert!(!is_scattered(table), "{}", table.name);
        }
    }

    #[test]
    fn so_many_rows_wait_and_no_more() {
        let search = permits::search::PermitTerms;
        let stored = Position::START;
        let many: Vec<_> = (0..).take(AT_MOST - 1).map(|n| (n, n)).collect();
        let mut waiting = prepared(&many, &[], 1);
        assert!(waiting.may_wait(&search, stored, 10));
        assert!(!waiting.may_wait(&permits::Permits, stored, 10));
        waiting.take_in(prepared(&[(1, 1)], &[], 2));
        assert!(!waiting.may_wait(&search, stored, 10));
    }

    #[test]
    fn few_rows_do_not_wait_for_long() {
        let search = permits::search::PermitTerms;
        let mut waiting = prepared(&[(1, 1)], &[], 10);
        waiting.take_in(Prepared::nothing(Position::new(10 * PAGES - 1)));
        assert!(waiting.may_wait(&search, Position::START, 10));
        waiting.take_in(Prepared::nothing(Position::new(10 * PAGES)));
        assert!(!waiting.may_wait(&search, Position::START, 10));
        assert!(waiting.may_wait(&search, Position::new(10), 10));
    }
}
