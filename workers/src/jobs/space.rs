//! The candidates' spaces: what grew stale is archived and told, and what was removed long ago is erased.

mod archive;
mod clear;
mod letters;

pub(super) use archive::Archive;
pub use archive::would_archive;
pub(super) use clear::Clear;
pub(super) use letters::ArchiveLetters;
pub use letters::would_tell;
