//! `postulo stats`

use anyhow::Result;
use clap::Args;
use projections::statistics::{Statistics, statistics};

use super::period::Period;
use crate::config::Config;
use crate::wiring::Parts;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    period: Period,
    /// Print JSON; rates and shares are from 0 to 1.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(config: &Config, arguments: &Arguments) -> Result<()> {
    let parts = Parts::open(config).await?;
    let outcome = figures(&parts, &arguments.period).await;
    parts.close().await;
    let figures = outcome?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&figures)?);
    } else {
        print(&figures);
    }
    Ok(())
}

async fn figures(parts: &Parts, period: &Period) -> Result<Statistics> {
    Ok(statistics(&parts.db, period.interval()).await?)
}

fn print(figures: &Statistics) {
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    println!("applications                {}", figures.applications);
    println!("candidates                  {}", figures.candidates);
    println!("applications per candidate  {:.2}", figures.applications_per_candidate);
    println!("employers that received one {}", figures.employers);
    println!("answers                     {}", figures.answers);
    println!("answer rate                 {}", percent(figures.answer_rate));
    println!("employers that answered     {}", figures.employers_answering);
    println!("candidates answered         {}", figures.candidates_answered);
    for kind in &figures.kinds {
        println!(
            "{:<10} {} answers, {} of all; {} employers, {} candidates",
            kind.kind.as_str(),
            kind.answers,
            percent(kind.share),
            kind.employers,
            kind.candidates
        );
    }
}
