//! Work permits: they are synchronised from their source, and forgotten when they were kept for long enough.

mod retention;
mod sync;

pub(super) use retention::PermitRetention;
pub(super) use sync::PermitSync;
pub use sync::{SyncOptions, sync_by_hand};
