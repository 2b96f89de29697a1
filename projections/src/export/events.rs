//! The log itself: every event as it was recorded.

use std::io::Write;

use event_store::{Log, Position, ReadError, args, timestamp_text};

use super::sheet::{Format, Sheet};
use super::{ExportError, Exported};
use crate::{Column, Kind};

/// Events in memory at once.
const PAGE: i64 = 1000;

const COLUMNS: &[Column] = &[
    Column::new("position", Kind::Integer, "Where it is in the log, from 1 on, without a gap."),
    Column::new("recorded_at", Kind::Time, "When it was recorded."),
    Column::new("aggregate_type", Kind::Text, "What it happened to, JobApplication for instance."),
    Column::new("aggregate_id", Kind::Text, "Which of them."),
    Column::new("sequence", Kind::Integer, "The how manieth event of it, from 1 on."),
    Column::new("event_type", Kind::Text, "What happened, Submitted for instance."),
    Column::new("event_version", Kind::Text, "The version of the payload's schema."),
    Column::new("payload", Kind::Json, "What is known about it, as schemas/events tells.")
        .personal(),
    Column::new("metadata", Kind::Json, "Who and why: actor, correlation, causation, trace."),
];

/// Writes the events of a stretch of the log, after one position and up to another, oldest first, byte
/// by byte as they are stored: personal values are sealed.
pub async fn events(
    log: &Log,
    after: Position,
    up_to: Position,
    format: Format,
    to: &mut (dyn Write + Send),
) -> Result<Exported, ExportError> {
    let mut sheet = Sheet::begin(format, COLUMNS, None, to)?;
    let mut exported = Exported::default();
    let (mut after, end) = (after, up_to.min(log.head().await?));
    while after < end {
        let page = log.read_after(after, PAGE.min(end.since(after))).await?;
        let Some(last) = page.last() else { break };
        after = last.position;
        for event in page {
            let metadata = serde_json::to_string(&event.metadata).expect("metadata are JSON");
            sheet.row(args![
                event.position,
                timestamp_text(event.recorded_at),
                event.aggregate_type,
                event.aggregate_id,
                event.sequence,
                event.event_type,
                event.event_version,
                event.payload.text().as_ref(),
                metadata,
            ])?;
            exported.rows += 1;
        }
    }
    sheet.finish()?;
    Ok(exported)
}

impl From<ReadError> for ExportError {
    fn from(error: ReadError) -> Self {
        Self::Log(error)
    }
}
