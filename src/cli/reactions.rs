//! `postulo reactions …`

use anyhow::{Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use commands::Cause;
use commands::parked::{self, Filter, Parked};
use domain::JobApplication;
use domain::application::ReactionAct;
use event_store::StreamId;
use serde_json::json;
use uuid::Uuid;

use super::{Usage, look};
use crate::cli::out::{row, say};
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
            position: self.position,
            ..self.application.map_or_else(Filter::default, |id| {
                Filter::of(StreamId::of::<JobApplication>(&id.to_string()))
            })
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
    let act = async |act, which: Which| -> Result<u64> {
        let (cause, filter) = (Cause::command_line(parts.ids.uuid()), which.filter());
        known(parts, &filter).await?;
        let count = parts.commands.operators().act_on_reactions(act, &filter, &cause).await?;
        if count == 0 && (filter.aggregate_id.is_some() || filter.position.is_some()) {
            bail!("no reaction fits that this can be done to; `postulo reactions list` shows all");
        }
        Ok(count)
    };
    match command {
        Command::List { which, json } => {
            let filter = which.filter();
            known(parts, &filter).await?;
            let rows = parked::list(&parts.log, &filter).await?;
            if json && rows.is_empty() {
                print_json(&rows)?;
            } else if json {
                let fields = [
                    ("id", filter.aggregate_id),
                    ("state", filter.state),
                    ("reactor", filter.reactor),
                    ("position", filter.position.map(|position| position.to_string())),
                ];
                look::record(parts, "reactions list", &fields).await?;
                print_json(&rows)?;
            } else {
                print(parts, &rows, &filter).await?;
            }
        }
        Command::Retry { which, all } => {
            meant(&which, all)?;
            let count = act(ReactionAct::Retry, which).await?;
            say!("{count} will be tried again within a second of a running service");
        }
        Command::Archive { which, all } => {
            meant(&which, all)?;
            let count = act(ReactionAct::Archive, which).await?;
            say!("{count} put away");
        }
        Command::Restore { which, all } => {
            meant(&which, all)?;
            let count = act(ReactionAct::Restore, which).await?;
            say!("{count} taken back");
        }
    }
    Ok(())
}

fn meant(which: &Which, all: bool) -> Result<()> {
    if which.is_empty() && !all {
        let how = "say which: --state, --reactor, --application or --position; or --all";
        return Err(Usage(how.to_owned()).into());
    }
    Ok(())
}

/// Refuses the name of a reactor that there is not, and of which nothing is left from earlier.
async fn known(parts: &Parts, filter: &Filter) -> Result<()> {
    let Some(name) = &filter.reactor else { return Ok(()) };
    let names = workers::names();
    let of_name = Filter { reactor: Some(name.clone()), ..Filter::default() };
    if names.contains(&name.as_str()) || parked::count(&parts.db, &of_name).await? > 0 {
        return Ok(());
    }
    let why = format!("there is no reactor {name:?}; there are {}", names.join(", "));
    Err(Usage(why).into())
}

async fn print(parts: &Parts, rows: &[Parked], filter: &Filter) -> Result<()> {
    for row in rows {
        row!(
            "{:<9} {:<19} #{} {} {}, {} attempts",
            row.state,
            row.reactor,
            row.position,
            row.event_type,
            row.about(),
            row.attempts
        )?;
        let due = row.due_at.as_deref().map(|at| format!("; next try {at}")).unwrap_or_default();
        row!("          {}{due}", row.cause)?;
    }
    let all = parked::count(&parts.db, filter).await?;
    match usize::try_from(all) {
        Ok(all) if all > rows.len() => row!("{} reactions of {all}, say which", rows.len()),
        _ => row!("{} reactions", rows.len()),
    }
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
                "application_id": row.aggregate_id,
                "aggregate_type": row.aggregate_type,
                "attempts": row.attempts,
                "first_at": row.first_at,
                "last_at": row.last_at,
                "due_at": row.due_at,
                "cause": row.cause,
                "detail": row.detail,
            })
        })
        .collect();
    row!("{}", serde_json::to_string_pretty(&rows)?)
}
