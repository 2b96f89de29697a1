//! Whether a permit holds, by its number and a date of birth: the same look for programs and for people.
//!
//! Pairs of a number and a date could be tried out, so a network may look 20 times a minute, and of each
//! number ten wrong dates may be tried on a day, whether there is such a permit or not. An unknown number,
//! another date and a permit that is over are one and the same answer.

pub(crate) mod api;
pub(crate) mod page;

use commands::Try;
use event_store::DbError;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use projections::permits::validity::{self, ValidityRow};
use projections::permits::{ZONE, day_in_paris};
use web::App;
use web::networks::Network;

/// What came of a look.
pub(crate) enum Look {
    /// There is such a permit, and it holds today.
    Holds(Box<ValidityRow>),
    /// There is none, or it is over.
    Nothing,
    /// The network looks too often: the seconds to wait.
    TooOften(u64),
    /// Too many dates were tried for this number today: the seconds to wait.
    UsedUp(u64),
}

/// Looks for the permit with this number and date of birth. A date that no calendar has is nobody's.
pub(crate) async fn look(
    app: &App,
    network: Network,
    number: u64,
    birth_date: Option<Date>,
) -> Result<Look, DbError> {
    if let Some(seconds) = app.request_limits.permit_checks.refused_for(network) {
        return Ok(Look::TooOften(seconds));
    }
    let now = app.commands.now();
    let (day, key) = (day_in_paris(now), number.to_string());
    let permits = app.commands.permits();
    if matches!(permits.take_try(&key, day).await?, Try::UsedUp) {
        return Ok(Look::UsedUp(seconds_of_day_left(now)));
    }
    let log = app.commands.log();
    match validity::check(log, number, birth_date.unwrap_or(Date::MIN), day).await? {
        None => Ok(Look::Nothing),
        Some(row) => {
            permits.give_try_back(&key, day).await?;
            Ok(Look::Holds(Box::new(row)))
        }
    }
}

/// The number in a text of digits. No permit has one of more digits than a number has here: all of those
/// are one.
pub(crate) fn number(digits: &str) -> Option<u64> {
    let is_number =
        (1..=100).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

/// How long it is until midnight in Paris, rounded up.
fn seconds_of_day_left(now: Timestamp) -> u64 {
    let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
    let midnight = now.to_zoned(zone.clone()).date().tomorrow().and_then(|it| it.to_zoned(zone));
    let left =
        midnight.map_or(1, |midnight| midnight.timestamp().duration_since(now).as_secs() + 1);
    left.unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("12345", Some(12345))]
    #[case("0012345", Some(12345))]
    #[case("0000000000", Some(0))]
    #[case("99999999999999999999999999", Some(u64::MAX))]
    #[case("", None)]
    #[case("12a", None)]
    #[case("+12", None)]
    #[case("-12", None)]
    #[case("१२", None)]
    fn a_number_is_digits_however_many(#[case] text: &str, #[case] read: Option<u64>) {
        assert_eq!(number(text), read);
    }

    #[rstest::rstest]
    #[case("2026-11-27T22:59:59Z", 2)]
    #[case("2026-11-27T23:00:00Z", 86_401)]
    // The day on which the clocks go back has an hour more.
    #[case("2026-10-24T22:00:00Z", 90_001)]
    fn a_day_ends_at_midnight_in_paris(#[case] now: &str, #[case] left: u64) {
        assert_eq!(seconds_of_day_left(now.parse().unwrap()), left);
    }
}
