//! The process of a browser: started for one page, bounded, and ended with all its children.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, Signal, WaitOptions};
use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, ChildStdout, Command};
use url::Url;

use super::ShowError;

/// How long a document may be, in MiB: as long as any page.
const DOCUMENT: usize = 2;
/// The memory that a browser's processes may take together, in KiB.
const MEMORY: u64 = 1 << 20;
/// The time that each of its processes may compute, in seconds: for when we are not there to end it.
const COMPUTES: u64 = 60;
/// The longest file that it may write, in bytes.
const FILE: u64 = 256 << 20;
/// How often its memory is looked at.
const LOOKS: Duration = Duration::from_millis(200);
/// How long it may take until all of its processes are gone.
const GOES: Duration = Duration::from_secs(5);

/// What its scripts believe to pass before the page is read, in milliseconds; it stands still while they wait for
/// an answer.
const PATIENCE: &str = "--virtual-time-budget=10000";

/// Nothing but the page, and nothing on the disk but the profile.
const ALWAYS: &[&str] = &[
    "--headless=new",
    "--dump-dom",
    "--incognito",
    PATIENCE,
    // Every address but the proxy's own is unknown to it: the proxy resolves names.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    // Its rules let addresses of this machine pass by the proxy, were it not for this.
    "--proxy-bypass-list=<-loopback>",
    // What does not speak through a proxy does not speak.
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-features=MediaRouter,DialMediaRouteProvider,OptimizationHints,Translate,\
     AutofillServerCommunication,NetworkTimeServiceQuerying,DnsOverHttps,AsyncDns",
    "--disable-background-networking",
    "--disable-component-update",
    // What it asks its maker for all the same, it asks a port that it takes for unsafe.
    "--component-updater=url-source=http://127.0.0.1:9/",
    "--gaia-url=http://127.0.0.1:9/",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-extensions",
    "--disable-breakpad",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--blink-settings=imagesEnabled=false",
    "--mute-audio",
    "--no-first-run",
    "--password-store=basic",
];

/// A browser that runs. Dropped, it ends with its children.
pub(super) struct Process {
    child: Child,
    group: Option<Pid>,
    document: Option<ChildStdout>,
    profile: Option<TempDir>,
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Process {
    pub(super) fn start(
        program: &Path,
        profiles: &Path,
        proxy: u16,
        agent: &str,
        url: &Url,
    ) -> Result<Self, ShowError> {
        let profile = tempfile::Builder::new().prefix("postulo-browser-").tempdir_in(profiles);
        let profile = profile.map_err(|_| ShowError::NotStarted)?;
        let home = profile.path();
        let mut command = Command::new(program);
        command
            .args(ALWAYS)
            .arg(format!("--proxy-server=http://127.0.0.1:{proxy}"))
            .arg(format!("--user-data-dir={}", home.display()))
            .arg(format!("--user-agent={agent}"));
        if rustix::process::geteuid().is_root() {
            // Chromium has no sandbox for root.
            command.arg("--no-sandbox");
        }
        command
            .arg(url.as_str())
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LANG", "C.UTF-8")
            .env("HOME", home)
            .env("TMPDIR", home)
            .current_dir(home)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .kill_on_drop(true);
        let mut child = command.spawn().map_err(|_| ShowError::NotStarted)?;
        let group = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        bound(group);
        let document = child.stdout.take();
        Ok(Self { child, group, document, profile: Some(profile) })
    }

    /// The document, once the page has come to its end.
    pub(super) async fn page(&mut self) -> Result<String, ShowError> {
        let group = self.group;
        let document = self.document.take().ok_or(ShowError::Broken)?;
        tokio::select! {
            document = read(document) => document,
            () = outgrows(group) => Err(ShowError::Memory),
        }
    }

    /// Ends all of its processes, and removes the profile when they are gone.
    pub(super) async fn end(mut self) {
        self.kill();
        let _ = self.child.wait().await;
        let all_gone = async {
            while let Some(group) = self.group
                && !is_gone(group)
            {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        if tokio::time::timeout(GOES, all_gone).await.is_err() {
            tracing::error!("Processes of a browser do not end");
        }
        let Some(profile) = self.profile.take() else { return };
        let removed = tokio::task::spawn_blocking(move || profile.close()).await;
        if !matches!(removed, Ok(Ok(()))) {
            tracing::warn!("The profile of a browser was not removed");
        }
    }

    fn kill(&self) {
        if let Some(group) = self.group {
            // It fails where there is none left.
            let _ = rustix::process::kill_process_group(group, Signal::KILL);
        }
    }
}

/// Bounds each of its processes, for when we are not there to end them.
fn bound(process: Option<Pid>) {
    let most = |value| Rlimit { current: Some(value), maximum: Some(value) };
    for (resource, value) in
        [(Resource::Cpu, COMPUTES), (Resource::Fsize, FILE), (Resource::Core, 0)]
    {
        #[cfg(target_os = "linux")]
        let _ = rustix::process::prlimit(process, resource, most(value));
        #[cfg(not(target_os = "linux"))]
        let _ = (process, resource, most(value));
    }
}

async fn read(document: ChildStdout) -> Result<String, ShowError> {
    let mut bytes = vec![];
    let most = (DOCUMENT << 20) as u64;
    let mut reader = document.take(most + 1);
    reader.read_to_end(&mut bytes).await.map_err(|_| ShowError::Broken)?;
    if bytes.len() as u64 > most {
        return Err(ShowError::TooLong { mib: DOCUMENT });
    }
    if bytes.is_empty() {
        return Err(ShowError::Broken);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Ends when its processes take too much memory.
async fn outgrows(group: Option<Pid>) {
    let Some(group) = group else { return std::future::pending().await };
    loop {
        tokio::time::sleep(LOOKS).await;
        let taken = tokio::task::spawn_blocking(move || members(group).sum::<u64>()).await;
        if taken.is_ok_and(|taken| taken > MEMORY) {
            return;
        }
    }
}

/// Whether no process of a group is left. Where we are the first process of a container, its orphans are ours, and
/// nobody else collects them.
fn is_gone(group: Pid) -> bool {
    while let Ok(Some(_)) = rustix::process::waitpgid(group, WaitOptions::NOHANG) {}
    members(group).next().is_none()
}

/// The processes of a group that live, each as the memory of its own in KiB.
fn members(group: Pid) -> impl Iterator<Item = u64> {
    let folders = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let statuses = folders.filter(|folder| {
        folder.file_name().as_encoded_bytes().first().is_some_and(u8::is_ascii_digit)
    });
    let group = group.as_raw_nonzero().to_string();
    statuses.filter_map(move |folder| {
        let status = std::fs::read_to_string(folder.path().join("status")).ok()?;
        own_memory(&status, &group)
    })
}

fn own_memory(status: &str, group: &str) -> Option<u64> {
    let value = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.split_ascii_whitespace().next()
    };
    let lives = value("NSpgid") == Some(group) && !matches!(value("State"), Some("Z" | "X"));
    // A process that is just ending has none.
    let kib = |name| value(name).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default();
    lives.then(|| kib("RssAnon") + kib("RssShmem"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("State:\tS (sleeping)\nNSpgid:\t7\t1\nRssAnon:\t    2048 kB\n", Some(2048))]
    #[case("State:\tR (running)\nNSpgid:\t7\nRssAnon:\t 5 kB\nRssShmem:\t 2 kB\n", Some(7))]
    #[case("State:\tZ (zombie)\nNSpgid:\t7\n", None)]
    #[case("State:\tR (running)\nNSpgid:\t8\nRssAnon:\t 1 kB\n", None)]
    #[case("State:\tR (running)\nNSpgid:\t7\n", Some(0))]
    fn the_memory_of_a_group_is_that_of_its_living_processes(
        #[case] status: &str,
        #[case] kib: Option<u64>,
    ) {
        assert_eq!(own_memory(status, "7"), kib);
    }
}
