//! `postulo space …`

use anyhow::Result;
use clap::Subcommand;
use serde_json::json;
use workers::jobs::space::{would_archive, would_tell};

use crate::cli::out::say;
use crate::config::Config;
use crate::wiring::Parts;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Say what the scheduled tasks applications.archive and archive.letters would do now, and do nothing.
    Preview {
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
    },
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    let Command::Preview { json } = command;
    let parts = Parts::open(config).await?;
    let stale = would_archive(&parts.commands, config.space.archived_after_days).await;
    let told = would_tell(&parts.commands).await;
    parts.close().await;
    let (stale, told) = (stale?, told?);
    if json {
        for id in &stale {
            say!("{}", json!({ "archive": id }));
        }
        for (account, applications) in &told {
            say!("{}", json!({ "tell": account, "applications": applications }));
        }
        return Ok(());
    }
    for id in &stale {
        say!("{id} would be archived");
    }
    for (account, applications) in &told {
        say!("{account} would be told of {applications} application(s)");
    }
    say!("would archive {} application(s), and tell {} account(s)", stale.len(), told.len());
    Ok(())
}
