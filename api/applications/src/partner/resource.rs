//! An application as partners see it.

use domain::application::{Application, ApplicationStatus, Submission};
use jiff::Timestamp;
use projections::applications::ApplicationRow;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An application. Field names are those of the form.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApplicationResource {
    id: Uuid,
    #[schema(schema_with = super::openapi::statuses)]
    status: &'static str,
    /// The place of its last event in the log; a list or a later read that has seen it is as new.
    #[schema(example = 42, minimum = 1)]
    position: i64,
    /// RFC 3339, UTC.
    #[schema(example = "2026-11-20T09:00:00.000000Z", format = DateTime)]
    submitted_at: String,
    #[schema(schema_with = super::openapi::languages)]
    language: &'static str,
    candidate_email: String,
    candidate_first_name: String,
    candidate_last_name: String,
    candidate_phone: String,
    candidate_address: String,
    candidate_peid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, pattern = "^[A-Z][0-9]{4}$")]
    candidate_rome_code: Option<String>,
    employer_email: String,
    employer_description: String,
    #[schema(pattern = "^[0-9]{14}$")]
    siret: String,
    job: String,
    message: String,
    send_confirmation: bool,
    attachments: Vec<AttachmentResource>,
    /// When the documents were deleted, because they are kept for a limited time; `attachments` still
    /// lists them. RFC 3339, UTC.
    #[schema(required = true, format = DateTime)]
    attachments_deleted_at: Option<String>,
    /// When the candidate was forgotten: personal fields hold placeholders from then on. Erase your
    /// copy, too. RFC 3339, UTC.
    #[schema(required = true, format = DateTime)]
    personal_data_erased_at: Option<String>,
}

/// A document of an application.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AttachmentResource {
    name: String,
    #[schema(schema_with = super::openapi::media_types)]
    media_type: &'static str,
    /// In bytes.
    size: u64,
    /// Hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    sha256: String,
}

/// As stored, to the microsecond, so that both sides write the same time alike.
fn time(at: Timestamp) -> String {
    event_store::timestamp_text(at)
}

impl ApplicationResource {
    /// As the write side has it.
    pub(crate) fn written(
        id: Uuid,
        position: i64,
        status: Option<ApplicationStatus>,
        application: &Application,
    ) -> Self {
        let Application { submission, submitted_at, attachments_deleted_at, erased_at, .. } =
            application;
        let Submission { candidate, employer, .. } = submission;
        let attachments = submission.attachments.iter().map(|attachment| AttachmentResource {
            name: attachment.name.reveal().to_string(),
            media_type: attachment.media_type.mime(),
            size: attachment.size,
            sha256: attachment.digest.to_string(),
        });
        Self {
            id,
            status: status.unwrap_or(ApplicationStatus::Submitted).as_str(),
            position,
            submitted_at: time(*submitted_at),
            language: submission.language.code(),
            candidate_email: candidate.email.reveal().to_string(),
            candidate_first_name: candidate.first_name.reveal().to_string(),
            candidate_last_name: candidate.last_name.reveal().to_string(),
            candidate_phone: candidate.phone.reveal().to_string(),
            candidate_address: candidate.address.reveal().to_string(),
            candidate_peid: candidate.peid.reveal().to_string(),
            candidate_rome_code: candidate.rome_code.as_ref().map(ToString::to_string),
            employer_email: employer.email.reveal().to_string(),
            employer_description: employer.description.to_string(),
            siret: employer.siret.to_string(),
            job: submission.job.to_string(),
            message: submission.message.reveal().to_string(),
            send_confirmation: submission.send_confirmation,
            attachments: attachments.collect(),
            attachments_deleted_at: attachments_deleted_at.map(time),
            personal_data_erased_at: erased_at.map(time),
        }
    }
}

impl From<ApplicationRow> for ApplicationResource {
    fn from(row: ApplicationRow) -> Self {
        let attachments = row.attachments.into_iter().map(|attachment| AttachmentResource {
            name: attachment.name.reveal().clone(),
            media_type: attachment.media_type.mime(),
            size: attachment.size,
            sha256: attachment.digest.to_string(),
        });
        Self {
            id: row.id,
            status: row.status.as_str(),
            position: row.last_position.get(),
            submitted_at: time(row.submitted_at),
            language: row.language.code(),
            candidate_email: row.candidate_email.reveal().clone(),
            candidate_first_name: row.candidate_first_name.reveal().clone(),
            candidate_last_name: row.candidate_last_name.reveal().clone(),
            candidate_phone: row.candidate_phone.reveal().clone(),
            candidate_address: row.candidate_address.reveal().clone(),
            candidate_peid: row.candidate_peid.reveal().clone(),
            candidate_rome_code: row.rome_code,
            employer_email: row.employer_email.reveal().clone(),
            employer_description: row.employer_description,
            siret: row.employer_siret,
            job: row.job,
            message: row.message.reveal().clone(),
            send_confirmation: row.send_confirmation,
            attachments: attachments.collect(),
            attachments_deleted_at: row.attachments_deleted_at.map(time),
            personal_data_erased_at: row.erased_at.map(time),
        }
    }
}
