//! Trust in the clock: what retention deletes never comes back, so that a clock that jumped ahead must
//! delete nothing before somebody could set it right.
//!
//! The clock is compared with how long the machine's own counter ran since retention looked last. After
//! a start it is compared with what is written down, since nobody counted while nothing ran.

use std::time::Duration;

use event_store::{Db, DbError, args, parse_timestamp};
use jiff::{SignedDuration, Timestamp};

/// How far the clock may gain on the counter between two looks: a machine that slept gains.
const GAIN: SignedDuration = SignedDuration::from_hours(1);
/// How long nothing may have run for the clock to be trusted at once.
const PAUSE: SignedDuration = SignedDuration::from_hours(3 * 24);
/// After so long the clock is taken for right: nobody set it back.
const DOUBT: Duration = Duration::from_hours(24);

/// What is known of the clock, in this process.
#[derive(Debug)]
pub(super) struct Trust {
    /// When it was trusted last, by itself and by the counter.
    last: (Timestamp, Duration),
    /// How far it may be ahead of both.
    allowed: SignedDuration,
    /// Since when it is not trusted, by the counter.
    doubted: Option<Duration>,
}

/// Whether to go by the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is right, as far as can be told.
    Trusted,
    /// It is ahead by so much; said once.
    Doubted(SignedDuration),
    /// The same as before.
    StillDoubted,
}

impl Trust {
    /// The clock was right at `last`, before this process.
    pub(super) const fn since(last: Timestamp, counter: Duration) -> Self {
        Self { last: (last, counter), allowed: PAUSE, doubted: None }
    }

    /// Looks at the clock, and at a counter that no clock moves.
    pub(super) fn look(&mut self, now: Timestamp, counter: Duration) -> Verdict {
        let (last, then) = self.last;
        let ran = SignedDuration::try_from(counter.saturating_sub(then));
        let ahead = now.duration_since(last) - ran.unwrap_or(SignedDuration::MAX);
        let is_over = |since| counter.saturating_sub(since) >= DOUBT;
        match self.doubted {
            _ if ahead <= self.allowed => {}
            Some(since) if is_over(since) => {}
            Some(_) => return Verdict::StillDoubted,
            None => {
                self.doubted = Some(counter);
                return Verdict::Doubted(ahead);
            }
        }
        *self = Self { last: (now, counter), allowed: GAIN, doubted: None };
        Verdict::Trusted
    }
}

const READ: &str = "SELECT looked_at FROM retention_clock WHERE id = 1";
/// Before retention ever looked, the log says when the clock was right.
const NEWEST: &str = "
    SELECT recorded_at
    FROM events
    ORDER BY position DESC
    LIMIT 1";
const WRITE: &str = "
    INSERT INTO retention_clock (id, looked_at)
    VALUES (1, $1)
    ON CONFLICT (id) DO UPDATE SET looked_at = excluded.looked_at";

/// When the clock was right, as far as is written down.
pub(super) async fn last(db: &Db) -> Result<Option<Timestamp>, DbError> {
    let looked: Option<(String,)> = db.fetch_optional(READ, args![]).await?;
    let text = match looked {
        Some((looked_at,)) => Some(looked_at),
        None => db.fetch_optional::<(String,)>(NEWEST, args![]).await?.map(|(newest,)| newest),
    };
    Ok(text.and_then(|text| parse_timestamp(&text).ok()))
}

/// Writes down that the clock was trusted.
pub(super) async fn trusted(db: &Db, now: Timestamp) -> Result<(), DbError> {
    db.execute(WRITE, args![now]).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn days(days: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * days)
    }

    #[test]
    fn a_clock_that_goes_with_the_counter_is_trusted() {
        let mut trust = Trust::since(days(100), HOUR);
        for hour in 0..100 {
            let now = days(102) + SignedDuration::from_hours(hour);
            let counter = HOUR * u32::try_from(hour + 1).unwrap();
            assert_eq!(trust.look(now, counter), Verdict::Trusted, "{hour}");
        }
    }

    #[test]
    fn one_that_jumped_ahead_is_not_for_a_day_and_then_is() {
        let mut trust = Trust::since(days(100), HOUR);
        assert_eq!(trust.look(days(100), HOUR), Verdict::Trusted);
        let jumped = days(466);
        let at = |hours: i64| jumped + SignedDuration::from_hours(hours);
        assert!(matches!(trust.look(at(0), HOUR * 2), Verdict::Doubted(_)));
        assert_eq!(trust.look(at(1), HOUR * 3), Verdict::StillDoubted);
        assert_eq!(trust.look(at(23), HOUR * 25), Verdict::StillDoubted);
        assert_eq!(trust.look(at(24), HOUR * 26), Verdict::Trusted);
        assert_eq!(trust.look(at(25), HOUR * 27), Verdict::Trusted);
    }

    #[test]
    fn one_that_is_set_right_is_trusted_at_once_and_doubted_again_when_it_jumps_again() {
        let mut trust = Trust::since(days(100), HOUR);
        assert!(matches!(trust.look(days(466), HOUR), Verdict::Doubted(_)));
        let right = |hours: i64| days(100) + SignedDuration::from_hours(hours);
        assert_eq!(trust.look(right(1), HOUR * 2), Verdict::Trusted);
        assert!(matches!(trust.look(days(466), HOUR * 3), Verdict::Doubted(_)));
        assert_eq!(trust.look(right(3), HOUR * 4), Verdict::Trusted);
    }

    #[test]
    fn one_that_is_set_back_is_trusted() {
        let mut trust = Trust::since(days(466), HOUR);
        assert_eq!(trust.look(days(100), HOUR), Verdict::Trusted);
        assert_eq!(trust.look(days(100), HOUR), Verdict::Trusted);
    }

    #[test]
    fn after_a_long_time_without_the_service_nothing_goes_for_a_day() {
        let mut trust = Trust::since(days(100), Duration::ZERO);
        assert!(matches!(trust.look(days(104), Duration::ZERO), Verdict::Doubted(_)));
        assert_eq!(trust.look(days(105), HOUR * 24), Verdict::Trusted);
    }
}
