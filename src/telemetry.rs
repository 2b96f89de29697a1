//! Logs, on standard error. They hold ids and never personal data.

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
    Ok(())
}
