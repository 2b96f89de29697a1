//! A period, as two days of the calendar in France.

use anyhow::Result;
use clap::Args;
use domain::dates;
use event_store::{Interval, Log, Position};
use jiff::civil::Date;

use super::Usage;

#[derive(Args)]
pub(crate) struct Period {
    /// From this day on, YYYY-MM-DD, in France; since the beginning without it.
    #[arg(long, value_name = "DATE", value_parser = dates::date)]
    from: Option<Date>,
    /// Up to this day, which is counted; until now without it.
    #[arg(long, value_name = "DATE", value_parser = dates::date)]
    to: Option<Date>,
}

impl Period {
    /// Its days, by their names.
    pub(crate) fn fields(&self) -> [(&'static str, Option<String>); 2] {
        [("from", self.from), ("to", self.to)]
            .map(|(name, day)| (name, day.map(|it| it.to_string())))
    }

    /// The period as moments.
    pub(crate) fn interval(&self) -> Result<Interval> {
        Ok(self.days()?.interval(&texts::default_zone()))
    }

    /// The stretch of the log that was recorded in it: after the first position, up to the second.
    pub(crate) async fn stretch(&self, log: &Log) -> Result<(Position, Position)> {
        Ok(self.days()?.stretch(log, &texts::default_zone()).await?)
    }

    fn days(&self) -> Result<event_store::Period> {
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from > to
        {
            let why = format!("--from {from} is after --to {to}: no day is in between");
            return Err(Usage(why).into());
        }
        Ok(event_store::Period { from: self.from, to: self.to })
    }
}
