//! New offers by their terms, in memory: each offer is read once, however many alerts are asked.

use std::collections::HashMap;

use uuid::Uuid;

use super::Wanted;
use crate::offer::Salary;

/// Offers by their terms.
#[derive(Debug, Default)]
pub struct OfferIndex {
    /// For each term the offers that have it, as they were added.
    postings: HashMap<Box<str>, Vec<u32>>,
    offers: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    id: Uuid,
    ordinal: i64,
    salary: Option<Salary>,
}

impl OfferIndex {
    /// Adds an offer, which was first seen there in the log, behind all that were added before.
    pub fn add<'a>(
        &mut self,
        id: Uuid,
        ordinal: i64,
        terms: impl Iterator<Item = &'a str>,
        salary: Option<Salary>,
    ) {
        debug_assert!(self.offers.last().is_none_or(|last| last.ordinal < ordinal));
        let Ok(number) = u32::try_from(self.offers.len()) else { return };
        for term in terms {
            if let Some(posting) = self.postings.get_mut(term) {
                posting.push(number);
            } else {
                self.postings.insert(term.into(), vec![number]);
            }
        }
        self.offers.push(Entry { id, ordinal, salary });
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.offers.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.offers.is_empty()
    }

    /// Those behind this place in the log that fit, the newest first.
    pub fn find(&self, wanted: &Wanted, after: i64) -> Vec<Uuid> {
        let first = self.offers.partition_point(|offer| offer.ordinal <= after);
        let Some(begin) = u32::try_from(first).ok().filter(|_| first < self.offers.len()) else {
            return vec![];
        };
        let mut groups = vec![];
        if !wanted.any.is_empty() {
            let keyword = |terms: &Vec<String>| {
                let postings = terms.iter().map(|term| self.posting(term, begin).to_vec());
                postings.reduce(|one, other| common(&one, &other)).unwrap_or_default()
            };
            groups.push(united(wanted.any.iter().map(keyword)));
        }
        for group in &wanted.all {
            groups.push(united(group.iter().map(|term| self.posting(term, begin).to_vec())));
        }
        // The rarest first: what is left is never more.
        groups.sort_by_key(Vec::len);
        let found = groups.into_iter().reduce(|one, other| common(&one, &other));
        let found = found.unwrap_or_else(|| (begin..).take(self.offers.len() - first).collect());
        let offers = found.into_iter().rev().filter_map(|number| {
            let offer = self.offers.get(usize::try_from(number).ok()?)?;
            wanted.pay.fit(offer.salary.as_ref()).map(|_| offer.id)
        });
        offers.collect()
    }

    fn posting(&self, term: &str, begin: u32) -> &[u32] {
        let posting = self.postings.get(term).map(Vec::as_slice).unwrap_or_default();
        posting.split_at(posting.partition_point(|number| *number < begin)).1
    }
}

/// What stands in both of two lists that are in order.
fn common(one: &[u32], other: &[u32]) -> Vec<u32> {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short.iter().copied().filter(|number| long.binary_search(number).is_ok()).collect()
}

/// What stands in one list at least, in order.
fn united(lists: impl Iterator<Item = Vec<u32>>) -> Vec<u32> {
    let mut all: Vec<u32> = lists.flatten().collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offer::{Currency, PayPeriod};
    use crate::space::Pay;
    use proptest::prelude::*;

    const TERMS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

    prop_compose! {
        fn offer()(
            terms in prop::collection::btree_set(prop::sample::select(&TERMS[..]), 0..5),
            cents in prop::option::of(1_u64..5),
        ) -> (Vec<&'static str>, Option<Salary>) {
            let paid = |cents| Salary::new(Some(cents * 100), None, Currency::euro(), PayPeriod::Year).ok();
            (terms.into_iter().collect(), cents.and_then(paid))
        }
    }

    prop_compose! {
        fn wanted()(
            any in prop::collection::vec(terms(1..3), 0..3),
            all in prop::collection::vec(terms(1..3), 0..3),
            min in prop::option::of(1_u64..5),
            only_told: bool,
        ) -> Wanted {
            Wanted { any, all, pay: Pay { min, max: None, only_told } }
        }
    }

    fn terms(size: std::ops::Range<usize>) -> impl Strategy<Value = Vec<String>> {
        let term = prop::sample::select(&TERMS[..]).prop_map(str::to_owned);
        prop::collection::vec(term, size)
    }

    proptest! {
        #[test]
        fn it_finds_those_that_fit_one_by_one(
            offers in prop::collection::vec(offer(), 0..12),
            wanted in wanted(),
            after in 0_i64..14,
        ) {
            let mut index = OfferIndex::default();
            let mut expected = vec![];
            for ((terms, salary), nth) in offers.into_iter().zip(1_i64..) {
                let id = Uuid::from_u128(nth.unsigned_abs().into());
                index.add(id, nth, terms.iter().copied(), salary.clone());
                let has = |term: &str| terms.contains(&term);
                if nth > after && wanted.fits(has, salary.as_ref()).is_some() {
                    expected.insert(0, id);
                }
            }
            prop_assert_eq!(index.find(&wanted, after), expected);
        }
    }
}
