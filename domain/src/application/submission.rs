//! What a candidate sends.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Digest, EmailAddress, FileName, Forgettable as _, Language, Line, MediaType, NamePart,
    PartnerId, Personal, Phone, Prose, RomeCode, Siret,
};

/// An application as it was submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Submission {
    /// The client platform it came through.
    #[serde(rename = "client")]
    pub partner: PartnerId,
    /// The language of its pages and e-mails.
    pub language: Language,
    /// Who applies.
    pub candidate: Candidate,
    /// To whom.
    pub employer: Employer,
    /// The title of the job.
    #[schemars(extend("x-personal" = false))]
    pub job: Line<128>,
    /// The candidate's message to the employer.
    pub message: Personal<Prose<4000>>,
    /// Whether the candidate asked for a copy by e-mail.
    pub send_confirmation: bool,
    /// The documents, in the order in which they were added; 10 MiB together at most.
    pub attachments: Vec<Attachment>,
}

/// The person who applies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Candidate {
    /// Where the candidate is written to.
    #[schemars(extend("x-subject" = true))]
    pub email: Personal<EmailAddress>,
    /// First name; empty for a person who has one name, which is the last name then, or the other
    /// way round.
    pub first_name: Personal<NamePart>,
    /// Last name; see `first_name`.
    pub last_name: Personal<NamePart>,
    /// Phone number, as typed.
    pub phone: Personal<Phone>,
    /// Postal address; the lines of one that was typed in several are parted by commas.
    pub address: Personal<Line<256>>,
    /// The candidate's id at the public employment service.
    pub peid: Personal<Line<64>>,
    /// The occupation looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rome_code: Option<RomeCode>,
    /// The access token for the adviser's file, still encrypted with the partner's Fernet key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peam_access_token: Option<Personal<Line<4096>>>,
}

impl Candidate {
    /// What the candidate is called in a greeting: the first name, or the only one.
    pub const fn called(&self) -> &NamePart {
        let (first, last) = (self.first_name.reveal(), self.last_name.reveal());
        if first.is_empty() { last } else { first }
    }

    /// First and last name, as written in a letter; the one that there is.
    pub fn full_name(&self) -> Personal<String> {
        let both = format!("{} {}", self.first_name.reveal(), self.last_name.reveal());
        both.trim().to_owned().into()
    }
}

/// The establishment applied to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Employer {
    /// Where the application is sent.
    pub email: Personal<EmailAddress>,
    /// Its name, as the partner shows it.
    #[schemars(extend("x-personal" = false))]
    pub description: Line<256>,
    /// Its number in the register.
    pub siret: Siret,
}

/// One document of an application; its bytes are in the object store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attachment {
    /// Its name, as the candidate's computer calls it.
    pub name: Personal<FileName>,
    /// Its kind, recognised by content.
    pub media_type: MediaType,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of its bytes: its address in the object store. It tells whoever has the document that
    /// it was sent.
    #[schemars(extend("x-personal" = true, "x-placeholder" = Digest::PLACEHOLDER))]
    pub digest: Digest,
}
