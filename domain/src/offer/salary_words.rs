//! What is paid, as sources write it in words.

use super::{Currency, PayPeriod, Salary};
use crate::words;

/// Words for a period, folded.
const PERIODS: [(PayPeriod, &[&str]); 5] = [
    (PayPeriod::Hour, &["heure", "heures", "horaire", "hour", "hourly", "h"]),
    (PayPeriod::Day, &["jour", "jours", "journalier", "tjm", "day", "daily", "j"]),
    (PayPeriod::Week, &["semaine", "hebdomadaire", "week", "weekly"]),
    (PayPeriod::Month, &["mois", "mensuel", "mensuels", "month", "monthly"]),
    (
        PayPeriod::Year,
        &["an", "ans", "annuel", "annuels", "annee", "year", "yearly", "annum", "annual"],
    ),
];

impl PayPeriod {
    /// The period that a text speaks of first: `MONTH`, `par an`, `per-hour-wage`.
    pub fn said_in(text: &str) -> Option<Self> {
        words::tokens(text).iter().find_map(|word| {
            let said = |(_, words): &&(Self, &[&str])| words.contains(&word.as_str());
            PERIODS.iter().find(said).map(|(period, _)| *period)
        })
    }
}

impl Salary {
    /// The salary that a text tells: `35 000 - 40 000 € par an`, `12,02 € de l’heure`, `35k€ à 45k€`,
    /// `Mensuel de 2200.0 Euros sur 12.0 mois`. `None` where it tells no amount.
    pub fn said_in(text: &str) -> Option<Self> {
        let folded = words::fold(text);
        // For how many months a year is paid is no amount.
        let (amounts_in, _) = folded.split_once(" sur ").unwrap_or((&folded, ""));
        let amounts = amounts(amounts_in);
        let (min, max) = match *amounts.as_slice() {
            [] => return None,
            [one] => (one, None),
            [min, max, ..] => (min, Some(max)),
        };
        let period = PayPeriod::said_in(amounts_in).or_else(|| PayPeriod::said_in(&folded));
        let signs = [("£", "GBP"), ("gbp", "GBP"), ("$", "USD"), ("usd", "USD"), ("chf", "CHF")];
        let sign = signs.iter().find(|(sign, _)| folded.contains(sign));
        let currency = sign.and_then(|(_, code)| code.parse().ok()).unwrap_or_else(Currency::euro);
        let period = period.unwrap_or_else(|| PayPeriod::likely_for(min));
        Self::new(Some(min), max, currency, period).ok()
    }
}

/// As many letters as tell what is counted after a number.
const WORDS_AFTER: usize = 8;

/// The amounts in a folded text, in hundredths: with separators between thousands, a decimal comma or point, and
/// `k` for thousands.
fn amounts(text: &str) -> Vec<u64> {
    let chars: Vec<_> = text.chars().collect();
    let (mut amounts, mut at) = (vec![], 0);
    while at < chars.len() {
        if !chars[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let (cents, end) = amount(&chars, at);
        let next = chars[end..].iter().find(|c| !c.is_whitespace());
        // Hours of a week, a percentage, months, years of experience.
        let after = chars[end..].iter().skip_while(|c| c.is_whitespace());
        let after: String = after.take(WORDS_AFTER).collect();
        let is_other = matches!(next, Some('h' | '%'))
            || ["ans ", "an d", "years", "mois d", "jours de"]
                .iter()
                .any(|it| after.starts_with(it));
        if cents >= 500 && !is_other {
            amounts.push(cents);
        }
        at = end;
    }
    // `35-40 k€` is about thousands on both sides.
    if let [min, max, ..] = amounts.as_mut_slice()
        && *max >= 1_000_000
        && *min < 100_000
        && *min * 1000 <= *max
    {
        *min *= 1000;
    }
    amounts
}

/// The amount that begins there, and where it ends.
fn amount(chars: &[char], begin: usize) -> (u64, usize) {
    let digits = |from: usize| chars[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let number = |from: usize, count: usize| -> u64 {
        chars[from..from + count].iter().take(12).collect::<String>().parse().unwrap_or_default()
    };
    let count = digits(begin);
    let (mut whole, mut at) = (number(begin, count), begin + count);
    // Groups of three behind a separator belong to it.
    while at + 3 < chars.len() + 1
        && matches!(chars.get(at), Some(' ' | '.' | ',' | '\'' | '’'))
        && digits(at + 1) == 3
        && whole < 1_000_000
        && count <= 3
    {
        whole = whole * 1000 + number(at + 1, 3);
        at += 4;
    }
    let mut cents = whole.saturating_mul(100);
    if matches!(chars.get(at), Some('.' | ',')) {
        let count = digits(at + 1);
        if (1..=2).contains(&count) {
            cents += number(at + 1, count) * if count == 1 { 10 } else { 1 };
            at += 1 + count;
        }
    }
    let unit = chars[at..].iter().position(|c| !c.is_whitespace()).unwrap_or_default();
    if chars.get(at + unit) == Some(&'k') {
        (cents.saturating_mul(1000), at + unit + 1)
    } else {
        (cents, at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("35 000 - 40 000 € par an", (3_500_000, Some(4_000_000)), PayPeriod::Year)]
    #[case("35\u{202f}000 € à 40\u{a0}000 € brut annuel", (3_500_000, Some(4_000_000)), PayPeriod::Year)]
    #[case("Annuel de 30000.0 Euros à 35000.0 Euros sur 12.0 mois", (3_000_000, Some(3_500_000)), PayPeriod::Year)]
    #[case("Mensuel de 2200.0 Euros sur 12.0 mois", (220_000, None), PayPeriod::Month)]
    #[case("12,02 € de l’heure", (1202, None), PayPeriod::Hour)]
    #[case("Horaire de 11.88 Euros", (1188, None), PayPeriod::Hour)]
    #[case("35k€ à 45k€", (3_500_000, Some(4_500_000)), PayPeriod::Year)]
    #[case("35-40 k€", (3_500_000, Some(4_000_000)), PayPeriod::Year)]
    #[case("TJM 450 €", (45_000, None), PayPeriod::Day)]
    #[case("2.200 €/mois", (220_000, None), PayPeriod::Month)]
    #[case("$120,000 a year", (12_000_000, None), PayPeriod::Year)]
    fn a_salary_is_read_as_sources_write_it(
        #[case] text: &str,
        #[case] bounds: (u64, Option<u64>),
        #[case] period: PayPeriod,
    ) {
        let salary = Salary::said_in(text).unwrap();
        let (min, max) = bounds;
        assert_eq!((salary.min_cents(), salary.max_cents()), (Some(min), max), "{text}");
        assert_eq!(salary.period(), period, "{text}");
    }

    #[rstest::rstest]
    #[case("Selon profil")]
    #[case("35h par semaine")]
    #[case("2 ans d’expérience")]
    #[case("")]
    fn a_text_without_an_amount_tells_no_salary(#[case] text: &str) {
        assert_eq!(Salary::said_in(text), None, "{text}");
    }

    #[test]
    fn a_currency_is_read_by_its_sign() {
        let salary = Salary::said_in("£40,000 per year").unwrap();
        assert_eq!(salary.currency().as_str(), "GBP");
    }

    #[test]
    fn long_rows_of_digits_are_harmless() {
        let _ = Salary::said_in("99999999999999999999999999999999 € 9 999 999 999 999 999 999 k€");
    }
}
