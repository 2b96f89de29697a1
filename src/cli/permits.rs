//! `postulo permits …`

mod export_stats;
mod export_validity;

use anyhow::Result;
use clap::Subcommand;

use crate::config::Config;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Write the permits that were granted as JSON, for others who check them: names are masked.
    ExportValidity(export_validity::Arguments),
    /// Write the figures of all dossiers as JSON, for others who draw them.
    ExportStats(export_stats::Arguments),
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    match command {
        Command::ExportValidity(arguments) => export_validity::run(config, &arguments).await,
        Command::ExportStats(arguments) => export_stats::run(config, &arguments).await,
    }
}
