//! The command line: one file per command.

mod accounts;
mod admin;
mod attachments;
mod audit;
mod doctor;
mod events;
mod export;
mod generate;
mod keys;
mod look;
mod migrate;
mod offers;
pub(crate) mod out;
mod partner;
mod period;
mod permits;
mod person;
mod projections;
mod reactions;
mod retention;
mod schedules;
mod seed;
mod serve;
mod space;
mod stats;
mod suppressions;
mod topics;
mod usage;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

use self::serve::Role;
pub(crate) use self::usage::Usage;
use crate::config::Config;

/// Postulo, the service behind an "Apply" button: takes job applications from partner sites, brings
/// them to employers by e-mail, and brings the answers back.
#[derive(Parser)]
#[command(version, about, long_about = None)]
pub(crate) struct Cli {
    /// A TOML file with settings; variables POSTULO_… win over it.
    #[arg(long, global = true, env = "POSTULO_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the API, the projections and the workers in one process (the default); the relay too,
    /// where Kafka is set up.
    Serve,
    /// Run the API alone: takes applications and answers.
    Api,
    /// Run the workers alone: e-mails and other effects.
    Worker {
        /// Run these reactors only, separated by commas.
        #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
        reactors: Vec<String>,
    },
    /// Run the projections alone: the read models.
    Projector,
    /// Run the relay alone: publishes the log to Kafka.
    Relay,
    /// Fill a database with invented applications, to try things out and to measure. Nothing is
    /// ever mailed of them.
    Seed(seed::Arguments),
    /// Look after the Kafka topic.
    #[command(subcommand)]
    Topics(topics::Command),
    /// Bring the database's tables up to date.
    Migrate,
    /// Create, change and list client platforms.
    #[command(subcommand, name = "client")]
    Partner(partner::Command),
    /// Let people sign in to the admin pages.
    #[command(subcommand)]
    Admin(admin::Command),
    /// Find accounts of candidates and recruiters, shut them out and let them in again.
    #[command(subcommand)]
    Accounts(accounts::Command),
    /// Look after the documents of applications.
    #[command(subcommand)]
    Attachments(attachments::Command),
    /// Look after the addresses to which nothing is sent.
    #[command(subcommand)]
    Suppressions(suppressions::Command),
    /// Follow work permits: bring their dossiers, write the files that others read.
    #[command(subcommand)]
    Permits(permits::Command),
    /// Look after job offers.
    #[command(subcommand)]
    Offers(offers::Command),
    /// Look after the spaces of candidates.
    #[command(subcommand)]
    Space(space::Command),
    /// Find, hand out and forget a person's data.
    #[command(subcommand)]
    Person(person::Command),
    /// Count applications and answers.
    Stats(stats::Arguments),
    /// Look after the keys that personal data are sealed under.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Look after what is kept for a limited time.
    #[command(subcommand)]
    Retention(retention::Command),
    /// Look after the tasks that come back by the clock.
    #[command(subcommand)]
    Schedules(schedules::Command),
    /// Check the settings and everything around the service; say what to mend.
    Doctor,
    /// Write data out, for people and other programs.
    #[command(subcommand)]
    Export(export::Command),
    /// Read what happened.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Look after the log's events.
    #[command(subcommand)]
    Events(events::Command),
    /// Look after the read models.
    #[command(subcommand)]
    Projections(projections::Command),
    /// Look after the e-mails and other effects that are delayed or failed.
    #[command(subcommand)]
    Reactions(reactions::Command),
    /// Write the files that are generated from the code, or check that they are current.
    #[command(hide = true)]
    Generate(generate::Arguments),
}

pub(crate) async fn run(cli: Cli) -> Result<()> {
    if let Some(Command::Generate(arguments)) = &cli.command {
        return generate::run(arguments);
    }
    let config = Config::load(cli.config.as_deref())?;
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(config, Role::All, &[]).await,
        Command::Api => serve::run(config, Role::Api, &[]).await,
        Command::Worker { reactors } => serve::run(config, Role::Worker, &reactors).await,
        Command::Projector => serve::run(config, Role::Projector, &[]).await,
        Command::Relay => serve::run(config, Role::Relay, &[]).await,
        Command::Seed(arguments) => seed::run(&config, &arguments).await,
        Command::Topics(command) => topics::run(&config, command).await,
        Command::Migrate => migrate::run(&config).await,
        Command::Partner(command) => partner::run(&config, command).await,
        Command::Admin(command) => admin::run(&config, command).await,
        Command::Accounts(command) => accounts::run(&config, command).await,
        Command::Attachments(command) => attachments::run(&config, command).await,
        Command::Suppressions(command) => suppressions::run(&config, command).await,
        Command::Permits(command) => permits::run(&config, command).await,
        Command::Offers(command) => offers::run(&config, command).await,
        Command::Space(command) => space::run(&config, command).await,
        Command::Person(command) => person::run(&config, command).await,
        Command::Stats(arguments) => stats::run(&config, &arguments).await,
        Command::Keys(command) => keys::run(&config, command).await,
        Command::Retention(command) => retention::run(&config, command).await,
        Command::Schedules(command) => schedules::run(&config, command).await,
        Command::Doctor => doctor::run(&config).await,
        Command::Export(command) => export::run(&config, command).await,
        Command::Audit(command) => audit::run(&config, command).await,
        Command::Events(command) => events::run(&config, command).await,
        Command::Projections(command) => projections::run(&config, command).await,
        Command::Reactions(command) => reactions::run(&config, command).await,
        Command::Generate(arguments) => generate::run(&arguments),
    }
}
