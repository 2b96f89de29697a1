//! Standard output and standard error: the one home for printing. A full disk is told on standard
//! error and by the exit status; that nobody reads any more, as after `| head`, is no failure.

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result};

/// Whether a listing ended early, since nobody reads it any more.
static NOBODY_READS: AtomicBool = AtomicBool::new(false);
/// The first report that could not be written, while the command went on.
static UNWRITTEN: Mutex<Option<io::Error>> = Mutex::new(None);

/// Reports what a command does, on a line. What cannot be written does not stop the command half-way;
/// it is told at the end.
macro_rules! say {
    ($($line:tt)*) => { $crate::cli::out::report(format_args!($($line)*)) };
}

/// Prints a line of a listing; where it cannot be written, the listing ends.
macro_rules! row {
    ($($line:tt)*) => {
        $crate::cli::out::text(format_args!("{}\n", format_args!($($line)*)))
    };
}

/// Tells something on standard error.
macro_rules! tell {
    ($($line:tt)*) => {
        $crate::cli::out::aside(format_args!("{}\n", format_args!($($line)*)))
    };
}

pub(crate) use {row, say, tell};

/// Standard output, which notes that nobody reads it any more.
pub(crate) struct Output;

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        noted(io::stdout().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        noted(io::stdout().flush())
    }
}

fn noted<T>(written: io::Result<T>) -> io::Result<T> {
    if written.as_ref().is_err_and(|error| error.kind() == ErrorKind::BrokenPipe) {
        NOBODY_READS.store(true, Ordering::Relaxed);
    }
    written
}

/// Prints text of a listing as it is.
pub(crate) fn text(text: fmt::Arguments<'_>) -> Result<()> {
    shown(Output.write_fmt(text))
}

/// What became of something on standard output that may be left unread.
pub(crate) fn shown(written: io::Result<()>) -> Result<()> {
    noted(written).context("standard output cannot be written")
}

/// See [`say`].
pub(crate) fn report(line: fmt::Arguments<'_>) {
    let mut output = io::stdout();
    let written = output.write_fmt(format_args!("{line}\n"));
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        UNWRITTEN.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }
}

/// Prints what is shown once and kept nowhere; `otherwise` says what to do where it cannot be shown.
pub(crate) fn secret(lines: fmt::Arguments<'_>, otherwise: &str) -> Result<()> {
    let mut output = io::stdout();
    let written = output.write_fmt(lines).and_then(|()| output.flush());
    written.with_context(|| format!("standard output cannot be written, {otherwise}"))
}

/// Tells something on standard error; where that cannot be written, there is nobody left to tell.
pub(crate) fn aside(text: fmt::Arguments<'_>) {
    let mut errors = io::stderr();
    let _ = errors.write_fmt(text).and_then(|()| errors.flush());
}

/// Whether a listing ended since nobody reads it any more.
pub(crate) fn nobody_reads() -> bool {
    NOBODY_READS.load(Ordering::Relaxed)
}

/// What could not be written until now.
pub(crate) fn unwritten() -> Option<io::Error> {
    UNWRITTEN.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Whether all that was printed is written.
pub(crate) fn end() -> Result<()> {
    let outcome = match unwritten() {
        Some(error) => Err(error),
        None => Output.flush(),
    };
    outcome.context("it is done, and standard output cannot be written")
}
