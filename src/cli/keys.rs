//! `postulo keys …`

use anyhow::{Context as _, Result};
use clap::Subcommand;
use event_store::seal::{self, KeyStatus};
use serde_json::json;

use crate::cli::out::{row, say};
use crate::config::Config;
use crate::wiring::Parts;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Say how many keys each master key wraps.
    Status {
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Wrap the root keys under the first master key of `POSTULO_MASTER_KEYS`, while everything runs.
    /// Events stay as they are. It may be cut off at any time, and goes on when it is called again.
    Rotate,
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    let parts = Parts::open(config).await?;
    let outcome = match command {
        Command::Status { json } => status(&parts, json).await,
        Command::Rotate => rotate(&parts).await,
    };
    parts.close().await;
    outcome
}

async fn status(parts: &Parts, as_json: bool) -> Result<()> {
    for KeyStatus { id, first_used_at, wraps } in seal::status(&parts.db).await? {
        if as_json {
            row!("{}", json!({ "id": id, "first_used_at": first_used_at, "wraps": wraps }))?;
        } else {
            row!("{id}\twraps {wraps} keys\tsince {first_used_at}")?;
        }
    }
    Ok(())
}

async fn rotate(parts: &Parts) -> Result<()> {
    let rotated = seal::rotate(&parts.log, parts.clock.now()).await;
    let rotated = rotated.context("the rotation ended early; what it did stays, call it again")?;
    say!("{} keys were wrapped anew", rotated.wrapped);
    match rotated.retired {
        0 => say!("every master key in use is needed; `postulo keys status` shows them"),
        retired => say!(
            "{retired} master keys wrap nothing any more: take them out of POSTULO_MASTER_KEYS, and destroy them once no backup needs them"
        ),
    }
    Ok(())
}
