//! `permits.validity`: the permits that were granted, as the file from which others check them. Who is in
//! it may be over or forgotten a day later, so it is written anew also where nothing was synchronised.

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use projections::export::{ExportError, NewFile};
use projections::permits::day_in_paris;
use projections::permits::files::{self, ValidityFile};

use super::{not_written, path};
use crate::jobs::{Job, JobError, Turn};
use crate::reaction::World;

/// The read models that the file is made from.
const READ: [&str; 2] = ["permits", "permit_validity"];
/// How long they may lag behind what a synchronisation brought.
const PATIENCE: Duration = Duration::from_mins(1);

pub(in crate::jobs) struct Validity;

#[async_trait]
impl Job for Validity {
    fn name(&self) -> &'static str {
        "permits.validity"
    }

    fn cron(&self) -> &'static str {
        "10 * * * *"
    }

    fn makes_up(&self) -> bool {
        true
    }

    async fn run(&self, world: &World, turn: &Turn) -> Result<(), JobError> {
        match write_validity(world).await? {
            None => turn.note("permits-no-folder"),
            Some(file) => {
                turn.count("permits-told", file.permits);
                turn.count("permits-left-out", file.left_out.len() as u64);
            }
        }
        Ok(())
    }
}

/// Writes the file at the end of a synchronisation, once the read models have seen what that brought. Where
/// they lag behind, the task does it within the hour.
pub(super) async fn written_after(world: &World) -> Result<(), JobError> {
    if path(world, files::VALIDITY).is_none() {
        return Ok(());
    }
    let log = world.commands.log();
    let head = log.head().await.map_err(|error| JobError::because(&error))?;
    let seen = projections::wait_for(log.db(), &READ, head, PATIENCE).await;
    if let Err(error) = seen {
        tracing::warn!(%error, "{} is not written now; permits.validity does so", files::VALIDITY);
        return Ok(());
    }
    write_validity(world).await.map(drop)
}

/// Writes `validity_check.json` as the permits are known now, whole or not at all: an older one stays where
/// that fails. Says what stands in it, and tells the log which dossiers do not; `None` where there is no
/// folder for it.
pub async fn write_validity(world: &World) -> Result<Option<ValidityFile>, JobError> {
    let Some(path) = path(world, files::VALIDITY) else { return Ok(None) };
    let file = write(world, &path).await.map_err(|error| not_written(&path, &error))?;
    if !file.left_out.is_empty() {
        tracing::warn!(
            dossiers = ?file.left_out,
            "{} dossiers that were granted are left out of {}: they lack a last day or a date of birth that can be read",
            file.left_out.len(),
            files::VALIDITY,
        );
    }
    Ok(Some(file))
}

async fn write(world: &World, path: &Path) -> Result<ValidityFile, ExportError> {
    let (log, day) = (world.commands.log(), day_in_paris(world.commands.now()));
    let unfinished = NewFile::begin(path)?;
    let mut to = unfinished.writer();
    let file = files::write_validity(log, day, &mut to).await?;
    to.flush()?;
    drop(to);
    unfinished.finish(world.permits.file_mode)?;
    Ok(file)
}
