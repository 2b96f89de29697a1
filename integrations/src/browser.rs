//! A browser for pages that show their offers only to one that runs their scripts: headless Chromium, a process of
//! its own for each page.
//!
//! Scripts of others run in it, so it is kept within bounds. All that it asks the network for goes through a
//! guarding proxy of ours, which lets it reach what the fetcher would reach (`guard`); its time, its memory, its
//! traffic and what it says have bounds; its profile is new, and removed with it (`process`). It is given nothing
//! of our environment.

mod guard;
mod peer;
mod process;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::Semaphore;
use url::Url;

use crate::reach::Reach;
use guard::Guard;
use process::Process;

/// How long a page may take, the start of the browser included.
const LIMIT: Duration = Duration::from_secs(30);
/// What the document has that Chromium shows where there is no page.
const NO_PAGE: &str = "id=\"main-frame-error\"";
/// Browsers at once.
const AT_ONCE: usize = 2;

/// The browser showed no page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ShowError {
    /// It cannot be started.
    #[error("the browser that the settings name cannot be started")]
    NotStarted,
    /// The page did not come to an end.
    #[error("the page does not come to an end in the browser")]
    Slow,
    /// The page takes too much memory.
    #[error("the page takes too much memory in the browser")]
    Memory,
    /// It ended without the page, or showed one that did not come through the guard.
    #[error("the browser ended without showing the page")]
    Broken,
    /// What it shows is too long.
    #[error("the page is longer than {mib} MiB in the browser")]
    TooLong {
        /// How long it may be.
        mib: usize,
    },
}

impl ShowError {
    /// Its name, which never changes: texts of pages are found by it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotStarted => "browser-not-started",
            Self::Slow => "browser-slow",
            Self::Memory => "browser-memory",
            Self::Broken => "browser-broken",
            Self::TooLong { .. } => "too-long",
        }
    }
}

/// Shows pages.
#[derive(Debug)]
pub struct Browser {
    program: PathBuf,
    limit: Duration,
    profiles: PathBuf,
    turns: Arc<Semaphore>,
}

impl Browser {
    /// A browser that is this program.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            limit: LIMIT,
            profiles: std::env::temp_dir(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// One that gives a page so much time.
    #[must_use]
    pub const fn within(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// One whose profiles lie in this folder while it runs.
    #[must_use]
    pub fn with_profiles_in(mut self, folder: impl Into<PathBuf>) -> Self {
        self.profiles = folder.into();
        self
    }

    /// A page as its scripts make it: its document as HTML. `agent` is what the browser calls itself.
    pub(crate) async fn show(
        self: &Arc<Self>,
        url: &Url,
        reach: &Reach,
        agent: &str,
    ) -> Result<String, ShowError> {
        let (browser, url, reach) = (self.clone(), url.clone(), reach.only_for(url));
        let agent = agent.to_owned();
        // A task of its own: it cleans up also where nobody waits for the page any more.
        let shown = tokio::spawn(async move { browser.run(&url, reach, &agent).await });
        shown.await.unwrap_or(Err(ShowError::Broken))
    }

    async fn run(&self, url: &Url, reach: Reach, agent: &str) -> Result<String, ShowError> {
        let _turn = self.turns.acquire().await.map_err(|_| ShowError::Broken)?;
        let guard = Guard::open(reach).await.map_err(|_| ShowError::NotStarted)?;
        let mut process = Process::start(&self.program, &self.profiles, guard.port, agent, url)?;
        let outcome = tokio::select! {
            page = process.page() => page,
            () = tokio::time::sleep(self.limit) => Err(ShowError::Slow),
        };
        process.end().await;
        let document = outcome?;
        // A policy of the machine may have led it around the guard.
        if !guard.was_asked() || document.contains(NO_PAGE) {
            return Err(ShowError::Broken);
        }
        Ok(document)
    }
}
