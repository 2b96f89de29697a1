//! Names of things, as pages and letters show them.

use domain::application::{AnswerKind, Place, RejectionReason, Status};
use domain::{Language, MediaType};

use crate::translate::phrase;

/// What a kind of answer is called, as a noun: "Proposition d’entretien".
pub fn answer_kind(kind: AnswerKind, language: Language) -> &'static str {
    phrase(
        language,
        match kind {
            AnswerKind::Interview => "answer_kind.interview",
            AnswerKind::Info => "answer_kind.info",
            AnswerKind::Rejection => "answer_kind.rejection",
            AnswerKind::Hire => "answer_kind.hire",
        },
    )
}

/// What a button or link to a kind of answer says, as an order: "Proposer un entretien".
pub fn answer_action(kind: AnswerKind, language: Language) -> &'static str {
    phrase(
        language,
        match kind {
            AnswerKind::Interview => "answer_action.interview",
            AnswerKind::Info => "answer_action.info",
            AnswerKind::Rejection => "answer_action.rejection",
            AnswerKind::Hire => "answer_action.hire",
        },
    )
}

/// Why an application is rejected, as a sentence without its full stop.
pub fn rejection_reason(reason: RejectionReason, language: Language) -> &'static str {
    phrase(
        language,
        match reason {
            RejectionReason::Unknown => "rejection_reason.unknown",
            RejectionReason::NoVacancy => "rejection_reason.no_vacancy",
            RejectionReason::Experience => "rejection_reason.experience",
            RejectionReason::Skills => "rejection_reason.skills",
            RejectionReason::Education => "rejection_reason.education",
        },
    )
}

/// Where an interview takes place: "Sur place", "Par téléphone", "En visioconférence".
pub fn place(place: Place, language: Language) -> &'static str {
    phrase(
        language,
        match place {
            Place::Onsite => "place.onsite",
            Place::Phone => "place.phone",
            Place::Video => "place.video",
        },
    )
}

/// Where an application stands, in a word or two, about the (feminine) application.
pub fn status(status: Status, language: Language) -> &'static str {
    phrase(
        language,
        match status {
            Status::Submitted => "status.submitted",
            Status::Sent => "status.sent",
            Status::Undeliverable => "status.undeliverable",
            Status::InfoRequested => "status.info_requested",
            Status::InterviewProposed => "status.interview_proposed",
            Status::Rejected => "status.rejected",
            Status::Hired => "status.hired",
            Status::Withdrawn => "status.withdrawn",
        },
    )
}

/// What people call a kind of document: "PDF", "Document Word", "Image JPEG".
pub fn media_type(kind: MediaType, language: Language) -> &'static str {
    phrase(
        language,
        match kind {
            MediaType::Pdf => "media_type.pdf",
            MediaType::Doc | MediaType::Docx => "media_type.word",
            MediaType::Odt => "media_type.odt",
            MediaType::Rtf => "media_type.rtf",
            MediaType::Txt => "media_type.txt",
            MediaType::Jpeg => "media_type.jpeg",
            MediaType::Png => "media_type.png",
        },
    )
}

/// A size in bytes for people, in decimal units (1 kB is 1,000 bytes): "182 Ko", "1.4 MB". The
/// space is a no-break space.
pub fn file_size(bytes: u64, language: Language) -> String {
    const KILO: u64 = 1_000;
    const MEGA: u64 = 1_000_000;
    if bytes < KILO {
        let one = bytes == 1 || (bytes == 0 && language == Language::Fr);
        let unit = if one { "file_size.byte" } else { "file_size.bytes" };
        return format!("{bytes}\u{a0}{}", phrase(language, unit));
    }
    let kilobytes = (bytes + KILO / 2) / KILO;
    if kilobytes < KILO {
        return format!("{kilobytes}\u{a0}{}", phrase(language, "file_size.kilobytes"));
    }
    let tenths = (bytes + MEGA / 20) / (MEGA / 10);
    let separator = match language {
        Language::Fr => ',',
        Language::En => '.',
    };
    let unit = phrase(language, "file_size.megabytes");
    match (tenths / 10, tenths % 10) {
        (whole, 0) => format!("{whole}\u{a0}{unit}"),
        (whole, tenth) => format!("{whole}{separator}{tenth}\u{a0}{unit}"),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, "0 octet", "0 bytes")]
    #[case(1, "1 octet", "1 byte")]
    #[case(999, "999 octets", "999 bytes")]
    #[case(1_000, "1 Ko", "1 kB")]
    #[case(182_044, "182 Ko", "182 kB")]
    #[case(999_499, "999 Ko", "999 kB")]
    #[case(999_500, "1 Mo", "1 MB")]
    #[case(1_440_000, "1,4 Mo", "1.4 MB")]
    #[case(10_485_760, "10,5 Mo", "10.5 MB")]
    fn a_size_reads_as_people_say_it(
        #[case] bytes: u64,
        #[case] french: &str,
        #[case] english: &str,
    ) {
        assert_eq!(file_size(bytes, Language::Fr).replace('\u{a0}', " "), french);
        assert_eq!(file_size(bytes, Language::En).replace('\u{a0}', " "), english);
    }
}
