//! Numbers and amounts, as each language writes them.

use domain::Language;

use crate::Wording as _;

/// An amount with its currency, where the language has it.
pub fn money(cents: i64, currency: &str, language: Language) -> String {
    let number = hundredths(cents, language);
    match currency {
        "EUR" => language.with("common-amount-with-sign", (("number", &number), ("sign", "€"))),
        "GBP" => language.with("common-amount-with-sign", (("number", &number), ("sign", "£"))),
        "USD" => language.with("common-amount-with-sign", (("number", &number), ("sign", "$"))),
        code => language.with("common-amount-with-code", (("number", &number), ("code", code))),
    }
}

/// Hundredths as a number of whole units, with a fraction where there is one.
pub fn hundredths(cents: i64, language: Language) -> String {
    let whole = grouped(cents / 100, language);
    match cents % 100 {
        0 => whole,
        rest => format!("{whole}{}{rest:02}", language.t("common-number-point")),
    }
}

/// A whole number with a sign between its thousands.
pub fn count(number: u64, language: Language) -> String {
    grouped(i64::try_from(number).unwrap_or(i64::MAX), language)
}

fn grouped(number: i64, language: Language) -> String {
    let digits = number.to_string();
    let mut written = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            written.push_str(language.t("common-number-group"));
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
        assert_eq!(money(cents, "EUR", Language::Fr), french);
        assert_eq!(money(cents, "EUR", Language::En), english);
    }
}
