//! `postulo topics`: the topic that the log is published to.

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use event_store::kafka::{self, Topic};
use serde_json::json;

use crate::cli::out::say;
use crate::config::Config;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make the topic, with the partitions that the settings ask for; harmless when it is there.
    Create(Output),
    /// Check that a broker answers, and that the topic is there with enough partitions.
    Check(Output),
}

#[derive(Args)]
pub(crate) struct Output {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    let Some(kafka) = &config.kafka else {
        bail!("no broker is named: set POSTULO_KAFKA_BROKERS");
    };
    let (topic, output) = match command {
        Command::Create(output) => (kafka::create(kafka).await?, output),
        Command::Check(output) => (kafka::check(kafka).await?, output),
    };
    let Topic { name, partitions, copies, brokers } = &topic;
    if output.json {
        let told = json!({
            "topic": name, "partitions": partitions, "copies": copies, "brokers": brokers,
        });
        say!("{told}");
    } else {
        say!("topic {name}: {partitions} partitions, {copies} copies on {brokers} broker(s)");
    }
    Ok(())
}
