//! An application as a form or a JSON object brings it: text, not yet parsed.

use crate::application::{Attachment, Candidate, Employer, Submission};
use crate::invalid::Errors;
use crate::value::text::lines_as_one;
use crate::{
    EmailAddress, FieldError, Invalid, Language, Line, NamePart, PartnerId, Personal, Phone, Prose,
};

/// The fields of an application as text, under the names of the partner protocol.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the fields are those of the partner protocol, in its order")]
pub struct SubmissionDraft {
    pub candidate_email: Option<Personal<String>>,
    pub candidate_first_name: Option<Personal<String>>,
    pub candidate_last_name: Option<Personal<String>>,
    pub candidate_phone: Option<Personal<String>>,
    pub candidate_address: Option<Personal<String>>,
    pub candidate_peid: Option<Personal<String>>,
    pub candidate_rome_code: Option<String>,
    pub candidate_peam_access_token: Option<Personal<String>>,
    pub employer_email: Option<Personal<String>>,
    pub employer_description: Option<String>,
    pub siret: Option<String>,
    pub job: Option<String>,
    pub message: Option<Personal<String>>,
    pub send_confirmation: bool,
}

impl SubmissionDraft {
    /// The names of the text fields, in the order in which a form shows them.
    pub const FIELDS: [&'static str; 13] = [
        "candidate_first_name",
        "candidate_last_name",
        "candidate_email",
        "candidate_phone",
        "candidate_address",
        "candidate_peid",
        "candidate_rome_code",
        "candidate_peam_access_token",
        "employer_email",
        "employer_description",
        "siret",
        "job",
        "message",
    ];

    /// Sets the field called `name`; a name that is not in [`Self::FIELDS`] is ignored and tells
    /// `false`.
    pub fn set(&mut self, name: &str, value: String) -> bool {
        let personal = match name {
            "candidate_email" => &mut self.candidate_email,
            "candidate_first_name" => &mut self.candidate_first_name,
            "candidate_last_name" => &mut self.candidate_last_name,
            "candidate_phone" => &mut self.candidate_phone,
            "candidate_address" => &mut self.candidate_address,
            "candidate_peid" => &mut self.candidate_peid,
            "candidate_peam_access_token" => &mut self.candidate_peam_access_token,
            "employer_email" => &mut self.employer_email,
            "message" => &mut self.message,
            _ => {
                let plain = match name {
                    "candidate_rome_code" => &mut self.candidate_rome_code,
                    "employer_description" => &mut self.employer_description,
                    "siret" => &mut self.siret,
                    "job" => &mut self.job,
                    _ => return false,
                };
                *plain = Some(value);
                return true;
            }
        };
        *personal = Some(value.into());
        true
    }

    /// The text of the field called `name`, for showing a form again; empty when it was not set.
    pub fn get(&self, name: &str) -> &str {
        match name {
            "candidate_email" => revealed(self.candidate_email.as_ref()),
            "candidate_first_name" => revealed(self.candidate_first_name.as_ref()),
            "candidate_last_name" => revealed(self.candidate_last_name.as_ref()),
            "candidate_phone" => revealed(self.candidate_phone.as_ref()),
            "candidate_address" => revealed(self.candidate_address.as_ref()),
            "candidate_peid" => revealed(self.candidate_peid.as_ref()),
            "candidate_peam_access_token" => revealed(self.candidate_peam_access_token.as_ref()),
            "employer_email" => revealed(self.employer_email.as_ref()),
            "message" => revealed(self.message.as_ref()),
            "candidate_rome_code" => self.candidate_rome_code.as_deref(),
            "employer_description" => self.employer_description.as_deref(),
            "siret" => self.siret.as_deref(),
            "job" => self.job.as_deref(),
            _ => None,
        }
        .unwrap_or_default()
    }

    /// The longest text that the field called `name` holds, in characters; `None` where its form
    /// alone bounds it.
    pub fn longest(name: &str) -> Option<usize> {
        Some(match name {
            "candidate_email" | "employer_email" => EmailAddress::MAX,
            "candidate_phone" => Phone::MAX,
            "candidate_first_name" | "candidate_last_name" => NamePart::MAX,
            "candidate_address" => line(|it| it.candidate.address.reveal()),
            "candidate_peid" => line(|it| it.candidate.peid.reveal()),
            "candidate_peam_access_token" => {
                maybe(|it| it.candidate.peam_access_token.as_ref().map(Personal::reveal))
            }
            "employer_description" => line(|it| &it.employer.description),
            "job" => line(|it| &it.job),
            "message" => prose(|it| it.message.reveal()),
            _ => return None,
        })
    }

    /// The application, or everything that is wrong with it, field by field. `attachments` have
    /// been recognised already; `language` and `client` are the caller's.
    pub fn parse(
        &self,
        partner: PartnerId,
        language: Language,
        attachments: Vec<Attachment>,
    ) -> Result<Submission, Vec<FieldError>> {
        let mut errors = Errors::default();
        let [first_name, last_name] = self.names(&mut errors);
        let email = errors.required("candidate_email", revealed(self.candidate_email.as_ref()));
        let phone = errors.required("candidate_phone", revealed(self.candidate_phone.as_ref()));
        let address = revealed(self.candidate_address.as_ref());
        let max = line(|it| it.candidate.address.reveal());
        let address = address.map(|lines| lines_as_one(lines, max));
        let address = errors.required("candidate_address", address.as_deref());
        let peid = errors.required("candidate_peid", revealed(self.candidate_peid.as_ref()));
        let rome_code = errors.optional("candidate_rome_code", self.candidate_rome_code.as_deref());
        let token = errors.optional(
            "candidate_peam_access_token",
            revealed(self.candidate_peam_access_token.as_ref()),
        );
        let employer_email =
            errors.required("employer_email", revealed(self.employer_email.as_ref()));
        let description =
            errors.required("employer_description", self.employer_description.as_deref());
        let siret = errors.required("siret", self.siret.as_deref());
        let job = errors.required("job", self.job.as_deref());
        let message = errors.required("message", revealed(self.message.as_ref()));

        let found = (|| {
            Some(Submission {
                partner,
                language,
                candidate: Candidate {
                    email: Personal::new(email?),
                    first_name: Personal::new(first_name?),
                    last_name: Personal::new(last_name?),
                    phone: Personal::new(phone?),
                    address: Personal::new(address?),
                    peid: Personal::new(peid?),
                    rome_code,
                    peam_access_token: token.map(Personal::new),
                },
                employer: Employer {
                    email: Personal::new(employer_email?),
                    description: description?,
                    siret: siret?,
                },
                job: job?,
                message: Personal::new(message?),
                send_confirmation: self.send_confirmation,
                attachments,
            })
        })();
        let errors = errors.into_vec();
        match found {
            Some(submission) if errors.is_empty() => Ok(submission),
            _ => Err(errors),
        }
    }
}

impl SubmissionDraft {
    /// First and last name, of which a person may have one only.
    fn names(&self, errors: &mut Errors) -> [Option<NamePart>; 2] {
        let parse = |name: Option<&str>| name.unwrap_or_default().parse::<NamePart>();
        let first = parse(revealed(self.candidate_first_name.as_ref()));
        let last = parse(revealed(self.candidate_last_name.as_ref()));
        let none = |name: &Result<NamePart, Invalid>| name.as_ref().is_ok_and(NamePart::is_empty);
        let (first, last) = if none(&first) && none(&last) {
            (Err(Invalid::Missing), Err(Invalid::Missing))
        } else {
            (first, last)
        };
        [errors.take("candidate_first_name", first), errors.take("candidate_last_name", last)]
    }
}

/// The bound of a field: its type has it.
const fn line<const MAX: usize>(_: fn(&Submission) -> &Line<MAX>) -> usize {
    MAX
}

const fn maybe<const MAX: usize>(_: fn(&Submission) -> Option<&Line<MAX>>) -> usize {
    MAX
}

const fn prose<const MAX: usize>(_: fn(&Submission) -> &Prose<MAX>) -> usize {
    MAX
}

fn revealed(value: Option<&Personal<String>>) -> Option<&str> {
    value.map(|value| value.reveal().as_str())
}

impl SubmissionDraft {
    /// Reads a yes or no as forms and programs write it; blank is no.
    pub fn boolean(text: &str) -> Result<bool, Invalid> {
        match text.trim().to_ascii_lowercase().as_str() {
            "true" | "on" | "1" | "yes" => Ok(true),
            "" | "false" | "off" | "0" | "no" => Ok(false),
            _ => Err(Invalid::Boolean),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples;

    fn parse(draft: &SubmissionDraft) -> Result<Submission, Vec<FieldError>> {
        draft.parse("demo".parse().unwrap(), Language::Fr, vec![])
    }

    #[test]
    fn a_whole_draft_becomes_a_submission() {
        let submission = parse(&examples::draft()).unwrap();
        assert_eq!(submission.candidate.full_name().reveal(), "Camille Martin");
        assert!(!submission.send_confirmation);
    }

    #[test]
    fn every_error_is_told_at_once() {
        let errors = parse(&SubmissionDraft::default()).unwrap_err();
        let fields: Vec<_> = errors.iter().map(|error| error.field).collect();
        let optional = ["candidate_rome_code", "candidate_peam_access_token"];
        let required: Vec<_> =
            SubmissionDraft::FIELDS.into_iter().filter(|name| !optional.contains(name)).collect();
        assert_eq!(fields, required);
        assert!(errors.iter().all(|error| error.invalid == Invalid::Missing));
    }

    #[rstest::rstest]
    #[case("Sukarno", "")]
    #[case("", "Sukarno")]
    #[case("Sukarno", "-")]
    #[case("\u{200b}", "Sukarno")]
    fn one_name_is_enough(#[case] first: &str, #[case] last: &str) {
        let mut draft = examples::draft();
        draft.set("candidate_first_name", first.into());
        draft.set("candidate_last_name", last.into());
        assert_eq!(parse(&draft).unwrap().candidate.full_name().reveal(), "Sukarno");
    }

    #[test]
    fn names_of_nothing_that_is_seen_are_missing() {
        let mut draft = examples::draft();
        draft.set("candidate_first_name", "\u{200b}\u{202e}".into());
        draft.set("candidate_last_name", ".".into());
        let errors = parse(&draft).unwrap_err();
        let missing = ["candidate_first_name", "candidate_last_name"]
            .map(|field| FieldError::new(field, Invalid::Missing));
        assert_eq!(errors, missing);
    }

    #[test]
    fn an_address_of_two_lines_is_taken() {
        let mut draft = examples::draft();
        draft.set("candidate_address", "12 rue des Lilas\r\n75020 Paris\r\n".into());
        let submission = parse(&draft).unwrap();
        assert_eq!(submission.candidate.address.reveal().as_str(), "12 rue des Lilas, 75020 Paris");
    }

    #[test]
    fn a_wrong_optional_field_is_an_error_too() {
        let mut draft = examples::draft();
        draft.set("candidate_rome_code", "nonsense".into());
        let errors = parse(&draft).unwrap_err();
        assert_eq!(errors, [FieldError::new("candidate_rome_code", Invalid::RomeCode)]);
    }

    #[test]
    fn every_field_can_be_set_and_read_by_its_name() {
        let mut draft = SubmissionDraft::default();
        for name in SubmissionDraft::FIELDS {
            assert!(draft.set(name, name.to_uppercase()));
            assert_eq!(draft.get(name), name.to_uppercase());
        }
        assert!(!draft.set("consent_categories", "x".into()));
    }

    proptest::proptest! {
        #[test]
        fn any_text_in_any_field_is_parsed_or_refused(
            place in 0_usize..13,
            text in "(\\PC|[\\x00-\\x1f]){0,600}",
        ) {
            let mut draft = examples::draft();
            draft.set(SubmissionDraft::FIELDS[place], text);
            if let Err(errors) = parse(&draft) {
                proptest::prop_assert_eq!(errors.len(), 1);
                proptest::prop_assert_eq!(errors[0].field, SubmissionDraft::FIELDS[place]);
            }
        }
    }
}
