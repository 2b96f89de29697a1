//! `postulo seed`: applications for trying things out and for measuring.

use std::io::IsTerminal as _;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::Args;
use commands::{Cause, PartnerSecret};
use domain::partner::PartnerSettings;
use event_store::AppendError;
use futures::StreamExt as _;
use serde_json::json;

use crate::cli::out::{aside, say};
use crate::config::{Config, Mode};
use crate::seed;
use crate::wiring::Parts;

/// Appends under way: enough for batches that fill.
const AT_ONCE: usize = 512;

#[derive(Args)]
pub(crate) struct Arguments {
    /// How many applications.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    applications: u64,
    /// The same seed makes the same applications.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many client platforms they come through.
    #[arg(long = "clients", value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=1000))]
    partners: u64,
    /// Seed a database in production mode too.
    #[arg(long)]
    yes_in_production: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(config: &Config, arguments: &Arguments) -> Result<()> {
    if config.mode == Mode::Production && !arguments.yes_in_production {
        bail!(
            "this is a production database, and invented applications never leave it again: give \
             --yes-in-production if that is what you want"
        );
    }
    let parts = Parts::open(config).await?;
    for number in 1..=arguments.partners {
        partner(&parts, number).await?;
    }
    let began = Instant::now();
    let Arguments { applications, seed, partners, .. } = *arguments;
    let log = &parts.log;
    let appends = futures::stream::iter(0..applications).map(|number| async move {
        let application = seed::application(seed, number, partners);
        let id = application.id.to_string();
        let events = application.encode()?;
        let count = events.len() as u64;
        loop {
            match log.append("JobApplication", &id, 0, events.clone()).await {
                Ok(_) => return Ok(Some(count)),
                Err(AppendError::Conflict) => return Ok(None),
                Err(AppendError::Busy) => tokio::task::yield_now().await,
                Err(error) => return Err(anyhow::Error::from(error)),
            }
        }
    });
    let mut appends = appends.buffer_unordered(AT_ONCE);
    let (mut added, mut events, mut present) = (0_u64, 0_u64, 0_u64);
    let show = std::io::stderr().is_terminal();
    while let Some(appended) = appends.next().await {
        match appended? {
            Some(count) => {
                added += 1;
                events += count;
            }
            None => present += 1,
        }
        if show && (added + present).is_multiple_of(10_000) {
            aside(format_args!("\r{} of {applications}", added + present));
        }
    }
    if show {
        aside(format_args!("\r"));
    }
    let seconds = began.elapsed().as_secs_f64();
    if arguments.json {
        let told = json!({
            "applications": added, "events": events, "already_there": present, "seconds": seconds,
        });
        say!("{told}");
    } else {
        say!("{added} applications with {events} events in {seconds:.1} s");
        if present > 0 {
            say!("{present} were there already: the same seed makes the same applications");
        }
    }
    drop(appends);
    parts.close().await;
    Ok(())
}

/// A client that mails no employer, whatever becomes of it later. Nobody knows its secret.
async fn partner(parts: &Parts, number: u64) -> Result<()> {
    let id = seed::client_id(number);
    if parts.commands.partners().find(&id).await?.is_some() {
        return Ok(());
    }
    let settings = PartnerSettings {
        mails_employers: false,
        ..PartnerSettings::new(
            format!("Seed {number}").parse()?,
            format!("candidatures@seed{number}.example").parse()?,
        )
    };
    let cause = Cause::command_line(parts.ids.uuid());
    let secret = PartnerSecret::from_random(parts.ids.random());
    parts.commands.partners().register_with(&id, settings, &secret, &cause).await?;
    Ok(())
}
