use domain::Language;
use domain::space::SalaryFit;
use serde::Serialize;

use super::template::{Head, Templates, render};
use super::{Letter, RenderError};
use crate::Wording as _;

/// What [`job_alert`] tells. Links are absolute URLs.
#[derive(Clone, Debug)]
pub struct JobAlertLetter<'a> {
    /// The language of the letter.
    pub language: Language,
    /// The service's name.
    pub service: &'a str,
    /// What the owner of the alert calls it.
    pub name: &'a str,
    /// The new offers, the newest first.
    pub offers: Vec<AlertedOffer>,
    /// How many more match.
    pub more: u64,
    /// The page of the alert, with all that match.
    pub url: &'a str,
    /// The page on which the alert is switched off.
    pub stop_url: &'a str,
}

/// An offer as the letter tells it.
#[derive(Clone, Debug, Serialize)]
pub struct AlertedOffer {
    /// What the job is called.
    pub title: String,
    /// Who offers it, and where.
    pub facts: String,
    /// What is to be known of its salary, where that could not be compared.
    pub note: Option<String>,
    /// Its page.
    pub url: String,
}

#[derive(Serialize)]
struct Values<'a> {
    application: Head<'a>,
    heading: String,
    title: String,
    offers: &'a [AlertedOffer],
    more: Option<String>,
    url: &'a str,
    see_all: &'static str,
    stop_url: &'a str,
    stop: &'static str,
    why: String,
}

/// What people are told of a salary that could not be compared; `None` where there is nothing to tell.
pub fn salary_note(fit: SalaryFit, language: Language) -> Option<String> {
    match fit {
        SalaryFit::NotAsked | SalaryFit::Within => None,
        SalaryFit::NotTold => Some(language.t("alerts-salary-not-told").to_owned()),
        SalaryFit::NotComparable => Some(language.t("alerts-salary-not-comparable").to_owned()),
    }
}

/// The letter that tells of new offers.
pub fn job_alert(letter: &JobAlertLetter<'_>) -> Result<Letter, RenderError> {
    let language = letter.language;
    let count = letter.more + letter.offers.len() as u64;
    let named = |key| language.with(key, (("count", count), ("name", letter.name)));
    let more =
        (letter.more > 0).then(|| language.with("alerts-letter-more", ("count", letter.more)));
    let values = Values {
        application: Head { client: letter.service },
        heading: named("alerts-letter-subject"),
        title: named("alerts-letter-title"),
        offers: &letter.offers,
        more,
        url: letter.url,
        see_all: language.t("alerts-letter-see-all"),
        stop_url: letter.stop_url,
        stop: language.t("alerts-letter-stop"),
        why: language
            .with("alerts-letter-why", (("service", letter.service), ("name", letter.name))),
    };
    let templates = Templates {
        subject: "paragraphs/subject.txt",
        text: "job_alert/body.txt",
        html: "job_alert/body.mjml",
    };
    render(templates, language, &values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tells_each_offer_how_many_more_there_are_and_how_to_stop() {
        let offer = |n: u64| AlertedOffer {
            title: format!("Boulanger <{n}>"),
            facts: "Dupont & Fils – Nantes".to_owned(),
            note: salary_note(SalaryFit::NotTold, Language::Fr),
            url: format!("https://postulo.example/offers/{n}"),
        };
        let letter = |count: u64, more, language| {
            job_alert(&JobAlertLetter {
                language,
                service: "Postulo",
                name: "Pain à Nantes",
                offers: (0..count).map(offer).collect(),
                more,
                url: "https://postulo.example/me/alerts/7",
                stop_url: "https://postulo.example/alerts/stop/k1.a.b",
            })
            .unwrap()
        };
        let many = letter(20, 5, Language::Fr);
        assert_eq!(many.subject, "25 nouvelles offres\u{a0}: Pain à Nantes");
        for part in [&many.text, &many.html] {
            for n in 0..20 {
                assert!(part.contains(&format!("https://postulo.example/offers/{n}")), "{n}");
            }
            assert!(part.contains("https://postulo.example/me/alerts/7"));
            assert!(part.contains("https://postulo.example/alerts/stop/k1.a.b"));
            assert!(part.contains("5 autres offres"));
        }
        assert!(many.html.contains("Boulanger &lt;3&gt;") && many.text.contains("Boulanger <3>"));
        let one = letter(1, 0, Language::En);
        assert_eq!(one.subject, "1 new offer: Pain à Nantes");
        assert!(!one.text.contains("more"), "{}", one.text);
    }
}
