//! `permits.statistics`: the figures of work permits, as the file that others draw.

use std::io::Write as _;

use async_trait::async_trait;
use projections::export::to_shared_file;
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
        let written = to_shared_file(&path, world.permits.file_mode, async |to| {
            Ok(to.write_all(json.as_bytes())?)
        });
        written.await.map_err(|error| not_written(&path, &error))?;
        turn.count("permits-counted", figures.dossiers.unsigned_abs());
        Ok(())
    }
}
