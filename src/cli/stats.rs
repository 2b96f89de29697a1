//! `postulo stats`

use anyhow::Result;
use clap::Args;
use projections::statistics::{Statistics, statistics};

use super::period::Period;
use crate::cli::out::row;
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
        row!("{}", serde_json::to_string_pretty(&figures)?)
    } else {
        print(&figures)
    }
}

async fn figures(parts: &Parts, period: &Period) -> Result<Statistics> {
    Ok(statistics(&parts.db, period.interval()?).await?)
}

fn print(figures: &Statistics) -> Result<()> {
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    row!("applications                {}", figures.applications)?;
    row!("candidates                  {}", figures.candidates)?;
    row!("applications per candidate  {:.2}", figures.applications_per_candidate)?;
    row!("employers that received one {}", figures.employers)?;
    row!("answers                     {}", figures.answers)?;
    row!("answer rate                 {}", percent(figures.answer_rate))?;
    row!("employers that answered     {}", figures.employers_answering)?;
    row!("candidates answered         {}", figures.candidates_answered)?;
    for kind in &figures.kinds {
        row!(
            "{:<10} {} answers, {} of all; {} employers, {} candidates",
            kind.kind.as_str(),
            kind.answers,
            percent(kind.share),
            kind.employers,
            kind.candidates
        )?;
    }
    Ok(())
}
