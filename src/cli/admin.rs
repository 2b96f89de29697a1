//! `postulo admin …`

use std::io::IsTerminal as _;

use anyhow::{Context as _, Result};
use clap::Subcommand;
use commands::{Cause, Password};
use domain::operator::Role;
use domain::{EmailAddress, Invalid};

use super::look;
use crate::config::Config;
use crate::wiring::Parts;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Let someone sign in to the admin pages. A password is made and printed, once; one that is
    /// piped in is taken instead.
    Create {
        /// Their address, with which they sign in.
        email: EmailAddress,
        /// What they may do: support, admin, auditor or analyst.
        #[arg(long, default_value = "admin", value_parser = role)]
        role: Role,
    },
    /// List those who may sign in.
    List,
}

fn role(text: &str) -> Result<Role, Invalid> {
    text.parse()
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    let parts = Parts::open(config).await?;
    let outcome = perform(&parts, command).await;
    parts.close().await;
    outcome
}

async fn perform(parts: &Parts, command: Command) -> Result<()> {
    match command {
        Command::Create { email, role } => {
            let given = piped()?;
            let password = match &given {
                Some(text) => Password::new(text)?,
                None => parts.commands.fresh_password(),
            };
            let cause = Cause::command_line(parts.ids.uuid());
            parts.commands.create_operator(&email, role, &password, &cause).await?;
            println!("{email} may sign in at /admin, as {}", role.as_str());
            if given.is_none() {
                println!("password: {}", password.reveal());
                println!("It is shown this once; only its hash is kept.");
            }
        }
        Command::List => {
            look::record(parts, "admin list", &[]).await?;
            for operator in parts.commands.operators().await? {
                let state = if operator.disabled { "disabled" } else { "may sign in" };
                let factor =
                    if operator.has_second_factor { "second factor" } else { "password alone" };
                let last = operator.last_signed_in_at.as_deref().unwrap_or("never");
                let (email, role) = (operator.email.reveal(), operator.role.as_str());
                println!("{email}\t{role}\t{state}\t{factor}\tlast signed in: {last}");
            }
        }
    }
    Ok(())
}

/// The first line of what is piped in; none at a terminal, or where nothing comes.
fn piped() -> Result<Option<String>> {
    let input = std::io::stdin();
    if input.is_terminal() {
        return Ok(None);
    }
    let mut line = String::new();
    input.read_line(&mut line).context("the password cannot be read")?;
    let line = line.trim_end_matches(['\r', '\n']);
    Ok(Some(line.to_owned()).filter(|line| !line.is_empty()))
}
