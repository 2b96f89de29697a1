//! Attempts to sign in, counted in memory: a flood of them costs the database nothing, and
//! there are never more names than a bound.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

const SECOND: i64 = 1_000_000;
/// What no longer counts in any window.
pub(super) const LONGEST: i64 = 3600 * SECOND;
/// How many attempts under one name, within how long.
const WINDOWS: [(usize, i64); 2] = [(5, 60 * SECOND), (30, LONGEST)];

/// How many strangers, altogether, are looked at by one kind of account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crowd {
    /// Their failures in a minute.
    pub failures: usize,
    /// The names that are tried within an hour.
    pub names: usize,
}

impl Crowd {
    /// For accounts of a few people. An hour of failures that are as many as may be has fewer names.
    pub const FEW: Self = Self { failures: 120, names: 10_000 };
    /// For accounts of anybody.
    pub const MANY: Self = Self { failures: 1_200, names: 100_000 };
}

/// Why an attempt is not looked at, and from when on one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TooMany {
    /// There were too many under this name.
    OfName(Timestamp),
    /// There were too many altogether.
    Altogether(Timestamp),
}

/// The attempts of the last hour.
pub(crate) struct Attempts {
    crowd: Crowd,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// By the digest of their name: when they were, oldest first, in microseconds.
    names: HashMap<[u8; 16], VecDeque<i64>>,
    strangers: VecDeque<i64>,
    /// When old ones were forgotten last, in microseconds.
    forgot_at: i64,
}

impl State {
    fn crowded(&mut self, crowd: Crowd, now: i64) -> Option<Timestamp> {
        drop_old(&mut self.strangers, now - 60 * SECOND, now);
        let first = self.strangers.front().filter(|_| self.strangers.len() >= crowd.failures);
        first.map(|first| moment(first + 60 * SECOND))
    }
}

/// From when on another attempt is looked at after these, oldest first; `None` for now.
pub(super) fn next_after(attempts: &[i64], now: i64) -> Option<i64> {
    let of_window = |(most, lasts): (usize, i64)| {
        let first = attempts.iter().rev().nth(most - 1)?;
        Some(first + lasts).filter(|until| *until > now)
    };
    WINDOWS.into_iter().filter_map(of_window).max()
}

/// Drops what left its window, and what is ahead of the clock: that was a mistake of the clock.
fn drop_old(attempts: &mut VecDeque<i64>, since: i64, now: i64) {
    attempts.retain(|at| (since + 1..=now).contains(at));
}

fn digest(name: &str) -> [u8; 16] {
    let digest: [u8; 32] = Sha256::digest(name).into();
    let [half, _] = digest.as_chunks::<16>().0 else { return [0; 16] };
    *half
}

fn moment(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
}

impl Attempts {
    /// None yet.
    pub(super) fn new(crowd: Crowd) -> Self {
        Self { crowd, state: Mutex::default() }
    }

    /// From when on strangers are looked at again, where there were too many altogether.
    pub(super) fn crowded(&self, now: Timestamp) -> Option<Timestamp> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.crowded(self.crowd, now.as_microsecond())
    }

    /// Takes an attempt under `name`. What was before `since` does not count; strangers have a limit
    /// altogether as well.
    pub(super) fn take(
        &self,
        name: &str,
        since: Option<Timestamp>,
        is_stranger: bool,
        now: Timestamp,
    ) -> Result<(), TooMany> {
        let now = now.as_microsecond();
        let since = since.map_or(i64::MIN, Timestamp::as_microsecond).max(now - LONGEST);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = state.crowded(self.crowd, now).filter(|_| is_stranger) {
            return Err(TooMany::Altogether(until));
        }
        let State { names, strangers, forgot_at } = &mut *state;
        // Once a second at most: a flood of names must not cost more than it brings.
        if names.len() >= self.crowd.names && (now - *forgot_at).abs() >= SECOND {
            *forgot_at = now;
            names.retain(|_, attempts| {
                drop_old(attempts, now - LONGEST, now);
                !attempts.is_empty()
            });
        }
        let key = digest(name);
        if names.len() >= self.crowd.names && !names.contains_key(&key) {
            return Err(TooMany::Altogether(moment(now + 60 * SECOND)));
        }
        let attempts = names.entry(key).or_default();
        drop_old(attempts, since, now);
        if let Some(until) = next_after(attempts.make_contiguous(), now) {
            return Err(TooMany::OfName(moment(until)));
        }
        attempts.push_back(now);
        if is_stranger {
            strangers.push_back(now);
        }
        Ok(())
    }

    /// Forgets the attempts under `name`: one succeeded, or was not looked at after all.
    pub(super) fn succeeded(&self, name: &str, is_stranger: bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.names.remove(&digest(name));
        if is_stranger {
            state.strangers.pop_back();
        }
    }

    /// Gives back the last attempt under `name`, which was not looked at.
    pub(super) fn not_looked_at(&self, name: &str, is_stranger: bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(attempts) = state.names.get_mut(&digest(name)) {
            attempts.pop_back();
        }
        if is_stranger {
            state.strangers.pop_back();
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + seconds).unwrap()
    }

    #[test]
    fn five_a_minute_and_thirty_an_hour_are_looked_at() {
        let attempts = Attempts::new(Crowd::FEW);
        let mut looked_at = vec![];
        for second in 0..7200 {
            if attempts.take("a", None, true, at(second)).is_ok() {
                looked_at.push(second);
            }
        }
        assert_eq!(looked_at[..7], [0, 1, 2, 3, 4, 60, 61]);
        assert_eq!(looked_at.iter().filter(|second| **second < 3600).count(), 30);
        assert_eq!(looked_at.len(), 60);
        assert_eq!(attempts.take("a", None, true, at(7199)), Err(TooMany::OfName(at(7200))));
        assert_eq!(attempts.take("b", None, true, at(7199)), Ok(()));
    }

    #[test]
    fn what_was_before_a_lock_out_was_lifted_does_not_count() {
        let attempts = Attempts::new(Crowd::FEW);
        for _ in 0..5 {
            attempts.take("a", None, true, at(0)).unwrap();
        }
        assert!(attempts.take("a", None, true, at(1)).is_err());
        assert_eq!(attempts.take("a", Some(at(0)), true, at(1)), Ok(()));
    }

    #[test]
    fn strangers_have_a_limit_altogether_and_who_is_known_has_none() {
        let attempts = Attempts::new(Crowd::FEW);
        let taken = (0..1000).filter(|n| attempts.take(&n.to_string(), None, true, at(0)).is_ok());
        assert_eq!(taken.count(), Crowd::FEW.failures);
        let refused = attempts.take("new", None, true, at(30));
        assert_eq!(refused, Err(TooMany::Altogether(at(60))));
        assert_eq!(attempts.take("known", None, false, at(30)), Ok(()));
        assert_eq!(attempts.take("new", None, true, at(61)), Ok(()));
    }

    #[test]
    fn what_succeeded_or_was_not_looked_at_does_not_count() {
        let attempts = Attempts::new(Crowd::FEW);
        for _ in 0..1000 {
            attempts.take("right", None, true, at(0)).unwrap();
            attempts.succeeded("right", true);
            attempts.take("busy", None, true, at(0)).unwrap();
            attempts.not_looked_at("busy", true);
        }
    }

    #[test]
    fn a_clock_that_jumped_ahead_and_back_shuts_nobody_out() {
        let attempts = Attempts::new(Crowd::FEW);
        let year = SignedDuration::from_hours(366 * 24);
        for n in 0..1000 {
            let _ = attempts.take("a", None, true, at(0) + year);
            let _ = attempts.take(&n.to_string(), None, true, at(0) + year);
        }
        assert_eq!(attempts.take("a", None, true, at(0)), Ok(()));
    }

    #[test]
    fn there_are_never_more_names_than_a_bound() {
        let attempts = Attempts::new(Crowd::FEW);
        for n in 0..3 * Crowd::FEW.names {
            let second = i64::try_from(n).unwrap() / 10;
            let _ = attempts.take(&n.to_string(), None, false, at(second));
        }
        assert!(attempts.state.lock().unwrap().names.len() <= Crowd::FEW.names);
        assert_eq!(attempts.take("later", None, false, at(100_000)), Ok(()));
    }
}
