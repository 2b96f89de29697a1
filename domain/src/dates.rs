//! Dates and times as people type them, where a browser has no picker or there is no browser.

use jiff::civil::{Date, Time};
use unicode_normalization::UnicodeNormalization as _;

use crate::Invalid;
use crate::value::typed;

/// The names of the months in French and in English, without accents.
const MONTHS: [[&str; 2]; 12] = [
    ["janvier", "january"],
    ["fevrier", "february"],
    ["mars", "march"],
    ["avril", "april"],
    ["mai", "may"],
    ["juin", "june"],
    ["juillet", "july"],
    ["aout", "august"],
    ["septembre", "september"],
    ["octobre", "october"],
    ["novembre", "november"],
    ["decembre", "december"],
];

/// The day that somebody typed: `2027-03-25`, `25/03/2027` with any sign in between, `25/3/27`,
/// `25 mars 2027`. The day comes before the month.
pub fn date(text: &str) -> Result<Date, Invalid> {
    let text = typed::keyboard(text);
    let text = text.trim();
    text.parse().ok().or_else(|| parted(text)).ok_or(Invalid::Date)
}

fn parted(text: &str) -> Option<Date> {
    let between = |c: char| matches!(c, '/' | '.' | '-' | ',') || c.is_whitespace();
    let parts: Vec<_> = text.split(between).filter(|part| !part.is_empty()).collect();
    let (day, month, year) = match *parts.as_slice() {
        [year, month, day] if year.len() == 4 && all_digits(year) => (day, month, year),
        [day, month, year] => (day, month, year),
        _ => return None,
    };
    let day = day.strip_suffix("er").unwrap_or(day);
    let year: i16 = match year.len() {
        2 => number(year)?.checked_add(2000)?,
        4 => number(year)?,
        _ => return None,
    };
    let month = number(month).or_else(|| month_named(month))?;
    Date::new(year, month.try_into().ok()?, number(day)?.try_into().ok()?).ok()
}

/// The month that this is the name of, or the beginning of the name, of three letters at least.
fn month_named(text: &str) -> Option<i16> {
    let plain: String = text.nfd().filter(char::is_ascii_alphabetic).collect();
    let begins = |name: &&str| name.starts_with(&plain.to_ascii_lowercase());
    let mut found = (1..).zip(MONTHS).filter(|(_, names)| names.iter().any(begins));
    let (month, _) = found.next().filter(|_| plain.len() >= 3)?;
    found.next().is_none().then_some(month)
}

/// The time of day that somebody typed: `14:30`, `14h30`, `14 h 30`, `14h`, `2:30 pm`.
pub fn time(text: &str) -> Result<Time, Invalid> {
    let text = typed::keyboard(text).trim().to_lowercase();
    text.parse().ok().or_else(|| spoken(&text)).ok_or(Invalid::Time)
}

fn spoken(text: &str) -> Option<Time> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (compact, half) =
        match compact.replace('.', ":").replace("a:m:", "am").replace("p:m:", "pm") {
            text if text.ends_with("am") => (text[..text.len() - 2].to_owned(), Some(0)),
            text if text.ends_with("pm") => (text[..text.len() - 2].to_owned(), Some(12)),
            text => (text, None),
        };
    let compact = compact.trim_end_matches("min").trim_end_matches("mn");
    let (hour, minute) = match compact.split_once([':', 'h']) {
        Some((hour, minute)) => (hour, minute),
        None => (half.map(|_| compact)?, ""), // a number alone may be anything
    };
    let minute = match minute.len() {
        0 => 0,
        2 => number(minute)?,
        _ => return None,
    };
    let hour = match (number(hour)?, half) {
        (hour, None) => hour,
        (hour @ 1..=12, Some(half)) => hour % 12 + half,
        _ => return None,
    };
    Time::new(hour.try_into().ok()?, minute.try_into().ok()?, 0, 0).ok()
}

fn number(digits: &str) -> Option<i16> {
    if all_digits(digits) { digits.parse().ok() } else { None }
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[rstest::rstest]
    #[case("2027-03-25")]
    #[case("25/03/2027")]
    #[case("25.03.2027")]
    #[case("25-03-2027")]
    #[case("25 03 2027")]
    #[case("25/3/2027")]
    #[case("25/03/27")]
    #[case("2027/03/25")]
    #[case("25\u{2011}03\u{2011}2027")]
    #[case("\u{a0}25\u{202f}/\u{202f}03\u{202f}/\u{202f}2027\u{200b}")]
    #[case("25 mars 2027")]
    #[case("25 March 2027")]
    #[case("25 mar. 2027")]
    fn a_day_is_read_as_it_is_written(#[case] text: &str) {
        assert_eq!(date(text), Ok(Date::constant(2027, 3, 25)));
    }

    #[rstest::rstest]
    #[case("1er août 2027", Ok(Date::constant(2027, 8, 1)))]
    #[case("3 FÉVRIER 2027", Ok(Date::constant(2027, 2, 3)))]
    #[case("03/04/2027", Ok(Date::constant(2027, 4, 3)))]
    #[case("29/02/2028", Ok(Date::constant(2028, 2, 29)))]
    #[case("29/02/2027", Err(Invalid::Date))]
    #[case("03/25/2027", Err(Invalid::Date))]
    #[case("25/03", Err(Invalid::Date))]
    #[case("25/03/027", Err(Invalid::Date))]
    #[case("3 jui 2027", Err(Invalid::Date))] // June or July
    #[case("3 ma 2027", Err(Invalid::Date))]
    #[case("", Err(Invalid::Date))]
    fn a_day_that_does_not_exist_is_none(#[case] text: &str, #[case] day: Result<Date, Invalid>) {
        assert_eq!(date(text), day);
    }

    #[rstest::rstest]
    #[case("14:30")]
    #[case("14:30:00")]
    #[case("14h30")]
    #[case("14 h 30")]
    #[case("14\u{a0}h\u{a0}30")]
    #[case("14H30")]
    #[case("14.30")]
    #[case("14h30min")]
    #[case("2:30 pm")]
    #[case("2.30 p.m.")]
    fn a_time_is_read_as_it_is_written(#[case] text: &str) {
        assert_eq!(time(text), Ok(Time::constant(14, 30, 0, 0)));
    }

    #[rstest::rstest]
    #[case("9h", Ok(Time::constant(9, 0, 0, 0)))]
    #[case("9:05", Ok(Time::constant(9, 5, 0, 0)))]
    #[case("12 am", Ok(Time::constant(0, 0, 0, 0)))]
    #[case("12pm", Ok(Time::constant(12, 0, 0, 0)))]
    #[case("25:00", Err(Invalid::Time))]
    #[case("14h3", Err(Invalid::Time))]
    #[case("14:60", Err(Invalid::Time))]
    #[case("14 pm", Err(Invalid::Time))]
    #[case("soon", Err(Invalid::Time))]
    fn a_time_that_does_not_exist_is_none(#[case] text: &str, #[case] at: Result<Time, Invalid>) {
        assert_eq!(time(text), at);
    }

    proptest! {
        #[test]
        fn every_day_and_time_is_read_back(year in 2000_i16..2100, month in 1_i8..13, day in 1_i8..29, hour in 0_i8..24, minute in 0_i8..60) {
            let the_day = Date::constant(year, month, day);
            prop_assert_eq!(date(&format!("{day:02}/{month:02}/{year}")), Ok(the_day));
            prop_assert_eq!(date(&the_day.to_string()), Ok(the_day));
            let the_time = Time::constant(hour, minute, 0, 0);
            prop_assert_eq!(time(&format!("{hour} h {minute:02}")), Ok(the_time));
            prop_assert_eq!(time(&the_time.to_string()), Ok(the_time));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,30}|[0-9hap:. /-]{0,12}") {
            let _ = (date(&text), time(&text));
        }
    }
}
