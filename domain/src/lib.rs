//! The rules of Postulo, pure: no I/O, no clock, no chance, no async.
//!
//! The aggregates of [`AGGREGATES`] live here: a [`JobApplication`] (one application, from its submission
//! to its answer), a [`Partner`] (a partner that sends applications), a [`suppression::SuppressedAddress`] (an
//! address to which nothing is sent for a while), an [`operator::Operator`] (someone who runs the
//! service), a [`message::Message`] (a letter that belongs to no application), a [`schedule::Schedule`]
//! (whether the clock starts a task), an [`erasure::ErasureCase`] (a person who is to be erased), a
//! [`permit::Permit`] (a provisional work permit), an [`account::Account`] (a candidate's or recruiter's), an
//! [`offer::JobOffer`] (a job offer), a [`space::TrackedApplication`], a [`space::CandidateTask`] and a
//! [`space::CandidateCv`], [`space::CandidateProfile`] (what candidates keep in their spaces). A rule is a [`Decision`]: a value that carries
//! its time and its ids, with one pure function from the
//! state to events.
//!
//! To add an event: its variant in `application/event.rs`, its kind in `application/event_kind.rs`,
//! its `apply` in `application/history.rs`, then regenerate the schemas (`postulo generate`). To add a
//! decision: its file under `application/`, and its `pub use` in `application.rs`. To change the shape
//! of an event: `docs/events.md`, "A new version of an event, step by step". To add an aggregate: its
//! folder, and its line in [`AGGREGATES`].

#[macro_use]
mod decision;
#[macro_use]
mod kinds;
#[macro_use]
mod names;
pub mod account;
pub mod aggregates;
pub mod application;
pub mod collecting;
pub mod dates;
pub mod erasure;
#[cfg(feature = "examples")]
pub mod examples;
pub mod fault;
mod invalid;
mod language;
pub mod markup;
pub mod message;
pub mod offer;
pub mod operator;
pub mod partner;
pub mod permit;
mod personal;
pub mod schedule;
pub mod schema;
pub mod space;
pub mod suppression;
pub mod upcast;
mod value;
pub mod words;

// What `events!` and `aggregate_of_decisions!` name.
#[doc(hidden)]
pub use {cqrs_es, jiff};

pub use aggregates::{
    AGGREGATES, Described, EventOf, Forgotten, KindOf, RefusalOf, Refused, Stored, describe,
};
pub use application::{ApplicationRefusal, JobApplication};
pub use decision::Decision;
pub use fault::Fault;
pub use invalid::{FieldError, Invalid};
pub use kinds::{Events, KindOfEvent, Kinds};
pub use language::Language;
pub use partner::{Partner, PartnerRefusal};
pub use personal::{Forgettable, Personal};
pub use upcast::upcasters;
pub use value::department::Department;
pub use value::digest::Digest;
pub use value::email_address::EmailAddress;
pub use value::file_name::FileName;
pub use value::media_type::MediaType;
pub use value::name_part::NamePart;
pub use value::origin::Origin;
pub use value::partner_id::PartnerId;
pub use value::phone::Phone;
pub use value::rome_code::RomeCode;
pub use value::siret::Siret;
pub use value::text::{Line, Prose, as_seen};
pub use value::username::Username;
pub use value::web_address::WebAddress;
