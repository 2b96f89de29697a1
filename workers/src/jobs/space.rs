//! The candidates' spaces: what grew stale is archived, and what was removed long ago is erased.

mod archive;
mod clear;

pub(super) use archive::Archive;
pub(super) use clear::Clear;
