//! The write side: each use case loads an aggregate, decides, and appends.
//!
//! [`Commands::perform`] is the one door to the log: it takes any decision of the domain with its
//! [`Cause`]. Use cases that need more than a decision (documents, idempotency, credentials) have a
//! file each. To add one: its file here, with `impl Commands`.

mod answer;
mod attachments;
mod cause;
mod clients;
mod error;
mod idempotency;
mod load;
mod perform;
mod signed;
mod submit;

pub use answer::AnswerRequest;
pub use attachments::recognise::{Document, MAX_BYTES, MAX_FILES, Upload, recognise};
pub use attachments::store::{AttachmentError, Attachments};
pub use cause::Cause;
pub use clients::{Client, ClientError, ClientSecret};
pub use error::CommandError;
pub use idempotency::{IdempotencyKey, InvalidKey};
pub use load::History;
pub use perform::{Commands, Receipt};
pub use signed::SignatureError;
pub use signed::answer_ticket::{AnswerTicket, Tickets};
pub use signed::embed_token::{EmbedClaim, EmbedTokens};
pub use signed::key_ring::{KeyRing, KeyRingError};
pub use signed::link::{Links, Person};
pub use submit::{SubmitError, Submitted};
