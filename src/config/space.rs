//! The settings of candidates' spaces.

use anyhow::Result;
use serde::Deserialize;

use super::source::Source;
use super::table::{Section, setting};

/// The section of the table.
pub(super) const SECTION: Section = Section {
    title: "Candidates' spaces",
    settings: &[setting(
        "POSTULO_SPACE_ARCHIVED_AFTER_DAYS",
        "40",
        "same",
        "After how many days the scheduled task applications.archive archives a tracked application that was sent or refused, counted from the day on which its owner applied.",
    )],
};

/// Where nothing else is set.
const USUAL: u32 = 40;

#[derive(Deserialize)]
struct Given {
    space_archived_after_days: Option<u32>,
}

/// The settings in force.
#[derive(Debug)]
pub(crate) struct Space {
    /// After how many days an application of which nothing is heard is archived.
    pub(crate) archived_after_days: u32,
}

pub(super) fn read(source: &mut Source) -> Result<Space> {
    let given: Given = source.read()?;
    let days = given.space_archived_after_days.unwrap_or(USUAL);
    if !(1..=3650).contains(&days) {
        source.wrong("POSTULO_SPACE_ARCHIVED_AFTER_DAYS is not from 1 to 3650".to_owned());
        return Ok(Space { archived_after_days: USUAL });
    }
    Ok(Space { archived_after_days: days })
}
