//! `postulo retention …`

use anyhow::{Result, bail};
use clap::Subcommand;
use event_store::timestamp_text;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::cli::out::say;
use crate::config::Config;
use crate::retention::{self, Expired};
use crate::wiring::Parts;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Delete what was kept for as long as its client platform says: documents, and personal data
    /// of applications about which nothing has happened since. The service does so every hour.
    Run {
        /// Say what would go, and delete nothing.
        #[arg(long)]
        dry_run: bool,
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
    },
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    let parts = Parts::open(config).await?;
    let Command::Run { dry_run, json } = command;
    let outcome = perform(&parts, dry_run, json).await;
    parts.close().await;
    outcome
}

async fn perform(parts: &Parts, dry: bool, json: bool) -> Result<()> {
    let expired =
        retention::run(&parts.commands, &parts.db, dry, &CancellationToken::new()).await?;
    let Expired { documents, personal_data, addresses, records, failed } = expired;
    for (what, gone) in [("documents", &documents), ("personal data", &personal_data)] {
        for it in gone {
            let since = timestamp_text(it.since);
            if json {
                let done = !dry;
                say!(
                    "{}",
                    json!({ "application": it.id, "what": what, "since": since, "done": done })
                );
            } else {
                say!("{} {what}, since {since}", it.id);
            }
        }
    }
    for record in &records {
        let (kind, id) = (record.aggregate_type.as_str(), record.aggregate_id.as_str());
        if json {
            say!("{}", json!({ "type": kind, "id": id, "what": "personal data", "done": !dry }));
        } else {
            say!("{record} personal data");
        }
    }
    if !json {
        let verb = if dry { "would go" } else { "went" };
        let (documents, data) = (documents.len(), personal_data.len());
        let addresses = addresses.len();
        say!(
            "{verb}: documents of {documents} applications, personal data of {data}, {addresses} addresses that left the suppression list, {} other records",
            records.len()
        );
    }
    if failed > 0 {
        bail!("{failed} could not be deleted; the log says why, and the next run tries again");
    }
    Ok(())
}
