//! `postulo attachments …`

use anyhow::{Result, bail};
use clap::Subcommand;
use commands::{BrokenDocument, Cause};
use domain::EmailAddress;
use uuid::Uuid;

use crate::cli::out::say;
use crate::config::Config;
use crate::wiring::Parts;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Have the documents of an application mailed to others, by a running service.
    Forward {
        /// The application's id.
        application_id: Uuid,
        /// Who receives them.
        #[arg(required = true, value_name = "EMAIL")]
        recipients: Vec<EmailAddress>,
    },
    /// Read every document of every application and every CV, and tell which are missing or not what was sent. The
    /// exit status is 1 when there is one.
    Verify,
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    let parts = Parts::open(config).await?;
    let outcome = match command {
        Command::Forward { application_id, recipients } => {
            forward(&parts, application_id, recipients).await
        }
        Command::Verify => verify(&parts).await,
    };
    parts.close().await;
    outcome
}

async fn forward(parts: &Parts, id: Uuid, recipients: Vec<EmailAddress>) -> Result<()> {
    let (number, request_id) = (recipients.len(), parts.ids.uuid());
    let cause = Cause::command_line(parts.ids.uuid());
    let applications = parts.commands.applications();
    applications.forward_attachments(id, request_id, recipients, &cause).await?;
    say!("asked for: a running service mails them to {number} within a second");
    say!("`postulo audit history {id}` tells what became of it");
    Ok(())
}

async fn verify(parts: &Parts) -> Result<()> {
    let told = |BrokenDocument { which, error }: &BrokenDocument| say!("{which}: {error}");
    let found = parts.commands.applications().verify_documents(&told).await?;
    say!("{} documents are there, and what was sent", found.good);
    if let Some(left) = parts.commands.attachments().unsealed().await?
        && left.documents > 0
    {
        say!("{} lie in the open: the task `documents` seals them", left.documents);
    }
    if found.broken > 0 {
        bail!("{} are missing or not what was sent: put them back from a backup", found.broken);
    }
    Ok(())
}
