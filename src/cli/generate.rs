//! `postulo generate`: the files that are written from the code, so that they are always true.

mod events;
mod privacy;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::cli::out::say;
use crate::config::table;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Write nothing; fail when a file is not current.
    #[arg(long)]
    check: bool,
    /// The project's folder.
    #[arg(long, default_value = ".")]
    root: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let mut stale = vec![];
    for (path, content) in files()? {
        let path = arguments.root.join(path);
        if std::fs::read_to_string(&path).is_ok_and(|present| present == content) {
            continue;
        }
        stale.push(path.display().to_string());
        if !arguments.check {
            write(&path, &content)?;
            say!("wrote {}", path.display());
        }
    }
    if arguments.check && !stale.is_empty() {
        bail!("not current: {}; run `cargo run -- generate` and commit", stale.join(", "));
    }
    Ok(())
}

fn write(path: &Path, content: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, content).with_context(|| format!("{} cannot be written", path.display()))
}

/// Every generated file: its path from the project's folder, and its content.
fn files() -> Result<Vec<(PathBuf, String)>> {
    let mut files = vec![
        (PathBuf::from("docs/configuration.md"), table::markdown()),
        (PathBuf::from(".env.example"), table::env_example()),
        (PathBuf::from("schemas/openapi.json"), api::openapi_json()),
        (PathBuf::from("docs/privacy.md"), privacy::page()),
        (PathBuf::from("docs/event-kinds.md"), events::page()),
    ];
    for (name, schema) in domain::schema::of_events(domain::AGGREGATES) {
        let text = serde_json::to_string_pretty(&schema)? + "\n";
        files.push((Path::new("schemas/events").join(name), text));
    }
    for (path, text) in projections::columns::documents() {
        files.push((PathBuf::from(path), text));
    }
    Ok(files)
}
