//! The letters (e-mails). Each is a file and a folder of templates: a subject and a text part that
//! are plain text, and an HTML part in MJML, all filled by minijinja. Subjects, texts and HTML take
//! their sentences from `translations/`, in the language of the submission.
//!
//! From, Reply-To, Message-ID and attachments are the sender's business.

mod account;
mod archive_letter;
mod cancellation;
mod candidate_answer;
mod candidate_copy;
mod employer_application;
mod forwarded_documents;
mod job_alert;
mod paragraphs;
mod password_reset;
mod personal_data_link;
mod recruiter_receipt;
mod template;
mod view;
mod webhook_stopped;
mod withdrawal;

use std::fmt;

use domain::message::OutgoingLetter;
use domain::{EmailAddress, Invalid, Language, Personal};

pub use account::{AccountLetter, AccountName, CredentialsChange, account};
pub use archive_letter::{ArchiveLetter, ArchivedApplication, archive_letter};
pub use cancellation::{Cancellation, cancellation};
pub use candidate_answer::{CandidateAnswer, candidate_answer};
pub use candidate_copy::{CandidateCopy, candidate_copy};
pub use employer_application::{AnswerLinks, EmployerApplication, employer_application};
pub use forwarded_documents::{ForwardedDocuments, forwarded_documents};
pub use job_alert::{AlertedOffer, JobAlertLetter, job_alert, salary_note};
pub use paragraphs::{Button, Paragraphs, paragraphs};
pub use password_reset::{PasswordReset, password_reset};
pub use personal_data_link::{PersonalDataLink, personal_data_link};
pub use recruiter_receipt::{RecruiterReceipt, recruiter_receipt};
pub use template::RenderError;
pub use webhook_stopped::{WebhookStopped, webhook_stopped};
pub use withdrawal::{Withdrawal, withdrawal};

pub use crate::calendar::{Calendar, Invitation};

/// An e-mail's content. It holds personal data: `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// The subject: one line, without control characters and without what is not seen.
    pub subject: String,
    /// The text part, which reads well alone; lines end with `\n`.
    pub text: String,
    /// The HTML part: a whole document, below 100 KB, that loads nothing.
    pub html: String,
    /// The calendar file, for an interview or its cancellation.
    pub calendar: Option<Calendar>,
}

impl Letter {
    /// The letter as a message of the service itself, of this kind (one word); what is too long for one is refused.
    /// A message has no files.
    pub fn into_message(
        self,
        kind: &str,
        service: &str,
        from: EmailAddress,
        to: EmailAddress,
        language: Language,
    ) -> Result<OutgoingLetter, Invalid> {
        Ok(OutgoingLetter {
            kind: kind.parse()?,
            from_name: service.parse()?,
            from,
            to: Personal::new(to),
            reply_to: None,
            unsubscribe: None,
            language,
            subject: Personal::new(self.subject.parse()?),
            text: Personal::new(self.text.parse()?),
            html: Personal::new(self.html.parse()?),
        })
    }
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Letter(…)")
    }
}

#[cfg(test)]
mod tests;
