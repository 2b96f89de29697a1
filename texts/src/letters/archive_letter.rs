use domain::Language;
use serde::Serialize;

use super::template::{Head, Templates, render};
use super::{Letter, RenderError};
use crate::Wording as _;

/// What [`archive_letter`] tells. Links are absolute URLs.
#[derive(Clone, Debug)]
pub struct ArchiveLetter<'a> {
    /// The language of the letter.
    pub language: Language,
    /// The service's name.
    pub service: &'a str,
    /// The month, in words.
    pub month: &'a str,
    /// What was archived, the latest first.
    pub applications: Vec<ArchivedApplication>,
    /// How many more were.
    pub more: u64,
    /// The page of the archive.
    pub url: &'a str,
    /// The page on which the letters are stopped.
    pub stop_url: &'a str,
}

/// An application as the letter tells it.
#[derive(Clone, Debug, Serialize)]
pub struct ArchivedApplication {
    /// What the job is called.
    pub title: String,
    /// Whose it is, and where it stood.
    pub facts: String,
    /// Its page.
    pub url: String,
}

#[derive(Serialize)]
struct Values<'a> {
    application: Head<'a>,
    heading: String,
    title: String,
    applications: &'a [ArchivedApplication],
    more: Option<String>,
    back: &'static str,
    url: &'a str,
    see_all: &'static str,
    stop_url: &'a str,
    stop: &'static str,
    why: String,
}

/// The letter that lists what was archived in a month.
pub fn archive_letter(letter: &ArchiveLetter<'_>) -> Result<Letter, RenderError> {
    let language = letter.language;
    let count = letter.more + letter.applications.len() as u64;
    let told = |key| language.with(key, (("count", count), ("month", letter.month)));
    let more = (letter.more > 0)
        .then(|| language.with("space-archive-letter-more", ("count", letter.more)));
    let values = Values {
        application: Head { client: letter.service },
        heading: told("space-archive-letter-subject"),
        title: told("space-archive-letter-title"),
        applications: &letter.applications,
        more,
        back: language.t("space-archive-letter-back"),
        url: letter.url,
        see_all: language.t("space-archive-letter-see-all"),
        stop_url: letter.stop_url,
        stop: language.t("space-archive-letter-stop"),
        why: language.with("space-archive-letter-why", ("service", letter.service)),
    };
    let templates = Templates {
        subject: "paragraphs/subject.txt",
        text: "archive_letter/body.txt",
        html: "archive_letter/body.mjml",
    };
    render(templates, language, &values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_lists_each_how_many_more_there_are_and_how_to_stop() {
        let application = |n: u64| ArchivedApplication {
            title: format!("Boulanger <{n}>"),
            facts: "Dupont & Fils – Refusée".to_owned(),
            url: format!("https://postulo.example/me/applications/{n}"),
        };
        let letter = |count: u64, more, language| {
            archive_letter(&ArchiveLetter {
                language,
                service: "Postulo",
                month: "novembre 2026",
                applications: (0..count).map(application).collect(),
                more,
                url: "https://postulo.example/me/applications?shelf=archived",
                stop_url: "https://postulo.example/archive-letters/stop/k1.a.b",
            })
            .unwrap()
        };
        let many = letter(50, 5, Language::Fr);
        assert_eq!(many.subject, "55 candidatures archivées en novembre 2026");
        for part in [&many.text, &many.html] {
            for n in 0..50 {
                assert!(part.contains(&format!("/me/applications/{n}")), "{n}");
            }
            assert!(part.contains("https://postulo.example/me/applications?shelf=archived"));
            assert!(part.contains("https://postulo.example/archive-letters/stop/k1.a.b"));
            assert!(part.contains("5 autres candidatures"));
        }
        assert!(many.html.contains("Boulanger &lt;3&gt;") && many.text.contains("Boulanger <3>"));
        let one = letter(1, 0, Language::En);
        assert_eq!(one.subject, "1 application archived in novembre 2026");
        assert!(!one.text.contains("more"), "{}", one.text);
    }
}
