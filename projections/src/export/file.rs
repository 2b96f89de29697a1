//! A file that is whole whenever it is there.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::ExportError;

/// Writes a file under a temporary name beside `path` and renames it when it is whole and durable,
/// so that nobody reads half of it. Where it fails, an older file of that name stays as it was. Only
/// the file's owner may read it.
pub async fn to_file<T>(
    path: &Path,
    write: impl AsyncFnOnce(&mut (dyn Write + Send)) -> Result<T, ExportError>,
) -> Result<T, ExportError> {
    let unfinished = Unfinished::create(path)?;
    let mut to = BufWriter::new(&unfinished.file);
    let written = write(&mut to).await?;
    to.flush()?;
    drop(to);
    unfinished.finish(path)?;
    Ok(written)
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
        unfinished.push(format!(".{}.part", std::process::id()));
        let path = target.with_file_name(unfinished);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        Ok(Self { file, path })
    }

    fn finish(&self, target: &Path) -> io::Result<()> {
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
