//! Reading `applications`.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use domain::application::{AnswerKind, ApplicationStatus};
use domain::{Digest, Language, MediaType, PartnerId, Personal};
use event_store::{DbError, Log, Position, Value, args};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::TABLE;
use crate::opened_row;
use crate::stored::{MaybeText, Text};

/// An application as it stands.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the table documents its columns")]
pub struct ApplicationRow {
    #[sqlx(try_from = "Text")]
    pub id: Uuid,
    #[sqlx(try_from = "Text")]
    pub client_id: PartnerId,
    #[sqlx(try_from = "Text")]
    pub status: ApplicationStatus,
    #[sqlx(try_from = "Text")]
    pub language: Language,
    pub job: String,
    pub rome_code: Option<String>,
    pub employer_description: String,
    pub employer_siret: String,
    #[sqlx(skip)]
    pub employer_email: Personal<String>,
    #[sqlx(skip)]
    pub candidate_first_name: Personal<String>,
    #[sqlx(skip)]
    pub candidate_last_name: Personal<String>,
    #[sqlx(skip)]
    pub candidate_email: Personal<String>,
    #[sqlx(skip)]
    pub candidate_phone: Personal<String>,
    #[sqlx(skip)]
    pub candidate_address: Personal<String>,
    #[sqlx(skip)]
    pub candidate_peid: Personal<String>,
    #[sqlx(skip)]
    pub message: Personal<String>,
    pub send_confirmation: bool,
    #[sqlx(skip)]
    pub attachments: Vec<AttachmentRow>,
    #[sqlx(try_from = "Text")]
    pub submitted_at: Timestamp,
    #[sqlx(try_from = "i64")]
    pub submitted_position: Position,
    pub employer_email_status: String,
    #[sqlx(try_from = "MaybeText")]
    pub employer_email_at: Option<Timestamp>,
    pub answers: i64,
    #[sqlx(try_from = "MaybeText")]
    pub last_answer_kind: Option<AnswerKind>,
    #[sqlx(try_from = "MaybeText")]
    pub last_answered_at: Option<Timestamp>,
    #[sqlx(try_from = "MaybeText")]
    pub withdrawn_at: Option<Timestamp>,
    #[sqlx(try_from = "MaybeText")]
    pub attachments_deleted_at: Option<Timestamp>,
    #[sqlx(try_from = "Text")]
    pub last_contact_at: Timestamp,
    #[sqlx(try_from = "MaybeText")]
    pub erasure_request_id: Option<Uuid>,
    pub erasure_requested_by: Option<String>,
    #[sqlx(try_from = "MaybeText")]
    pub erasure_requested_at: Option<Timestamp>,
    #[sqlx(try_from = "MaybeText")]
    pub erased_at: Option<Timestamp>,
    #[sqlx(try_from = "Text")]
    pub updated_at: Timestamp,
    #[sqlx(try_from = "i64")]
    pub last_position: Position,
    pub last_sequence: i64,
    pub documents: i64,
    pub candidate_pseudonym: Option<String>,
}

opened_row! {
    ApplicationRow: employer_email, candidate_first_name, candidate_last_name, candidate_email,
        candidate_phone, candidate_address, candidate_peid, message, attachments
}

impl ApplicationRow {
    /// The candidate's first and last name; the one that there is.
    pub fn candidate_name(&self) -> Personal<String> {
        let (first, last) = (&self.candidate_first_name, &self.candidate_last_name);
        Personal::new(format!("{} {}", first.reveal(), last.reveal()).trim().to_owned())
    }
}

/// A document of an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentRow {
    /// Its file name.
    pub name: Personal<String>,
    /// Its kind, recognised by content.
    pub media_type: MediaType,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of its bytes: its address among the documents.
    pub digest: Digest,
}

/// Which applications a list shows; always those of one client.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Through which client platform they came.
    pub partner: PartnerId,
    /// Only those that stand there.
    pub status: Option<ApplicationStatus>,
    /// Only those submitted at this time or later.
    pub since: Option<Timestamp>,
    /// Only those after the end of an earlier page.
    pub cursor: Option<Cursor>,
    /// At most so many, from 1 to [`Filter::MAX`]; others are brought into these bounds.
    pub limit: u32,
}

impl Filter {
    /// The longest page.
    pub const MAX: u32 = 200;
    /// The page of whoever says nothing else.
    pub const USUAL: u32 = 50;

    /// The newest applications of `client`.
    pub const fn of(partner: PartnerId) -> Self {
        Self { partner, status: None, since: None, cursor: None, limit: Self::USUAL }
    }
}

/// Where a page of a list ended. Its text means nothing to others and may be kept for long: the next
/// page begins there, whatever was submitted meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(Position);

impl Cursor {
    pub(super) const fn position(self) -> i64 {
        self.0.get()
    }
}

/// A text is not a [`Cursor`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this cursor is not one of ours: take it from the page before, unchanged")]
pub struct InvalidCursor;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a{:x}", self.0.get())
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let digits = text.strip_prefix('a').ok_or(InvalidCursor)?;
        let plain = !digits.starts_with('+') && digits.len() <= 16;
        match i64::from_str_radix(digits, 16) {
            Ok(position) if plain && position > 0 => Ok(Self(Position::new(position))),
            _ => Err(InvalidCursor),
        }
    }
}

/// A page of a list, newest application first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// The applications.
    pub items: Vec<ApplicationRow>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
}

const FIND: &str = "
    SELECT *
    FROM applications
    WHERE id = $1";

const LIST: &str = "
    SELECT *
    FROM applications
    WHERE client_id = $1 AND submitted_position < $2{filter}
    ORDER BY submitted_position DESC
    LIMIT $3";

/// The application of this id. Whether the asker may see it is the caller's question: compare
/// `client_id`.
pub async fn find(log: &Log, id: Uuid) -> Result<Option<ApplicationRow>, DbError> {
    TABLE.fetch_optional(log, &TABLE.by_name(FIND), args![id]).await
}

/// A page of a client's applications, newest first.
pub async fn list(log: &Log, filter: &Filter) -> Result<List, DbError> {
    let limit = filter.limit.clamp(1, Filter::MAX);
    let before = filter.cursor.map_or(i64::MAX, |cursor| cursor.0.get());
    // One more than is shown tells whether there is a next page.
    let mut args = args![filter.partner.as_str(), before, limit + 1];
    let mut more = String::new();
    let mut also = |condition: &str, value: Value| {
        args.push(value);
        // Writing to a String cannot fail.
        let _ = write!(more, " AND {condition} ${}", args.len());
    };
    if let Some(status) = filter.status {
        also("status =", status.as_str().into());
    }
    if let Some(since) = filter.since {
        also("submitted_at >=", since.into());
    }
    let sql = TABLE.by_name(&LIST.replace("{filter}", &more));
    let items = TABLE.fetch_all(log, &sql, args).await?;
    Ok(List::of(items, limit))
}

impl List {
    /// The first `limit` of these, with where the next page begins, where there are more.
    pub(super) fn of(mut items: Vec<ApplicationRow>, limit: u32) -> Self {
        let shown = usize::try_from(limit).unwrap_or(usize::MAX);
        let next = if items.len() > shown {
            items.truncate(shown);
            items.last().map(|last| Cursor(last.submitted_position))
        } else {
            None
        };
        Self { items, next }
    }
}
