//! Whether an offer matches an alert.
//!
//! Criteria come to a question about the terms of an offer ([`crate::offer::search_terms`]) and about its salary. The
//! same question is put to one offer ([`Wanted::fits`]), to the new ones in memory ([`super::OfferIndex`]), and to all
//! in the database, so that a preview counts what is told later.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{AlertCriteria, JobType, LocationType};
use crate::offer::{Contract, Currency, NO_CITY, NOTHING_SAID, Remote, Salary, WorkingTime};
use crate::offer::{city, named, telling};
use crate::words::tokens;

/// Words of a keyword, and of a place, that count.
const WORDS: usize = 8;

/// What an offer must be like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// All terms of one of these at least, where there are any.
    pub any: Vec<Vec<String>>,
    /// Of each of these one term.
    pub all: Vec<Vec<String>>,
    /// What it pays.
    pub pay: Pay,
}

/// What an offer must pay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pay {
    /// In whole euros for a year of full-time work, at least.
    pub min: Option<u64>,
    /// At most.
    pub max: Option<u64>,
    /// Whether it must say it.
    pub only_told: bool,
}

/// How the salary of an offer that matches compares with what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SalaryFit {
    /// It is not asked for.
    NotAsked,
    /// It is within the bounds.
    Within,
    /// The offer does not say it.
    NotTold,
    /// It is in another currency.
    NotComparable,
}

names! {
    SalaryFit {
        NotAsked = "not_asked",
        Within = "within",
        NotTold = "not_told",
        NotComparable = "not_comparable",
    }
}

impl Pay {
    /// How this salary compares; `None` where it does not fit.
    pub fn fit(&self, salary: Option<&Salary>) -> Option<SalaryFit> {
        let Some(salary) = salary else {
            let asks = self.min.is_some() || self.max.is_some();
            let told = if asks { SalaryFit::NotTold } else { SalaryFit::NotAsked };
            return Some(told).filter(|_| !self.only_told);
        };
        if self.min.is_none() && self.max.is_none() {
            return Some(SalaryFit::NotAsked);
        }
        if *salary.currency() != Currency::euro() {
            return Some(SalaryFit::NotComparable);
        }
        let (from, to) = salary.yearly();
        let fits = self.min.is_none_or(|min| to >= min) && self.max.is_none_or(|max| from <= max);
        fits.then_some(SalaryFit::Within)
    }
}

impl Wanted {
    /// What these criteria ask for.
    pub fn of(criteria: &AlertCriteria) -> Self {
        let fields = criteria.fields();
        let keywords = fields.keywords.iter().map(|keyword| {
            let terms: BTreeSet<_> = telling(keyword.as_str()).take(WORDS).collect();
            terms.into_iter().collect()
        });
        let mut all = vec![];
        let mut location_types = fields.location_types.clone();
        if criteria.is_remote() {
            // Somebody who also ticks others is told of those as well.
            if !location_types.contains(&LocationType::Remote) {
                location_types.push(LocationType::Remote);
            }
        } else if let Some(place) = &fields.location {
            all.extend(place_terms(place.as_str()).into_iter().map(|term| vec![term]));
        }
        if !location_types.is_empty() {
            all.push(location_types.into_iter().flat_map(location_terms).collect());
        }
        if !fields.job_types.is_empty() {
            all.push(fields.job_types.iter().flat_map(|it| job_terms(*it)).collect());
        }
        let (min, max) = criteria.yearly();
        let pay = Pay { min, max, only_told: fields.only_with_salary };
        Self { any: keywords.collect(), all, pay }
    }

    /// Whether an offer fits that has these terms and pays this, and how what it pays compares.
    pub fn fits(&self, has: impl Fn(&str) -> bool, salary: Option<&Salary>) -> Option<SalaryFit> {
        let any =
            self.any.is_empty() || self.any.iter().any(|terms| terms.iter().all(|term| has(term)));
        let all = self.all.iter().all(|group| group.iter().any(|term| has(term)));
        if any && all { self.pay.fit(salary) } else { None }
    }
}

/// The terms of a place: its city, or else its words, so that `Lyon, France` and `69003 Lyon` are Lyon, and `69` is
/// a department.
pub(in crate::space) fn place_terms(text: &str) -> Vec<String> {
    let city = city(text);
    let text = if city == NO_CITY { text } else { &city };
    tokens(text).iter().take(WORDS).map(|word| named("l", word)).collect()
}

fn location_terms(location: LocationType) -> Vec<String> {
    let names: &[&str] = match location {
        LocationType::OnSite => &[Remote::None.as_str(), NOTHING_SAID],
        LocationType::Hybrid => &[Remote::Hybrid.as_str()],
        LocationType::Remote => &[Remote::Full.as_str()],
    };
    names.iter().map(|name| named("r", name)).collect()
}

fn job_terms(job: JobType) -> Vec<String> {
    let hours = job.working_time().map(WorkingTime::as_str).map(|name| named("w", name));
    let contracts = job.contracts().iter().copied().map(Contract::as_str);
    hours.into_iter().chain(contracts.map(|name| named("k", name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offer::{Country, OfferContent, OfferPlace, OfferText, PayPeriod, search_terms};
    use crate::space::CriteriaFields;

    fn baker() -> OfferContent {
        crate::examples::offer()
    }

    fn fit(offer: &OfferContent, fields: CriteriaFields) -> Option<SalaryFit> {
        let terms = search_terms(offer);
        let criteria = AlertCriteria::new(fields).unwrap();
        let has = |term: &str| terms.iter().any(|known| known == term);
        Wanted::of(&criteria).fits(has, offer.salary.as_ref())
    }

    fn keywords(words: &[&str]) -> CriteriaFields {
        let keywords = words.iter().map(|text| text.parse().unwrap()).collect();
        CriteriaFields { keywords, ..CriteriaFields::default() }
    }

    fn place(text: &str) -> CriteriaFields {
        CriteriaFields { location: Some(text.parse().unwrap()), ..CriteriaFields::default() }
    }

    #[rstest::rstest]
    #[case::title(&["BOULANGÈRES"], true)]
    #[case::skills(&["levains"], true)]
    #[case::description(&["façonner"], true)]
    #[case::one_of_them(&["rust", "levain"], true)]
    #[case::none_of_them(&["rust", "python"], false)]
    #[case::all_words_of_one(&["boulanger levain"], true)]
    #[case::not_all_words_of_one(&["boulanger rust"], false)]
    #[case::not_the_company(&["Dupont"], false)]
    #[case::not_the_place(&["Nantes"], false)]
    fn any_keyword_stands_in_title_description_or_skills(
        #[case] words: &[&str],
        #[case] fits: bool,
    ) {
        assert_eq!(fit(&baker(), keywords(words)).is_some(), fits);
    }

    #[rstest::rstest]
    #[case("Nantes", true)]
    #[case("nantes (44)", true)]
    #[case("44000 NANTES, France", true)]
    #[case("44", true)]
    #[case("44000", true)]
    #[case("France", true)]
    #[case("Lyon", false)]
    #[case("69", false)]
    #[case("télétravail", false)]
    #[case("Remote", false)]
    fn a_location_is_a_city_a_postal_code_or_a_department(#[case] text: &str, #[case] fits: bool) {
        assert_eq!(fit(&baker(), place(text)).is_some(), fits);
    }

    #[test]
    fn remote_as_a_location_is_the_location_type() {
        for text in ["remote", "Télétravail", "À distance"] {
            let with = |remote| OfferContent { remote, ..baker() };
            assert!(fit(&with(Some(Remote::Full)), place(text)).is_some(), "{text}");
            for other in [None, Some(Remote::Hybrid), Some(Remote::None)] {
                assert_eq!(fit(&with(other), place(text)), None, "{text}");
            }
        }
    }

    #[test]
    fn types_are_one_of_those_ticked_and_silence_means_on_site() {
        let from = |types: &[LocationType]| CriteriaFields {
            location_types: types.to_vec(),
            ..CriteriaFields::default()
        };
        let silent = OfferContent { remote: None, ..baker() };
        assert!(fit(&silent, from(&[LocationType::OnSite])).is_some());
        assert_eq!(fit(&silent, from(&[LocationType::Hybrid, LocationType::Remote])), None);
        let jobs = |types: &[JobType]| CriteriaFields {
            job_types: types.to_vec(),
            ..CriteriaFields::default()
        };
        assert!(fit(&baker(), jobs(&[JobType::Internship, JobType::FullTime])).is_some());
        assert!(fit(&baker(), jobs(&[JobType::Permanent])).is_some());
        assert_eq!(fit(&baker(), jobs(&[JobType::PartTime, JobType::Contract])), None);
    }

    #[test]
    fn every_other_criterion_holds_as_well() {
        let both = CriteriaFields { location: place("Lyon").location, ..keywords(&["boulanger"]) };
        assert_eq!(fit(&baker(), both), None);
        let elsewhere = OfferPlace {
            text: "Lyon".parse().unwrap(),
            postal_code: None,
            country: Some("CH".parse::<Country>().unwrap()),
        };
        let abroad = OfferContent { places: vec![elsewhere], ..baker() };
        assert_eq!(fit(&abroad, place("France")), None);
    }

    /// 2,200 to 2,500 a month are 26,400 to 30,000 a year.
    #[rstest::rstest]
    #[case(Some(30_000), None, true)]
    #[case(Some(30_001), None, false)]
    #[case(Some(2_500), None, true)]
    #[case(Some(2_501), None, false)]
    #[case(Some(15), Some(17), true)]
    #[case(None, Some(26_400), true)]
    #[case(None, Some(26_399), false)]
    #[case(Some(20_000), Some(26_000), false)]
    fn pay_compares_by_the_year(
        #[case] salary_min: Option<u64>,
        #[case] salary_max: Option<u64>,
        #[case] fits: bool,
    ) {
        let asked = CriteriaFields { salary_min, salary_max, ..CriteriaFields::default() };
        let expected = fits.then_some(SalaryFit::Within);
        assert_eq!(fit(&baker(), asked), expected);
    }

    #[test]
    fn what_cannot_be_compared_is_kept_and_marked() {
        let paid = |code: &str| {
            let salary = Salary::new(Some(1), None, code.parse().unwrap(), PayPeriod::Year);
            OfferContent { salary: salary.ok(), ..baker() }
        };
        let silent = OfferContent { salary: None, ..baker() };
        let asked = CriteriaFields { salary_min: Some(90_000), ..keywords(&["boulanger"]) };
        assert_eq!(fit(&paid("CHF"), asked.clone()), Some(SalaryFit::NotComparable));
        assert_eq!(fit(&paid("EUR"), asked.clone()), None);
        assert_eq!(fit(&silent, asked.clone()), Some(SalaryFit::NotTold));
        let only = CriteriaFields { only_with_salary: true, ..asked };
        assert_eq!(fit(&silent, only.clone()), None);
        assert_eq!(fit(&paid("CHF"), only), Some(SalaryFit::NotComparable));
        assert_eq!(fit(&silent, keywords(&["boulanger"])), Some(SalaryFit::NotAsked));
    }

    #[test]
    fn a_description_without_a_word_of_it_does_not_match() {
        let other = OfferContent {
            title: "Vendeur".parse().unwrap(),
            skills: vec![],
            description: OfferText::of_html("<p>Vous vendez du pain.</p>"),
            ..baker()
        };
        assert_eq!(fit(&other, keywords(&["boulanger"])), None);
        assert!(fit(&other, keywords(&["pain"])).is_some());
    }
}
