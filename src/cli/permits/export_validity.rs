//! `postulo permits export-validity`

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use projections::export::{ExportError, NewFile};
use projections::permits::day_in_paris;
use projections::permits::files::{self, ValidityFile};

use crate::cli::out::{Output, tell};
use crate::config::Config;
use crate::wiring::Parts;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The file to write; it appears whole or not at all. Standard output without it.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write into the file that is there, for a container that has mounted it rather than its folder; who
    /// reads at that moment reads half of it.
    #[arg(long, requires = "out")]
    in_place: bool,
}

pub(crate) async fn run(config: &Config, arguments: &Arguments) -> Result<()> {
    let parts = Parts::open(config).await?;
    let outcome = export(config, &parts, arguments).await;
    parts.close().await;
    let ValidityFile { permits, left_out } = outcome?;
    if let Some(path) = &arguments.out {
        tell!("{permits} permits in {}", path.display());
    }
    if !left_out.is_empty() {
        let numbers: Vec<_> = left_out.iter().map(ToString::to_string).collect();
        tell!(
            "{} dossiers that were granted are left out: they lack a last day or a date of birth that can be read: {}",
            left_out.len(),
            numbers.join(", ")
        );
    }
    Ok(())
}

async fn export(config: &Config, parts: &Parts, arguments: &Arguments) -> Result<ValidityFile> {
    let day = day_in_paris(parts.clock.now());
    let Some(path) = &arguments.out else {
        return Ok(files::write_validity(&parts.log, day, &mut Output).await?);
    };
    let written = async || -> Result<ValidityFile, ExportError> {
        let unfinished = NewFile::begin(path)?;
        let mut to = unfinished.writer();
        let file = files::write_validity(&parts.log, day, &mut to).await?;
        to.flush()?;
        drop(to);
        let mode = config.permits.file_mode;
        if arguments.in_place {
            unfinished.finish_in_place(mode)?;
        } else {
            unfinished.finish(mode)?;
        }
        Ok(file)
    };
    written().await.with_context(|| format!("{} cannot be written", path.display()))
}
