//! `postulo attachments …`

use anyhow::Result;
use clap::Subcommand;
use commands::Cause;
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
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    let parts = Parts::open(config).await?;
    let Command::Forward { application_id, recipients } = command;
    let (number, request_id) = (recipients.len(), parts.ids.uuid());
    let cause = Cause::command_line(parts.ids.uuid());
    let outcome = parts
        .commands
        .applications()
        .forward_attachments(application_id, request_id, recipients, &cause)
        .await;
    parts.close().await;
    outcome?;
    say!("asked for: a running service mails them to {number} within a second");
    say!("`postulo audit history {application_id}` tells what became of it");
    Ok(())
}
