use std::str::FromStr;

use phonenumber::{Mode, PhoneNumber, Type};
use serde::{Deserialize, Serialize};

use crate::value::typed;
use crate::{Forgettable, Invalid};

/// A phone number that can exist, kept as typed: at most 32 characters. A number without a country
/// prefix is French, of the mainland or of an overseas territory whose numbers have ten digits.
/// Checked against the numbering plans of libphonenumber.
///
/// The door takes away what comes along with a copied number (invisible characters, `tel:`, "Tél."),
/// and takes an extension behind it, which [`Phone::e164`] leaves out.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

super::text_value!(Phone, { "type": "string", "minLength": 1, "maxLength": 32 }, Phone::stored);

impl Forgettable for Phone {
    /// Kept free for fiction by the French numbering plan.
    const PLACEHOLDER: &'static str = "+33 1 99 00 00 00";
}

/// The French numbers that lead overseas, by their first digits after the 0, and the country prefix
/// that they have there (ARCEP, plan national de numérotation).
const OVERSEAS: [(&[&str], &str); 5] = [
    (&["590", "690", "691"], "590"), // Guadeloupe and the northern islands
    (&["594", "694"], "594"),        // French Guiana
    (&["596", "696", "697"], "596"), // Martinique
    (&["262", "263", "269", "639", "692", "693"], "262"), // Réunion and Mayotte
    (&["508", "708"], "508"),        // Saint-Pierre-et-Miquelon
];

/// What people write before a number.
const LABELS: [&str; 10] =
    ["tel", "tél", "telephone", "téléphone", "phone", "mobile", "mob", "portable", "port", "fixe"];

/// What people write between a number and its extension.
const EXTENSIONS: [&str; 6] = [";ext=", "extension", "ext", "poste", "x", "#"];

impl Phone {
    /// The longest number, in characters.
    pub const MAX: usize = 32;

    /// The number in ITU-T E.164 form, `+33123456789`, for `tel:` links.
    pub fn e164(&self) -> String {
        number(&self.0)
            .map_or_else(|| self.0.clone(), |number| number.format().mode(Mode::E164).to_string())
    }

    /// A number that was taken before, as it is.
    fn stored(text: &str) -> Result<Self, Invalid> {
        if text.chars().count() > Self::MAX {
            return Err(Invalid::TooLong { max: Self::MAX });
        }
        if text.chars().any(char::is_control) || text.is_empty() {
            return Err(Invalid::Phone);
        }
        Ok(Self(text.to_owned()))
    }

    /// Whether it is one of a mobile phone, by the numbering plan of its country; where a country
    /// gives both the same numbers, it counts as one.
    pub fn is_mobile(&self) -> bool {
        is_mobile(&self.e164())
    }
}

/// Mayotte has the country code of La Réunion, whose numbers alone the library knows.
const MAYOTTE_MOBILE: &str = "+262639";

fn is_mobile(e164: &str) -> bool {
    let kind = phonenumber::parse(None, e164)
        .map(|number| number.number_type(&phonenumber::metadata::DATABASE));
    e164.starts_with(MAYOTTE_MOBILE) || matches!(kind, Ok(Type::Mobile | Type::FixedLineOrMobile))
}

impl FromStr for Phone {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let typed = typed::keyboard(text);
        let typed = without_label(typed.trim());
        let typed = typed.split_whitespace().collect::<Vec<_>>().join(" ");
        let phone = Self::stored(&typed)?;
        let (number_alone, _) = without_extension(&typed);
        let usual = |c: char| c.is_ascii_digit() || "+().-/,_·• ".contains(c);
        let exists = number_alone.chars().all(usual) && number(&typed).is_some();
        if exists { Ok(phone) } else { Err(Invalid::Phone) }
    }
}

/// The number without "tel:", "Tél. :" and the like before it.
fn without_label(text: &str) -> &str {
    let begins = text.find(|c: char| c.is_ascii_digit() || matches!(c, '+' | '('));
    let (before, rest) = text.split_at(begins.unwrap_or(0));
    let label = before.trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ':'));
    if LABELS.contains(&label.to_lowercase().as_str()) { rest } else { text }
}

/// The number, and its extension of up to six digits.
fn without_extension(text: &str) -> (&str, Option<&str>) {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let extension = &text[digits.len()..];
    if !(1..=6).contains(&extension.len()) {
        return (text, None);
    }
    let lead = digits.trim_end_matches([' ', '.', ':']);
    let ends = |mark: &&str| {
        let place = lead.len().checked_sub(mark.len());
        place.and_then(|place| lead.get(place..)).is_some_and(|end| end.eq_ignore_ascii_case(mark))
    };
    match EXTENSIONS.iter().find(|mark| ends(mark)) {
        Some(mark) => {
            let number = &lead[..lead.len() - mark.len()];
            (number.trim_end_matches([' ', ',', ';', '-']), Some(extension))
        }
        None => (text, None),
    }
}

/// The number that exists, as it is dialled from anywhere.
fn number(text: &str) -> Option<PhoneNumber> {
    let (text, _) = without_extension(text);
    let text = text.trim_start_matches(['(', ' ']);
    let of_digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    // The 0 of the country's own calls, as many write it behind the prefix.
    let from_abroad = of_digits(&text.replace("(0)", ""));
    let digits = if text.starts_with('+') {
        format!("00{from_abroad}")
    } else if from_abroad.starts_with("00") {
        from_abroad
    } else {
        of_digits(text)
    };
    match digits.strip_prefix("00") {
        Some(abroad) => match abroad.strip_prefix("33") {
            Some(national) => french(national.trim_start_matches('0')),
            None => existing("", abroad),
        },
        // Some write the prefix of France without anything before it.
        None if digits.len() == 11 && digits.starts_with("33") => french(&digits[2..]),
        None => french(digits.strip_prefix('0').unwrap_or(&digits)),
    }
}

/// A French number, by what follows its 0.
fn french(national: &str) -> Option<PhoneNumber> {
    let leads = |starts: &[&str]| starts.iter().any(|start| national.starts_with(start));
    match OVERSEAS.iter().find(|(starts, _)| national.len() == 9 && leads(starts)) {
        Some((_, prefix)) => existing(prefix, national),
        None => existing("33", national),
    }
}

/// The number of these digits, if a numbering plan has it.
fn existing(prefix: &str, national: &str) -> Option<PhoneNumber> {
    phonenumber::parse(None, format!("+{prefix}{national}")).ok().filter(PhoneNumber::is_valid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[rstest::rstest]
    #[case("01 23 45 67 89", Some("+33123456789"))]
    #[case("06.12.34.56.78", Some("+33612345678"))]
    #[case("+33 (0)6 12 34 56 78", Some("+33612345678"))]
    #[case("+44 20 7946 0958", Some("+442079460958"))]
    #[case("0033 6 12 34 56 78", Some("+33612345678"))]
    #[case("0033 (0)6 12 34 56 78", Some("+33612345678"))]
    #[case("+33 06 12 34 56 78", Some("+33612345678"))]
    #[case("(+33) 6 12 34 56 78", Some("+33612345678"))]
    #[case("33 6 12 34 56 78", Some("+33612345678"))]
    #[case("06/12/34/56/78", Some("+33612345678"))]
    #[case("06-12-34-56-78", Some("+33612345678"))]
    #[case("6 12 34 56 78", Some("+33612345678"))]
    #[case("0800 12 34 56", Some("+33800123456"))]
    #[case("09 72 12 34 56", Some("+33972123456"))]
    #[case("+32 470 12 34 56", Some("+32470123456"))]
    #[case("0032 (0)470/12.34.56", Some("+32470123456"))]
    #[case("+41 79 123 45 67", Some("+41791234567"))]
    #[case("+41 (0)22 715 00 00", Some("+41227150000"))]
    #[case("+352 621 123 456", Some("+352621123456"))]
    #[case("+212 6 12 34 56 78", Some("+212612345678"))]
    #[case("+687 26 12 34", Some("+687261234"))]
    #[case("+689 87 12 34 56", Some("+68987123456"))]
    #[case("12", None)]
    #[case("15", None)]
    #[case("3949", None)]
    #[case("06 12 34 56 7", None)]
    #[case("06 12 34 56 78 9", None)]
    #[case("06 12 34 56 78 / 01 23 45 67 89", None)]
    #[case("26 12 34", None)] // there are three countries that it may be in
    #[case("phone me", None)]
    #[case("", None)]
    #[case("01 23 45 67 89\r\nX: y", None)]
    #[case("0123456789012345678901234567890123", None)]
    fn a_number_follows_a_numbering_plan(#[case] text: &str, #[case] e164: Option<&str>) {
        assert_eq!(text.parse::<Phone>().ok().map(|phone| phone.e164()).as_deref(), e164);
    }

    #[rstest::rstest]
    #[case("0590 20 12 34", "+590590201234")]
    #[case("0690 12 34 56", "+590690123456")]
    #[case("0691 28 12 34", "+590691281234")]
    #[case("0594 28 12 34", "+594594281234")]
    #[case("0694 12 34 56", "+594694123456")]
    #[case("0596 50 12 34", "+596596501234")]
    #[case("0696 12 34 56", "+596696123456")]
    #[case("0697 12 34 56", "+596697123456")]
    #[case("0262 20 12 34", "+262262201234")]
    #[case("0263 12 34 56", "+262263123456")]
    #[case("0692 12 34 56", "+262692123456")]
    #[case("0693 12 34 56", "+262693123456")]
    #[case("0269 61 12 34", "+262269611234")]
    #[case("0639 20 12 34", "+262639201234")]
    #[case("0508 41 12 34", "+508508411234")]
    #[case("0708 40 12 34", "+508708401234")]
    #[case("+33 690 12 34 56", "+590690123456")]
    #[case("00596 696 12 34 56", "+596696123456")]
    #[case("696.12.34.56", "+596696123456")]
    fn a_number_of_a_territory_overseas_is_dialled_there(#[case] text: &str, #[case] e164: &str) {
        assert_eq!(text.parse::<Phone>().unwrap().e164(), e164);
    }

    #[rstest::rstest]
    #[case("\u{202d}06 12 34 56 78\u{202c}", "06 12 34 56 78")]
    #[case("\u{2068}06 12 34 56 78\u{2069}", "06 12 34 56 78")]
    #[case("\u{feff}06\u{a0}12\u{202f}34\u{2009}56\u{200b}78", "06 12 34 5678")]
    #[case("06\u{2011}12\u{2013}34\t56 78", "06-12-34 56 78")]
    #[case("\u{ff0b}33 6 12 34 56 78", "+33 6 12 34 56 78")]
    #[case("tel:+33612345678", "+33612345678")]
    #[case("Tél. : 06 12 34 56 78", "06 12 34 56 78")]
    #[case("Mobile 06 12 34 56 78", "06 12 34 56 78")]
    #[case("01 23 45 67 89 poste 12", "01 23 45 67 89 poste 12")]
    #[case("+33 1 23 45 67 89 ext. 12", "+33 1 23 45 67 89 ext. 12")]
    #[case("+33123456789;ext=12", "+33123456789;ext=12")]
    fn what_comes_along_with_a_number_is_taken_away(#[case] typed: &str, #[case] kept: &str) {
        let phone: Phone = typed.parse().unwrap();
        assert_eq!(phone.as_str(), kept);
        assert!(["+33612345678", "+33123456789"].contains(&phone.e164().as_str()));
    }

    #[test]
    fn what_was_taken_before_stays_readable_as_it_is() {
        for text in ["0596 00 00 00", "06\u{a0}12 34 56 78"] {
            assert_eq!(Phone::try_from(text.to_owned()).map(String::from), Ok(text.to_owned()));
        }
    }

    #[test]
    fn a_mobile_number_is_told_from_a_fixed_one_overseas_too() {
        for mobile in ["+33612345678", "+590690123456", "+262692123456", "+262639123456"] {
            assert!(is_mobile(mobile), "{mobile}");
        }
        for fixed in ["+33123456789", "+590590123456", "+262262123456", "+262269612345", "nothing"]
        {
            assert!(!is_mobile(fixed), "{fixed}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,60}|[0-9+(). ]{0,40}|(tel:|Tél. )?0[1-9] ?[0-9]{8}( poste [0-9])?") {
            if let Ok(phone) = text.parse::<Phone>() {
                prop_assert!(phone.e164().starts_with('+'));
                prop_assert_eq!(phone.as_str().parse::<Phone>(), Ok(phone));
            }
        }
    }
}
