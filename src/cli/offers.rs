//! `postulo offers …`

use anyhow::Result;
use clap::Subcommand;
use domain::offer::ExpiryReason;
use serde_json::json;
use workers::jobs::offers::{clean_by_hand, would_end};

use crate::cli::out::say;
use crate::config::Config;
use crate::wiring::Parts;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// End the offers whose last day is over, or that their sources have not shown for long. The service does so
    /// every night.
    Clean {
        /// Say what would end, and end nothing.
        #[arg(long)]
        dry_run: bool,
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
    },
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    let parts = Parts::open(config).await?;
    let Command::Clean { dry_run, json } = command;
    let days = config.offers.unseen_days;
    let ended = if dry_run {
        would_end(&parts.commands, days).await
    } else {
        clean_by_hand(&parts.commands, days).await
    };
    parts.close().await;
    let ended = ended?;
    for it in &ended {
        let reason = it.reason.as_str();
        if json {
            say!("{}", json!({ "offer": it.id, "reason": reason, "done": !dry_run }));
        } else {
            say!("{} {reason}", it.id);
        }
    }
    if !json {
        let verb = if dry_run { "would end" } else { "ended" };
        let of = |reason| ended.iter().filter(|it| it.reason == reason).count();
        say!(
            "{verb}: {} whose last day is over, {} that their sources do not show any more, {} that are no offers",
            of(ExpiryReason::ValidThrough),
            of(ExpiryReason::NotSeen),
            of(ExpiryReason::Invalid),
        );
    }
    Ok(())
}
