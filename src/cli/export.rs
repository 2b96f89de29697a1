//! `postulo export …`

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Subcommand;
use domain::ClientId;
use projections::export::{self, Exported};

use crate::config::Config;
use crate::wiring::Parts;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Write the answers to a client's applications as CSV, newest application first.
    Answers {
        /// The client platform.
        #[arg(long, value_name = "ID")]
        client: ClientId,
        /// The file to write; it appears whole or not at all. Standard output without it.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    let parts = Parts::open(config).await?;
    let Command::Answers { client, out } = command;
    let outcome = answers(&parts, &client, out).await;
    parts.close().await;
    outcome
}

async fn answers(parts: &Parts, client: &ClientId, out: Option<PathBuf>) -> Result<()> {
    if parts.commands.client(client).await?.is_none() {
        bail!("there is no client platform called {client}; `postulo client list` shows them");
    }
    let Exported { rows, skipped } = match &out {
        Some(path) => {
            export::to_file(path, async |to| export::answers(&parts.db, client, to).await).await?
        }
        None => export::answers(&parts.db, client, &mut std::io::stdout()).await?,
    };
    if let Some(path) = &out {
        eprintln!("{rows} rows in {}", path.display());
    }
    if !skipped.is_empty() {
        eprintln!("{} records could not be read and are left out: {skipped:?}", skipped.len());
    }
    Ok(())
}
