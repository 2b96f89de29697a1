//! A month of a CV.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// A month, as CVs tell times: `YYYY-MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: u16,
    month: u8,
}

impl FromStr for Month {
    type Err = Invalid;

    /// Reads `2026-03` and `03/2026`; a whole date is the month that it is in.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let (year, month) = match text.split_once('/') {
            Some((month, year)) => (year, month),
            None => text.split_once('-').ok_or(Invalid::Month)?,
        };
        let month = month.split_once('-').map_or(month, |(month, _)| month);
        let is_number =
            |it: &str, digits| it.len() == digits && it.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(year, 4) || !is_number(month, 2) {
            return Err(Invalid::Month);
        }
        match (year.parse().ok(), month.parse().ok()) {
            (Some(year @ 1900..=2100), Some(month @ 1..=12)) => Ok(Self { year, month }),
            _ => Err(Invalid::Month),
        }
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl TryFrom<String> for Month {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("2026-03", Some("2026-03"))]
    #[case(" 2019-12-31 ", Some("2019-12"))]
    #[case("2026-13", None)]
    #[case("2026-3", None)]
    #[case("03/2026", Some("2026-03"))]
    #[case("03/26", None)]
    #[case("1789-07", None)]
    #[case("", None)]
    fn a_month_is_read_as_cvs_write_it(#[case] text: &str, #[case] month: Option<&str>) {
        assert_eq!(text.parse::<Month>().ok().map(|it| it.to_string()).as_deref(), month);
    }
}
