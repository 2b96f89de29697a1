use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// A French department by its number: two digits, `2A`, `2B`, or three digits from 971 on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Department(String);

super::text_value!(Department, { "type": "string", "pattern": "^([0-9]{2}|2[AB]|9[78][0-9])$" });

impl Department {
    /// The department that a text names by its number, which may stand before or behind its name: `75`,
    /// `75 - Paris`, `Corse-du-Sud (2a)`, `7`. `None` where it names none, or several.
    pub fn named_in(text: &str) -> Option<Self> {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        let mut found = words.filter_map(|word| word.parse().ok());
        let (first, second) = (found.next(), found.next());
        // A digit alone is written with a zero in front.
        let alone = || {
            let digit = text.trim().parse::<u8>().ok().filter(|it| (1..=9).contains(it))?;
            Some(Self(format!("0{digit}")))
        };
        first.or_else(alone).filter(|_| second.is_none())
    }
}

impl FromStr for Department {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim().to_ascii_uppercase();
        let is_one = match text.as_bytes() {
            [b'2', b'A' | b'B'] => true,
            [a, b] => (*a, *b) != (b'0', b'0') && a.is_ascii_digit() && b.is_ascii_digit(),
            [b'9', b'7' | b'8', c] => c.is_ascii_digit(),
            _ => false,
        };
        let allowed = "the numbers of departments: two digits, 2A, 2B, three digits from 971 on";
        if is_one { Ok(Self(text)) } else { Err(Invalid::Choice { allowed }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("75", Some("75"))]
    #[case("75 - Paris", Some("75"))]
    #[case("Corse-du-Sud (2a)", Some("2A"))]
    #[case("974", Some("974"))]
    #[case("7", Some("07"))]
    #[case("00", None)]
    #[case("Paris", None)]
    #[case("75 ou 92", None)]
    fn a_department_is_found_by_its_number(#[case] text: &str, #[case] number: Option<&str>) {
        assert_eq!(Department::named_in(text).as_ref().map(Department::as_str), number, "{text}");
    }
}
