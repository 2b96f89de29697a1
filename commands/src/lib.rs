//! The write side: each use case loads an aggregate, decides, and appends.
//!
//! [`Commands::perform`] is the one door to the log: it takes any decision of the domain with its
//! [`Cause`]. Use cases that need more than a decision (documents, idempotency, credentials) have a
//! file each, on the facade of their context ([`facades`]): `commands.applications().submit(…)`. To add
//! one: its file here, on a facade.

mod accounts;
pub mod advice;
mod allotments;
mod answer;
mod attachments;
mod cause;
mod codec;
pub mod collecting;
mod contexts;
mod cv_reader;
mod cv_text;
mod erasure_cases;
mod error;
pub mod facades;
mod forget;
mod holdings;
mod housekeeping;
mod idempotency;
mod identity;
mod load;
mod looks;
mod mailboxes;
mod mailed;
mod messages;
mod offers;
mod operate;
mod operators;
pub mod parked;
mod partners;
pub mod people;
mod perform;
mod permits;
pub mod replay;
pub mod schedules;
mod sealing;
mod signed;
mod space;
mod subject_export;
mod submit;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod trace;
pub mod webhooks;

pub use accounts::{
    AccountSettings, InventedAccount, NewPasswordError, ProfileChange, Registration, UserAccount,
    UserSession,
};
pub use allotments::Limit;
pub use answer::AnswerRequest;
pub use attachments::Reading;
pub use attachments::moving::{Moved, PlainDocuments, SealingError};
pub use attachments::recognise::{Document, MAX_BYTES, MAX_FILES, Upload, recognise};
pub use attachments::store::{AttachmentError, Attachments, Whole};
pub use attachments::verify::{BrokenDocument, VerifiedDocuments, VerifyError, WhichDocument};
pub use cause::Cause;
pub use codec::{codec, codec_of, codec_with};
pub use contexts::Contexts;
pub use cv_text::NoText;
pub use error::CommandError;
pub use forget::ForgetError;
pub use holdings::{HOLDINGS, Holding};
pub use housekeeping::Tidied;
pub use idempotency::{IdempotencyKey, InvalidKey};
pub use identity::{
    AccountKind, Credentials, CredentialsVersion, Crowd, Enrolment, Happened, Lifetimes, LinkToken,
    LinkUse, Named, OneTimeLink, OpeningError, Password, PasswordError, PasswordReset,
    RefreshError, RefreshToken, SecondFactorError, Session, SessionToken, SignInError, Spared,
    TokenGrant, TokenKind, Tokens,
};
pub use identity::{OpenSession, SessionOrigin, Strength};
pub use load::History;
pub use mailed::{Mailed, MailedEmail, ReportOutcome, ReportedId};
pub use offers::Collected;
pub use operators::{OperatorAccount, OperatorSession};
pub use partners::{PartnerAccount, PartnerError, PartnerSecret};
pub use people::{ApplicationDossier, Chapter, Entry, PersonalRecords};
pub use perform::{Commands, Receipt};
pub use permits::{SetAside, TakenIn, Try, Watermark};
pub use sealing::{Beside, PlainRows, plain_rows};
pub use signed::SignatureError;
pub use signed::access_token::Lasting;
pub use signed::answer_ticket::{AnswerTicket, Tickets};
pub use signed::device::Devices;
pub use signed::embed_token::{EmbedClaim, EmbedTokens};
pub use signed::form_ticket::FormTickets;
pub use signed::key_ring::{KeyRing, KeyRingError};
pub use signed::link::{LinkPurpose, Links};
pub use signed::slip::{Slip, Slips};
pub use space::{
    AlertLook, CV_KINDS, CvError, CvUse, NewAlert, NewTracked, NotificationMark, Seeking,
    SignedListRow, SpaceResult,
};
pub use subject_export::{SubjectExport, SubjectExportError};
pub use submit::{SubmitError, Submitted};
pub use trace::Trace;
