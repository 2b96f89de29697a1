//! `postulo retention …`

use anyhow::{Result, bail};
use clap::Subcommand;
use event_store::timestamp_text;
use serde_json::json;
use workers::jobs::retention::{self, Expired};

use crate::cli::out::say;
use crate::config::Config;
use crate::wiring::Parts;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Delete what was kept for as long as its client platform says: documents, and personal data
    /// of applications about which nothing has happened since. The service does so every hour. By a
    /// clock that is far ahead of when it last did, nothing is deleted.
    Run {
        /// Say what would go, and delete nothing.
        #[arg(long)]
        dry_run: bool,
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
        /// Go by the clock all the same, where nothing ran for long.
        #[arg(long)]
        clock_is_right: bool,
    },
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    let parts = Parts::open(config).await?;
    let Command::Run { dry_run, json, clock_is_right } = command;
    let expired = if dry_run {
        retention::dry_run(&parts.commands).await
    } else {
        retention::by_hand(&parts.commands, clock_is_right).await
    };
    parts.close().await;
    print(expired?, dry_run, json)
}

fn print(expired: Expired, dry: bool, json: bool) -> Result<()> {
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
