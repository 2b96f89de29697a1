//! A local folder of documents, whose new files are flushed together.
//!
//! A new file is at its final name at once: nobody asks for it before the application is recorded, and
//! that is after its flush. Who comes while a flush runs shares the next one, as appends do (group
//! commit): on Linux it is one `syncfs(2)` for all of them with their folders. That call flushes what
//! others wrote to the same file system, too; while much of that waits, every file is flushed by
//! itself instead.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use thiserror::Error;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

/// So many bytes that others wrote may wait to be flushed with ours.
#[cfg(target_os = "linux")]
const OTHERS: u64 = 256 << 20;

/// A folder, and which one it was when it was opened.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    identity: (u64, u64),
    root: File,
    /// New files that wait for the next flush.
    waiting: Mutex<Vec<Waiting>>,
    turn: tokio::sync::Mutex<()>,
}

/// The folder is another one, or there is none.
#[derive(Debug, Error)]
#[error(
    "the folder of the documents, {}, was deleted, moved away or replaced while it is in use: put it back, or restart to work with what is there now", .0.display()
)]
pub(super) struct Moved(PathBuf);

#[derive(Debug)]
struct Waiting(oneshot::Sender<io::Result<()>>);

/// A new file: its name, and what it holds, in parts.
pub(super) type NewFile = (String, Vec<Vec<u8>>);

fn identity(folder: &Path) -> io::Result<(u64, u64)> {
    std::fs::metadata(folder).map(|it| (it.dev(), it.ino()))
}

impl Folder {
    /// Opens the folder; it is made when it is missing.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(path)?;
        let (path, identity, root) = (path.to_owned(), identity(path)?, File::open(path)?);
        Ok(Self {
            path,
            identity,
            root,
            waiting: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        })
    }

    /// Whether it still is the one that was opened.
    pub(super) fn in_place(&self) -> Result<(), Moved> {
        let same = identity(&self.path).is_ok_and(|found| found == self.identity);
        if same { Ok(()) } else { Err(Moved(self.path.clone())) }
    }

    /// Writes new files below the folder of this name, all or none; they are durable when it returns.
    pub(super) async fn write(
        self: Arc<Self>,
        name: String,
        files: impl FnOnce() -> Vec<NewFile> + Send + 'static,
    ) -> io::Result<()> {
        let folder = Arc::clone(&self);
        let written = spawn_blocking(move || {
            let written = folder.create(&name, files())?;
            let together = flush_together();
            if !together {
                written.flush(&folder)?;
            }
            Ok::<_, io::Error>((written, together))
        });
        let (written, together) = written.await.map_err(io::Error::other)??;
        if together {
            self.flush().await?;
        }
        written.keep();
        Ok(())
    }

    fn create(&self, name: &str, files: Vec<NewFile>) -> io::Result<Written> {
        let folder = self.path.join(name);
        let made = DirBuilder::new().create(&folder);
        if let Err(error) = made
            && error.kind() != ErrorKind::AlreadyExists
        {
            return Err(error);
        }
        let mut written = Written { folder, files: vec![] };
        for (name, parts) in files {
            let path = written.folder.join(name);
            let mut file = OpenOptions::new().write(true).create_new(true).open(&path)?;
            written.files.push(path);
            parts.iter().try_for_each(|part| file.write_all(part))?;
        }
        Ok(written)
    }

    /// Waits for a flush that begins after this.
    pub(super) async fn flush(self: Arc<Self>) -> io::Result<()> {
        let (done, mut told) = oneshot::channel();
        self.waiting().push(Waiting(done));
        loop {
            tokio::select! {
                biased;
                outcome = &mut told => return outcome.unwrap_or_else(|_| Err(broken_off())),
                _turn = self.turn.lock() => {
                    let batch = std::mem::take(&mut *self.waiting());
                    if batch.is_empty() {
                        // Somebody flushes for this one, who was cut off while waiting for it.
                        return told.await.unwrap_or_else(|_| Err(broken_off()));
                    }
                    let folder = Arc::clone(&self);
                    let flushed = spawn_blocking(move || folder.flush_for(batch));
                    flushed.await.map_err(io::Error::other)?;
                }
            }
        }
    }

    /// Deletes what killed processes left of files that they were writing, if it is older than this. The
    /// store writes a file beside its name, at `NAME#NUMBER`.
    pub(super) fn clear_staged(&self, after: Duration) -> io::Result<()> {
        for folder in std::fs::read_dir(&self.path)? {
            let folder = folder?.path();
            let Ok(files) = std::fs::read_dir(&folder) else { continue };
            for file in files {
                let file = file?;
                let staged = file.file_name().to_str().is_some_and(is_staged);
                let modified = file.metadata().and_then(|it| it.modified());
                let age = modified.ok().and_then(|at| at.elapsed().ok());
                if staged && age.is_some_and(|age| age > after) {
                    std::fs::remove_file(file.path())?;
                    // Others may be in it.
                    drop(std::fs::remove_dir(&folder));
                }
            }
        }
        Ok(())
    }

    fn flush_for(&self, batch: Vec<Waiting>) {
        let outcome = flush_all(&self.root);
        for Waiting(done) in batch {
            // Whoever waited may have gone away.
            drop(done.send(again(&outcome)));
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Files that were written; those that are not kept are deleted again.
struct Written {
    folder: PathBuf,
    files: Vec<PathBuf>,
}

impl Written {
    fn keep(mut self) {
        self.files.clear();
    }

    /// Flushes each, with its name.
    fn flush(&self, folder: &Folder) -> io::Result<()> {
        self.files.iter().try_for_each(|file| File::open(file)?.sync_all())?;
        File::open(&self.folder)?.sync_all()?;
        folder.root.sync_all()
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        let left = std::mem::take(&mut self.files);
        if left.is_empty() {
            return;
        }
        for file in left {
            // It is sealed with a key that nobody has, so it costs room at most.
            drop(std::fs::remove_file(file));
        }
        // Others may be in it.
        drop(std::fs::remove_dir(&self.folder));
    }
}

fn is_staged(name: &str) -> bool {
    name.rsplit_once('#').is_some_and(|(_, number)| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn broken_off() -> io::Error {
    io::Error::other("the flush of new documents was broken off")
}

fn again(outcome: &io::Result<()>) -> io::Result<()> {
    match outcome {
        Ok(()) => Ok(()),
        Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
    }
}

/// Flushes the whole file system.
#[cfg(target_os = "linux")]
fn flush_all(root: &File) -> io::Result<()> {
    rustix::fs::syncfs(root).map_err(io::Error::from)
}

/// Whether a flush of the whole file system writes little that is not ours.
#[cfg(target_os = "linux")]
fn flush_together() -> bool {
    let Ok(told) = std::fs::read_to_string("/proc/meminfo") else { return false };
    waiting_to_be_written(&told).is_some_and(|bytes| bytes < OTHERS)
}

/// Bytes in memory that are not on a disk yet, as `/proc/meminfo` tells them (`proc_meminfo(5)`).
#[cfg(target_os = "linux")]
fn waiting_to_be_written(told: &str) -> Option<u64> {
    let of = |name: &str| -> Option<u64> {
        let line = told.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()
    };
    Some((of("Dirty:")? + of("Writeback:")?) * 1024)
}

#[cfg(not(target_os = "linux"))]
fn flush_all(root: &File) -> io::Result<()> {
    root.sync_all()
}

/// Elsewhere there is no such call.
#[cfg(not(target_os = "linux"))]
fn flush_together() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(names: &[&str]) -> Vec<NewFile> {
        names.iter().map(|name| ((*name).to_owned(), vec![b"Camille".to_vec()])).collect()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn new_files_are_written_all_or_none() {
        let root = tempfile::tempdir().unwrap();
        let folder = Arc::new(Folder::open(&root.path().join("documents")).unwrap());
        let write = |name: &str, of: &'static [&'static str]| {
            Arc::clone(&folder).write(name.to_owned(), move || files(of))
        };
        let many = (0..40).map(|nth| write(if nth % 2 == 0 { "a" } else { "b" }, &[]));
        for outcome in futures::future::join_all(many).await {
            outcome.unwrap();
        }
        write("a", &["one", "two"]).await.unwrap();
        assert_eq!(std::fs::read(folder.path.join("a/two")).unwrap(), b"Camille");
        // A name that is taken is never written over; what came before it goes again.
        let taken = write("a", &["three", "one"]).await.unwrap_err();
        assert_eq!(taken.kind(), ErrorKind::AlreadyExists);
        assert!(!folder.path.join("a/three").exists() && folder.path.join("a/one").exists());
        write("c", &["one", "one"]).await.unwrap_err();
        assert!(!folder.path.join("c").exists(), "a folder without files tells of nobody");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_flush_that_somebody_did_not_wait_for_answers_the_others() {
        let root = tempfile::tempdir().unwrap();
        let folder = Arc::new(Folder::open(root.path()).unwrap());
        for _ in 0..50 {
            let (one, other) = (Arc::clone(&folder).flush(), Arc::clone(&folder).flush());
            let (mut one, other) = (Box::pin(one), tokio::spawn(other));
            // It leads the flush, and goes away in the midst of it.
            assert!(futures::poll!(one.as_mut()).is_pending());
            drop(one);
            other.await.unwrap().unwrap();
        }
        assert!(folder.waiting().is_empty());
    }

    #[test]
    fn what_a_killed_process_left_goes_and_nothing_else_does() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::open(root.path()).unwrap();
        std::fs::write(root.path().join("unsealed.json"), "{}").unwrap();
        for file in ["a/one#1", "b/one", "b/one#2", "b/one#x"] {
            let file = root.path().join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "Camille").unwrap();
        }
        folder.clear_staged(Duration::from_hours(1)).unwrap();
        assert!(root.path().join("a/one#1").exists(), "it may be written just now");
        std::thread::sleep(Duration::from_millis(20));
        folder.clear_staged(Duration::from_millis(1)).unwrap();
        let left = |name: &str| root.path().join(name).exists();
        assert!(!left("a") && left("b/one") && !left("b/one#2") && left("b/one#x"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_waits_to_be_written_is_read_off_the_kernels_figures() {
        let told = "MemTotal: 1 kB\nDirty:             12 kB\nWriteback:          3 kB\nWritebackTmp: 9 kB\n";
        assert_eq!(waiting_to_be_written(told), Some(15 * 1024));
        assert_eq!(waiting_to_be_written("Dirty: many"), None);
        let here = std::fs::read_to_string("/proc/meminfo").unwrap();
        assert!(waiting_to_be_written(&here).is_some());
    }
}
