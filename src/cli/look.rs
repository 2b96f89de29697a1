//! What the command line shows of people is recorded before, as on the admin pages.

use anyhow::{Context as _, Result};
use commands::Cause;

use crate::cli::out::tell;
use crate::wiring::Parts;

/// Records that a command is about to show data of people: which, with what it was asked for. Never
/// a name or an address.
pub(crate) async fn record(
    parts: &Parts,
    command: &str,
    fields: &[(&str, Option<String>)],
) -> Result<()> {
    if parts.db.is_read_only() {
        tell!(
            "this copy of the database can only be read: that it was looked at is not recorded in it"
        );
        return Ok(());
    }
    let given = |(name, value): &(&str, Option<String>)| Some(((*name).to_owned(), value.clone()?));
    let fields: Vec<(String, String)> = fields.iter().filter_map(given).collect();
    let cause = Cause::command_line(parts.ids.uuid());
    let recorded = parts.commands.operators().record_look(command, &fields, &cause).await;
    recorded.context("that data of people were looked at cannot be recorded, so none are shown")
}
