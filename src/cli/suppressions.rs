//! `postulo suppressions …`

use anyhow::{Result, bail};
use clap::Subcommand;
use commands::Cause;
use domain::EmailAddress;
use domain::suppression::SuppressionReason;
use event_store::timestamp_text;
use jiff::SignedDuration;
use projections::suppressions;
use serde_json::json;

use super::look;
use crate::cli::out::{row, say};
use crate::config::Config;
use crate::wiring::Parts;

/// Rows read at once.
const PAGE: u32 = 500;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the addresses to which nothing is sent now, latest first.
    List {
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Send nothing to an address for a while.
    Add {
        /// The address.
        email: EmailAddress,
        /// For so many days.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: u32,
    },
    /// Send to an address again.
    Lift {
        /// The address.
        email: EmailAddress,
    },
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    let parts = Parts::open(config).await?;
    let outcome = perform(&parts, command).await;
    parts.close().await;
    outcome
}

async fn perform(parts: &Parts, command: Command) -> Result<()> {
    let cause = Cause::command_line(parts.ids.uuid());
    match command {
        Command::List { json } => {
            look::record(parts, "suppressions list", &[]).await?;
            list(parts, json).await?;
        }
        Command::Add { email, days } => {
            let until = parts.clock.now() + SignedDuration::from_hours(24 * i64::from(days));
            let reason = SuppressionReason::Operator;
            let in_force =
                parts.commands.suppressions().suppress(&email, reason, until, &cause).await?;
            say!("nothing is sent to {email} until {}", timestamp_text(in_force));
            if in_force > until {
                say!("it was on the list until then already; `lift` it first to shorten that");
            }
        }
        Command::Lift { email } => {
            if parts.commands.suppressions().find(&email).await?.is_none() {
                bail!(
                    "{email} is not on the suppression list; `postulo suppressions list` shows \
                     what is"
                );
            }
            parts.commands.suppressions().lift(&email, &cause).await?;
            say!("{email} is sent to again; what was skipped is not sent by itself");
        }
    }
    Ok(())
}

async fn list(parts: &Parts, json: bool) -> Result<()> {
    let (now, mut before) = (parts.clock.now(), None);
    loop {
        let rows = suppressions::in_force(&parts.log, now, None, before, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        before = Some(last.last_position);
        for row in &rows {
            let (since, until) = (timestamp_text(row.since), timestamp_text(row.until));
            let (address, reason) = (row.address.reveal(), &row.reason);
            if json {
                let told = json!({
                    "address": address, "reason": reason, "since": since, "until": until,
                });
                row!("{told}")?;
            } else {
                row!("{address}\t{reason}\tsince {since}\tuntil {until}")?;
            }
        }
    }
}
