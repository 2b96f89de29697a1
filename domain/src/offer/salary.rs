//! What is paid, and how pay by the hour compares with pay by the year.

use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Invalid;

/// For how much work a salary is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PayPeriod {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A week.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
}

names! {
    PayPeriod { Hour = "hour", Day = "day", Week = "week", Month = "month", Year = "year" }
}

impl PayPeriod {
    /// How many of it are paid in a year of full-time work in France: 151.67 hours a month (35 a week), 218 days
    /// (Code du travail, art. L3121-64).
    pub const fn in_a_year(self) -> u64 {
        match self {
            Self::Hour => 1820,
            Self::Day => 218,
            Self::Week => 52,
            Self::Month => 12,
            Self::Year => 1,
        }
    }

    /// The period that an amount without one must be for, by its size in hundredths: nobody is paid 40,000 a day.
    pub const fn likely_for(cents: u64) -> Self {
        match cents / 100 {
            0..=99 => Self::Hour,
            100..=999 => Self::Day,
            1000..=9999 => Self::Month,
            _ => Self::Year,
        }
    }
}

/// A currency (ISO 4217): three capital letters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(String);

crate::value::text_value!(Currency, { "type": "string", "pattern": "^[A-Z]{3}$" });

impl Currency {
    /// The euro.
    pub fn euro() -> Self {
        Self("EUR".to_owned())
    }
}

impl FromStr for Currency {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let code = match text.trim() {
            "€" => "EUR".to_owned(),
            "£" => "GBP".to_owned(),
            "$" => "USD".to_owned(),
            other => other.to_ascii_uppercase(),
        };
        let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
        if is_code {
            Ok(Self(code))
        } else {
            Err(Invalid::Choice { allowed: "a code of ISO 4217: EUR" })
        }
    }
}

/// What is paid before deductions, in hundredths of the currency: from, to, or both.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "SalaryParts")]
#[schemars(!try_from)]
pub struct Salary {
    /// At least.
    #[serde(skip_serializing_if = "Option::is_none")]
    min_cents: Option<u64>,
    /// At most.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_cents: Option<u64>,
    /// In which currency.
    currency: Currency,
    /// For how much work.
    period: PayPeriod,
}

#[derive(Deserialize)]
struct SalaryParts {
    #[serde(default)]
    min_cents: Option<u64>,
    #[serde(default)]
    max_cents: Option<u64>,
    currency: Currency,
    period: PayPeriod,
}

impl TryFrom<SalaryParts> for Salary {
    type Error = Invalid;

    fn try_from(parts: SalaryParts) -> Result<Self, Invalid> {
        Self::new(parts.min_cents, parts.max_cents, parts.currency, parts.period)
    }
}

impl Salary {
    /// The highest amount, in hundredths.
    const MOST: u64 = 10_000_000_000;

    /// A salary; bounds that are the wrong way round are exchanged, and nothing paid is no salary.
    pub fn new(
        min_cents: Option<u64>,
        max_cents: Option<u64>,
        currency: Currency,
        period: PayPeriod,
    ) -> Result<Self, Invalid> {
        let paid = |cents: &u64| *cents > 0;
        let (min_cents, max_cents) = match (min_cents.filter(paid), max_cents.filter(paid)) {
            (None, None) => return Err(Invalid::Missing),
            (Some(min), Some(max)) => (Some(min.min(max)), Some(min.max(max))),
            bounds => bounds,
        };
        if min_cents.max(max_cents).is_some_and(|most| most > Self::MOST) {
            return Err(Invalid::Number { max: Self::MOST / 100 });
        }
        Ok(Self { min_cents, max_cents, currency, period })
    }

    /// At least, in hundredths.
    pub const fn min_cents(&self) -> Option<u64> {
        self.min_cents
    }

    /// At most, in hundredths.
    pub const fn max_cents(&self) -> Option<u64> {
        self.max_cents
    }

    /// In which currency.
    pub const fn currency(&self) -> &Currency {
        &self.currency
    }

    /// For how much work.
    pub const fn period(&self) -> PayPeriod {
        self.period
    }

    /// From and to for a year of full-time work, in whole units of the currency. Where one of them is not
    /// told, it is the other.
    pub fn yearly(&self) -> (u64, u64) {
        let yearly = |cents: u64| (cents * self.period.in_a_year()).div_ceil(100);
        let min = self.min_cents.or(self.max_cents).unwrap_or_default();
        (yearly(min), yearly(self.max_cents.unwrap_or(min)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn salary(min: u64, max: u64, period: PayPeriod) -> Salary {
        Salary::new(Some(min), Some(max), Currency::euro(), period).unwrap()
    }

    #[test]
    fn pay_of_any_period_compares_by_the_year() {
        assert_eq!(salary(1202, 1500, PayPeriod::Hour).yearly(), (21_877, 27_300));
        assert_eq!(salary(45_000, 60_000, PayPeriod::Day).yearly(), (98_100, 130_800));
        assert_eq!(salary(220_000, 0, PayPeriod::Month).yearly(), (26_400, 26_400));
        assert_eq!(salary(0, 4_200_000, PayPeriod::Year).yearly(), (42_000, 42_000));
    }

    #[test]
    fn bounds_are_put_in_order_and_nothing_is_no_salary() {
        assert_eq!(salary(5, 3, PayPeriod::Hour), salary(3, 5, PayPeriod::Hour));
        let none = Salary::new(Some(0), None, Currency::euro(), PayPeriod::Year);
        assert_eq!(none, Err(Invalid::Missing));
        let absurd = Salary::new(Some(u64::MAX), None, Currency::euro(), PayPeriod::Hour);
        assert!(absurd.is_err());
    }

    #[test]
    fn what_is_stored_goes_through_the_same_door() {
        let json = r#"{"min_cents":1202,"currency":"EUR","period":"hour"}"#;
        let salary: Salary = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&salary).unwrap(), json);
        let none = r#"{"currency":"EUR","period":"hour"}"#;
        assert!(serde_json::from_str::<Salary>(none).is_err());
    }

    #[rstest::rstest]
    #[case("eur", Some("EUR"))]
    #[case("€", Some("EUR"))]
    #[case("euros", None)]
    fn a_currency_is_a_code(#[case] text: &str, #[case] code: Option<&str>) {
        assert_eq!(text.parse::<Currency>().ok().as_ref().map(Currency::as_str), code);
    }
}
