//! The read side: one file per read model, and the exports.
//!
//! A read model is a [`Projection`]: it names the kinds of events it reads and its tables, and says,
//! as a pure function of histories, which rows they come to. The runner ([`Projections`]) follows
//! the log, writes the rows and moves the checkpoint in one transaction, so that each event counts
//! once. Readers use the functions beside each read model: [`applications::find`], [`timeline::of`].
//!
//! To add one: its file here (its `Table`, its `Projection`, its queries), its line in [`all`], and
//! a migration for each engine with the table twice, once with the suffix `_rebuild`.

pub mod analytics;
pub mod answers;
pub mod applications;
mod apply;
pub mod audit;
mod batch;
pub mod clients;
pub mod columns;
pub mod emails;
pub mod export;
pub mod operator_acts;
pub mod people;
mod projection;
mod rebuild;
pub mod retention;
mod runner;
pub mod statistics;
mod status;
mod stored;
pub mod suppressions;
mod table;
pub mod timeline;
mod wait;

pub use apply::ApplyError;
pub use batch::{Batch, History, Reads};
pub use projection::{Projection, UnknownProjection, all, named};
pub use rebuild::{RebuildError, Rebuilt, abandon, copies, progress, rebuild};
pub use runner::{Projections, RunnerOptions};
pub use status::{ProjectionStatus, Stuck, status};
pub use stored::Unreadable;
pub use table::{Column, Kind, Removal, Rows, Table};
pub use wait::{NotProjected, wait_for, wait_for_all};
