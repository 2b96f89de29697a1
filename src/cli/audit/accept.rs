//! What an operator says of a log that is not signed any more: recorded in the log itself, with a
//! reason, before anything is signed again.

use anyhow::{Context as _, Result, bail};
use clap::Args;
use commands::Cause;
use event_store::tree::{self, Checkpoint, Refusal, Signer, TreeError};

use super::tree::signer;
use crate::cli::out::say;
use crate::config::Config;
use crate::folder;
use crate::wiring::{self, Parts};

/// Characters of a reason at most: the whole act has 500 in the log.
const LONGEST: usize = 300;

#[derive(Args)]
pub(crate) struct Reason {
    /// Why, for whoever reads the log later: 300 characters at most, and nobody's name.
    #[arg(long, value_parser = reason)]
    reason: String,
}

fn reason(text: &str) -> Result<String, String> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err("say why, in a few words".to_owned()),
        1..=LONGEST => Ok(text.to_owned()),
        _ => Err(format!("it is longer than {LONGEST} characters")),
    }
}

/// Begins the tree with the first event, where there is none or a damaged one.
pub(super) async fn begin_tree(config: &Config, parts: &Parts, given: &Reason) -> Result<()> {
    let signer = signer(config, parts)?;
    let why = match signer.refusal(&parts.db).await {
        Ok(Some(refusal @ Refusal::NoTree { .. })) => refusal.name(),
        Err(TreeError::Damaged | TreeError::Checkpoint(_)) => "damaged",
        Ok(Some(refusal)) => return Err(TreeError::Refused(refusal)).context("there is a tree"),
        Ok(None) => {
            bail!("the log is signed, and nothing contradicts that: there is nothing to do")
        }
        Err(error) => return Err(error.into()),
    };
    record(parts, &signer, "audit.begin-tree", why, given).await?;
    set_aside(config, parts)?;
    let notes = tree::begin_anew(&parts.db).await?;
    if !notes.is_empty() {
        let name = format!("log-checkpoints.set-aside-{}", stamp(parts));
        let file = config.storage.data_dir.join(name);
        folder::write_whole(&file, &notes.join("\n"))?;
        say!("the notes of the database are set aside in {}", file.display());
    }
    sign(config, parts, &signer).await
}

/// Goes on with the tree that is there, although more or something else was signed before.
pub(super) async fn restore(config: &Config, parts: &Parts, given: &Reason) -> Result<()> {
    let signer = signer(config, parts)?;
    let why = match signer.refusal(&parts.db).await? {
        Some(refusal @ Refusal::NoTree { .. }) => {
            return Err(TreeError::Refused(refusal)).context("there is no tree to go on with");
        }
        Some(refusal) => refusal.name(),
        None => bail!("nothing contradicts what was signed: there is nothing to accept"),
    };
    record(parts, &signer, "audit.accept-restore", why, given).await?;
    set_aside(config, parts)?;
    sign(config, parts, &signer).await
}

/// Before anything else, so that what is signed then holds it.
async fn record(
    parts: &Parts,
    signer: &Signer,
    action: &'static str,
    why: &str,
    given: &Reason,
) -> Result<()> {
    let mut aside = vec![];
    for (_, note) in signer.kept().await? {
        aside.push(match Checkpoint::unverified(&note) {
            Ok(Checkpoint { size, root }) => format!("{size} {root}"),
            Err(_) => "unreadable".to_owned(),
        });
    }
    aside.sort();
    aside.dedup();
    let aside = if aside.is_empty() { "nothing".to_owned() } else { aside.join(", ") };
    let subject = format!("{}; why: {why}; set aside: {aside}", given.reason);
    let cause = Cause::command_line(parts.ids.uuid());
    let recorded = parts.commands.operators().record_act(action, &subject, &cause).await;
    recorded.context("this cannot be recorded in the log, so nothing is changed")
}

fn set_aside(config: &Config, parts: &Parts) -> Result<()> {
    for file in wiring::kept_files(config) {
        if let Some(to) = file.set_aside(&stamp(parts))? {
            say!("the note that was kept is set aside in {}", to.display());
        }
    }
    Ok(())
}

async fn sign(config: &Config, parts: &Parts, signer: &Signer) -> Result<()> {
    // The address still has the note from before, until it has this one.
    let files = wiring::keepers(config, None);
    let signer = Signer { keepers: files, ..signer.clone() };
    let note = match tree::sign_now(&parts.log, parts.clock.now(), &signer).await {
        // The service was faster.
        Err(TreeError::Moved(_)) => tree::latest(&parts.db).await?,
        outcome => outcome?,
    };
    let note = note.context("the log is empty: there is nothing to sign")?;
    if let Some(elsewhere) = wiring::elsewhere(config)? {
        let posted = elsewhere.post(note.clone()).await;
        if let Err(why) = posted {
            bail!(
                "the new note could not be posted to POSTULO_CHECKPOINT_URL, which would go on \
                 contradicting the log: {why}; post it there, then the service signs again:\n{note}"
            );
        }
    }
    say!("{}", note.trim_end());
    Ok(())
}

/// In a file's name.
fn stamp(parts: &Parts) -> String {
    parts.clock.now().strftime("%Y%m%dT%H%M%S%6fZ").to_string()
}
