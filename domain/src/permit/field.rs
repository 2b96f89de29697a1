//! What the form of a dossier says under one label.

use std::str::FromStr;

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::dates;
use crate::{Department, Invalid, Line, Personal, Prose};

/// The name of a field in the mapping: `date_de_fin_apt`, for instance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FieldKey(String);

impl FieldKey {
    /// The first day of the permit.
    pub const VALID_FROM: &'static str = "date_de_debut_apt";
    /// The last day of the permit.
    pub const VALID_TO: &'static str = "date_de_fin_apt";
    /// The last day of the residence title.
    pub const TITLE_EXPIRES: &'static str = "date_dexpiration_titre_sejour";
    /// The department on the residence title.
    pub const DEPARTMENT: &'static str = "departement_titre_de_sejour";
    /// The nationality.
    pub const NATIONALITY: &'static str = "nationalite";
    /// The type of contract.
    pub const CONTRACT: &'static str = "type_de_contrat";
    /// The first name.
    pub const FIRST_NAME: &'static str = "prenom";
    /// The last name.
    pub const LAST_NAME: &'static str = "nom";
    /// The date of birth.
    pub const BIRTH_DATE: &'static str = "date_de_naissance";
    /// The address of the one who is to work.
    pub const EMAIL: &'static str = "e_mail";
    /// The employer, as the form calls it.
    pub const EMPLOYER: &'static str = "employeur";

    /// The fields whose values belong to no person by themselves, and are searched and counted as they are.
    pub const OPEN: [&'static str; 6] = [
        Self::VALID_FROM,
        Self::VALID_TO,
        Self::TITLE_EXPIRES,
        Self::DEPARTMENT,
        Self::NATIONALITY,
        Self::CONTRACT,
    ];

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn is_open(&self) -> bool {
        Self::OPEN.contains(&self.as_str())
    }
}

impl FromStr for FieldKey {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let is_known =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if text.is_empty() {
            Err(Invalid::Missing)
        } else if text.len() > 64 {
            Err(Invalid::TooLong { max: 64 })
        } else if text.bytes().all(is_known) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::Choice { allowed: "lower-case letters a to z, digits, underscores" })
        }
    }
}

impl TryFrom<String> for FieldKey {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<FieldKey> for String {
    fn from(key: FieldKey) -> Self {
        key.0
    }
}

impl JsonSchema for FieldKey {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "FieldKey".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[a-z0-9_]{1,64}$", "x-personal": false })
    }
}

/// How what a form says is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// As it is.
    Text,
    /// A day: `2027-05-10`, `10/05/2027` or `10 mai 2027`.
    Date,
    /// A number: `1500`, `1 500,50`, with or without a euro sign.
    Number,
    /// A French department: its number, also before or behind its name.
    Department,
    /// One of few words that a list offers.
    Choice,
}

names! {
    FieldKind {
        Text = "text",
        Date = "date",
        Number = "number",
        Department = "department",
        Choice = "choice",
    }
}

/// What the form of a dossier says under one label; neither value stands here where it says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Field {
    /// Which field it is.
    pub key: FieldKey,
    /// What it says, where that belongs to no person by itself: a date as `2027-05-10`, a department by
    /// its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-personal" = false))]
    pub open: Option<Line<80>>,
    /// What it says otherwise: a date as `2027-05-10`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Personal<Prose<100_000>>>,
    /// Whether that cannot be read as what it should be, and is kept as it was written.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unreadable: bool,
}

impl Field {
    /// Reads what a form says. What is too long to be kept is refused.
    pub fn read(key: FieldKey, kind: FieldKind, text: &str) -> Result<Self, Invalid> {
        let text = crate::as_seen(text);
        let text = text.trim();
        let mut field = Self { key, open: None, value: None, unreadable: false };
        if text.is_empty() {
            return Ok(field);
        }
        let read = kind.read(text);
        field.unreadable = read.is_none();
        match read.as_deref().map(str::parse::<Line<80>>) {
            Some(Ok(open)) if field.key.is_open() => field.open = Some(open),
            // It may be anything that somebody typed.
            _ => field.value = Some(Personal::new(read.as_deref().unwrap_or(text).parse()?)),
        }
        Ok(field)
    }

    /// What it says, as text; empty where it says nothing.
    pub fn text(&self) -> &str {
        let value = || self.value.as_ref().map_or("", |value| value.reveal().as_str());
        self.open.as_ref().map_or_else(value, Line::as_str)
    }

    /// The day that it says.
    pub fn date(&self) -> Option<Date> {
        if self.unreadable { None } else { self.text().parse().ok() }
    }
}

impl FieldKind {
    /// What a text says as one of this kind; `None` where it cannot be read as that.
    fn read(self, text: &str) -> Option<String> {
        match self {
            Self::Text => Some(text.to_owned()),
            Self::Date => day(text).map(|day| day.to_string()),
            Self::Number => number(text),
            Self::Department => Department::named_in(text).map(Into::into),
            Self::Choice => {
                let is_word = |c: char| c.is_alphanumeric() || " '’-,().&/".contains(c);
                let is_one = text.chars().count() <= 80 && text.chars().all(is_word);
                is_one.then(|| text.to_owned())
            }
        }
    }
}

/// The day that a text says, as people and programs write it.
fn day(text: &str) -> Option<Date> {
    // A time may stand behind it.
    if let Some(day) = text.get(..10).and_then(|day| day.parse().ok()) {
        return Some(day);
    }
    // Which century two digits mean, nobody knows.
    let has_year = text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() == 4);
    dates::date(text).ok().filter(|_| has_year)
}

fn number(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '€').collect();
    let text = text.replace(',', ".");
    let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    (is_number && is_plain).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(key: &str, kind: FieldKind, text: &str) -> Field {
        Field::read(key.parse().unwrap(), kind, text).unwrap()
    }

    #[rstest::rstest]
    #[case("1978-12-20", Some("1978-12-20"))]
    #[case("2026-10-01T10:00:00+02:00", Some("2026-10-01"))]
    #[case("20 décembre 1978", Some("1978-12-20"))]
    #[case("1er août 2026", Some("2026-08-01"))]
    #[case("20/12/1978", Some("1978-12-20"))]
    #[case("20.12.1978", Some("1978-12-20"))]
    #[case("31/02/2026", None)]
    #[case("20/12/78", None)]
    #[case("demain", None)]
    fn a_day_is_read_as_people_write_it(#[case] text: &str, #[case] day: Option<&str>) {
        let field = read(FieldKey::VALID_TO, FieldKind::Date, text);
        assert_eq!(field.open.as_ref().map(Line::as_str), day, "{text}");
        assert_eq!(field.unreadable, day.is_none());
        // What may be anything is kept as somebody's.
        let kept = field.value.map(|value| value.reveal().as_str().to_owned());
        assert_eq!(kept.as_deref(), day.is_none().then_some(text));
    }

    #[rstest::rstest]
    #[case("1 500,50 €", "1500.50", false)]
    #[case("21", "21", false)]
    #[case("le SMIC", "le SMIC", true)]
    fn a_number_is_read_as_people_write_it(
        #[case] text: &str,
        #[case] kept: &str,
        #[case] unreadable: bool,
    ) {
        let field = read("salaire_brut", FieldKind::Number, text);
        assert_eq!((field.text(), field.unreadable), (kept, unreadable));
        assert_eq!(field.open, None, "a salary is somebody's");
    }

    #[test]
    fn what_is_typed_where_a_list_should_be_is_kept_as_somebodys() {
        let field = read(FieldKey::NATIONALITY, FieldKind::Choice, "Côte d'Ivoire");
        assert_eq!(field.open.as_ref().map(Line::as_str), Some("Côte d'Ivoire"));
        let field = read(FieldKey::NATIONALITY, FieldKind::Choice, "ask camille@example.org");
        assert_eq!((field.open, field.unreadable), (None, true));
        assert!(field.value.is_some());
    }

    #[test]
    fn a_form_that_says_nothing_is_no_mistake() {
        let field = read("prenom", FieldKind::Text, " \u{200b} ");
        assert_eq!((field.text(), field.unreadable), ("", false));
    }
}
