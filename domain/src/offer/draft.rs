//! An offer as a source writes it, before it is read.

use jiff::Timestamp;

use super::{
    Contract, Country, Currency, NO_CITY, OfferContent, OfferPlace, OfferText, PayPeriod, Remote,
    Salary, Skill, WorkingTime,
};
use crate::invalid::Errors;
use crate::words::fold;
use crate::{EmailAddress, FieldError, Invalid, Language, Line, Personal, WebAddress};

/// Places of an offer that count.
const PLACES: usize = 20;

/// Skills of an offer that count.
const SKILLS: usize = 50;

/// What stands in sources where nothing is known.
const NOTHING: [&str; 12] = [
    "n/a",
    "na",
    "-",
    "none",
    "null",
    "unknown",
    "non specifie",
    "non specifiee",
    "non communique",
    "non renseigne",
    "poste non specifie",
    "entreprise non specifiee",
];

/// An offer as a source writes it: texts, which may be empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OfferDraft {
    /// What the job is called; an offer must have it.
    pub title: String,
    /// Who offers it; an offer must have it.
    pub company: String,
    /// Where one works.
    pub places: Vec<PlaceDraft>,
    /// From where one works, in the source's words.
    pub remote: String,
    /// Contract and hours, in the source's words.
    pub contract: String,
    /// What is paid, as text; what `paid` says goes before it.
    pub salary: String,
    /// What is paid, as figures.
    pub paid: Option<SalaryDraft>,
    /// HTML, escaped HTML or text.
    pub description: String,
    /// What one should know.
    pub skills: Vec<String>,
    /// A language tag.
    pub language: String,
    /// When it was published.
    pub posted_at: Option<Timestamp>,
    /// Until when one may apply.
    pub valid_through: Option<Timestamp>,
    /// Its page.
    pub url: String,
    /// The page on which it was found.
    pub source_url: String,
    /// The address to which one applies by e-mail.
    pub apply_email: String,
    /// The number of the establishment that hires.
    pub siret: String,
}

/// A place as a source writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlaceDraft {
    /// As it stands there.
    pub text: String,
    /// The postal code, where it stands apart.
    pub postal_code: String,
    /// The country, by its code.
    pub country: String,
}

impl From<&str> for PlaceDraft {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

/// What is paid, as figures of a source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SalaryDraft {
    /// At least.
    pub min: Option<f64>,
    /// At most.
    pub max: Option<f64>,
    /// In which currency; euros where it is empty.
    pub currency: String,
    /// For how much work, in the source's word: `MONTH`, `per-year-salary`; by its size where it is none.
    pub period: String,
}

impl OfferDraft {
    /// Reads it. Title, company and, where there is one, an address that a browser follows must be there; what
    /// else cannot be read is left out, since a source writes what it likes.
    pub fn read(self) -> Result<OfferContent, Vec<FieldError>> {
        let mut errors = Errors::default();
        let title = errors.take("title", required::<300>(&self.title));
        let company = errors.take("company", required::<200>(&self.company));
        let url = errors.take("url", address(&self.url)).flatten();
        let (Some(title), Some(company), true) = (title, company, errors.is_empty()) else {
            return Err(errors.into_vec());
        };
        let said = |text: &str| OfferText::of_source(text);
        let paid = self.paid.as_ref().and_then(SalaryDraft::read);
        let mut skills: Vec<Skill> = vec![];
        for skill in self.skills.iter().filter_map(|skill| short(skill)) {
            if let Ok(skill) = skill.parse()
                && !skills.contains(&skill)
                && skills.len() < SKILLS
            {
                skills.push(skill);
            }
        }
        Ok(OfferContent {
            title,
            company,
            places: self.places.iter().filter_map(PlaceDraft::read).take(PLACES).collect(),
            remote: Remote::said_in(&self.remote),
            contract: Contract::said_in(&self.contract),
            working_time: WorkingTime::said_in(&self.contract),
            salary: paid.or_else(|| Salary::said_in(&self.salary)),
            description: said(&self.description),
            skills,
            language: Language::from_tag(&self.language),
            posted_at: self.posted_at,
            valid_through: self.valid_through,
            url,
            source_url: self.source_url.parse().ok(),
            apply_email: self.apply_email.parse::<EmailAddress>().ok().map(Personal::new),
            siret: self.siret.parse().ok(),
        })
    }
}

impl PlaceDraft {
    fn read(&self) -> Option<OfferPlace> {
        let text = [&self.text, &self.postal_code].into_iter().find_map(|text| short(text))?;
        if text == NO_CITY {
            return None;
        }
        Some(OfferPlace {
            text: shortened(text).parse().ok()?,
            postal_code: self.postal_code.parse().ok(),
            country: self.country.parse::<Country>().ok(),
        })
    }
}

impl SalaryDraft {
    fn read(&self) -> Option<Salary> {
        let cents = |amount: Option<f64>| {
            let amount =
                amount.filter(|amount| amount.is_finite() && (0.0..1e8).contains(amount))?;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is in range"
            )]
            Some((amount * 100.0).round() as u64)
        };
        let (min, max) = (cents(self.min), cents(self.max));
        let likely = || min.or(max).map(PayPeriod::likely_for);
        let period = PayPeriod::said_in(&self.period).or_else(likely)?;
        let currency = self.currency.parse().unwrap_or_else(|_| Currency::euro());
        Salary::new(min, max, currency, period).ok()
    }
}

/// A text of a source that says something.
fn short(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty() && !NOTHING.contains(&fold(text).as_str())).then_some(text)
}

/// The beginning of a text that fits 200 characters.
fn shortened(text: &str) -> String {
    text.chars().take(200).collect()
}

fn required<const MAX: usize>(text: &str) -> Result<Line<MAX>, Invalid> {
    let text = short(text).ok_or(Invalid::Missing)?;
    let decoded = html_escape::decode_html_entities(text);
    let line = decoded.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(MAX).collect::<String>().parse()
}

fn address(text: &str) -> Result<Option<WebAddress>, Invalid> {
    if text.trim().is_empty() { Ok(None) } else { text.parse().map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> OfferDraft {
        OfferDraft {
            title: " Boulanger&nbsp;H/F\n".to_owned(),
            company: "Dupont &amp; Fils".to_owned(),
            places: vec!["44000 Nantes".into(), "Non spécifié".into(), "".into()],
            contract: "CDI temps plein".to_owned(),
            salary: "2 200 € par mois".to_owned(),
            description: "<p>Du pain</p>".to_owned(),
            skills: vec!["Pétrir".to_owned(), " Pétrir".to_owned(), "N/A".to_owned()],
            url: "https://sites.example/o/7".to_owned(),
            source_url: "none".to_owned(),
            apply_email: "fournil@dupont.example".to_owned(),
            ..OfferDraft::default()
        }
    }

    #[test]
    fn what_can_be_read_is_and_what_cannot_is_left_out() {
        let content = draft().read().unwrap();
        assert_eq!(content.title.as_str(), "Boulanger H/F");
        assert_eq!(content.company.as_str(), "Dupont & Fils");
        assert_eq!(content.places.len(), 1);
        assert_eq!(content.city(), "Nantes");
        assert_eq!(content.contract, Some(Contract::Permanent));
        assert_eq!(content.working_time, Some(WorkingTime::FullTime));
        assert_eq!(content.salary.unwrap().yearly(), (26_400, 26_400));
        assert_eq!(content.skills.len(), 1);
        assert_eq!((content.remote, content.source_url), (None, None));
        assert!(content.apply_email.is_some());
    }

    #[test]
    fn what_is_no_offer_says_what_it_lacks() {
        let nothing = OfferDraft {
            company: "Entreprise non spécifiée".to_owned(),
            url: "javascript:alert(1)".to_owned(),
            ..OfferDraft::default()
        };
        let wrong: Vec<_> = nothing.read().unwrap_err().into_iter().map(|it| it.field).collect();
        assert_eq!(wrong, ["title", "company", "url"]);
    }

    #[test]
    fn figures_go_before_words() {
        let paid = SalaryDraft {
            min: Some(12.02),
            currency: "eur".to_owned(),
            period: "HOUR".to_owned(),
            ..SalaryDraft::default()
        };
        let content = OfferDraft { paid: Some(paid), ..draft() }.read().unwrap();
        assert_eq!(content.salary.unwrap().yearly(), (21_877, 21_877));
        let nothing = SalaryDraft { min: Some(f64::NAN), ..SalaryDraft::default() };
        assert_eq!(nothing.read(), None);
    }
}
