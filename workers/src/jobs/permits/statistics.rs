//! `permits.statistics`: the figures of work permits, as the file that others draw.

use async_trait::async_trait;
use projections::export::NewFile;
use projections::permits::{files, statistics};

use super::{not_written, path};
use crate::jobs::{Job, JobError, Turn};
use crate::reaction::World;

pub(in crate::jobs) struct Statistics;

#[async_trait]
impl Job for Statistics {
    fn name(&self) -> &'static str {
        "permits.statistics"
    }

    fn cron(&self) -> &'static str {
        "0 9 * * *"
    }

    fn makes_up(&self) -> bool {
        true
    }

    async fn run(&self, world: &World, turn: &Turn) -> Result<(), JobError> {
        let Some(path) = path(world, files::STATISTICS) else {
            turn.note("permits-no-folder");
            return Ok(());
        };
        let (db, now) = (world.commands.log().db(), world.commands.now());
        let figures = statistics::statistics(db, now).await;
        let figures = figures.map_err(|error| JobError::because(&error))?;
        let json = files::statistics_json(&figures);
        let written = NewFile::write(&path, world.permits.file_mode, json.as_bytes());
        written.map_err(|error| not_written(&path, &error.into()))?;
        turn.count("permits-counted", figures.dossiers.unsigned_abs());
        Ok(())
    }
}
