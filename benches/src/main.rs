//! Measures Postulo on this machine; `script/bench` runs it with all it needs.

mod alerts;
mod append;
mod audit;
mod catch_up;
mod database;
mod delivery;
mod engines;
mod erase;
mod figures;
mod forms;
mod growth;
mod offers;
mod permits;
mod place;
mod projections;
mod report;
mod search;
mod soak;
mod space;
mod start;
mod submit;

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use report::Report;

/// The service's own, for all that is measured in this process.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(about = "Measures Postulo on this machine")]
struct Cli {
    #[command(subcommand)]
    bench: Bench,
    /// Print one JSON object a line.
    #[arg(long, global = true)]
    json: bool,
    /// Put the table in its place in this document, too.
    #[arg(long, global = true)]
    write: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Bench {
    /// Durable appends a second, beside stock libraries and the raw limit.
    Append(append::Options),
    /// Applications a second over HTTP.
    Submit(submit::Options),
    /// Events a second that the read models take in.
    Projections(projections::Options),
    /// From the 201 to the mail server's 250.
    Delivery(delivery::Options),
    /// Forms with a document, and their e-mails.
    Forms(forms::Options),
    /// Appends and submissions on logs of several lengths.
    Growth(growth::Options),
    /// Job alerts: telling all of them of new offers, killed and not.
    Alerts(alerts::Options),
    /// Job offers: the search, its counts and its figures.
    Offers(offers::Options),
    /// Work permits: lists, figures and the public check.
    Permits(permits::Options),
    /// The pages of a candidate who tracks thousands of applications.
    Space(space::Options),
    /// How long others wait to write while a person is erased.
    Erase(erase::Options),
    /// Signing, verifying and proving a log.
    Audit(audit::Options),
    /// A page of the operators' search.
    Search(search::Options),
    /// A long time beside hostile clients; fails where a bound does not hold.
    Soak(soak::Options),
    /// From start to ready, and idle memory.
    Start,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    // A second call is never made.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut report = Report::new(cli.json);
    let name = match cli.bench {
        Bench::Append(options) => {
            append::run(&options, &mut report).await?;
            "append"
        }
        Bench::Submit(options) => {
            submit::run(&options, &mut report).await?;
            "submit"
        }
        Bench::Projections(options) => {
            projections::run(&options, &mut report).await?;
            "projections"
        }
        Bench::Delivery(options) => {
            delivery::run(&options, &mut report).await?;
            "delivery"
        }
        Bench::Forms(options) => {
            forms::run(&options, &mut report).await?;
            "forms"
        }
        Bench::Growth(options) => {
            growth::run(&options, &mut report).await?;
            "growth"
        }
        Bench::Alerts(options) => {
            alerts::run(&options, &mut report).await?;
            "alerts"
        }
        Bench::Offers(options) => {
            offers::run(&options, &mut report).await?;
            "offers"
        }
        Bench::Space(options) => {
            space::run(&options, &mut report).await?;
            "space"
        }
        Bench::Permits(options) => {
            permits::run(&options, &mut report).await?;
            "permits"
        }
        Bench::Erase(options) => {
            erase::run(&options, &mut report).await?;
            "erase"
        }
        Bench::Audit(options) => {
            audit::run(&options, &mut report).await?;
            "audit"
        }
        Bench::Search(options) => {
            search::run(&options, &mut report).await?;
            "search"
        }
        Bench::Soak(options) => {
            soak::run(&options, &mut report).await?;
            "soak"
        }
        Bench::Start => {
            start::run(&mut report).await?;
            "start"
        }
    };
    if let Some(document) = cli.write {
        report.write(&document, name)?;
    }
    Ok(())
}
