//! What reaches the disk: counted for the whole machine, since PostgreSQL writes in processes of its
//! own. On a machine that does nothing else that is what the service causes.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::NamedTempFile;

/// Calls that flush, as the kernel names their tracepoints.
const CALLS: &str = "syscalls:sys_enter_fsync,syscalls:sys_enter_fdatasync,\
                     syscalls:sys_enter_syncfs,syscalls:sys_enter_sync";

/// Figures since it was made.
pub(super) struct Disk {
    stat: PathBuf,
    begin: Option<Device>,
    calls: Option<(Child, NamedTempFile)>,
}

/// What the kernel tells of a device (Documentation/block/stat.rst).
#[derive(Clone, Copy)]
struct Device {
    /// Sectors of 512 bytes that were written.
    sectors: f64,
    /// Flushes that the device was asked for: one for all that come while one is under way.
    flushes: f64,
}

/// What was counted.
pub(super) struct Written {
    /// Calls of `fsync`, `fdatasync`, `syncfs` and `sync`, where perf(1) may count them.
    pub(super) calls: Option<f64>,
    /// Flushes that the device was asked for.
    pub(super) flushes: Option<f64>,
    /// Bytes.
    pub(super) bytes: Option<f64>,
}

impl Device {
    fn read(stat: &Path) -> Option<Self> {
        let told = fs::read_to_string(stat).ok()?;
        let figure = |nth| told.split_whitespace().nth(nth)?.parse::<f64>().ok();
        Some(Self { sectors: figure(6)?, flushes: figure(15)? })
    }
}

impl Disk {
    /// Of the device that this folder is on.
    pub(super) fn of(folder: &Path) -> anyhow::Result<Self> {
        let device = fs::metadata(folder)?.dev();
        // As makedev(3) puts them together.
        let major = ((device >> 8) & 0xfff) | ((device >> 32) & !0xfff);
        let minor = (device & 0xff) | ((device >> 12) & !0xff);
        let stat = PathBuf::from(format!("/sys/dev/block/{major}:{minor}/stat"));
        let counted = NamedTempFile::new()?;
        let calls = Command::new("perf")
            .args(["stat", "-a", "-x", ",", "-e", CALLS, "-o"])
            .arg(counted.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let begin = Device::read(&stat);
        Ok(Self { stat, begin, calls: calls.ok().map(|it| (it, counted)) })
    }

    pub(super) fn written(self) -> anyhow::Result<Written> {
        let end = Device::read(&self.stat);
        let device = self.begin.zip(end);
        let mut calls = None;
        if let Some((mut perf, counted)) = self.calls {
            Command::new("kill").args(["-INT", &perf.id().to_string()]).status()?;
            perf.wait()?;
            let told = fs::read_to_string(counted.path())?;
            let lines = told.lines().filter(|line| line.contains("sys_enter"));
            let counts = lines.map(|line| line.split(',').next()?.parse::<f64>().ok());
            calls = counts.sum::<Option<f64>>().filter(|_| told.contains("sys_enter"));
        }
        Ok(Written {
            calls,
            flushes: device.map(|(begin, end)| end.flushes - begin.flushes),
            bytes: device.map(|(begin, end)| (end.sectors - begin.sectors) * 512.0),
        })
    }
}
