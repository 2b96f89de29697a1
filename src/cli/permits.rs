//! `postulo permits …`

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
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    match command {
        Command::Sync(arguments) => sync::run(config, arguments).await,
        Command::Fields => out::text(format_args!("{}", FieldMap::own_text())),
    }
}
