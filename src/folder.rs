//! Files of the data folder, written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Writes a file that only its owner may read: under a temporary name, then renamed.
pub(crate) fn write_secret(path: &Path, content: &str) -> Result<()> {
    write(path, content, 0o600)
}

/// Writes a file that others may read: under a temporary name, then renamed.
pub(crate) fn write_whole(path: &Path, content: &str) -> Result<()> {
    write(path, content, 0o644)
}

/// Writes a file that only its owner may read, piece by piece: under a temporary name, then renamed.
pub(crate) fn write_secret_by(
    path: &Path,
    content: impl FnOnce(&mut File) -> Result<()>,
) -> Result<()> {
    write_by(path, 0o600, content)
}

fn write(path: &Path, content: &str, mode: u32) -> Result<()> {
    write_by(path, mode, |file| Ok(file.write_all(content.as_bytes())?))
}

fn write_by(path: &Path, mode: u32, content: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    let temporary = path.with_extension("new");
    let write = || -> Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(mode);
        let mut file: File = options.open(&temporary)?;
        content(&mut file)?;
        file.sync_all()?;
        Ok(fs::rename(&temporary, path)?)
    };
    let written = write();
    if written.is_err() {
        // What is half written may be somebody's data.
        let _ = fs::remove_file(&temporary);
    }
    written.with_context(|| format!("{} cannot be written", path.display()))
}
