//! What is wrong with a value, or why something may not happen, and how to mend it.

use domain::application::Refusal;
use domain::{Invalid, Language};

use crate::translate::{fill, phrase};

/// What is wrong with a value, as one or two sentences that say how to mend it.
pub fn invalid(invalid: &Invalid, language: Language) -> String {
    let (key, number, allowed) = match invalid {
        Invalid::Missing => ("invalid.missing", 0, ""),
        Invalid::TooLong { max } => ("invalid.too_long", count(*max), ""),
        Invalid::ControlCharacter => ("invalid.control_character", 0, ""),
        Invalid::Email => ("invalid.email", 0, ""),
        Invalid::EmailLetters => ("invalid.email_letters", 0, ""),
        Invalid::EmailQuotes => ("invalid.email_quotes", 0, ""),
        Invalid::Phone => ("invalid.phone", 0, ""),
        Invalid::Siret => ("invalid.siret", 0, ""),
        Invalid::RomeCode => ("invalid.rome_code", 0, ""),
        Invalid::ClientId => ("invalid.client_id", 0, ""),
        Invalid::Origin => ("invalid.origin", 0, ""),
        Invalid::WebhookUrl => ("invalid.webhook_url", 0, ""),
        Invalid::Language => ("invalid.language", 0, ""),
        Invalid::Number { max } => ("invalid.number", *max, ""),
        Invalid::Count { max } => ("invalid.count", *max, ""),
        Invalid::SuppressedCandidate => ("invalid.suppressed_candidate", 0, ""),
        Invalid::SuppressedEmployer => ("invalid.suppressed_employer", 0, ""),
        Invalid::TooShort { min } => ("invalid.too_short", count(*min), ""),
        Invalid::Choice { allowed } => ("invalid.choice", 0, *allowed),
        Invalid::Boolean => ("invalid.boolean", 0, ""),
        Invalid::Date => ("invalid.date", 0, ""),
        Invalid::Time => ("invalid.time", 0, ""),
        Invalid::TimeZone => ("invalid.time_zone", 0, ""),
        Invalid::NoSuchTime => ("invalid.no_such_time", 0, ""),
        Invalid::PastDate => ("invalid.past_date", 0, ""),
        Invalid::FarDate => ("invalid.far_date", 0, ""),
        Invalid::NoContact => ("invalid.no_contact", 0, ""),
        Invalid::NotConfirmed => ("invalid.not_confirmed", 0, ""),
        Invalid::FileType => ("invalid.file_type", 0, ""),
        Invalid::FilePassword => ("invalid.file_password", 0, ""),
        Invalid::FileMacro => ("invalid.file_macro", 0, ""),
        Invalid::FileTemplate => ("invalid.file_template", 0, ""),
        Invalid::FileHeic => ("invalid.file_heic", 0, ""),
        Invalid::FileEmpty => ("invalid.file_empty", 0, ""),
        Invalid::FileBomb => ("invalid.file_bomb", 0, ""),
        Invalid::FilesTooLarge { max_mebibytes } => ("invalid.files_too_large", *max_mebibytes, ""),
        Invalid::TooManyFiles { max } => ("invalid.too_many_files", count(*max), ""),
        Invalid::FileName => ("invalid.file_name", 0, ""),
        Invalid::FileNameUnreadable => ("invalid.file_name_unreadable", 0, ""),
        Invalid::NotFiles => ("invalid.not_files", 0, ""),
        Invalid::Encoding => ("invalid.encoding", 0, ""),
    };
    let max = number.to_string();
    fill(phrase(language, key), &[("max", &max), ("allowed", allowed)])
}

fn count(max: usize) -> u64 {
    u64::try_from(max).unwrap_or(u64::MAX)
}

/// Why something may not happen to an application, as a sentence for a person.
pub fn refusal(refusal: &Refusal, language: Language) -> String {
    phrase(
        language,
        match refusal {
            Refusal::NotFound => "refusal.not_found",
            Refusal::AlreadySubmitted => "refusal.already_submitted",
            Refusal::Withdrawn => "refusal.withdrawn",
            Refusal::Rejected => "refusal.rejected",
            Refusal::Hired => "refusal.hired",
            Refusal::AnsweredMeanwhile => "refusal.answered_meanwhile",
            Refusal::PastInterview => "refusal.past_interview",
            Refusal::UndoTooLate => "refusal.undo_too_late",
            Refusal::NoSuchAnswer => "refusal.no_such_answer",
            Refusal::NotSentYet => "refusal.not_sent_yet",
            Refusal::NoSuchRequest => "refusal.no_such_request",
            Refusal::NoAttachments => "refusal.no_attachments",
            Refusal::Erased => "refusal.erased",
            Refusal::AttachmentsDeleted => "refusal.attachments_deleted",
            Refusal::SecondPersonNeeded => "refusal.second_person_needed",
            Refusal::TooManyRequests => "refusal.too_many_requests",
        },
    )
    .to_owned()
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
            Invalid::TooManyFiles { max: 20 },
            Invalid::Count { max: 365 },
        ] {
            assert_eq!(invalid(&wrong, Language::En), wrong.to_string());
        }
        for no in [Refusal::Withdrawn, Refusal::AnsweredMeanwhile, Refusal::UndoTooLate] {
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
    const DOORS: [Door; 8] = [
        ("invalid.email", |text| text.parse::<domain::EmailAddress>().is_ok()),
        ("invalid.phone", |text| text.parse::<domain::Phone>().is_ok()),
        ("invalid.rome_code", |text| text.parse::<domain::RomeCode>().is_ok()),
        ("invalid.origin", |text| text.parse::<domain::Origin>().is_ok()),
        ("invalid.webhook_url", |text| text.parse::<domain::client::WebhookUrl>().is_ok()),
        ("invalid.date", |text| domain::dates::date(text).is_ok()),
        ("invalid.time", |text| domain::dates::time(text).is_ok()),
        ("invalid.time_zone", |text| jiff::tz::TimeZone::get(text).is_ok()),
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
        for messages in [include_str!("translations/fr.json"), include_str!("translations/en.json")]
        {
            let messages: std::collections::BTreeMap<String, String> =
                serde_json::from_str(messages).unwrap();
            let group = |key: &str| key.split_once('.').map(|(group, _)| group.to_owned());
            let of_doors = messages.iter().filter(|(key, _)| group(key) == group(DOORS[0].0));
            for (key, message) in of_doors {
                for example in examples(message) {
                    let (_, takes) = DOORS.iter().find(|(door, _)| door == key).unwrap();
                    assert!(takes(example), "{key}: {example}");
                    tried += 1;
                }
            }
        }
        assert_eq!(tried, 2 * (DOORS.len() + 1), "each in both languages, the phone's two");
    }
}
