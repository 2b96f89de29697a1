//! `postulo admin …`

use std::io::IsTerminal as _;

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use commands::{Cause, OperatorAccount, Password};
use domain::operator::Role;
use domain::{EmailAddress, Invalid};

use super::look;
use super::out::{self, row, say};
use crate::config::Config;
use crate::wiring::Parts;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Let someone sign in to the admin pages. A password is made and printed, once; one that is
    /// piped in is taken instead.
    Create {
        /// Their address, with which they sign in.
        email: EmailAddress,
        /// What they may do: support, admin, auditor, analyst or permits.
        #[arg(long, default_value = "admin", value_parser = role)]
        role: Role,
    },
    /// List those who may sign in.
    List,
    /// Lift a lock-out: sign-ins that were refused count no more.
    Unlock {
        /// Whose.
        email: EmailAddress,
    },
    /// Give someone another password, and end their sessions. It is made and printed, once; one that
    /// is piped in is taken instead.
    ResetPassword {
        /// Whose.
        email: EmailAddress,
    },
    /// Take someone's second factor away, since their phone is lost, and end their sessions.
    ResetSecondFactor {
        /// Whose.
        email: EmailAddress,
    },
    /// Shut someone out, and end their sessions.
    Disable {
        /// Whom.
        email: EmailAddress,
    },
    /// Let someone in again who was shut out.
    Enable {
        /// Whom.
        email: EmailAddress,
    },
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
    let (commands, cause) = (&parts.commands, Cause::command_line(parts.ids.uuid()));
    match command {
        Command::Create { email, role } => {
            let (password, is_made) = password(parts, &email)?;
            commands.operators().create(&email, role, &password, &cause).await?;
            say!("{email} may sign in at /admin, as {}", role.as_str());
            show(&password, is_made)?;
        }
        Command::List => list(parts).await?,
        Command::Unlock { email } => {
            let operator = operator(parts, &email).await?;
            commands.identity().unlock(&operator, &cause).await?;
            say!("sign-ins of {email} that were refused count no more");
        }
        Command::ResetPassword { email } => {
            let operator = operator(parts, &email).await?;
            let (password, is_made) = password(parts, &email)?;
            commands.identity().set_password(&operator, &password, &cause).await?;
            say!("{email} has another password, and their sessions have ended");
            if operator.disabled {
                say!("they may not sign in: `postulo admin enable {email}` lets them in again");
            }
            show(&password, is_made)?;
        }
        Command::ResetSecondFactor { email } => {
            let operator = operator(parts, &email).await?;
            if !operator.has_second_factor {
                bail!("{email} has no second factor");
            }
            commands.identity().remove_second_factor(&operator, &cause).await?;
            say!("{email} signs in with the password alone, and sets up another second factor");
        }
        Command::Disable { email } => {
            let operator = operator(parts, &email).await?;
            commands.operators().disable(operator.id, true, &cause).await?;
            say!("{email} may not sign in any more, and their sessions have ended");
        }
        Command::Enable { email } => {
            let operator = operator(parts, &email).await?;
            commands.operators().disable(operator.id, false, &cause).await?;
            say!("{email} may sign in at /admin, as {}", operator.role.as_str());
        }
    }
    Ok(())
}

async fn list(parts: &Parts) -> Result<()> {
    look::record(parts, "admin list", &[]).await?;
    for operator in parts.commands.operators().all().await? {
        let state = if operator.disabled { "disabled" } else { "may sign in" };
        let factor = if operator.has_second_factor { "second factor" } else { "password alone" };
        let last = operator.last_signed_in_at.as_deref().unwrap_or("never");
        let locked = parts.commands.identity().locked_until(&operator).await?;
        let locked = locked.map(|until| format!("\tlocked out until {until}")).unwrap_or_default();
        let refused = match operator.refused_sign_ins {
            0 => String::new(),
            refused => format!("\trefused since: {refused}"),
        };
        let (email, role) = (operator.email.reveal(), operator.role.as_str());
        row!("{email}\t{role}\t{state}\t{factor}\tlast signed in: {last}{refused}{locked}")?;
    }
    Ok(())
}

async fn operator(parts: &Parts, email: &EmailAddress) -> Result<OperatorAccount> {
    let operators = parts.commands.operators();
    let operator = operators.find(operators.id_of(email).await?).await?;
    operator.with_context(|| {
        format!("there is no operator {email}; `postulo admin list` shows who there is")
    })
}

/// The password that is piped in, or one that is made.
fn password(parts: &Parts, email: &EmailAddress) -> Result<(Password, bool)> {
    Ok(match piped()? {
        Some(text) => (Password::of(email.as_str(), &text)?, false),
        None => (parts.commands.identity().fresh_password(), true),
    })
}

/// Shows a password that was made, once.
fn show(password: &Password, is_made: bool) -> Result<()> {
    if !is_made {
        return Ok(());
    }
    let password = password.reveal();
    let shown =
        format_args!("password: {password}\nIt is shown this once; only its hash is kept.\n");
    out::secret(shown, "and the password is lost: make another with `postulo admin reset-password`")
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
