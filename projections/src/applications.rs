//! `applications`: where each application stands, a row each.

mod query;
pub mod search;

use domain::application::{Application, ApplicationEventKind, Attachment};
use domain::{EmailAddress, Forgettable as _, JobApplication, Personal, Phone, RomeCode};
use event_store::{Value, args};

pub use query::{ApplicationRow, AttachmentRow, Cursor, Filter, InvalidCursor, List, find, list};

use crate::table::count;
use crate::{Column, History, Index, Kind, Owner, ReadModel, Reads, Rows, Table};

/// The table.
pub const TABLE: Table = Table {
    name: "applications",
    about: "Where each application stands: one row for each.",
    key: &["id"],
    of: Owner::stream::<JobApplication>("id"),
    columns: &[
        Column::new("id", Kind::Uuid, "The application: a UUID."),
        Column::new("client_id", Kind::Text, "The client platform it came through."),
        Column::new(
            "status",
            Kind::Text,
            "submitted, sent, undeliverable, info_requested, interview_proposed, rejected, hired or withdrawn.",
        ),
        Column::new("language", Kind::Text, "The language of its pages and e-mails: fr or en."),
        Column::new("job", Kind::Text, "The title of the job."),
        Column::new("rome_code", Kind::Text, "The occupation looked for, a ROME code.").nullable(),
        Column::new(
            "employer_description",
            Kind::Text,
            "The employer's name, as the partner shows it.",
        ),
        Column::new(
            "employer_siret",
            Kind::Text,
            "The employer's number in the register, 14 digits.",
        ),
        Column::new("employer_email", Kind::Text, "Where the application is sent.")
            .personal_as(EmailAddress::PLACEHOLDER),
        Column::new("candidate_first_name", Kind::Text, "First name.").personal(),
        Column::new("candidate_last_name", Kind::Text, "Last name.").personal(),
        Column::new("candidate_email", Kind::Text, "Where the candidate is written to.")
            .personal_as(EmailAddress::PLACEHOLDER),
        Column::new("candidate_phone", Kind::Text, "Phone number, as typed.")
            .personal_as(Phone::PLACEHOLDER),
        Column::new("candidate_address", Kind::Text, "Postal address on one line.").personal(),
        Column::new(
            "candidate_peid",
            Kind::Text,
            "The candidate's id at the public employment service.",
        )
        .personal(),
        Column::new("message", Kind::Text, "The candidate's message to the employer.").personal(),
        Column::new("send_confirmation", Kind::Boolean, "Whether the candidate asked for a copy."),
        Column::new(
            "attachments",
            Kind::Json,
            "The documents: a list of {name, media_type, size (bytes), digest (SHA-256)}.",
        )
        .personal(),
        Column::new("submitted_at", Kind::Time, "When it was submitted."),
        Column::new(
            "submitted_position",
            Kind::Integer,
            "Where its submission is in the log: the order of all applications.",
        ),
        Column::new(
            "employer_email_status",
            Kind::Text,
            "The e-mail to the employer: pending, sent, failed or skipped.",
        ),
        Column::new("employer_email_at", Kind::Time, "When it was sent, failed or skipped.")
            .nullable(),
        Column::new("answers", Kind::Integer, "How many answers stand; undone ones do not count."),
        Column::new(
            "last_answer_kind",
            Kind::Text,
            "The latest answer that stands: interview, info, rejection or hire.",
        )
        .nullable(),
        Column::new("last_answered_at", Kind::Time, "When it was given.").nullable(),
        Column::new("withdrawn_at", Kind::Time, "When the candidate withdrew.").nullable(),
        Column::new("updated_at", Kind::Time, "When the latest event about it happened."),
        Column::new("last_position", Kind::Integer, "Where that event is in the log."),
        Column::new("last_sequence", Kind::Integer, "How many events there are about it."),
        Column::new("attachments_deleted_at", Kind::Time, "When the documents were deleted.")
            .nullable(),
        Column::new(
            "last_contact_at",
            Kind::Time,
            "When something happened last, the looking after data aside: they are kept from then on.",
        ),
        Column::new(
            "erasure_request_id",
            Kind::Uuid,
            "An operator's request to forget the candidate, while another operator must agree.",
        )
        .nullable(),
        Column::new("erasure_requested_by", Kind::Text, "Which operator asked for it.").nullable(),
        Column::new("erasure_requested_at", Kind::Time, "When.").nullable(),
        Column::new(
            "erased_at",
            Kind::Time,
            "When the candidate was forgotten: personal columns hold placeholders.",
        )
        .nullable(),
        Column::new("documents", Kind::Integer, "How many documents there were."),
        Column::new(
            "candidate_pseudonym",
            Kind::Text,
            "Stands for the candidate's address: the same one's applications have the same, until they are forgotten.",
        )
        .nullable()
        .pseudonym("candidate"),
    ],
    indexes: &[
        Index::on("client", &["client_id", "submitted_position"]),
        Index::on("client_status", &["client_id", "status", "submitted_position"]),
        Index::on("submitted", &["submitted_position"]),
        Index::on("status", &["status", "submitted_position"]),
        Index::on("submitted_at", &["submitted_at", "submitted_position"]),
        Index::on("with_documents", &["client_id", "submitted_at"])
            .only("attachments_deleted_at IS NULL AND erased_at IS NULL AND documents > 0"),
        Index::on("candidate", &["candidate_pseudonym", "submitted_at", "id"])
            .only("candidate_pseudonym IS NOT NULL"),
        Index::on("candidate_latest", &["candidate_pseudonym", "last_position"])
            .only("candidate_pseudonym IS NOT NULL"),
        Index::on("kept", &["client_id", "last_contact_at"]).only("erased_at IS NULL"),
        Index::on("erasure_requests", &["erasure_requested_at"])
            .only("erasure_requested_at IS NOT NULL"),
    ],
    revision: 1,
};

pub(crate) struct Applications;

impl ReadModel for Applications {
    type Of = JobApplication;

    fn name(&self) -> &'static str {
        TABLE.name
    }

    fn events(&self) -> &'static [ApplicationEventKind] {
        ApplicationEventKind::ALL
    }

    fn reads(&self) -> Reads {
        Reads::Histories
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&TABLE]
    }

    fn rows(&self, histories: &[History<JobApplication>]) -> Vec<Rows> {
        let rows = histories.iter().filter_map(row).collect();
        vec![Rows::new(&TABLE, rows)]
    }
}

/// `None` where nothing was submitted, which no history begins with.
fn row(history: &History<JobApplication>) -> Option<Vec<Value>> {
    let state = history.state();
    let (status, application) = (state.status()?, state.known().ok()?);
    let Application { submission, submitted_at, employer_email, withdrawn_at, .. } = application;
    let (candidate, employer) = (&submission.candidate, &submission.employer);
    let request = application.erasure_request.as_ref();
    let last_answer = application.standing_answers().next_back();
    let (first, last) = (history.events.first()?, history.last());
    Some(args![
        history.id.as_str(),
        submission.partner.as_str(),
        status.as_str(),
        submission.language.code(),
        submission.job.as_str(),
        candidate.rome_code.as_ref().map(RomeCode::as_str),
        employer.description.as_str(),
        employer.siret.as_str(),
        employer.email.reveal().as_str(),
        candidate.first_name.reveal().as_str(),
        candidate.last_name.reveal().as_str(),
        candidate.email.reveal().as_str(),
        candidate.phone.reveal().as_str(),
        candidate.address.reveal().as_str(),
        candidate.peid.reveal().as_str(),
        submission.message.reveal().as_str(),
        submission.send_confirmation,
        attachments(&submission.attachments),
        *submitted_at,
        first.position,
        employer_email.as_str(),
        employer_email.settled_at(),
        count(application.standing_answers().count()),
        last_answer.map(|given| given.answer.kind().as_str()),
        last_answer.map(|given| given.at),
        *withdrawn_at,
        last.event.at(),
        last.position,
        last.sequence,
        application.attachments_deleted_at,
        application.last_contact_at,
        request.map(|request| request.request_id),
        request.map(|request| request.requested_by.as_str()),
        request.map(|request| request.at),
        application.erased_at,
        count(submission.attachments.len()),
        application.erased_at.is_none().then(|| candidate.email.reveal().as_str().to_lowercase()),
    ])
}

fn attachments(attachments: &[Attachment]) -> String {
    let rows: Vec<_> = attachments
        .iter()
        .map(|attachment| AttachmentRow {
            name: Personal::new(attachment.name.reveal().as_str().to_owned()),
            media_type: attachment.media_type,
            size: attachment.size,
            digest: attachment.digest.clone(),
        })
        .collect();
    serde_json::to_string(&rows).expect("plain fields are always written as JSON")
}
