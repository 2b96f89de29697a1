//! `postulo reactions …`

use anyhow::{Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use commands::Cause;
use commands::parked::{self, Filter, Parked};
use domain::application::ReactionAct;
use serde_json::json;
use uuid::Uuid;

use super::look;
use crate::config::Config;
use crate::wiring::Parts;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the reactions that are delayed, failed, skipped or archived.
    List {
        #[command(flatten)]
        which: Which,
        /// Print JSON, with what the other side said; it may hold addresses.
        #[arg(long)]
        json: bool,
    },
    /// Try failed, delayed or archived reactions again, now; skipped ones with `--state skipped` or
    /// by their position.
    Retry {
        #[command(flatten)]
        which: Which,
        /// All of them, where nothing else says which.
        #[arg(long)]
        all: bool,
    },
    /// Put failed or delayed reactions away: they are not tried again.
    Archive {
        #[command(flatten)]
        which: Which,
        /// All of them, where nothing else says which.
        #[arg(long)]
        all: bool,
    },
    /// Take archived reactions back: each is what it was before.
    Restore {
        #[command(flatten)]
        which: Which,
        /// All of them, where nothing else says which.
        #[arg(long)]
        all: bool,
    },
}

/// Which reactions are meant; several options mean those that fit all of them.
#[derive(Args)]
pub(crate) struct Which {
    /// Of this state.
    #[arg(long)]
    state: Option<State>,
    /// Of this reactor, `employer_email` for instance.
    #[arg(long)]
    reactor: Option<String>,
    /// Of this application.
    #[arg(long)]
    application: Option<Uuid>,
    /// To the event at this position of the log.
    #[arg(long)]
    position: Option<i64>,
}

#[derive(Clone, Copy, ValueEnum)]
enum State {
    Delayed,
    Failed,
    Skipped,
    Archived,
}

impl Which {
    fn is_empty(&self) -> bool {
        self.state.is_none()
            && self.reactor.is_none()
            && self.application.is_none()
            && self.position.is_none()
    }

    fn filter(self) -> Filter {
        let name = |state: State| match state {
            State::Delayed => "delayed",
            State::Failed => "failed",
            State::Skipped => "skipped",
            State::Archived => "archived",
        };
        Filter {
            state: self.state.map(|state| name(state).to_owned()),
            reactor: self.reactor,
            application_id: self.application.map(|id| id.to_string()),
            position: self.position,
        }
    }
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    let parts = Parts::open(config).await?;
    let outcome = perform(&parts, command).await;
    parts.close().await;
    outcome
}

async fn perform(parts: &Parts, command: Command) -> Result<()> {
    let act = async |act, which: Which| {
        let cause = Cause::command_line(parts.ids.uuid());
        parts.commands.act_on_reactions(act, &which.filter(), &cause).await
    };
    match command {
        Command::List { which, json } => {
            let filter = which.filter();
            let rows = parked::list(&parts.db, &filter).await?;
            if json && rows.is_empty() {
                print_json(&rows)?;
            } else if json {
                let fields = [
                    ("id", filter.application_id),
                    ("state", filter.state),
                    ("reactor", filter.reactor),
                    ("position", filter.position.map(|position| position.to_string())),
                ];
                look::record(parts, "reactions list", &fields).await?;
                print_json(&rows)?;
            } else {
                print(&rows);
            }
        }
        Command::Retry { which, all } => {
            meant(&which, all)?;
            let count = act(ReactionAct::Retry, which).await?;
            println!("{count} will be tried again within a second of a running service");
        }
        Command::Archive { which, all } => {
            meant(&which, all)?;
            let count = act(ReactionAct::Archive, which).await?;
            println!("{count} put away");
        }
        Command::Restore { which, all } => {
            meant(&which, all)?;
            let count = act(ReactionAct::Restore, which).await?;
            println!("{count} taken back");
        }
    }
    Ok(())
}

fn meant(which: &Which, all: bool) -> Result<()> {
    if which.is_empty() && !all {
        bail!("say which: --state, --reactor, --application or --position; or --all");
    }
    Ok(())
}

fn print(rows: &[Parked]) {
    for row in rows {
        println!(
            "{:<9} {:<19} #{} {} application {}, {} attempts",
            row.state, row.reactor, row.position, row.event_type, row.application_id, row.attempts
        );
        let due = row.due_at.as_deref().map(|at| format!("; next try {at}")).unwrap_or_default();
        println!("          {}{due}", row.cause);
    }
    println!("{} reactions", rows.len());
}

fn print_json(rows: &[Parked]) -> Result<()> {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "state": row.state,
                "reactor": row.reactor,
                "position": row.position,
                "event_type": row.event_type,
                "application_id": row.application_id,
                "attempts": row.attempts,
                "first_at": row.first_at,
                "last_at": row.last_at,
                "due_at": row.due_at,
                "cause": row.cause,
                "detail": row.detail,
            })
        })
        .collect();
    println!("{}", serde_json::to_string_pretty(&rows)?);
    Ok(())
}
