//! Timestamps as text that sorts: fixed width, UTC, RFC 3339, microseconds.

use jiff::fmt::temporal::DateTimePrinter;
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

/// A text is not a timestamp.
#[derive(Debug, thiserror::Error)]
#[error("{text:?} is not a timestamp like 2026-11-20T22:24:14.000000Z")]
pub struct TimestampError {
    text: String,
    #[source]
    source: jiff::Error,
}

/// `2026-11-20T22:24:14.000000Z`: 27 characters for the years 0 to 9999, so that text order is time
/// order. What is finer than a microsecond is cut off.
pub fn timestamp_text(at: Timestamp) -> String {
    const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(6));
    PRINTER.timestamp_to_string(&to_micros(at))
}

/// Reads what [`timestamp_text`] wrote, and any other RFC 3339 timestamp.
pub fn parse_timestamp(text: &str) -> Result<Timestamp, TimestampError> {
    text.parse().map_err(|source| TimestampError { text: text.to_owned(), source })
}

/// Cuts off what is finer than a microsecond, as the log keeps time.
pub(crate) fn to_micros(at: Timestamp) -> Timestamp {
    let cut = TimestampRound::new().smallest(Unit::Microsecond).mode(RoundMode::Trunc);
    at.round(cut).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_has_a_fixed_width_and_sorts_as_text() {
        let second: Timestamp = "2026-11-20T22:24:14Z".parse().unwrap();
        let later: Timestamp = "2026-11-20T22:24:14.123456789Z".parse().unwrap();
        assert_eq!(timestamp_text(second), "2026-11-20T22:24:14.000000Z");
        assert_eq!(timestamp_text(later), "2026-11-20T22:24:14.123456Z");
        assert!(timestamp_text(second) < timestamp_text(later));
    }

    #[test]
    fn what_was_written_is_read_again() {
        let at: Timestamp = "2026-11-20T22:24:14.000001Z".parse().unwrap();
        assert_eq!(parse_timestamp(&timestamp_text(at)).unwrap(), at);
        assert!(parse_timestamp("yesterday").is_err());
    }
}
