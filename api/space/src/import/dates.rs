//! Dates as other trackers write them.

use jiff::civil::Date;

/// Which comes first in `03/04/2026`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum First {
    Day,
    Month,
}

const MONTHS: [&[&str]; 12] = [
    &["jan", "janv", "janvier", "january"],
    &["feb", "fev", "fevr", "fevrier", "february"],
    &["mar", "mars", "march"],
    &["apr", "avr", "avril", "april"],
    &["may", "mai"],
    &["jun", "juin", "june"],
    &["jul", "juil", "juillet", "july"],
    &["aug", "aout", "august"],
    &["sep", "sept", "septembre", "september"],
    &["oct", "octobre", "october"],
    &["nov", "novembre", "november"],
    &["dec", "decembre", "december"],
];

/// Three numbers that are parted by signs; none has a zero before three others, as no year has.
fn numbers(text: &str) -> Option<[i16; 3]> {
    let day = text.split([' ', 'T']).next()?;
    let parts: Vec<&str> = day.split(['/', '.', '-']).filter(|it| !it.is_empty()).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    if parts.iter().any(|it| it.len() > 2 && it.starts_with('0')) {
        return None;
    }
    Some([a.parse().ok()?, b.parse().ok()?, c.parse().ok()?])
}

/// Which comes first, by all dates of a column: the month, where some second number is no month.
pub(crate) fn first<'a>(texts: impl Iterator<Item = &'a str>) -> First {
    let mut order = First::Day;
    for [a, b, _] in texts.filter_map(numbers) {
        if (13..=31).contains(&a) {
            return First::Day;
        }
        if a <= 12 && (13..=31).contains(&b) {
            order = First::Month;
        }
    }
    order
}

/// The date that a text says.
pub(crate) fn date(text: &str, first: First) -> Option<Date> {
    let part = |it: i16| i8::try_from(it).ok();
    let year = |it: i16| if it < 100 { 2000 + it } else { it };
    let of = |year: i16, month: i16, day: i16| Date::new(year, part(month)?, part(day)?).ok();
    let found = match numbers(text) {
        Some([a, b, c]) if a > 31 => of(a, b, c),
        Some([a, b, c]) if first == First::Month => of(year(c), a, b),
        Some([a, b, c]) => of(year(c), b, a),
        None if text.contains(char::is_alphabetic) => in_words(text),
        None => None,
    };
    found.filter(|date| (1900..=2199).contains(&date.year()))
}

/// `18 nov. 2026`, `November 18, 2026`, `mer. 18 novembre 2026 à 10:00`.
fn in_words(text: &str) -> Option<Date> {
    let text = domain::words::fold(text);
    let (mut day, mut month, mut year) = (None, None, None);
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty()) {
        let digits = word.trim_end_matches(|c: char| c.is_alphabetic());
        match digits.parse::<i16>() {
            Ok(number) if number > 31 => year = year.or(Some(number)),
            Ok(number) => day = day.or(Some(number)),
            Err(_) => {
                let of = MONTHS.iter().position(|names| names.contains(&word));
                month = month.or(of.and_then(|it| i8::try_from(it + 1).ok()));
            }
        }
    }
    Date::new(year?, month?, i8::try_from(day?).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("2026-11-18")]
    #[case("2026-11-18T09:30:00Z")]
    #[case("2026/11/18")]
    #[case("18/11/2026")]
    #[case("18.11.26")]
    #[case("18-11-2026 09:30")]
    #[case("18 nov. 2026")]
    #[case("mercredi 18 novembre 2026 à 10:00")]
    #[case("November 18, 2026")]
    #[case("Nov 18th 2026")]
    fn a_date_is_read_in_the_ways_of_trackers(#[case] text: &str) {
        assert_eq!(date(text, First::Day), Some("2026-11-18".parse().unwrap()));
    }

    #[test]
    fn whether_the_month_comes_first_is_seen_in_the_whole_column() {
        assert_eq!(first(["03/04/2026", "11/18/2026"].into_iter()), First::Month);
        assert_eq!(first(["03/04/2026", "18/11/2026"].into_iter()), First::Day);
        assert_eq!(date("03/04/2026", First::Month), Some("2026-03-04".parse().unwrap()));
        assert_eq!(date("03/04/2026", First::Day), Some("2026-04-03".parse().unwrap()));
    }

    #[rstest::rstest]
    #[case("")]
    #[case("hier")]
    #[case("31/02/2026")]
    #[case("18/11/0026")]
    #[case("99999999999/1/1")]
    fn what_is_no_date_is_none(#[case] text: &str) {
        assert_eq!(date(text, First::Day), None);
    }
}
