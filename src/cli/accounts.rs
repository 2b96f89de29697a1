//! `postulo accounts …`

use anyhow::{Result, bail};
use clap::Subcommand;
use commands::{Cause, UserAccount};
use uuid::Uuid;

use super::look;
use super::out::{row, say};
use crate::config::Config;
use crate::wiring::Parts;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Find the accounts of an address, of a user name or of an id. That they were looked up is recorded.
    Find {
        /// The whole address or user name, or the id.
        sought: String,
    },
    /// Shut somebody out, and end their sessions and tokens. Nothing is erased.
    Disable {
        /// The account's id; `find` shows it.
        id: Uuid,
    },
    /// Let somebody in again who was shut out.
    Enable {
        /// The account's id.
        id: Uuid,
    },
    /// Lift a lock-out: sign-ins that were refused count no more.
    Unlock {
        /// The account's id.
        id: Uuid,
    },
    /// Send the letter again by which the address is confirmed; a few an hour at most.
    Resend {
        /// The account's id.
        id: Uuid,
    },
    /// Take somebody's second factor away, since their phone is lost, and end their sessions.
    ResetSecondFactor {
        /// The account's id.
        id: Uuid,
    },
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    let parts = Parts::open(config).await?;
    let outcome = perform(&parts, command).await;
    parts.close().await;
    outcome
}

async fn perform(parts: &Parts, command: Command) -> Result<()> {
    let (commands, cause) = (&parts.commands, Cause::command_line(parts.ids.uuid()));
    match command {
        Command::Find { sought } => find(parts, &sought).await?,
        Command::Disable { id } => {
            account(parts, id).await?;
            commands.accounts().disable(id, true, &cause).await?;
            say!("{id} may not sign in any more, and their sessions and tokens have ended");
        }
        Command::Enable { id } => {
            account(parts, id).await?;
            commands.accounts().disable(id, false, &cause).await?;
            say!("{id} may sign in again");
        }
        Command::Unlock { id } => {
            let account = account(parts, id).await?;
            commands.identity().unlock(&account, &cause).await?;
            say!("sign-ins of {id} that were refused count no more");
        }
        Command::Resend { id } => {
            let account = account(parts, id).await?;
            if account.wanted_email_confirmed() {
                bail!("the address of {id} is confirmed");
            }
            commands.accounts().ask_confirmation(&account, &cause).await?;
            say!("the letter leaves again, unless several left within this hour");
        }
        Command::ResetSecondFactor { id } => {
            let account = account(parts, id).await?;
            if !account.has_second_factor {
                bail!("{id} has no second factor");
            }
            commands.identity().remove_second_factor(&account, &cause).await?;
            say!("{id} signs in with the password alone");
        }
    }
    Ok(())
}

async fn account(parts: &Parts, id: Uuid) -> Result<UserAccount> {
    match parts.commands.accounts().find(id).await? {
        Some(account) => Ok(account),
        None => bail!("there is no account {id}; `postulo accounts find` finds one"),
    }
}

async fn find(parts: &Parts, sought: &str) -> Result<()> {
    let found = parts.commands.accounts().found_by(sought).await?;
    let told: Vec<_> = found.iter().map(|it| ("id", Some(it.id.to_string()))).collect();
    look::record(parts, "accounts find", &told).await?;
    for account in &found {
        let state = if account.disabled { "disabled" } else { "may sign in" };
        let address = if account.email_confirmed { "confirmed" } else { "not confirmed" };
        let factor = if account.has_second_factor { "second factor" } else { "password alone" };
        let last = account.last_signed_in_at.as_deref().unwrap_or("never");
        let locked = parts.commands.identity().locked_until(account).await?;
        let locked = locked.map(|until| format!("\tlocked out until {until}")).unwrap_or_default();
        let (id, email) = (account.id, account.email.reveal());
        row!("{id}\t{email}\t{address}\t{state}\t{factor}\tlast signed in: {last}{locked}")?;
    }
    if found.is_empty() {
        bail!("no account has this address, user name or id");
    }
    Ok(())
}
