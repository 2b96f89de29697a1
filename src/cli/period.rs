//! A period, as two days of the calendar in France.

use anyhow::{Context as _, Result};
use clap::Args;
use event_store::{Log, Position};
use jiff::civil::Date;
use jiff::{Span, Timestamp};

#[derive(Args)]
pub(crate) struct Period {
    /// From this day on, YYYY-MM-DD, in France; since the beginning without it.
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// Up to this day, which is counted; until now without it.
    #[arg(long, value_name = "DATE")]
    to: Option<Date>,
}

impl Period {
    /// The stretch of the log: after the first position, up to the second.
    pub(crate) async fn stretch(&self, log: &Log) -> Result<(Position, Position)> {
        let after = match self.from {
            Some(day) => log.position_before(midnight(day)?).await?,
            None => Position::START,
        };
        let up_to = match self.to {
            Some(day) => {
                let next = day.checked_add(Span::new().days(1)).context("--to is too late")?;
                log.position_before(midnight(next)?).await?
            }
            None => Position::new(i64::MAX),
        };
        Ok((after, up_to))
    }
}

fn midnight(day: Date) -> Result<Timestamp> {
    Ok(day.to_zoned(texts::default_zone()).context("that day cannot be told")?.timestamp())
}
