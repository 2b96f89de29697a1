//! What an offer says, in the words of a page.

use domain::Language;
use domain::offer::{Contract, NO_CITY, PayPeriod, Remote, WorkingTime};
use jiff::Timestamp;
use projections::offers::OfferRow;
use web::lang::Lang;

pub(crate) fn contract(contract: Contract, lang: Lang) -> &'static str {
    match contract {
        Contract::Permanent => lang.t("offers-permanent"),
        Contract::FixedTerm => lang.t("offers-fixed-term"),
        Contract::Temporary => lang.t("offers-temporary"),
        Contract::Apprenticeship => lang.t("offers-apprenticeship"),
        Contract::Internship => lang.t("offers-internship"),
        Contract::Freelance => lang.t("offers-freelance"),
        Contract::Volunteer => lang.t("offers-volunteer"),
        Contract::Other => lang.t("offers-other-contract"),
    }
}

pub(crate) fn remote(remote: Remote, lang: Lang) -> &'static str {
    match remote {
        Remote::None => lang.t("offers-on-site"),
        Remote::Hybrid => lang.t("offers-hybrid"),
        Remote::Full => lang.t("offers-remote"),
    }
}

fn working_time(time: WorkingTime, lang: Lang) -> &'static str {
    match time {
        WorkingTime::FullTime => lang.t("offers-full-time"),
        WorkingTime::PartTime => lang.t("offers-part-time"),
    }
}

/// A day as a page tells it.
pub(crate) fn day(at: Timestamp, lang: Lang) -> String {
    texts::day(at.to_zoned(texts::default_zone()).date(), lang.0)
}

/// The place, or the city where it says no more.
pub(crate) fn place(row: &OfferRow) -> &str {
    let written = row.place.as_deref().unwrap_or_default();
    if row.city == NO_CITY { written } else { &row.city }
}

/// What one should know at once: contract, hours, from where, pay.
pub(crate) fn terms(row: &OfferRow, lang: Lang) -> Vec<String> {
    let mut terms: Vec<String> = vec![];
    terms.extend(row.contract.map(|it| contract(it, lang).to_owned()));
    terms.extend(row.working_time.map(|it| working_time(it, lang).to_owned()));
    let is_elsewhere = |remote: &Remote| *remote != Remote::None;
    terms.extend(row.remote.filter(is_elsewhere).map(|it| remote(it, lang).to_owned()));
    terms.extend(salary(row, lang));
    terms
}

/// What is paid.
pub(crate) fn salary(row: &OfferRow, lang: Lang) -> Option<String> {
    let (currency, period) = (row.salary_currency.as_deref()?, row.salary_period?);
    let amount = |cents: i64| money(cents, currency, lang);
    let amounts = match (row.salary_min, row.salary_max) {
        (Some(min), Some(max)) if min == max => amount(min),
        (Some(min), Some(max)) => {
            lang.with("offers-from-to", (("from", &number(min, lang)), ("to", &amount(max))))
        }
        (Some(min), None) => lang.with("offers-from", ("amount", &amount(min))),
        (None, Some(max)) => lang.with("offers-up-to", ("amount", &amount(max))),
        (None, None) => return None,
    };
    Some(match period {
        PayPeriod::Hour => lang.with("offers-an-hour", ("amount", &amounts)),
        PayPeriod::Day => lang.with("offers-a-day", ("amount", &amounts)),
        PayPeriod::Week => lang.with("offers-a-week", ("amount", &amounts)),
        PayPeriod::Month => lang.with("offers-a-month", ("amount", &amounts)),
        PayPeriod::Year => lang.with("offers-a-year", ("amount", &amounts)),
    })
}

/// An amount with its currency, where the language has it.
fn money(cents: i64, currency: &str, lang: Lang) -> String {
    let sign = match currency {
        "EUR" => "€",
        "GBP" => "£",
        "USD" => "$",
        other => other,
    };
    let amount = number(cents, lang);
    match lang.0 {
        Language::Fr => format!("{amount}\u{a0}{sign}"),
        Language::En if sign.chars().count() == 1 => format!("{sign}{amount}"),
        Language::En => format!("{sign}\u{a0}{amount}"),
    }
}

/// Hundredths as a number of whole units, with a fraction where there is one.
fn number(cents: i64, lang: Lang) -> String {
    let (group, point) = match lang.0 {
        Language::Fr => ('\u{202f}', ','),
        Language::En => (',', '.'),
    };
    let whole = grouped(cents / 100, group);
    match cents % 100 {
        0 => whole,
        rest => format!("{whole}{point}{rest:02}"),
    }
}

/// A whole number with a sign between its thousands.
pub(crate) fn count(number: u64, lang: Lang) -> String {
    let group = match lang.0 {
        Language::Fr => '\u{202f}',
        Language::En => ',',
    };
    grouped(i64::try_from(number).unwrap_or(i64::MAX), group)
}

fn grouped(number: i64, group: char) -> String {
    let digits = number.to_string();
    let mut written = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            written.push(group);
        }
        written.push(digit);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case(1202, "12,02\u{a0}€", "€12.02")]
    #[case(220_000, "2\u{202f}200\u{a0}€", "€2,200")]
    #[case(4_200_000, "42\u{202f}000\u{a0}€", "€42,000")]
    #[case(99_900, "999\u{a0}€", "€999")]
    fn money_is_written_as_the_language_has_it(
        #[case] cents: i64,
        #[case] french: &str,
        #[case] english: &str,
    ) {
        assert_eq!(money(cents, "EUR", Lang(Language::Fr)), french);
        assert_eq!(money(cents, "EUR", Lang(Language::En)), english);
    }
}
