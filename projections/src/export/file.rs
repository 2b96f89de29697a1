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
    let unfinished = NewFile::begin(path)?;
    let mut to = unfinished.writer();
    let written = write(&mut to).await?;
    to.flush()?;
    drop(to);
    unfinished.finish(OWN)?;
    Ok(written)
}

/// Sets the permissions of a file, whatever the process takes from those of new ones.
fn allow(file: &File, mode: u32) -> io::Result<()> {
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    Ok(())
}

/// A file under a temporary name beside its own, until it is whole; what is dropped before is deleted.
#[derive(Debug)]
pub struct NewFile {
    file: File,
    temporary: PathBuf,
    target: PathBuf,
}

impl NewFile {
    /// Begins what shall stand at `target`.
    pub fn begin(target: &Path) -> io::Result<Self> {
        let name = target
            .file_name()
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"))?;
        let mut unfinished = OsString::from(".");
        unfinished.push(name);
        let nth = BEGUN.fetch_add(1, Ordering::Relaxed);
        unfinished.push(format!(".{}-{nth}.part", std::process::id()));
        let temporary = target.with_file_name(unfinished);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, OWN);
        let file = options.open(&temporary)?;
        Ok(Self { file, temporary, target: target.to_owned() })
    }

    /// Writes a file at once: it takes its place with these permissions, whole or not at all.
    pub fn write(target: &Path, mode: u32, content: &[u8]) -> io::Result<()> {
        let mut unfinished = Self::begin(target)?;
        unfinished.file.write_all(content)?;
        unfinished.finish(mode)
    }

    /// Writes it; to be flushed at the end.
    pub fn writer(&self) -> BufWriter<&File> {
        BufWriter::new(&self.file)
    }

    /// Lets it take its place, durable and with these permissions.
    pub fn finish(self, mode: u32) -> io::Result<()> {
        allow(&self.file, mode)?;
        self.file.sync_all()?;
        fs::rename(&self.temporary, &self.target)
    }

    /// Copies it into the file that stands there, for whoever mounted that file rather than its folder:
    /// whoever reads at that moment reads half of it.
    pub fn finish_in_place(mut self, mode: u32) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        let mut there =
            OpenOptions::new().write(true).create(true).truncate(false).open(&self.target)?;
        let length = io::copy(&mut self.file, &mut there)?;
        there.set_len(length)?;
        allow(&there, mode)?;
        there.sync_all()
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // Once renamed there is nothing under this name; and there is nobody to tell.
        drop(fs::remove_file(&self.temporary));
    }
}
