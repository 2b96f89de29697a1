//! The built-in mailbox: e-mails as files in a folder, for development.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;

use crate::mail::{Email, MailUrlError, Mailer, SendError, message};

/// A folder of `.eml` files.
pub(crate) struct Mailbox {
    folder: PathBuf,
    count: AtomicU64,
}

impl Mailbox {
    /// The mailbox in `folder`, made when it is missing.
    pub(crate) fn open(folder: PathBuf) -> Result<Self, MailUrlError> {
        fs::create_dir_all(&folder).map_err(MailUrlError::Folder)?;
        Ok(Self {
            folder,
            count: AtomicU64::new(0),
        })
    }
}

#[async_trait]
impl Mailer for Mailbox {
    /// Writes the e-mail whole or not at all: under another name, flushed, then renamed.
    async fn send(&self, email: &Email) -> Result<(), SendError> {
        let bytes = message::build(email)?.formatted();
        let nth = self.count.fetch_add(1, Ordering::Relaxed);
        let folder = self.folder.clone();
        let written = tokio::task::spawn_blocking(move || write(&folder, nth, &bytes)).await;
        match written {
            Ok(written) => written.map_err(SendError::MailboxFolder),
            Err(_) => Err(SendError::Unreachable(
                "the write was interrupted".to_owned(),
            )),
        }
    }
}

/// The name sorts by when the file was written: the number of files so far comes first.
fn write(folder: &PathBuf, nth: u64, bytes: &[u8]) -> io::Result<()> {
    let present = fs::read_dir(folder)?.count();
    let name = format!("{present:08}-{}-{nth:06}", std::process::id());
    let unfinished = folder.join(format!("{name}.part"));
    let mut options = OpenOptions::new();
    let mut file: File = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, folder.join(format!("{name}.eml")))?;
    File::open(folder)?.sync_all()
}
