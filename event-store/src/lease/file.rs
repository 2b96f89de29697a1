//! A lease as a locked file beside the database.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use tokio::time::sleep;

use super::{LeaseError, LeaseOptions};

/// Closing the file releases the lock; so does the death of the process.
pub(super) struct FileLease {
    #[expect(dead_code, reason = "it is held for its lock")]
    file: File,
}

/// Waits until the file can be locked.
pub(super) async fn take(
    database: &Path,
    name: &str,
    options: LeaseOptions,
) -> Result<FileLease, LeaseError> {
    let mut folder = database.as_os_str().to_owned();
    folder.push("-leases");
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let path = Path::new(&folder).join(name.chars().map(safe).collect::<String>());
    let failed = |source| LeaseError::File { path: path.clone(), source };
    fs::create_dir_all(&folder).map_err(failed)?;
    // The file stays when the lease ends: whoever waits holds the same one open.
    let file = File::options().create(true).append(true).open(&path).map_err(failed)?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(FileLease { file }),
            Err(TryLockError::WouldBlock) => sleep(options.look).await,
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
    }
}
