//! `postulo person …`

mod proof;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use commands::Cause;
use domain::EmailAddress;
use domain::erasure::{ErasureBasis, RecordRef};
use event_store::timestamp_text;
use projections::applications::ApplicationRow;
use projections::{Projections, RunnerOptions, people};
use serde_json::json;
use uuid::Uuid;

use crate::cli::out::{aside, row, say, tell};
use crate::config::Config;
use crate::folder;
use crate::wiring::Parts;

/// How long a running service may take to bring the read models up.
const SERVICE: Duration = Duration::from_secs(2);
/// How long it may take where this process helps.
const HELPED: Duration = Duration::from_mins(10);

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List what is kept of a person: their applications, letters that belong to none, open requests
    /// to erase them, and whether they are on the suppression list.
    Find {
        /// Their e-mail address.
        email: EmailAddress,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write all that is kept of a person into an archive, for them: JSON, a page, the documents, the
    /// e-mails.
    Export {
        #[command(flatten)]
        who: Who,
        /// The zip file to write; it appears whole or not at all, and only you may read it.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Forget a person for ever, and prove it.
    Erase {
        #[command(flatten)]
        who: Who,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Args)]
pub(crate) struct Who {
    /// Their e-mail address.
    email: EmailAddress,
    /// Only this application; may be given several times. People may share an address.
    #[arg(long = "application", value_name = "ID")]
    applications: Vec<Uuid>,
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    let parts = Parts::open(config).await?;
    let outcome = perform(&parts, command).await;
    parts.close().await;
    outcome
}

async fn perform(parts: &Parts, command: Command) -> Result<()> {
    caught_up(parts).await?;
    match command {
        Command::Find { email, json } => find(parts, &email, json).await,
        Command::Export { who, out } => export(parts, &who, &out).await,
        Command::Erase { who, yes } => erase(parts, &who, yes).await,
    }
}

/// Waits for the read models; where no service brings them up, this process does.
pub(super) async fn caught_up(parts: &Parts) -> Result<()> {
    let head = parts.log.head().await?;
    if projections::wait_for_all(&parts.db, head, SERVICE).await.is_ok() {
        return Ok(());
    }
    tell!("the read models lag behind; bringing them up");
    let options = RunnerOptions::default();
    let helping = Projections::start(parts.log.clone(), parts.clock.clone(), &options);
    let outcome = projections::wait_for_all(&parts.db, head, HELPED).await;
    helping.stop().await;
    outcome.context("the read models do not come up; `postulo projections status` says why")
}

/// Records that somebody looked, without whom they looked for.
async fn act(parts: &Parts, action: &'static str, subject: &str, cause: &Cause) -> Result<()> {
    Ok(parts.commands.operators().record_act(action, subject, cause).await?)
}

fn counted(number: usize) -> String {
    format!("{number} application{}", if number == 1 { "" } else { "s" })
}

async fn find(parts: &Parts, email: &EmailAddress, json: bool) -> Result<()> {
    let rows = people::applications_of(&parts.log, email).await?;
    let others = people::others_of(&parts.log, email).await?;
    let cause = Cause::command_line(parts.ids.uuid());
    act(parts, "person.find", &counted(rows.len()), &cause).await?;
    let suppression = parts.commands.suppressions().find(email).await?;
    let employer = people::applications_to(&parts.log, email).await?;
    if json {
        let applications: Vec<_> = rows.iter().map(as_json).collect();
        let told = json!({
            "applications": applications,
            "suppression": suppression.map(|it| json!({
                "reason": it.reason.as_str(),
                "since": timestamp_text(it.since),
                "until": timestamp_text(it.until),
            })),
            "applications_as_employer": employer,
            "other_records": others.iter().map(|it| json!({
                "type": it.aggregate_type.as_str(),
                "id": it.aggregate_id.as_str(),
            })).collect::<Vec<_>>(),
        });
        return row!("{}", serde_json::to_string_pretty(&told)?);
    }
    row!("{} from this address", counted(rows.len()))?;
    for row in &rows {
        row!("{}", line(row))?;
    }
    for record in &others {
        row!("  {record}")?;
    }
    if let Some(it) = suppression {
        row!("nothing is sent to it until {} ({})", timestamp_text(it.until), it.reason.as_str())?;
    }
    if employer > 0 {
        row!("{employer} went to this address as an employer's; it goes with them")?;
    }
    Ok(())
}

fn as_json(row: &ApplicationRow) -> serde_json::Value {
    json!({
        "id": row.id,
        "client": row.client_id.as_str(),
        "status": row.status.as_str(),
        "submitted_at": timestamp_text(row.submitted_at),
        "first_name": row.candidate_first_name.reveal(),
        "last_name": row.candidate_last_name.reveal(),
        "job": row.job,
        "employer": row.employer_description,
        "documents": row.attachments.len(),
        "documents_deleted_at": row.attachments_deleted_at.map(timestamp_text),
        "erasure_requested_at": row.erasure_requested_at.map(timestamp_text),
    })
}

fn line(row: &ApplicationRow) -> String {
    format!(
        "  {}  {}  {}, {} at {} ({}, {})",
        row.id,
        timestamp_text(row.submitted_at),
        row.candidate_name().reveal(),
        row.job,
        row.employer_description,
        row.client_id,
        row.status.as_str(),
    )
}

/// The applications that are meant.
async fn meant(parts: &Parts, who: &Who) -> Result<Vec<ApplicationRow>> {
    let rows = people::applications_of(&parts.log, &who.email).await?;
    if let Some(id) = who.applications.iter().find(|id| rows.iter().all(|row| row.id != **id)) {
        bail!("application {id} did not come from this address; `postulo person find` lists them");
    }
    let all = who.applications.is_empty();
    Ok(rows.into_iter().filter(|row| all || who.applications.contains(&row.id)).collect())
}

fn ids(rows: &[ApplicationRow]) -> Vec<Uuid> {
    rows.iter().map(|row| row.id).collect()
}

fn subject(ids: &[Uuid]) -> String {
    let listed: Vec<_> = ids.iter().map(Uuid::to_string).collect();
    format!("{}: {}", counted(ids.len()), listed.join(", ")).trim_end_matches(": ").to_owned()
}

async fn export(parts: &Parts, who: &Who, out: &std::path::Path) -> Result<()> {
    let rows = meant(parts, who).await?;
    let ids = ids(&rows);
    let records = people::meant(&parts.log, &who.email, &ids).await?;
    if records.is_empty() && parts.commands.suppressions().find(&who.email).await?.is_none() {
        bail!("nothing is kept of this address; is it the one that they applied with?");
    }
    let cause = Cause::command_line(parts.ids.uuid());
    act(parts, "person.export", &subject(&ids), &cause).await?;
    let dossier = parts.commands.people().dossier(&who.email, &records).await?;
    let attachments = parts.commands.attachments();
    // The archive waits for the documents.
    tokio::task::block_in_place(|| {
        folder::write_personal_by(out, |file| {
            Ok(api::archive::write(&dossier, attachments, None, file)?)
        })
    })?;
    tell!("{} in {}", counted(ids.len()), out.display());
    Ok(())
}

async fn erase(parts: &Parts, who: &Who, yes: bool) -> Result<()> {
    let rows = meant(parts, who).await?;
    let ids = ids(&rows);
    if !yes {
        confirm(&rows)?;
    }
    let records = people::meant(&parts.log, &who.email, &ids).await?;
    let before = proof::Before::read(parts, &who.email, &records, &ids).await?;
    let cause = Cause::command_line(parts.ids.uuid());
    act(parts, "person.erase", &subject(&ids), &cause).await?;
    let basis = ErasureBasis::CommandLine;
    let forgotten =
        parts.commands.people().forget_person(&who.email, &records, &basis, &cause).await;
    let erased = forgotten.context("not everything is erased; run the same command again")?;
    let applications = erased.iter().filter_map(RecordRef::as_application).count();
    if ids.is_empty() {
        tell!("no application came from this address, or all of them are erased already");
    }
    say!("{} erased", counted(applications));
    if erased.len() > applications {
        say!("and {} other records of theirs", erased.len() - applications);
    }
    caught_up(parts).await?;
    before.prove(parts).await
}

/// Asks at a terminal; nobody is forgotten by a script that does not say so.
fn confirm(rows: &[ApplicationRow]) -> Result<()> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        bail!("this erases {} for ever: say --yes", counted(rows.len()));
    }
    for row in rows {
        tell!("{}", line(row));
    }
    let asked = counted(rows.len());
    aside(format_args!("{asked} will be erased for ever. Type yes to go on: "));
    let mut line = String::new();
    input.read_line(&mut line)?;
    if line.trim() != "yes" {
        bail!("nothing was erased");
    }
    Ok(())
}
