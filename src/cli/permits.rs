//! `postulo permits …`

mod export_stats;
mod export_validity;
mod sync;

use anyhow::Result;
use clap::Subcommand;
use domain::permit::FieldMap;

use crate::cli::out;
use crate::config::Config;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Bring the dossiers as the government's form service holds them: what changed since the last time.
    /// The exit status is 1 when that fails.
    Sync(sync::Arguments),
    /// Print the mapping that comes along: which labels of the form are which fields.
    /// `POSTULO_PERMITS_FIELDS` names a file of this form that is used instead.
    Fields,
    /// Write the permits that were granted as JSON, for others who check them: names are masked.
    ExportValidity(export_validity::Arguments),
    /// Write the figures of all dossiers as JSON, for others who draw them.
    ExportStats(export_stats::Arguments),
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    match command {
        Command::Sync(arguments) => sync::run(config, arguments).await,
        Command::Fields => out::text(format_args!("{}", FieldMap::own_text())),
        Command::ExportValidity(arguments) => export_validity::run(config, &arguments).await,
        Command::ExportStats(arguments) => export_stats::run(config, &arguments).await,
    }
}
