//! `postulo permits export-validity`

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use projections::export::{into_file, to_shared_file};
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
    let mode = config.permits.file_mode;
    let write =
        async |to: &mut (dyn Write + Send)| files::write_validity(&parts.log, day, to).await;
    Ok(match &arguments.out {
        Some(path) if arguments.in_place => into_file(path, mode, write).await?,
        Some(path) => to_shared_file(path, mode, write).await?,
        None => write(&mut Output).await?,
    })
}
