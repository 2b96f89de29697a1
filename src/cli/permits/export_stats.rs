//! `postulo permits export-stats`

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use projections::export::NewFile;
use projections::permits::{files, statistics};

use crate::cli::out::{self, tell};
use crate::config::Config;
use crate::wiring::Parts;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The file to write; it appears whole or not at all. Standard output without it.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(crate) async fn run(config: &Config, arguments: &Arguments) -> Result<()> {
    let parts = Parts::open(config).await?;
    let figures = statistics::statistics(&parts.db, parts.clock.now()).await;
    parts.close().await;
    let json = files::statistics_json(&figures?);
    let Some(path) = &arguments.out else { return out::text(format_args!("{json}")) };
    NewFile::write(path, config.permits.file_mode, json.as_bytes())
        .with_context(|| format!("{} cannot be written", path.display()))?;
    tell!("the figures are in {}", path.display());
    Ok(())
}
