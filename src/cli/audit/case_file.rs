//! All that happened to an application, in one file.

use std::path::PathBuf;

use anyhow::{Result, bail};
use api::admin::case_file;
use clap::Args;
use domain::{Invalid, Language};
use uuid::Uuid;

use crate::cli::look;
use crate::cli::out::say;
use crate::config::Config;
use crate::folder;
use crate::wiring::{self, Parts};

#[derive(Args)]
pub(crate) struct Asked {
    /// The application's id.
    application_id: Uuid,
    /// The file to write; it appears whole or not at all.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The language of its page, fr or en.
    #[arg(long, default_value = "fr", value_parser = language)]
    language: Language,
}

fn language(text: &str) -> Result<Language, Invalid> {
    text.parse()
}

pub(super) async fn write(config: &Config, parts: &Parts, asked: &Asked) -> Result<()> {
    let id = asked.application_id;
    if parts.commands.applications().find(id).await?.events.is_empty() {
        bail!("there is no application {id}");
    }
    let signer = wiring::signer(config, parts.ids.as_ref(), None)?;
    look::record(parts, "audit case-file", &[("id", Some(id.to_string()))]).await?;
    let file = case_file(&parts.commands, id, signer.as_ref(), asked.language).await?;
    folder::write_personal(&asked.out, &file)?;
    let without =
        if signer.is_some() { "" } else { ", without a proof: POSTULO_AUDIT_KEY is not set" };
    say!("{}{without}", asked.out.display());
    Ok(())
}
