//! The read side: one file per read model, and the exports.
//!
//! A [`ReadModel`] names the aggregate that it is about, the kinds of events it reads and its tables, and
//! says, as a pure function of histories, which rows they come to. The runner ([`Projections`]) follows
//! the log, writes the rows and moves the checkpoint in one transaction, so that each event counts
//! once. Readers use the functions beside each read model: [`applications::find`], [`events::of`].
//!
//! To add one: its file here (its `Table`, its `ReadModel`, its queries) and its line in [`all`]. Its
//! table is made from the `Table` by [`schema`], and altered when that changes: a column is its line
//! there, its value in the row, and its field in the struct that is read. What is personal is marked so
//! there, and is sealed and opened by the module `sealed`.

pub mod analytics;
pub mod answers;
pub mod applications;
mod apply;
pub mod audit;
pub mod columns;
pub mod emails;
mod erasing;
pub mod erasure_cases;
pub mod events;
pub mod export;
mod history;
pub mod offers;
pub mod operator_acts;
mod page;
mod pages;
pub mod partners;
pub mod people;
pub mod permits;
mod prepared;
mod projection;
mod rebuild;
pub mod retention;
mod runner;
pub mod schema;
mod sealed;
pub mod statistics;
mod status;
mod stored;
pub mod subjects;
pub mod suppressions;
mod table;
pub mod timeline;
mod wait;
pub mod words;

pub use apply::ApplyError;
pub use erasing::erasing_statements;
pub use history::{History, NewEvents, Reads};
pub use projection::{Changes, Projection, ReadModel, UnknownProjection, all, all_of, named};
pub use rebuild::{RebuildError, Rebuilt, abandon, copies, progress, rebuild, rebuild_all};
pub use runner::{Projections, RunnerOptions};
pub use sealed::{OpenedRow, PersonalValues};
pub use status::{ProjectionStatus, Stuck, status};
pub use stored::Unreadable;
pub use table::{Column, Index, Kind, Owner, Privacy, Removal, Rows, Table};
pub use wait::{NotProjected, wait_for, wait_for_all};
