//! The tasks of work permits: the files that others read.

mod statistics;
mod validity;

use std::path::PathBuf;

use projections::export::ExportError;

use super::JobError;
use crate::reaction::World;

pub(super) use statistics::Statistics;
pub(super) use validity::Validity;
pub use validity::write_validity;

/// The path of a file of this name, where files are written at all.
fn path(world: &World, name: &str) -> Option<PathBuf> {
    world.permits.folder.as_ref().map(|folder| folder.join(name))
}

/// What is told of a file that could not be written: an older one stays.
fn not_written(path: &std::path::Path, error: &ExportError) -> JobError {
    let why = JobError::because(error);
    JobError::Failed(format!("{} is as it was before: {why}", path.display()))
}
