//! What is wrong with a value, or why something may not happen, and how to mend it.

use domain::application::ApplicationRefusal;
use domain::erasure::ErasureCaseRefusal;
use domain::{Invalid, Language};

use crate::catalogue::Wording as _;

/// What is wrong with a value, as one or two sentences that say how to mend it.
pub fn invalid(invalid: &Invalid, language: Language) -> String {
    match invalid {
        Invalid::Missing => language.t("invalid-missing").to_owned(),
        Invalid::TooLong { max } => language.with("invalid-too-long", ("max", max)),
        Invalid::ControlCharacter => language.t("invalid-control-character").to_owned(),
        Invalid::Email => language.t("invalid-email").to_owned(),
        Invalid::EmailLetters => language.t("invalid-email-letters").to_owned(),
        Invalid::EmailQuotes => language.t("invalid-email-quotes").to_owned(),
        Invalid::Phone => language.t("invalid-phone").to_owned(),
        Invalid::Siret => language.t("invalid-siret").to_owned(),
        Invalid::RomeCode => language.t("invalid-rome-code").to_owned(),
        Invalid::PartnerId => language.t("invalid-client-id").to_owned(),
        Invalid::Username => language.t("invalid-username").to_owned(),
        Invalid::Origin => language.t("invalid-origin").to_owned(),
        Invalid::WebhookUrl => language.t("invalid-webhook-url").to_owned(),
        Invalid::WebAddress => language.t("invalid-web-address").to_owned(),
        Invalid::Language => language.t("invalid-language").to_owned(),
        Invalid::Number { max } => language.with("invalid-number", ("max", max)),
        Invalid::Count { max } => language.with("invalid-count", ("max", max)),
        Invalid::SuppressedCandidate => language.t("invalid-suppressed-candidate").to_owned(),
        Invalid::SuppressedEmployer => language.t("invalid-suppressed-employer").to_owned(),
        Invalid::TooShort { min } => language.with("invalid-too-short", ("max", min)),
        Invalid::Choice { allowed } => language.with("invalid-choice", ("allowed", allowed)),
        Invalid::Boolean => language.t("invalid-boolean").to_owned(),
        Invalid::Date => language.t("invalid-date").to_owned(),
        Invalid::Month => language.t("invalid-month").to_owned(),
        Invalid::Time => language.t("invalid-time").to_owned(),
        Invalid::TimeZone => language.t("invalid-time-zone").to_owned(),
        Invalid::NoSuchTime => language.t("invalid-no-such-time").to_owned(),
        Invalid::PastDate => language.t("invalid-past-date").to_owned(),
        Invalid::FarDate => language.t("invalid-far-date").to_owned(),
        Invalid::NoContact => language.t("invalid-no-contact").to_owned(),
        Invalid::NotConfirmed => language.t("invalid-not-confirmed").to_owned(),
        Invalid::CvType => language.t("invalid-cv-type").to_owned(),
        Invalid::FileType => language.t("invalid-file-type").to_owned(),
        Invalid::FilePassword => language.t("invalid-file-password").to_owned(),
        Invalid::FileMacro => language.t("invalid-file-macro").to_owned(),
        Invalid::FileTemplate => language.t("invalid-file-template").to_owned(),
        Invalid::FileHeic => language.t("invalid-file-heic").to_owned(),
        Invalid::FileEmpty => language.t("invalid-file-empty").to_owned(),
        Invalid::FileBomb => language.t("invalid-file-bomb").to_owned(),
        Invalid::FilesTooLarge { max_mebibytes } => {
            language.with("invalid-files-too-large", ("max", max_mebibytes))
        }
        Invalid::NoCriterion => language.t("invalid-no-criterion").to_owned(),
        Invalid::TooManyKeywords { max } => {
            language.with("invalid-too-many-keywords", ("max", max))
        }
        Invalid::TooManyFiles { max } => language.with("invalid-too-many-files", ("max", max)),
        Invalid::FileName => language.t("invalid-file-name").to_owned(),
        Invalid::FileNameUnreadable => language.t("invalid-file-name-unreadable").to_owned(),
        Invalid::NotFiles => language.t("invalid-not-files").to_owned(),
        Invalid::Encoding => language.t("invalid-encoding").to_owned(),
    }
}

/// Why something may not happen to an application, as a sentence for a person.
pub fn refusal(refusal: &ApplicationRefusal, language: Language) -> String {
    let said = match refusal {
        ApplicationRefusal::NotFound => language.t("refusal-not-found"),
        ApplicationRefusal::AlreadySubmitted => language.t("refusal-already-submitted"),
        ApplicationRefusal::Withdrawn => language.t("refusal-withdrawn"),
        ApplicationRefusal::Rejected => language.t("refusal-rejected"),
        ApplicationRefusal::Hired => language.t("refusal-hired"),
        ApplicationRefusal::AnsweredMeanwhile => language.t("refusal-answered-meanwhile"),
        ApplicationRefusal::PastInterview => language.t("refusal-past-interview"),
        ApplicationRefusal::UndoTooLate => language.t("refusal-undo-too-late"),
        ApplicationRefusal::NoSuchAnswer => language.t("refusal-no-such-answer"),
        ApplicationRefusal::NotSentYet => language.t("refusal-not-sent-yet"),
        ApplicationRefusal::NoSuchRequest => language.t("refusal-no-such-request"),
        ApplicationRefusal::NoAttachments => language.t("refusal-no-attachments"),
        ApplicationRefusal::Erased => language.t("refusal-erased"),
        ApplicationRefusal::AttachmentsDeleted => language.t("refusal-attachments-deleted"),
        ApplicationRefusal::SecondPersonNeeded => language.t("refusal-second-person-needed"),
        ApplicationRefusal::TooManyRequests => language.t("refusal-too-many-requests"),
    };
    said.to_owned()
}

/// Why something may not happen to a request to erase a person, as a sentence for a person.
pub fn erasure_refusal(refusal: &ErasureCaseRefusal, language: Language) -> &'static str {
    match refusal {
        ErasureCaseRefusal::NoSuchCase => language.t("refusal-no-such-case"),
        ErasureCaseRefusal::NothingToErase => language.t("refusal-nothing-to-erase"),
        ErasureCaseRefusal::SecondPersonNeeded => language.t("refusal-second-person-needed"),
        ErasureCaseRefusal::UnderWay => language.t("refusal-under-way"),
        ErasureCaseRefusal::NotErasedYet => language.t("refusal-not-erased-yet"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_objections_are_those_of_the_rules() {
        for wrong in [
            Invalid::Missing,
            Invalid::TooLong { max: 64 },
            Invalid::Choice { allowed: "onsite, phone, video" },
            Invalid::FilesTooLarge { max_mebibytes: 10 },
            Invalid::NoCriterion,
            Invalid::TooManyKeywords { max: 20 },
            Invalid::TooManyFiles { max: 20 },
            Invalid::Count { max: 365 },
        ] {
            assert_eq!(invalid(&wrong, Language::En), wrong.to_string());
        }
        for no in [
            ApplicationRefusal::Withdrawn,
            ApplicationRefusal::AnsweredMeanwhile,
            ApplicationRefusal::UndoTooLate,
        ] {
            assert_eq!(refusal(&no, Language::En), no.to_string());
        }
    }

    #[test]
    fn french_objections_name_the_bound() {
        let files = invalid(&Invalid::FilesTooLarge { max_mebibytes: 10 }, Language::Fr);
        assert!(files.contains("10\u{a0}Mio"), "{files}");
        let long = invalid(&Invalid::TooLong { max: 4000 }, Language::Fr);
        assert!(long.contains("4000"), "{long}");
    }

    /// A door, and whether it takes a text.
    type Door = (&'static str, fn(&str) -> bool);

    /// The doors whose messages give examples.
    const DOORS: [Door; 10] = [
        ("invalid-email", |text| text.parse::<domain::EmailAddress>().is_ok()),
        ("invalid-phone", |text| text.parse::<domain::Phone>().is_ok()),
        ("invalid-rome-code", |text| text.parse::<domain::RomeCode>().is_ok()),
        ("invalid-origin", |text| text.parse::<domain::Origin>().is_ok()),
        ("invalid-webhook-url", |text| text.parse::<domain::partner::WebhookUrl>().is_ok()),
        ("invalid-web-address", |text| text.parse::<domain::WebAddress>().is_ok()),
        ("invalid-date", |text| domain::dates::date(text).is_ok()),
        ("invalid-month", |text| text.parse::<domain::space::Month>().is_ok()),
        ("invalid-time", |text| domain::dates::time(text).is_ok()),
        ("invalid-time-zone", |text| jiff::tz::TimeZone::get(text).is_ok()),
    ];

    /// What a message gives as examples: "like … or …", "comme … ou …", up to the end of the sentence.
    fn examples(message: &str) -> Vec<&str> {
        let after = |mark: &str| message.split_once(mark).map(|(_, after)| after);
        let Some(after) = after(", like ").or_else(|| after(", comme ")) else { return vec![] };
        let sentence = after.split(". ").next().unwrap_or(after).trim_end_matches('.');
        sentence.split(" or ").flat_map(|part| part.split(" ou ")).collect()
    }

    /// A message that gives an example and is not among the doors fails this, too.
    #[test]
    fn every_example_of_a_message_is_taken_by_the_door_that_it_speaks_of() {
        let mut tried = 0;
        let catalogues =
            [include_str!("../locales/fr/invalid.ftl"), include_str!("../locales/en/invalid.ftl")];
        for line in catalogues.iter().flat_map(|catalogue| catalogue.lines()) {
            let (key, message) = line.split_once(" = ").unwrap();
            for example in examples(message) {
                let (_, takes) = DOORS.iter().find(|(door, _)| *door == key).unwrap();
                assert!(takes(example), "{key}: {example}");
                tried += 1;
            }
        }
        assert_eq!(tried, 2 * (DOORS.len() + 1), "each in both languages, the phone's two");
    }
}
