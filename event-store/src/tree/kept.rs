//! Where the newest note is kept besides the database. Whoever changes the database alone cannot
//! change it there, so the log is compared with it before it is signed again.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use async_trait::async_trait;

/// A place for the newest note.
#[async_trait]
pub trait Keeper: fmt::Debug + Send + Sync {
    /// Where it is, as an operator knows it; nothing secret.
    fn place(&self) -> String;

    /// The note that is kept there; none where there is none yet, or where nobody can be asked.
    async fn newest(&self) -> Result<Option<String>, KeeperError>;

    /// Puts a note in the place of the one before.
    fn keep(&self, note: &str) -> Result<(), KeeperError>;
}

/// A note cannot be read or kept.
#[derive(Debug, thiserror::Error)]
#[error("the newest signature over the log cannot be kept in, or read from, {place}")]
pub struct KeeperError {
    /// Where.
    pub place: String,
    /// Why.
    #[source]
    pub source: io::Error,
}

/// A file that holds the newest note.
#[derive(Clone, Debug)]
pub struct KeptFile(PathBuf);

impl KeptFile {
    /// The file at this path, which need not be there yet.
    pub const fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// Puts the file away under another name beside it, with this ending: what is kept from then on
    /// begins anew. Says where it is now; none where there was none.
    pub fn set_aside(&self, ending: &str) -> Result<Option<PathBuf>, KeeperError> {
        let mut name = self.0.as_os_str().to_owned();
        name.push(".set-aside-");
        name.push(ending);
        let to = PathBuf::from(name);
        match fs::rename(&self.0, &to) {
            Ok(()) => Ok(Some(to)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(self.failed(source)),
        }
    }

    fn failed(&self, source: io::Error) -> KeeperError {
        KeeperError { place: self.place(), source }
    }
}

#[async_trait]
impl Keeper for KeptFile {
    fn place(&self) -> String {
        self.0.display().to_string()
    }

    async fn newest(&self) -> Result<Option<String>, KeeperError> {
        match fs::read_to_string(&self.0) {
            Ok(note) => Ok(Some(note).filter(|note| !note.trim().is_empty())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            // Not a text: it is read as a note that says nothing.
            Err(error) if error.kind() == ErrorKind::InvalidData => Ok(Some("\u{fffd}".to_owned())),
            Err(error) => Err(self.failed(error)),
        }
    }

    fn keep(&self, note: &str) -> Result<(), KeeperError> {
        write(&self.0, note).map_err(|error| self.failed(error))
    }
}

/// Under a temporary name, then renamed: there is a whole note at any moment.
fn write(path: &Path, note: &str) -> io::Result<()> {
    let temporary = path.with_extension(format!("{}.new", std::process::id()));
    let written = || -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o644);
        let mut file: File = options.open(&temporary)?;
        file.write_all(note.as_bytes())?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    };
    let outcome = written();
    if outcome.is_err() {
        // It may not even be there.
        let _ = fs::remove_file(&temporary);
    }
    outcome
}
