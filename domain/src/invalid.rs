//! Why a value that somebody typed or sent cannot be taken.

use serde::Serialize;
use thiserror::Error;

use crate::value::typed;

/// What is wrong with one value, and how to mend it. `Display` is English; `code` keys translations.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "each variant's message is its documentation")]
pub enum Invalid {
    #[error("This field is required.")]
    Missing,
    #[error("Use at most {max} characters.")]
    TooLong { max: usize },
    #[error("Remove line breaks and control characters.")]
    ControlCharacter,
    #[error("Enter an e-mail address in the correct format, like name@example.com.")]
    Email,
    #[error(
        "The part before the @ may hold letters without accents, digits and signs only. Check it, or use another address."
    )]
    EmailLetters,
    #[error(
        "E-mails cannot be sent to an address that needs quotation marks before the @. Use another address."
    )]
    EmailQuotes,
    #[error(
        "Enter a whole phone number, like 01 23 45 67 89 or +33 1 23 45 67 89. A number of another country begins with + and its prefix."
    )]
    Phone,
    #[error("Enter the 14 digits of a SIRET number: this one has a wrong length or check digit.")]
    Siret,
    #[error("A ROME code is one letter and four digits, like M1805. Leave it empty if unknown.")]
    RomeCode,
    #[error(
        "A client id is 1 to 64 lower-case letters, digits, dots, dashes or underscores, and begins with a letter or digit."
    )]
    PartnerId,
    #[error("A user name holds letters, digits, spaces, dots, dashes and underscores.")]
    Username,
    #[error("Write an origin as scheme and host, without a path, like https://www.example.com.")]
    Origin,
    #[error(
        "Write a whole address that begins with https://, without a user name, like https://www.example.com/hooks."
    )]
    WebhookUrl,
    #[error(
        "Write a whole web address that begins with http:// or https://, like https://www.example.com/jobs/7."
    )]
    WebAddress,
    #[error("Choose a supported language: fr or en.")]
    Language,
    #[error("Write a whole number from 0 to {max}.")]
    Number { max: u64 },
    #[error("Write a whole number from 1 to {max}.")]
    Count { max: u64 },
    #[error(
        "No e-mail can reach this address for now: earlier ones came back or were called spam. Use another address."
    )]
    SuppressedCandidate,
    #[error(
        "This employer cannot be reached by e-mail for now: earlier e-mails came back. Get in touch another way."
    )]
    SuppressedEmployer,
    #[error("Use at least {min} characters.")]
    TooShort { min: usize },
    #[error("Choose one of: {allowed}.")]
    Choice { allowed: &'static str },
    #[error("Write true or false.")]
    Boolean,
    #[error("Enter a date, like 2027-03-25.")]
    Date,
    #[error("Enter a month, like 2027-03.")]
    Month,
    #[error("Enter a time, like 14:30.")]
    Time,
    #[error("Choose a time zone by its name, like Europe/Paris.")]
    TimeZone,
    #[error("This time does not exist on that day: the clocks change. Choose another time.")]
    NoSuchTime,
    #[error("This date has passed. Choose a date and time in the future.")]
    PastDate,
    #[error("This date is more than two years away. Check the year.")]
    FarDate,
    #[error("Give at least one way to reach you: e-mail, phone or address.")]
    NoContact,
    #[error("Tick the box to confirm.")]
    NotConfirmed,
    #[error(
        "This file is not a PDF, DOC, DOCX, ODT, RTF, TXT, JPEG or PNG document. Convert it, then add it again."
    )]
    FileType,
    #[error(
        "This document is protected by a password. Save it without one, as a PDF for example, then add it again."
    )]
    FilePassword,
    #[error(
        "This document holds macros, which are not accepted. Save it without them, as a DOCX or a PDF, then add it again."
    )]
    FileMacro,
    #[error(
        "This file is a template for documents. Save it as a document, DOCX, ODT or PDF, then add it again."
    )]
    FileTemplate,
    #[error(
        "This photo is in HEIC format, which many computers cannot show. Save it as a JPEG, then add it again."
    )]
    FileHeic,
    #[error("A CV is a PDF, DOC, DOCX or ODT document. Convert it, then add it again.")]
    CvType,
    #[error("This file is empty. Choose another one.")]
    FileEmpty,
    #[error(
        "This document unpacks to an unreasonable size and is refused. Save it again as a PDF."
    )]
    FileBomb,
    #[error(
        "The files are larger than {max_mebibytes} MiB together. Remove one, or make them smaller."
    )]
    FilesTooLarge { max_mebibytes: u64 },
    #[error("Use at most {max} files.")]
    TooManyFiles { max: usize },
    #[error(
        "Say at least one thing that you look for: an alert without any would match every offer."
    )]
    NoCriterion,
    #[error("Use at most {max} keywords.")]
    TooManyKeywords { max: usize },
    #[error("Give the file a name.")]
    FileName,
    #[error("The file’s name cannot be read. Send it as `filename` in UTF-8.")]
    FileNameUnreadable,
    #[error("Send documents as files of a multipart/form-data body.")]
    NotFiles,
    #[error("This text is not valid UTF-8.")]
    Encoding,
}

impl Invalid {
    /// A stable name in snake case, for programs and translations.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::TooLong { .. } => "too_long",
            Self::ControlCharacter => "control_character",
            Self::Email => "email",
            Self::EmailLetters => "email_letters",
            Self::EmailQuotes => "email_quotes",
            Self::Phone => "phone",
            Self::Siret => "siret",
            Self::RomeCode => "rome_code",
            Self::PartnerId => "client_id",
            Self::Username => "username",
            Self::Origin => "origin",
            Self::WebhookUrl => "webhook_url",
            Self::WebAddress => "web_address",
            Self::Language => "language",
            Self::Number { .. } => "number",
            Self::Count { .. } => "count",
            Self::SuppressedCandidate => "suppressed_candidate",
            Self::SuppressedEmployer => "suppressed_employer",
            Self::TooShort { .. } => "too_short",
            Self::Choice { .. } => "choice",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Month => "month",
            Self::Time => "time",
            Self::TimeZone => "time_zone",
            Self::NoSuchTime => "no_such_time",
            Self::PastDate => "past_date",
            Self::FarDate => "far_date",
            Self::NoContact => "no_contact",
            Self::NotConfirmed => "not_confirmed",
            Self::FileType => "file_type",
            Self::FilePassword => "file_password",
            Self::FileMacro => "file_macro",
            Self::FileTemplate => "file_template",
            Self::FileHeic => "file_heic",
            Self::CvType => "cv_type",
            Self::FileEmpty => "file_empty",
            Self::FileBomb => "file_bomb",
            Self::FilesTooLarge { .. } => "files_too_large",
            Self::NoCriterion => "no_criterion",
            Self::TooManyKeywords { .. } => "too_many_keywords",
            Self::TooManyFiles { .. } => "too_many_files",
            Self::FileName => "file_name",
            Self::FileNameUnreadable => "file_name_unreadable",
            Self::NotFiles => "not_files",
            Self::Encoding => "encoding",
        }
    }
}

/// What is wrong with one named field of a form or of a JSON object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name, as in the form (`candidate_email`).
    pub field: &'static str,
    /// What is wrong with it.
    pub invalid: Invalid,
}

impl FieldError {
    /// `field` is wrong in the way `invalid` says.
    pub const fn new(field: &'static str, invalid: Invalid) -> Self {
        Self { field, invalid }
    }
}

impl Serialize for Invalid {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// Collects the errors of many fields, so that a person reads all of them at once.
#[derive(Debug, Default)]
pub(crate) struct Errors(Vec<FieldError>);

impl Errors {
    /// The value, or `None` with its error noted under `field`.
    pub(crate) fn take<T>(&mut self, field: &'static str, value: Result<T, Invalid>) -> Option<T> {
        match value {
            Ok(value) => Some(value),
            Err(invalid) => {
                self.0.push(FieldError::new(field, invalid));
                None
            }
        }
    }

    /// Parses a required field: absent or blank is [`Invalid::Missing`].
    pub(crate) fn required<T: std::str::FromStr<Err = Invalid>>(
        &mut self,
        field: &'static str,
        text: Option<&str>,
    ) -> Option<T> {
        let value = match text.filter(|text| !typed::is_blank(text)) {
            Some(text) => text.parse(),
            None => Err(Invalid::Missing),
        };
        self.take(field, value)
    }

    /// Parses an optional field: absent or blank is `None`, and so is a wrong one, noted.
    pub(crate) fn optional<T: std::str::FromStr<Err = Invalid>>(
        &mut self,
        field: &'static str,
        text: Option<&str>,
    ) -> Option<T> {
        let text = text.filter(|text| !typed::is_blank(text))?;
        self.take(field, text.parse())
    }

    pub(crate) fn note(&mut self, field: &'static str, invalid: Invalid) {
        self.0.push(FieldError::new(field, invalid));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn into_vec(self) -> Vec<FieldError> {
        self.0
    }
}
