//! A local folder of documents, whose new files are flushed together.
//!
//! A new file is at its final name at once: nobody asks for it before the application is recorded, and
//! that is after its flush. Who comes while a flush runs shares the next one, as appends do (group
//! commit): on Linux it is one `syncfs(2)` for all of them with their folders. That call flushes what
//! others wrote to the same file system, too; while much of that waits, every file is flushed by
//! itself instead. So it is on file systems that are not known to do all of it in that call, and under
//! kernels before 5.8, where the call told of no failure.

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
    /// Whether one call flushes all that was written to it.
    shares: bool,
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
        let shares = shares_flushes(&root);
        Ok(Self {
            path,
            identity,
            root,
            shares,
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
            let together = folder.shares && little_else_waits();
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
        let mut written = Written { folder, files: vec![], kept: false };
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
    kept: bool,
}

impl Written {
    fn keep(mut self) {
        self.kept = true;
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
        if self.kept {
            return;
        }
        for file in &self.files {
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

/// File systems of the kernel whose `syncfs(2)` is as good as `fsync(2)` of each file, by their magic
/// numbers (`statfs(2)`): ext4, XFS, Btrfs, F2FS, ZFS, overlayfs, tmpfs.
#[cfg(target_os = "linux")]
const SHARING: [u64; 7] =
    [0xef53, 0x5846_5342, 0x9123_683e, 0xf2f5_2010, 0x2fc1_2fc1, 0x794c_7630, 0x0102_1994];

#[cfg(target_os = "linux")]
fn shares_flushes(root: &File) -> bool {
    let kind = rustix::fs::fstatfs(root).ok().and_then(|told| u64::try_from(told.f_type).ok());
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    kind.is_some_and(|kind| SHARING.contains(&kind)) && tells_failures(&kernel)
}

/// Whether `syncfs(2)` of this kernel tells that something could not be written: since 5.8.
#[cfg(target_os = "linux")]
fn tells_failures(release: &str) -> bool {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map(str::parse::<u32>);
    let (Some(Ok(major)), Some(Ok(minor))) = (numbers.next(), numbers.next()) else { return false };
    (major, minor) >= (5, 8)
}

/// Flushes the whole file system.
#[cfg(target_os = "linux")]
fn flush_all(root: &File) -> io::Result<()> {
    rustix::fs::syncfs(root).map_err(io::Error::from)
}

/// Whether a flush of the whole file system writes little that is not ours.
#[cfg(target_os = "linux")]
fn little_else_waits() -> bool {
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
fn shares_flushes(_: &File) -> bool {
    false
}

#[cfg(not(target_os = "linux"))]
fn little_else_waits() -> bool {
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
        let mut left = 0;
        for _ in 0..50 {
            let mut one = Box::pin(Arc::clone(&folder).flush());
            // It leads the flush, and goes away in the midst of it, unless that was over at once.
            left += usize::from(futures::poll!(one.as_mut()).is_pending());
            let other = tokio::spawn(Arc::clone(&folder).flush());
            tokio::task::yield_now().await;
            drop(one);
            other.await.unwrap().unwrap();
        }
        assert!(left > 0);
        // Who went away before anybody flushed is passed over by the next.
        Arc::clone(&folder).flush().await.unwrap();
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
    fn only_kernels_that_tell_failures_flush_together() {
        for (release, expected) in [
            ("6.18.44-fc-v669\n", true),
            ("5.8.0", true),
            ("5.10.0-32-amd64", true),
            ("5.7.19", false),
            ("4.18.0-553.el8_10.x86_64", false),
            ("", false),
        ] {
            assert_eq!(tells_failures(release), expected, "{release}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn files_that_are_flushed_by_themselves_are_there_as_well() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder { shares: false, ..Folder::open(root.path()).unwrap() };
        let folder = Arc::new(folder);
        let write = |name: &str| Arc::clone(&folder).write(name.to_owned(), || files(&["one"]));
        let all = futures::future::join_all((0..8).map(|nth| write(&nth.to_string()))).await;
        for outcome in all {
            outcome.unwrap();
        }
        assert_eq!(std::fs::read(folder.path.join("7/one")).unwrap(), b"Camille");
        write("7").await.unwrap_err();
        assert!(folder.path.join("7/one").exists(), "what was there stays");
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
