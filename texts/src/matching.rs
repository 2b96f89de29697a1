//! Why an offer fits somebody, in words.

use domain::Language;
use domain::space::{Fit, Match, PlaceFit};

use crate::Wording as _;

/// The reasons, one a line: what somebody can, what is missing, the job, the place, the contract, how new it is.
pub fn match_reasons(fit: &Match, language: Language) -> Vec<String> {
    let mut reasons = vec![];
    let list = |skills: &[String]| skills.join(", ");
    if !fit.skills_found.is_empty() {
        let skills = list(&fit.skills_found);
        reasons.push(language.with("match-skills-found", ("skills", skills.as_str())));
    }
    if !fit.skills_missing.is_empty() {
        let skills = list(&fit.skills_missing);
        reasons.push(language.with("match-skills-missing", ("skills", skills.as_str())));
    }
    let title = fit.title.and_then(|title| match title {
        Fit::Yes => Some("match-title-yes"),
        Fit::Partly => Some("match-title-partly"),
        Fit::No => Some("match-title-no"),
        Fit::NotSaid => None,
    });
    let place = fit.place.map(|place| match place {
        PlaceFit::There => "match-place-there",
        PlaceFit::Near => "match-place-near",
        PlaceFit::Remote => "match-place-remote",
        PlaceFit::AsWanted => "match-place-as-wanted",
        PlaceFit::Elsewhere => "match-place-elsewhere",
        PlaceFit::NotSaid => "match-place-not-said",
    });
    let contract = fit.contract.map(|contract| match contract {
        Fit::Yes | Fit::Partly => "match-contract-yes",
        Fit::No => "match-contract-no",
        Fit::NotSaid => "match-contract-not-said",
    });
    for key in [title, place, contract].into_iter().flatten() {
        reasons.push(language.t(key).to_owned());
    }
    reasons.push(language.with("match-days", ("days", fit.days)));
    reasons
}

/// The score, as it stands on an offer: "Match: 85 %".
pub fn match_score(fit: &Match, language: Language) -> String {
    language.with("match-score", ("score", u32::from(fit.score)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_aspect_that_counts_is_a_reason() {
        let fit = Match {
            score: 85,
            skills_found: vec!["Levain".to_owned(), "HACCP".to_owned()],
            skills_missing: vec!["Snacking".to_owned()],
            title: Some(Fit::Yes),
            place: Some(PlaceFit::Near),
            contract: None,
            days: 1,
        };
        assert_eq!(match_score(&fit, Language::En), "Match: 85%");
        assert_eq!(match_score(&fit, Language::Fr), "Correspondance\u{a0}: 85\u{a0}%");
        assert_eq!(
            match_reasons(&fit, Language::En),
            [
                "You bring: Levain, HACCP",
                "Not in your profile: Snacking",
                "The job that you look for, or had",
                "In your department",
                "1 day old",
            ]
        );
        let nothing = Match { skills_found: vec![], skills_missing: vec![], days: 0, ..fit };
        let reasons = match_reasons(&nothing, Language::Fr);
        assert_eq!(reasons.last().unwrap(), "Parue aujourd’hui");
    }
}
