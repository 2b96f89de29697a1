//! A file that is whole whenever it is there.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::ExportError;

/// The permissions of a file that only its owner may read.
const OWN: u32 = 0o600;

/// Files that were begun, so that two that are written at once do not share a name.
static BEGUN: AtomicU64 = AtomicU64::new(0);

/// Writes a file under a temporary name beside `path` and renames it when it is whole and durable,
/// so that nobody reads half of it. Where it fails, an older file of that name stays as it was. Only
/// the file's owner may read it.
pub async fn to_file<T>(
    path: &Path,
    write: impl AsyncFnOnce(&mut (dyn Write + Send)) -> Result<T, ExportError>,
) -> Result<T, ExportError> {
    to_shared_file(path, OWN, write).await
}

/// The same with other permissions than its owner's alone.
pub async fn to_shared_file<T>(
    path: &Path,
    mode: u32,
    write: impl AsyncFnOnce(&mut (dyn Write + Send)) -> Result<T, ExportError>,
) -> Result<T, ExportError> {
    let (unfinished, written) = Unfinished::write(path, write).await?;
    unfinished.finish(path, mode)?;
    Ok(written)
}

/// The same into the file that is there, for whoever mounted that file rather than its folder: it is
/// written whole beside it before, so that little can go wrong, but whoever reads at that moment reads
/// half of it.
pub async fn into_file<T>(
    path: &Path,
    mode: u32,
    write: impl AsyncFnOnce(&mut (dyn Write + Send)) -> Result<T, ExportError>,
) -> Result<T, ExportError> {
    let (mut unfinished, written) = Unfinished::write(path, write).await?;
    unfinished.file.seek(SeekFrom::Start(0))?;
    let mut there = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    let length = io::copy(&mut unfinished.file, &mut there)?;
    there.set_len(length)?;
    allow(&there, mode)?;
    there.sync_all()?;
    Ok(written)
}

/// Sets the permissions of a file, whatever the process takes from those of new ones.
fn allow(file: &File, mode: u32) -> io::Result<()> {
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    Ok(())
}

/// Deleted when it is dropped before it is finished.
struct Unfinished {
    file: File,
    path: PathBuf,
}

impl Unfinished {
    fn create(target: &Path) -> io::Result<Self> {
        let name = target
            .file_name()
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"))?;
        let mut unfinished = OsString::from(".");
        unfinished.push(name);
        let nth = BEGUN.fetch_add(1, Ordering::Relaxed);
        unfinished.push(format!(".{}-{nth}.part", std::process::id()));
        let path = target.with_file_name(unfinished);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, OWN);
        let file = options.open(&path)?;
        Ok(Self { file, path })
    }

    /// It with all that is written into it.
    async fn write<T>(
        target: &Path,
        write: impl AsyncFnOnce(&mut (dyn Write + Send)) -> Result<T, ExportError>,
    ) -> Result<(Self, T), ExportError> {
        let unfinished = Self::create(target)?;
        let mut to = BufWriter::new(&unfinished.file);
        let written = write(&mut to).await?;
        to.flush()?;
        drop(to);
        Ok((unfinished, written))
    }

    fn finish(&self, target: &Path, mode: u32) -> io::Result<()> {
        allow(&self.file, mode)?;
        self.file.sync_all()?;
        fs::rename(&self.path, target)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Once renamed there is nothing under this name; and there is nobody to tell.
        drop(fs::remove_file(&self.path));
    }
}
