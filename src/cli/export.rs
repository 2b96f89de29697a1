//! `postulo export …`

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use domain::PartnerId;
use event_store::Position;
use projections::export::{self, ExportError, Exported, Format, Range, UnknownFormat};

use super::look;
use super::period::Period;
use crate::cli::out::{Output, tell};
use crate::config::Config;
use crate::wiring::Parts;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Write applications as they stand, newest first: the columns of the table `applications`.
    Applications(Submitted),
    /// Write the answers to applications, newest application first; one without an answer has no row.
    Answers(Submitted),
    /// Write the log: every event that was recorded in a period, oldest first, as it was recorded.
    Events {
        #[command(flatten)]
        period: Period,
        #[command(flatten)]
        file: File,
    },
}

impl Command {
    const fn name(&self) -> &'static str {
        match self {
            Self::Applications(_) => "export applications",
            Self::Answers(_) => "export answers",
            Self::Events { .. } => "export events",
        }
    }
}

#[derive(Args)]
pub(crate) struct Submitted {
    /// Those of one client platform.
    #[arg(long = "client", value_name = "ID")]
    partner: Option<PartnerId>,
    /// Those submitted in a period.
    #[command(flatten)]
    period: Period,
    #[command(flatten)]
    file: File,
}

#[derive(Args)]
pub(crate) struct File {
    /// xlsx, a workbook in which text stays text; csv, for spreadsheets and programs; jsonl, a JSON
    /// object a line; parquet.
    #[arg(long, default_value = "csv", value_parser = format)]
    format: Format,
    /// Leave out the byte order mark of a CSV, for programs that do not know it.
    #[arg(long)]
    no_bom: bool,
    /// The file to write; it appears whole or not at all. Standard output without it.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl File {
    const fn format(&self) -> Format {
        match self.format {
            Format::Csv if self.no_bom => Format::CsvWithoutBom,
            other => other,
        }
    }
}

fn format(text: &str) -> Result<Format, UnknownFormat> {
    text.parse()
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    let parts = Parts::open(config).await?;
    let outcome = export(&parts, command).await;
    parts.close().await;
    outcome
}

async fn export(parts: &Parts, command: Command) -> Result<()> {
    let (partner, period, file) = match &command {
        Command::Applications(it) | Command::Answers(it) => (&it.partner, &it.period, &it.file),
        Command::Events { period, file } => (&None, period, file),
    };
    if let Some(partner) = partner
        && parts.commands.partners().find(partner).await?.is_none()
    {
        bail!("there is no client platform called {partner}; `postulo client list` shows them");
    }
    let range = Range { partner: partner.clone(), submitted: period.interval()? };
    let format = file.format();
    let (what, looked) = (command.name(), period.fields());
    let partner = partner.as_ref().map(ToString::to_string);
    look::record(parts, what, &[&[("client", partner)][..], &looked[..]].concat()).await?;
    let (after, up_to) = match &command {
        Command::Events { period, .. } => period.stretch(&parts.log).await?,
        _ => (Position::START, Position::START),
    };
    let write = async |to: &mut (dyn Write + Send)| -> Result<Exported, ExportError> {
        match &command {
            Command::Applications(_) => export::applications(&parts.log, &range, format, to).await,
            Command::Answers(_) => export::answers(&parts.log, &range, format, to).await,
            Command::Events { .. } => export::events(&parts.log, after, up_to, format, to).await,
        }
    };
    let Exported { rows, skipped } = match &file.out {
        Some(path) => export::to_file(path, write).await?,
        None => write(&mut Output).await?,
    };
    if let Some(path) = &file.out {
        tell!("{rows} rows in {}", path.display());
    }
    if !skipped.is_empty() {
        bail!(
            "{} records could not be read and are left out, those at the positions {skipped:?}; \
             all others are written",
            skipped.len()
        );
    }
    Ok(())
}
