//! `postulo permits export-stats`

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

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
    write(&json, path, config.permits.file_mode)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    tell!("the figures are in {}", path.display());
    Ok(())
}

fn write(json: &str, path: &Path, mode: u32) -> io::Result<()> {
    let unfinished = NewFile::begin(path)?;
    let mut to = unfinished.writer();
    to.write_all(json.as_bytes())?;
    to.flush()?;
    drop(to);
    unfinished.finish(mode)
}
