//! What people read: every text in every language, letters and calendar files. Values in, text out:
//! no I/O, no clock, no chance, so that the recruiter's preview and the e-mail that is sent are one
//! function.
//!
//! To add a letter: its file and its folder of templates under `letters/`, its lines in
//! [`letters`], its texts in `locales/<language>/letters.ftl`. To add a text anywhere: its key in the
//! file of its context in every language; tests refuse one that is missing or that nothing uses. To
//! add a language: its folder under `locales/`, and its line in [`Language`].

mod application;
mod calendar;
mod catalogue;
mod dates;
pub mod letters;
mod matching;
mod numbers;
mod objections;
mod plain;
#[cfg(any(test, feature = "testing"))]
pub mod pseudo;
mod tasks;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod wording;

pub use application::{answer_details, called_off, documents_deleted};
pub use calendar::{Calendar, FeedEntry, FeedTime, Invitation, calendar_feed};
pub use catalogue::{Argument, Arguments, Wording};
pub use dates::{by_pattern, date_time, day, default_zone, month, timestamp};
pub use domain::Language;
pub use letters::{Letter, RenderError};
pub use matching::{match_reasons, match_score};
pub use numbers::{count, hundredths, money};
pub use objections::{erasure_refusal, invalid, refusal};
pub use plain::{html, one_line, visible};
pub use tasks::task_report;
pub use wording::{
    answer_action, answer_kind, file_size, media_type, place, rejection_reason, status,
    tracked_status,
};
