//! `postulo schedules …`

use std::io::{IsTerminal as _, stderr};
use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Result, bail};
use clap::Subcommand;
use commands::schedules::{self, Outcome, Plan, Report, Run};
use domain::Language;
use event_store::timestamp_text;
use jiff::Timestamp;
use serde_json::{Value, json};
use texts::Wording as _;
use tokio_util::sync::CancellationToken;
use workers::jobs;

use super::Usage;
use crate::cli::out::{self, row, say};
use crate::config::Config;
use crate::shutdown;
use crate::wiring::{self, Parts};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the tasks: when each runs next, and how its last run ended.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Run a task here and now, once no other process runs it. The exit status is 1 when it fails.
    Run {
        /// Which task.
        name: String,
    },
    /// Say when a task runs next, by the settings of this process.
    Next {
        /// Which task.
        name: String,
        /// How many times.
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=1000))]
        count: u16,
    },
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    if let Command::Run { name } | Command::Next { name, .. } = &command {
        known(name)?;
    }
    let parts = Parts::open(config).await?;
    let outcome = match command {
        Command::List { json } => list(config, &parts, json).await,
        Command::Run { name } => run_now(config, &parts, &name).await,
        Command::Next { name, count } => next(config, parts.clock.now(), &name, count),
    };
    parts.close().await;
    outcome
}

/// Refuses the name of a task that there is not.
fn known(name: &str) -> Result<()> {
    let names = jobs::names();
    if names.contains(&name) {
        return Ok(());
    }
    let why = format!("there is no task {name:?}; there are {}", names.join(", "));
    Err(Usage(why).into())
}

/// A task as it stands.
struct Standing<'a> {
    plan: &'a Plan,
    is_on: bool,
    next: Option<Timestamp>,
    last: Option<Run>,
}

async fn list(config: &Config, parts: &Parts, json: bool) -> Result<()> {
    let mut all = vec![];
    for plan in &config.schedules {
        let is_on = parts.commands.schedules().find(&plan.task).await?.is_on() && plan.enabled;
        let next = plan.timetable.next(parts.clock.now()).filter(|_| is_on);
        let last = schedules::latest(&parts.db, &plan.task, 1).await?.pop();
        all.push(Standing { plan, is_on, next, last });
    }
    if json {
        let all: Vec<_> = all.iter().map(as_json).collect();
        return row!("{}", serde_json::to_string_pretty(&all)?);
    }
    for Standing { plan, is_on, next, last } in all {
        let Plan { task, timetable, .. } = plan;
        let when = next.map_or_else(|| "never".to_owned(), |at| at_place(plan, at));
        let off = if is_on { "" } else { ", switched off" };
        row!("{task:<16} {} ({}){off}, next {when}", timetable.cron(), timetable.zone_name())?;
        let about = Language::En.with("schedules-about", ("task", &task.replace('.', "-")));
        row!("    {about}")?;
        match last {
            None => row!("    never ran")?,
            Some(run) => row!("    {}", told(plan, &run))?,
        }
    }
    Ok(())
}

fn as_json(standing: &Standing) -> Value {
    let Standing { plan, is_on, next, last } = standing;
    let run = |run: &Run| {
        json!({
            "due_at": timestamp_text(run.due_at),
            "started_by": run.started_by,
            "started_at": run.started_at.map(timestamp_text),
            "ended_at": run.ended_at.map(timestamp_text),
            "outcome": run.outcome.map(Outcome::as_str),
            "report": run.report,
        })
    };
    json!({
        "task": plan.task,
        "cron": plan.timetable.cron(),
        "time_zone": plan.timetable.zone_name(),
        "on": is_on,
        "next": next.map(timestamp_text),
        "last": last.as_ref().map(run),
    })
}

/// A time as the task's zone shows it.
fn at_place(plan: &Plan, at: Timestamp) -> String {
    at.to_zoned(plan.timetable.zone().clone()).strftime("%Y-%m-%d %H:%M %Z").to_string()
}

/// A run in a line.
fn told(plan: &Plan, run: &Run) -> String {
    let when = at_place(plan, run.started_at.unwrap_or(run.due_at));
    let outcome = match (run.outcome, run.started_at) {
        (Some(Outcome::Done), _) => "done",
        (Some(Outcome::Failed), _) => "failed",
        (Some(Outcome::BrokenOff), _) => "broken off",
        (None, Some(_)) => "under way",
        (None, None) => "asked for",
    };
    let report = texts::task_report(&run.report.counts, run.report.note.as_deref(), Language::En);
    let error = run.report.error.as_deref().unwrap_or_default();
    let parts = [format!("last {when}, {outcome}"), report, error.to_owned()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}

fn next(config: &Config, now: Timestamp, name: &str, count: u16) -> Result<()> {
    let plan = config.schedules.iter().find(|plan| plan.task == name);
    for at in plan.iter().flat_map(|plan| plan.timetable.times(now)).take(count.into()) {
        let Some(plan) = plan else { break };
        let there = at.to_zoned(plan.timetable.zone().clone());
        row!("{}  {}", timestamp_text(at), texts::date_time(&there, Language::En))?;
    }
    Ok(())
}

async fn run_now(config: &Config, parts: &Parts, name: &str) -> Result<()> {
    let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
    let base_url = config.base_url(config.service.listen.unwrap_or(here))?;
    let world = wiring::world(config, parts, &base_url)?;
    let stop = CancellationToken::new();
    let is_watched = stderr().is_terminal();
    let watch = |report: &Report| {
        if is_watched {
            let counts = texts::task_report(&report.counts, None, Language::En);
            out::aside(format_args!("\r\u{1b}[K{name}: {counts}"));
        }
    };
    if is_watched {
        out::aside(format_args!("{name}: waits until no other process runs it, and runs"));
    }
    let work = jobs::run_by_hand(name, &world, &stop, &watch);
    tokio::pin!(work);
    let ended = tokio::select! {
        ended = &mut work => ended,
        asked = shutdown::asked() => {
            asked?;
            stop.cancel();
            work.await
        }
    };
    if is_watched {
        out::aside(format_args!("\r\u{1b}[K"));
    }
    let (outcome, report) = ended?;
    let counts = texts::task_report(&report.counts, report.note.as_deref(), Language::En);
    match outcome {
        Outcome::Done if counts.is_empty() => say!("{name}: done"),
        Outcome::Done => say!("{name}: done: {counts}"),
        Outcome::Failed => bail!("{name} failed: {}", report.error.unwrap_or_default()),
        Outcome::BrokenOff => bail!("{name} was stopped before it was done: {counts}"),
    }
    Ok(())
}
