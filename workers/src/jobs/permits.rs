//! Work permits: they are synchronised from their source, told to others in files, and forgotten when they
//! were kept for long enough.

mod retention;
mod statistics;
mod sync;
mod validity;

use std::path::{Path, PathBuf};

use projections::export::ExportError;

use super::JobError;
use crate::reaction::World;

pub(super) use retention::PermitRetention;
pub(super) use statistics::Statistics;
pub(super) use sync::PermitSync;
pub use sync::{SyncOptions, sync_by_hand};
pub(super) use validity::Validity;
pub use validity::write_validity;

/// The path of a file of this name, where files are written at all.
fn path(world: &World, name: &str) -> Option<PathBuf> {
    world.permits.folder.as_ref().map(|folder| folder.join(name))
}

/// What is told of a file that could not be written: an older one stays.
fn not_written(path: &Path, error: &ExportError) -> JobError {
    let why = JobError::because(error);
    JobError::Failed(format!("{} is as it was before: {why}", path.display()))
}
