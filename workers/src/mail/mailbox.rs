//! The built-in mailbox: e-mails as files in a folder, for development.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;

use crate::mail::message::{self, Reports};
use crate::mail::{Email, MailUrlError, Mailer, SendError, Taken};

/// A folder of `.eml` files.
pub(crate) struct Mailbox {
    folder: PathBuf,
    count: AtomicU64,
}

impl Mailbox {
    /// The mailbox in `folder`, made when it is missing.
    pub(crate) fn open(folder: PathBuf) -> Result<Self, MailUrlError> {
        fs::create_dir_all(&folder).map_err(MailUrlError::Folder)?;
        Ok(Self { folder, count: AtomicU64::new(0) })
    }
}

#[async_trait]
impl Mailer for Mailbox {
    /// Writes the e-mail whole or not at all: under another name, flushed, then renamed.
    async fn send(&self, email: &Email) -> Result<Taken, SendError> {
        let bytes = message::build(email, Reports::Nobody)?.bytes;
        let nth = self.count.fetch_add(1, Ordering::Relaxed);
        let folder = self.folder.clone();
        let written = tokio::task::spawn_blocking(move || write(&folder, nth, &bytes)).await;
        match written {
            Ok(written) => written.map(|()| Taken::default()).map_err(SendError::MailboxFolder),
            Err(_) => Err(SendError::Unreachable("the write was interrupted".to_owned())),
        }
    }
}

/// Numbers the e-mail after the last one; a number that another process took in between is passed
/// over, so that no e-mail replaces another.
fn write(folder: &PathBuf, nth: u64, bytes: &[u8]) -> io::Result<()> {
    let unfinished = folder.join(format!("{}-{nth}.part", std::process::id()));
    let written = write_by(&unfinished, folder, bytes);
    if written.is_err() {
        // On a full disk what is half written would take the room that is left.
        let _ = fs::remove_file(&unfinished);
    }
    written
}

fn write_by(unfinished: &PathBuf, folder: &PathBuf, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file: File =
        options.write(true).create(true).truncate(true).mode(0o600).open(unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    let mut number = last_number(folder)? + 1;
    while let Err(error) = fs::hard_link(unfinished, folder.join(format!("{number:08}.eml"))) {
        if error.kind() != io::ErrorKind::AlreadyExists {
            return Err(error);
        }
        number += 1;
    }
    fs::remove_file(unfinished)?;
    File::open(folder)?.sync_all()
}

fn last_number(folder: &PathBuf) -> io::Result<u64> {
    let mut last = 0;
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| name.strip_suffix(".eml")?.parse().ok());
        last = last.max(number.unwrap_or(0));
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_email_replaces_another() {
        let folder = tempfile::tempdir().unwrap().keep();
        for nth in 0..3 {
            write(&folder, nth, b"first run").unwrap();
        }
        fs::remove_file(folder.join("00000001.eml")).unwrap();
        fs::write(folder.join(format!("{}-0.part", std::process::id())), b"left by a crash")
            .unwrap();
        for nth in 0..2 {
            write(&folder, nth, b"second run").unwrap();
        }
        let mut names: Vec<_> =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["00000002.eml", "00000003.eml", "00000004.eml", "00000005.eml"]);
        fs::remove_dir_all(folder).unwrap();
    }
}
