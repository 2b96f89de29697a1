//! The built-in mailbox: e-mails as files in a folder, for development.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;

use crate::mail::message::{self, Reports};
use crate::mail::{Email, MailUrlError, Mailer, SendError, Taken};

/// A folder of `.eml` files.
pub(crate) struct Mailbox(Arc<Folder>);

struct Folder {
    path: PathBuf,
    /// E-mails that were begun.
    begun: AtomicU64,
    /// The highest number that is known to be taken; to look for it in a folder of many files would
    /// take longer with each of them.
    last: AtomicU64,
}

impl Mailbox {
    /// The mailbox in `folder`, made when it is missing.
    pub(crate) fn open(folder: PathBuf) -> Result<Self, MailUrlError> {
        fs::create_dir_all(&folder).map_err(MailUrlError::Folder)?;
        let last = last_number(&folder).map_err(MailUrlError::Folder)?;
        let (begun, last) = (AtomicU64::new(0), AtomicU64::new(last));
        Ok(Self(Arc::new(Folder { path: folder, begun, last })))
    }
}

#[async_trait]
impl Mailer for Mailbox {
    /// Writes the e-mail whole or not at all: under another name, flushed, then renamed.
    async fn send(&self, email: &Email) -> Result<Taken, SendError> {
        let bytes = message::build(email, Reports::Nobody)?.bytes;
        let folder = self.0.clone();
        let written = tokio::task::spawn_blocking(move || folder.write(&bytes)).await;
        match written {
            Ok(written) => written.map(|()| Taken::default()).map_err(SendError::MailboxFolder),
            Err(_) => Err(SendError::Unreachable("the write was interrupted".to_owned())),
        }
    }
}

impl Folder {
    /// Numbers the e-mail after the last one; a number that another process took in between is passed
    /// over, so that no e-mail replaces another.
    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let nth = self.begun.fetch_add(1, Ordering::Relaxed);
        let unfinished = self.path.join(format!("{}-{nth}.part", std::process::id()));
        let written = self.write_by(&unfinished, bytes);
        if written.is_err() {
            // On a full disk what is half written would take the room that is left.
            let _ = fs::remove_file(&unfinished);
        }
        written
    }

    fn write_by(&self, unfinished: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        let mut file: File =
            options.write(true).create(true).truncate(true).mode(0o600).open(unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        let mut number = self.last.load(Ordering::Relaxed) + 1;
        let named = |number| self.path.join(format!("{number:08}.eml"));
        while let Err(error) = fs::hard_link(unfinished, named(number)) {
            if error.kind() != io::ErrorKind::AlreadyExists {
                return Err(error);
            }
            number += 1;
        }
        self.last.fetch_max(number, Ordering::Relaxed);
        fs::remove_file(unfinished)?;
        File::open(&self.path)?.sync_all()
    }
}

fn last_number(folder: &Path) -> io::Result<u64> {
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
        let run = |emails: usize, bytes: &[u8]| {
            let Mailbox(run) = Mailbox::open(folder.clone()).unwrap();
            for _ in 0..emails {
                run.write(bytes).unwrap();
            }
            run
        };
        let first = run(3, b"first run");
        fs::remove_file(folder.join("00000001.eml")).unwrap();
        fs::write(folder.join(format!("{}-0.part", std::process::id())), b"left by a crash")
            .unwrap();
        run(2, b"second run");
        first.write(b"first run, beside the second").unwrap();
        let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = entries.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        let wanted: Vec<_> = (2..=6).map(|number| format!("{number:08}.eml")).collect();
        assert_eq!(names, wanted);
        let last = fs::read(folder.join("00000006.eml")).unwrap();
        assert_eq!(last, b"first run, beside the second");
        fs::remove_dir_all(folder).unwrap();
    }
}
