//! A circuit breaker: a service that does not answer is left alone for a while, instead of being
//! asked by everything that waits for it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Failures in a row that open it.
const FAILURES: u32 = 5;
/// How long it is open at first; twice as long each time after a probe that failed.
const FIRST: SignedDuration = SignedDuration::from_secs(30);
/// The longest it is open.
const LONGEST: SignedDuration = SignedDuration::from_mins(10);

/// The state of the circuit to a service: whether it may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Circuit {
    /// Calls pass.
    Closed,
    /// One call passes, to see whether the service answers again.
    HalfOpen,
    /// No call passes before this time.
    Open {
        /// When one may try.
        until: Timestamp,
    },
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    opened: u32,
    until: Option<Timestamp>,
    probing_since: Option<Timestamp>,
}

/// What is known of a service's health, in this process.
#[derive(Debug, Default)]
pub(crate) struct Breaker(Mutex<State>);

impl Breaker {
    /// Whether the service may be asked now; changes nothing.
    pub(crate) fn circuit(&self, now: Timestamp) -> Circuit {
        let state = self.state();
        match (state.until, state.probing_since) {
            (None, _) => Circuit::Closed,
            // One that is open for longer was opened when the clock was wrong.
            (Some(until), _) if now < until && until <= now + LONGEST => Circuit::Open { until },
            // A probe that never came back does not keep it open for ever.
            (Some(_), Some(since)) if since <= now && now < since + FIRST => {
                Circuit::Open { until: since + FIRST }
            }
            (Some(_), _) => Circuit::HalfOpen,
        }
    }

    /// Lets a call pass, or says until when none does.
    pub(crate) fn pass(&self, now: Timestamp) -> Result<(), Timestamp> {
        match self.circuit(now) {
            Circuit::Closed => Ok(()),
            Circuit::Open { until } => Err(until),
            Circuit::HalfOpen => {
                self.state().probing_since = Some(now);
                Ok(())
            }
        }
    }

    /// The service answered, whatever it said.
    pub(crate) fn answered(&self) {
        *self.state() = State::default();
    }

    /// The service did not answer, or said that it cannot.
    pub(crate) fn failed(&self, now: Timestamp) {
        let mut state = self.state();
        state.failures += 1;
        let probed = state.probing_since.take().is_some();
        if state.until.is_some() && !probed {
            return; // under way since before it was opened
        }
        if probed || state.failures >= FAILURES {
            let lasts = FIRST.saturating_mul(1 << state.opened.min(10)).min(LONGEST);
            state.opened += 1;
            state.until = Some(now + lasts);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::examples::minutes;

    fn seconds(seconds: i64) -> Timestamp {
        minutes(0) + SignedDuration::from_secs(seconds)
    }

    #[test]
    fn five_failures_in_a_row_open_it_and_one_probe_closes_it_again() {
        let breaker = Breaker::default();
        for _ in 0..4 {
            breaker.failed(seconds(0));
        }
        breaker.answered();
        for _ in 0..5 {
            assert_eq!(breaker.pass(seconds(0)), Ok(()));
            breaker.failed(seconds(0));
        }
        assert_eq!(breaker.pass(seconds(29)), Err(seconds(30)));
        assert_eq!(breaker.circuit(seconds(30)), Circuit::HalfOpen);
        assert_eq!(breaker.pass(seconds(30)), Ok(()));
        assert_eq!(breaker.pass(seconds(31)), Err(seconds(60)), "one probes, the others wait");
        breaker.answered();
        assert_eq!(breaker.circuit(seconds(31)), Circuit::Closed);
    }

    #[test]
    fn a_probe_that_fails_keeps_it_open_for_twice_as_long_up_to_ten_minutes() {
        let breaker = Breaker::default();
        for _ in 0..5 {
            breaker.failed(seconds(0));
        }
        let mut at = 30;
        for lasts in [60, 120, 240, 480, 600, 600] {
            assert_eq!(breaker.pass(seconds(at)), Ok(()));
            breaker.failed(seconds(at));
            assert_eq!(breaker.pass(seconds(at + 1)), Err(seconds(at + lasts)));
            at += lasts;
        }
    }

    #[test]
    fn a_probe_that_is_lost_is_made_again() {
        let breaker = Breaker::default();
        for _ in 0..5 {
            breaker.failed(seconds(0));
        }
        assert_eq!(breaker.pass(seconds(40)), Ok(()));
        assert_eq!(breaker.pass(seconds(69)), Err(seconds(70)));
        assert_eq!(breaker.pass(seconds(70)), Ok(()));
    }

    #[test]
    fn one_that_was_opened_while_the_clock_was_ahead_lets_a_probe_pass_when_it_is_right() {
        let breaker = Breaker::default();
        let year = 366 * 24 * 3600;
        for _ in 0..5 {
            breaker.failed(seconds(year));
        }
        assert_eq!(breaker.pass(seconds(year + 1)), Err(seconds(year + 30)));
        assert_eq!(breaker.pass(seconds(0)), Ok(()));
        assert_eq!(breaker.pass(seconds(1)), Err(seconds(30)), "one probes, the others wait");
        // So does one whose probe was under way.
        breaker.failed(seconds(1));
        assert_eq!(breaker.pass(seconds(year)), Ok(()));
        assert_eq!(breaker.pass(seconds(2)), Err(seconds(61)));
        assert_eq!(breaker.pass(seconds(61)), Ok(()));
    }
}
