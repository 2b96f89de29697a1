//! Files of the data folder, written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Writes a file that only its owner may read: under a temporary name, then renamed.
pub(crate) fn write_secret(path: &Path, content: &str) -> Result<()> {
    write(path, content.as_bytes(), 0o600)
}

/// Writes a file that only its owner may read, unless it is there already: of several processes that
/// do so at once, one makes it, and all read the same.
pub(crate) fn make_secret(path: &Path, content: &str) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mine = path.with_file_name(format!("{name}-{}", std::process::id()));
    write_secret(&mine, content)?;
    let made = fs::hard_link(&mine, path);
    let removed = fs::remove_file(&mine);
    match made {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => removed,
    }
    .with_context(|| format!("{} cannot be written", path.display()))
}

/// Writes a file that others may read: under a temporary name, then renamed.
pub(crate) fn write_whole(path: &Path, content: &str) -> Result<()> {
    write(path, content.as_bytes(), 0o644)
}

/// Writes a file with data of people, that only its owner may read: under a temporary name, then
/// renamed.
pub(crate) fn write_personal(path: &Path, content: &[u8]) -> Result<()> {
    write(path, content, 0o600)
}

/// The same, piece by piece.
pub(crate) fn write_personal_by(
    path: &Path,
    content: impl FnOnce(&mut File) -> Result<()>,
) -> Result<()> {
    write_by(path, 0o600, content)
}

fn write(path: &Path, content: &[u8], mode: u32) -> Result<()> {
    write_by(path, mode, |file| Ok(file.write_all(content)?))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_whoever_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        make_secret(&path, "one").unwrap();
        make_secret(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }
}
