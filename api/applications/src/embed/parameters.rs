//! The parameters that a partner's page gives the form, which the candidate can neither see nor
//! change: mended where they can be, or told to the partner before anything is typed.

use domain::application::SubmissionDraft;
use domain::{FieldError, Line};
use url::Url;

use crate::embed::opening::{Given, Opened};

/// What the candidate cannot change on the form.
const HIDDEN: [&str; 7] = [
    "candidate_email",
    "candidate_peid",
    "candidate_rome_code",
    "candidate_peam_access_token",
    "employer_email",
    "employer_description",
    "siret",
];

/// Whether the partner's page named the job; the candidate does otherwise.
pub(crate) fn names_job(given: &Given) -> bool {
    let is_there = given.get("job").is_some_and(|job| !job.trim().is_empty());
    let was_given = given.get("job_was_given").is_some_and(|was| was == "yes");
    is_there && (was_given || !given.contains_key("form_id"))
}

/// `given` with titles and names on one line, cut where they are too long. What the token binds stays
/// as it is.
pub(crate) fn mended(mut given: Given) -> Given {
    let names_job = names_job(&given);
    for (name, max) in [
        ("employer_description", Line::<256>::MAX),
        ("job", Line::<128>::MAX),
        ("candidate_first_name", Line::<64>::MAX),
        ("candidate_last_name", Line::<64>::MAX),
    ] {
        let typed = given.contains_key("form_id") && name.starts_with("candidate_");
        if !typed
            && (name != "job" || names_job)
            && let Some(text) = given.get_mut(name)
        {
            *text = cut(text, max);
        }
    }
    for name in ["siret", "candidate_rome_code"] {
        if let Some(text) = given.get_mut(name) {
            text.retain(|c| {
                !matches!(c, '.' | '-' | '\u{2010}'..='\u{2015}' | '\u{200b}' | '\u{feff}')
            });
            *text = text.trim().to_owned();
        }
    }
    given
}

/// `text` on one line of at most `max` characters: cut after a word, with an ellipsis.
fn cut(text: &str, max: usize) -> String {
    let text = domain::as_seen(text);
    let ends = |c: char| c.is_control() || matches!(c, ' ' | '\u{2028}' | '\u{2029}');
    let words: Vec<_> = text.split(ends).filter(|word| !word.is_empty()).collect();
    let line = words.join(" ");
    if line.chars().count() <= max {
        return line.trim().to_owned();
    }
    let kept: String = line.chars().take(max - 1).collect();
    let next_begins_a_word = line.chars().nth(max - 1) == Some(' ');
    let whole_words = match kept.rsplit_once(' ') {
        // One long word is cut in itself.
        Some((words, _)) if !next_begins_a_word && words.chars().count() >= max / 2 => words,
        _ => &kept,
    };
    let end = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '(' | '-' | '–');
    format!("{}…", whole_words.trim_end_matches(end))
}

/// What of the hidden parameters is wrong: the partner's mistakes, not the candidate's.
pub(crate) fn wrong(given: &Given, opened: &Opened) -> Vec<FieldError> {
    let parsed = draft(given).parse(opened.partner.id.clone(), opened.lang.0, vec![]);
    let is_hidden = |error: &FieldError| {
        HIDDEN.contains(&error.field) || error.field == "job" && names_job(given)
    };
    parsed.err().unwrap_or_default().into_iter().filter(is_hidden).collect()
}

/// The fields of the application among those given.
pub(crate) fn draft(given: &Given) -> SubmissionDraft {
    let mut draft = SubmissionDraft::default();
    for (name, value) in given {
        draft.set(name, value.clone());
    }
    let confirmation = given.get("send_confirmation").map(String::as_str).unwrap_or_default();
    draft.send_confirmation = SubmissionDraft::boolean(confirmation).unwrap_or(false);
    draft
}

/// Where the candidate goes afterwards: an http or https address, or none. One with a user name is
/// none: `https://good.example@evil.example/` reads as another place than it leads to.
pub(crate) fn next_url(given: &Given) -> Option<Url> {
    let url = Url::parse(given.get("next_url")?.trim()).ok()?;
    let plain = url.username().is_empty() && url.password().is_none();
    (matches!(url.scheme(), "http" | "https") && plain).then_some(url)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn given(pairs: &[(&str, &str)]) -> Given {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[rstest]
    #[case("Boulanger (H/F)", 128, "Boulanger (H/F)")]
    #[case("  Boulanger\r\n\t(H/F)\u{2028}", 128, "Boulanger (H/F)")]
    #[case("Conseiller de vente", 19, "Conseiller de vente")]
    #[case("Conseiller de vente", 18, "Conseiller de…")]
    #[case("Conseiller de vente", 14, "Conseiller de…")]
    #[case("Vendeur, Paris centre", 18, "Vendeur, Paris…")]
    #[case("Vendeur conseil, Paris", 17, "Vendeur conseil…")]
    #[case("Anticonstitutionnellement", 10, "Anticonst…")]
    fn a_title_is_cut_after_a_word(#[case] text: &str, #[case] max: usize, #[case] kept: &str) {
        assert_eq!(cut(text, max), kept);
    }

    #[test]
    fn a_title_that_the_candidate_typed_is_not_cut() {
        let long = "x".repeat(200);
        let typed = given(&[("job", &long), ("form_id", "1")]);
        assert_eq!(mended(typed)["job"], long);
        let partners = given(&[("job", &long), ("form_id", "1"), ("job_was_given", "yes")]);
        assert_eq!(mended(partners)["job"].chars().count(), 128);
    }

    #[rstest]
    #[case("https://jobs.example/next?a=1#b", true)]
    #[case("http://127.0.0.1:8000/", true)]
    #[case(" https://jobs.example/ ", true)]
    #[case("https://good.example@evil.example/", false)]
    #[case("https://good.example:x@evil.example/", false)]
    #[case("javascript:alert(1)", false)]
    #[case("data:text/html,x", false)]
    #[case("file:///etc/passwd", false)]
    #[case("blob:https://good.example/1", false)]
    #[case("//evil.example/", false)]
    #[case("/here", false)]
    #[case("", false)]
    fn the_way_on_is_a_web_address_that_says_where_it_leads(
        #[case] text: &str,
        #[case] taken: bool,
    ) {
        assert_eq!(next_url(&given(&[("next_url", text)])).is_some(), taken, "{text}");
    }

    proptest::proptest! {
        #[test]
        fn any_title_becomes_one_that_is_taken(text in "(\\PC|[\\x00-\\x20]){0,300}") {
            let kept = cut(&text, 128);
            proptest::prop_assert!(kept.chars().count() <= 128);
            if !kept.trim().is_empty() {
                proptest::prop_assert!(kept.parse::<Line<128>>().is_ok(), "{kept:?}");
            }
        }
    }
}
