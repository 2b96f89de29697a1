//! What somebody looks for.

use std::collections::HashSet;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::offer::{Contract, PayPeriod, Remote, WorkingTime};
use crate::personal::Forgettable;
use crate::words::fold;
use crate::{Invalid, Line};

/// So many keywords an alert has at most.
pub const MAX_KEYWORDS: usize = 20;

/// What parts keywords in a text.
const SEPARATORS: [char; 4] = [',', ';', '\n', '\r'];

/// The highest amount of a salary, in whole units.
const MOST: u64 = 100_000_000;

/// A type of job: the hours, or the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobType {
    /// All of the week.
    FullTime,
    /// A part of it.
    PartTime,
    /// Without an end (CDI).
    Permanent,
    /// Until a day (CDD).
    FixedTerm,
    /// For an agency (intérim).
    Temporary,
    /// With a school (alternance).
    Apprenticeship,
    /// An internship (stage).
    Internship,
    /// On one's own account.
    Freelance,
    /// For a time, employed or on one's own account.
    Contract,
}

names! {
    JobType {
        FullTime = "full_time",
        PartTime = "part_time",
        Permanent = "permanent",
        FixedTerm = "fixed_term",
        Temporary = "temporary",
        Apprenticeship = "apprenticeship",
        Internship = "internship",
        Freelance = "freelance",
        Contract = "contract",
    }
}

impl JobType {
    /// The hours that it means.
    pub const fn working_time(self) -> Option<WorkingTime> {
        match self {
            Self::FullTime => Some(WorkingTime::FullTime),
            Self::PartTime => Some(WorkingTime::PartTime),
            _ => None,
        }
    }

    /// The contracts that it means.
    pub const fn contracts(self) -> &'static [Contract] {
        match self {
            Self::FullTime | Self::PartTime => &[],
            Self::Permanent => &[Contract::Permanent],
            Self::FixedTerm => &[Contract::FixedTerm],
            Self::Temporary => &[Contract::Temporary],
            Self::Apprenticeship => &[Contract::Apprenticeship],
            Self::Internship => &[Contract::Internship],
            Self::Freelance => &[Contract::Freelance],
            Self::Contract => &[Contract::FixedTerm, Contract::Freelance],
        }
    }

    /// What an offer is, in one of these words: its hours, else its contract.
    pub fn of(working_time: Option<WorkingTime>, contract: Option<Contract>) -> Option<Self> {
        let of_contract = contract.and_then(|contract| match contract {
            Contract::Permanent => Some(Self::Permanent),
            Contract::FixedTerm => Some(Self::FixedTerm),
            Contract::Temporary => Some(Self::Temporary),
            Contract::Apprenticeship => Some(Self::Apprenticeship),
            Contract::Internship => Some(Self::Internship),
            Contract::Freelance => Some(Self::Freelance),
            Contract::Volunteer | Contract::Other => None,
        });
        let of_hours = working_time.map(|time| match time {
            WorkingTime::FullTime => Self::FullTime,
            WorkingTime::PartTime => Self::PartTime,
        });
        // That it is an internship, or for an agency, says more than its hours.
        of_contract.filter(|it| *it != Self::Permanent).or(of_hours).or(of_contract)
    }

    /// Reads its name in any case.
    pub fn read(text: &str) -> Result<Self, Invalid> {
        text.trim().to_ascii_lowercase().replace('-', "_").parse()
    }
}

/// From where one works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LocationType {
    /// Where the employer is; so is an offer that says nothing of it.
    OnSite,
    /// There on some days.
    Hybrid,
    /// From anywhere.
    Remote,
}

names! {
    LocationType { OnSite = "on_site", Hybrid = "hybrid", Remote = "remote" }
}

impl LocationType {
    /// What an offer says of it.
    pub const fn of(remote: Option<Remote>) -> Self {
        match remote {
            None | Some(Remote::None) => Self::OnSite,
            Some(Remote::Hybrid) => Self::Hybrid,
            Some(Remote::Full) => Self::Remote,
        }
    }

    /// Reads its name in any case.
    pub fn read(text: &str) -> Result<Self, Invalid> {
        text.trim().to_ascii_lowercase().replace('-', "_").parse()
    }
}

/// What is looked for, as it is written down.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CriteriaFields {
    /// Words, one of which stands in the title, the description or the skills; of several in one, all do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<Line<80>>,
    /// A city, a postal code, the number of a department; or that one works from anywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Line<200>>,
    /// The type of job: one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub job_types: Vec<JobType>,
    /// From where one works: one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub location_types: Vec<LocationType>,
    /// What is paid at least, in whole euros, for the period that such an amount must be for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salary_min: Option<u64>,
    /// What is paid at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salary_max: Option<u64>,
    /// Whether offers that do not say what they pay are left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub only_with_salary: bool,
}

/// What is looked for: one thing at least. It is stored as a text, JSON, which is sealed as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AlertCriteria(CriteriaFields);

impl AlertCriteria {
    /// The criteria; what says nothing is left out, and bounds that are the wrong way round are exchanged.
    pub fn new(fields: CriteriaFields) -> Result<Self, Invalid> {
        let mut fields = fields;
        fields.keywords = told_apart(fields.keywords)?;
        let is_place = |place: &Line<200>| !crate::words::tokens(place.as_str()).is_empty();
        fields.location = fields.location.filter(is_place);
        fields.job_types = once_each(&fields.job_types);
        fields.location_types = once_each(&fields.location_types);
        let paid = |amount: &u64| *amount > 0;
        (fields.salary_min, fields.salary_max) =
            match (fields.salary_min.filter(paid), fields.salary_max.filter(paid)) {
                (Some(min), Some(max)) => (Some(min.min(max)), Some(min.max(max))),
                bounds => bounds,
            };
        if fields.salary_min.max(fields.salary_max).is_some_and(|amount| amount > MOST) {
            return Err(Invalid::Number { max: MOST });
        }
        let asks = !fields.keywords.is_empty()
            || fields.location.is_some()
            || !fields.job_types.is_empty()
            || !fields.location_types.is_empty()
            || fields.salary_min.is_some()
            || fields.salary_max.is_some();
        if asks { Ok(Self(fields)) } else { Err(Invalid::NoCriterion) }
    }

    /// What is looked for.
    pub const fn fields(&self) -> &CriteriaFields {
        &self.0
    }

    /// Whether the location says that one works from anywhere.
    pub fn is_remote(&self) -> bool {
        self.0.location.as_ref().is_some_and(|text| is_anywhere(text.as_str()))
    }

    /// The bounds of what is paid for a year of full-time work, in whole euros.
    pub fn yearly(&self) -> (Option<u64>, Option<u64>) {
        let yearly = |amount: u64| amount * PayPeriod::likely_for(amount * 100).in_a_year();
        (self.0.salary_min.map(yearly), self.0.salary_max.map(yearly))
    }
}

/// The keywords that say something, those that say the same once. What comes after too many is not looked at.
fn told_apart(keywords: Vec<Line<80>>) -> Result<Vec<Line<80>>, Invalid> {
    let (mut kept, mut seen) = (vec![], HashSet::new());
    for keyword in keywords {
        let terms: Vec<_> = crate::offer::telling(keyword.as_str()).collect();
        if terms.is_empty() || !seen.insert(terms) {
            continue;
        }
        if kept.len() == MAX_KEYWORDS {
            return Err(Invalid::TooManyKeywords { max: MAX_KEYWORDS });
        }
        kept.push(keyword);
    }
    Ok(kept)
}

/// Whether the words for a place say that one works from anywhere.
pub(in crate::space) fn is_anywhere(text: &str) -> bool {
    const ANYWHERE: [&str; 8] = [
        "remote",
        "full remote",
        "teletravail",
        "en teletravail",
        "a distance",
        "distance",
        "home office",
        "anywhere",
    ];
    ANYWHERE.contains(&crate::words::tokens(text).join(" ").as_str())
}

fn once_each<T: Copy + PartialEq>(items: &[T]) -> Vec<T> {
    let mut kept = vec![];
    for item in items {
        if !kept.contains(item) {
            kept.push(*item);
        }
    }
    kept
}

impl FromStr for AlertCriteria {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        serde_json::from_str(text).map_err(|_| Invalid::NoCriterion).and_then(Self::new)
    }
}

impl TryFrom<String> for AlertCriteria {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<AlertCriteria> for String {
    fn from(criteria: AlertCriteria) -> Self {
        serde_json::to_string(&criteria.0).unwrap_or_default()
    }
}

impl Forgettable for AlertCriteria {
    const PLACEHOLDER: &'static str = r#"{"keywords":["erased"]}"#;
}

impl JsonSchema for AlertCriteria {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AlertCriteria".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "contentMediaType": "application/json" })
    }
}

impl CriteriaFields {
    /// The keywords as [`CriteriaFields::keywords_of`] reads them again. A separator within one stands for a blank there,
    /// and parts its words as well.
    pub fn keywords_text(&self) -> String {
        let plain = |keyword: &Line<80>| keyword.as_str().replace(SEPARATORS, " ");
        self.keywords.iter().map(plain).collect::<Vec<_>>().join(", ")
    }

    /// The keywords of a text in which commas, semicolons or line ends part them.
    pub fn keywords_of(text: &str) -> Result<Vec<Line<80>>, Invalid> {
        let parts = text.split(SEPARATORS);
        let parts = parts.filter(|part| !fold(part).trim().is_empty());
        parts.map(|part| part.trim().parse()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(keywords: &[&str]) -> CriteriaFields {
        let keywords = keywords.iter().map(|text| text.parse().unwrap()).collect();
        CriteriaFields { keywords, ..CriteriaFields::default() }
    }

    #[test]
    fn something_must_be_looked_for() {
        let salary = CriteriaFields { only_with_salary: true, ..CriteriaFields::default() };
        let place = CriteriaFields { location: Some("–".parse().unwrap()), ..fields(&[]) };
        let nothing_paid = CriteriaFields { salary_min: Some(0), ..fields(&[]) };
        for empty in [fields(&[]), fields(&["de la", "+"]), salary, place, nothing_paid] {
            assert_eq!(AlertCriteria::new(empty), Err(Invalid::NoCriterion));
        }
        let one = CriteriaFields { salary_max: Some(1), ..fields(&[]) };
        assert!(AlertCriteria::new(one).is_ok());
    }

    #[test]
    fn the_same_word_counts_once_and_there_are_twenty_at_most() {
        let same = AlertCriteria::new(fields(&["développeur", "Développeuses", "rust"])).unwrap();
        assert_eq!(same.fields().keywords.len(), 2);
        let many: Vec<_> = (0..=MAX_KEYWORDS).map(|nth| format!("mot{nth}")).collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        let refused = Err(Invalid::TooManyKeywords { max: MAX_KEYWORDS });
        assert_eq!(AlertCriteria::new(fields(&many)), refused);
    }

    #[test]
    fn a_keyword_with_a_comma_is_one_when_its_text_is_read_again() {
        let keywords = fields(&["rust, tokio", "chef;cuisine", "C++"]);
        let text = keywords.keywords_text();
        let again = CriteriaFields {
            keywords: CriteriaFields::keywords_of(&text).unwrap(),
            ..CriteriaFields::default()
        };
        assert_eq!(again.keywords.len(), 3, "{text}");
        let wanted = |fields| super::super::Wanted::of(&AlertCriteria::new(fields).unwrap());
        assert_eq!(wanted(again), wanted(keywords));
    }

    #[test]
    fn what_is_stored_is_a_text_that_is_read_again() {
        let location = Some("Télétravail".parse().unwrap());
        let bounds = (Some(50_000), Some(40_000));
        let criteria = CriteriaFields {
            location,
            job_types: vec![JobType::Permanent, JobType::Permanent],
            salary_min: bounds.0,
            salary_max: bounds.1,
            ..fields(&["rust"])
        };
        let criteria = AlertCriteria::new(criteria).unwrap();
        let json = serde_json::to_value(&criteria).unwrap();
        let text = r#"{"keywords":["rust"],"location":"Télétravail","job_types":["permanent"],"salary_min":40000,"salary_max":50000}"#;
        assert_eq!(json, serde_json::Value::String(text.to_owned()));
        assert_eq!(serde_json::from_value::<AlertCriteria>(json).unwrap(), criteria);
        assert!(AlertCriteria::PLACEHOLDER.parse::<AlertCriteria>().is_ok());
        assert!(criteria.is_remote());
    }

    #[test]
    fn names_are_read_in_any_case_and_amounts_are_for_the_period_that_they_must_be_for() {
        assert_eq!(JobType::read("FULL_TIME"), Ok(JobType::FullTime));
        assert_eq!(LocationType::read("On-Site"), Ok(LocationType::OnSite));
        assert!(JobType::read("evening").is_err());
        let asks = |min| AlertCriteria::new(CriteriaFields { salary_min: min, ..fields(&[]) });
        for (min, yearly) in [(12, 21_840), (400, 87_200), (2_500, 30_000), (42_000, 42_000)] {
            assert_eq!(asks(Some(min)).unwrap().yearly(), (Some(yearly), None));
        }
    }

    /// In so many that each is compared with all before it would take minutes.
    #[test]
    fn many_keywords_take_no_longer_than_they_are_many() {
        let many: Vec<_> = (0..50_000).map(|nth| format!("m{nth}")).collect();
        let mut many: Vec<_> = many.iter().map(String::as_str).collect();
        let began = std::time::Instant::now();
        let too_many = AlertCriteria::new(fields(&many));
        assert_eq!(too_many, Err(Invalid::TooManyKeywords { max: MAX_KEYWORDS }));
        many.fill("--");
        many.push("rust");
        let one = AlertCriteria::new(fields(&many)).unwrap();
        assert_eq!(one.fields().keywords.len(), 1, "the others say nothing");
        assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    }
}
