//! Accounts of candidates, invented: the same for the same seed.

use commands::InventedAccount;
use domain::Language;
use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::{id_at, mixed, words};

/// They registered within so many days.
const DAYS: i64 = 300;
/// What keeps their chance apart from that of applications of the same seed and number.
const APART: u64 = 0xacc0_0275;

/// The account number `number` of `seed`, registered at some time before `today`.
pub(crate) fn account(seed: u64, number: u64, today: Timestamp) -> InventedAccount {
    let mut generator = StdRng::seed_from_u64(mixed(seed ^ APART, number));
    let first = words::FIRST_NAMES[generator.random_range(0..words::FIRST_NAMES.len())];
    let last = words::LAST_NAMES[generator.random_range(0..words::LAST_NAMES.len())];
    let ago = SignedDuration::from_mins(generator.random_range(0..DAYS * 24 * 60));
    let registered_at = today - ago;
    let language = if generator.random_ratio(85, 100) { Language::Fr } else { Language::En };
    InventedAccount {
        id: id_at(registered_at, &mut generator),
        email: words::valid(&words::address(first, last, number)),
        full_name: words::valid(&format!("{first} {last}")),
        language,
        registered_at,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_same_seed_invents_the_same_people_and_each_once() {
        let today = "2026-11-28T00:00:00Z".parse().unwrap();
        let addresses = |seed| -> Vec<_> {
            (0..500).map(|number| account(seed, number, today).email.to_string()).collect()
        };
        let all = addresses(1);
        assert_eq!(all, addresses(1));
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 500);
        assert!(all.iter().all(|address| address.ends_with(".example")));
        assert_eq!(account(1, 7, today).id, account(1, 7, today).id);
        assert_ne!(account(1, 7, today).id, account(2, 7, today).id);
    }
}
