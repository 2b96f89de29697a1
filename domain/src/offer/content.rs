//! What an offer says.

use std::str::FromStr;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Contract, OfferText, Remote, Salary, WorkingTime, city};
use crate::words::fold;
use crate::{EmailAddress, Invalid, Language, Line, Personal, Siret, WebAddress};

/// A place of work.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct OfferPlace {
    /// As whoever offers writes it.
    #[schemars(extend("x-personal" = false))]
    pub text: Line<200>,
    /// Its postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-personal" = false))]
    pub postal_code: Option<Line<16>>,
    /// Its country (ISO 3166-1): two capital letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
}

impl OfferPlace {
    /// The city, made readable.
    pub fn city(&self) -> String {
        city::city(self.text.as_str())
    }
}

/// A country (ISO 3166-1 alpha-2): two capital letters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country(String);

crate::value::text_value!(Country, { "type": "string", "pattern": "^[A-Z]{2}$" });

impl FromStr for Country {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let code = match fold(text.trim()).as_str() {
            "france" | "fra" => "FR".to_owned(),
            code => code.to_ascii_uppercase(),
        };
        let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
        let refused = Invalid::Choice { allowed: "a code of ISO 3166-1: FR" };
        if is_code { Ok(Self(code)) } else { Err(refused) }
    }
}

/// What an offer says. Its texts are published to everyone by whoever offers, and are searched as they are, so
/// they belong to nobody; the address to which one applies may be a person's, and is sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OfferContent {
    /// What the job is called.
    #[schemars(extend("x-personal" = false))]
    pub title: Line<300>,
    /// Who offers it.
    #[schemars(extend("x-personal" = false))]
    pub company: Line<200>,
    /// Where one works; none where one works from anywhere, or nobody says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<OfferPlace>,
    /// Whether one may work from elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<Remote>,
    /// The contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<Contract>,
    /// The hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_time: Option<WorkingTime>,
    /// What is paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salary: Option<Salary>,
    /// What there is to do, for whom, with whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<OfferText>,
    /// What one should know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<Skill>,
    /// The language of its texts, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// When it was published, as its source says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posted_at: Option<Timestamp>,
    /// Until when one may apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_through: Option<Timestamp>,
    /// Its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-personal" = false))]
    pub url: Option<WebAddress>,
    /// The page on which it was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-personal" = false))]
    pub source_url: Option<WebAddress>,
    /// The address to which one applies by e-mail: the form of this service sends there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-subject" = true))]
    pub apply_email: Option<Personal<EmailAddress>>,
    /// The establishment that hires: an application through the form of this service is addressed to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub siret: Option<Siret>,
}

/// Something that one should know, in a few words.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("x-personal" = false))]
pub struct Skill(Line<80>);

impl Skill {
    /// The words.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for Skill {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        text.parse().map(Self)
    }
}

impl OfferContent {
    /// Whether it says all that the form of this service needs. Whether that may send there is a
    /// matter of its source.
    pub const fn applies_here(&self) -> bool {
        self.apply_email.is_some() && self.siret.is_some()
    }

    /// An offer about which nothing else is known.
    pub fn new(title: Line<300>, company: Line<200>) -> Self {
        Self {
            title,
            company,
            places: vec![],
            remote: None,
            contract: None,
            working_time: None,
            salary: None,
            description: None,
            skills: vec![],
            language: None,
            posted_at: None,
            valid_through: None,
            url: None,
            source_url: None,
            apply_email: None,
            siret: None,
        }
    }

    /// The city of the first place, made readable.
    pub fn city(&self) -> String {
        self.places.first().map_or_else(|| city::NO_CITY.to_owned(), OfferPlace::city)
    }

    /// Whether one may apply at that time, as far as it says.
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        self.valid_through.is_none_or(|last| now <= last)
    }
}
