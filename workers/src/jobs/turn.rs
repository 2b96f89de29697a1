//! A turn of a task: what it may count on while it runs, and what it counts.

use std::sync::{Mutex, MutexGuard, PoisonError};

use commands::schedules::Report;
use event_store::lease::Held;
use jiff::Timestamp;

/// The run of a task, as the task sees it.
#[derive(Debug)]
pub struct Turn {
    held: Held,
    due: Timestamp,
    is_asked: bool,
    report: Mutex<Report>,
}

impl Turn {
    pub(crate) fn new(held: Held, due: Timestamp) -> Self {
        Self { held, due, is_asked: false, report: Mutex::default() }
    }

    /// That somebody asked for it.
    pub(crate) fn asked(self) -> Self {
        Self { is_asked: true, ..self }
    }

    /// Whether somebody asked for it, not the clock.
    pub const fn is_asked(&self) -> bool {
        self.is_asked
    }

    /// When it was due, or asked for.
    pub const fn due(&self) -> Timestamp {
        self.due
    }

    /// The lease of the task: it is asked before an effect on the world that must not happen twice.
    pub const fn held(&self) -> &Held {
        &self.held
    }

    /// Whether the task has to end now: the process is asked to stop, or another one took over.
    pub fn is_over(&self) -> bool {
        !self.held.is_current()
    }

    /// Counts so many more of something, by a name that the catalogues have words for. People watch it
    /// while the task runs.
    pub fn count(&self, what: &str, number: u64) {
        self.lock().count(what, number);
    }

    /// Says something else of the run, by a name that the catalogues have words for.
    pub fn note(&self, note: &str) {
        self.lock().note = Some(note.to_owned());
    }

    /// What was counted until now.
    pub fn report(&self) -> Report {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Report> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
