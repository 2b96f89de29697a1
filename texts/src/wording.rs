//! Names of things, as pages and letters show them.

use domain::application::{AnswerKind, ApplicationStatus, Place, RejectionReason};
use domain::space::TrackedStatus;
use domain::{Language, MediaType};

use crate::catalogue::Wording as _;

/// What a kind of answer is called, as a noun: "Proposition d’entretien".
pub fn answer_kind(kind: AnswerKind, language: Language) -> &'static str {
    match kind {
        AnswerKind::Interview => language.t("words-answer-kind-interview"),
        AnswerKind::Info => language.t("words-answer-kind-info"),
        AnswerKind::Rejection => language.t("words-answer-kind-rejection"),
        AnswerKind::Hire => language.t("words-answer-kind-hire"),
    }
}

/// What a button or link to a kind of answer says, as an order: "Proposer un entretien".
pub fn answer_action(kind: AnswerKind, language: Language) -> &'static str {
    match kind {
        AnswerKind::Interview => language.t("words-answer-action-interview"),
        AnswerKind::Info => language.t("words-answer-action-info"),
        AnswerKind::Rejection => language.t("words-answer-action-rejection"),
        AnswerKind::Hire => language.t("words-answer-action-hire"),
    }
}

/// Why an application is rejected, as a sentence without its full stop.
pub fn rejection_reason(reason: RejectionReason, language: Language) -> &'static str {
    match reason {
        RejectionReason::Unknown => language.t("words-rejection-reason-unknown"),
        RejectionReason::NoVacancy => language.t("words-rejection-reason-no-vacancy"),
        RejectionReason::Experience => language.t("words-rejection-reason-experience"),
        RejectionReason::Skills => language.t("words-rejection-reason-skills"),
        RejectionReason::Education => language.t("words-rejection-reason-education"),
    }
}

/// Where an interview takes place: "Sur place", "Par téléphone", "En visioconférence".
pub fn place(place: Place, language: Language) -> &'static str {
    match place {
        Place::Onsite => language.t("words-place-onsite"),
        Place::Phone => language.t("words-place-phone"),
        Place::Video => language.t("words-place-video"),
    }
}

/// Where somebody says that an application stands, in a word or two.
pub fn tracked_status(status: TrackedStatus, language: Language) -> String {
    language.with("space-status", ("status", status.as_str()))
}

/// Where an application stands, in a word or two, about the (feminine) application.
pub fn status(status: ApplicationStatus, language: Language) -> &'static str {
    match status {
        ApplicationStatus::Submitted => language.t("words-status-submitted"),
        ApplicationStatus::Sent => language.t("words-status-sent"),
        ApplicationStatus::Undeliverable => language.t("words-status-undeliverable"),
        ApplicationStatus::InfoRequested => language.t("words-status-info-requested"),
        ApplicationStatus::InterviewProposed => language.t("words-status-interview-proposed"),
        ApplicationStatus::Rejected => language.t("words-status-rejected"),
        ApplicationStatus::Hired => language.t("words-status-hired"),
        ApplicationStatus::Withdrawn => language.t("words-status-withdrawn"),
    }
}

/// What people call a kind of document: "PDF", "Document Word", "Image JPEG".
pub fn media_type(kind: MediaType, language: Language) -> &'static str {
    match kind {
        MediaType::Pdf => language.t("words-media-type-pdf"),
        MediaType::Doc | MediaType::Docx => language.t("words-media-type-word"),
        MediaType::Odt => language.t("words-media-type-odt"),
        MediaType::Rtf => language.t("words-media-type-rtf"),
        MediaType::Txt => language.t("words-media-type-txt"),
        MediaType::Jpeg => language.t("words-media-type-jpeg"),
        MediaType::Png => language.t("words-media-type-png"),
    }
}

/// A size in bytes for people, in decimal units (1 kB is 1,000 bytes): "182 Ko", "1.4 MB". The
/// space is a no-break space.
pub fn file_size(bytes: u64, language: Language) -> String {
    const KILO: u64 = 1_000;
    const MEGA: u64 = 1_000_000;
    if bytes < KILO {
        return language.with("words-bytes", ("count", &bytes));
    }
    let kilobytes = (bytes + KILO / 2) / KILO;
    if kilobytes < KILO {
        return language.with("words-kilobytes", ("count", &kilobytes));
    }
    let tenths = (bytes + MEGA / 20) / (MEGA / 10);
    let (whole, tenth) = (tenths / 10, tenths % 10);
    language.with("words-megabytes", (("whole", &whole), ("tenth", &tenth)))
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
