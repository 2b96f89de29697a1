//! Logs, on standard error. They hold ids and never personal data.

use std::backtrace::Backtrace;
use std::panic::PanicHookInfo;

use anyhow::{Context as _, Result};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{Config, LogFormat};

/// Starts logging as the settings say.
pub(crate) fn start(config: &Config) -> Result<()> {
    let filter = EnvFilter::try_new(&config.log)
        .context("POSTULO_LOG is not a filter; write info, or info,sqlx=debug")?;
    let registry = tracing_subscriber::registry().with(filter);
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => registry.with(layer.with_target(false)).try_init()?,
        LogFormat::Json => registry.with(layer.json().flatten_event(true)).try_init()?,
    }
    std::panic::set_hook(Box::new(log_the_place));
    Ok(())
}

/// Logs where a panic happened. What it says may quote what a person typed.
fn log_the_place(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let thread = std::thread::current();
    let backtrace = Backtrace::capture(); // frames only, and only with RUST_BACKTRACE
    tracing::error!(place, thread = thread.name(), %backtrace, "panicked");
}
