//! An application as cards and lines show it.

use domain::application::ApplicationStatus;
use domain::space::TrackedStatus;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use projections::space::{Origin, TrackedItem};
use uuid::Uuid;
use web::lang::Lang;

/// A status, as a choice.
pub(crate) struct Choice {
    pub(crate) slug: &'static str,
    pub(crate) name: String,
}

/// What a status is called.
pub(crate) fn status_name(status: TrackedStatus, lang: Lang) -> String {
    texts::tracked_status(status, lang.0)
}

/// Every status, to choose from.
pub(crate) fn choices(lang: Lang) -> Vec<Choice> {
    TrackedStatus::ALL
        .into_iter()
        .map(|status| Choice { slug: status.as_str(), name: status_name(status, lang) })
        .collect()
}

/// A day in words.
pub(crate) fn day(day: Date, lang: Lang) -> String {
    texts::by_pattern(day, lang.t("space-day-pattern"), lang.0)
}

/// The day of a time where people are.
pub(crate) fn local_day(at: Timestamp) -> Date {
    at.to_zoned(texts::default_zone()).date()
}

/// How long something lasted, in the largest unit that tells it.
pub(crate) fn length(lasted: SignedDuration, lang: Lang) -> String {
    let hours = lasted.as_hours().max(0);
    let (unit, count) = match hours {
        0 => ("minutes", lasted.as_mins().max(0)),
        1..24 => ("hours", hours),
        24..1440 => ("days", hours / 24),
        _ => ("months", hours / (24 * 30)),
    };
    lang.with("space-length", (("unit", unit), ("count", count)))
}

/// An application on a card.
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on each other")]
pub(crate) struct Card {
    pub(crate) id: Uuid,
    pub(crate) company: String,
    pub(crate) position: String,
    pub(crate) location: String,
    pub(crate) slug: &'static str,
    pub(crate) status: String,
    /// Since when it stands there, in words.
    pub(crate) since: String,
    pub(crate) applied: String,
    pub(crate) tags: Vec<String>,
    pub(crate) notes: usize,
    pub(crate) from_postulo: bool,
    /// Whether it could not be brought to the employer.
    pub(crate) undeliverable: bool,
    pub(crate) archived: bool,
    pub(crate) hidden: bool,
}

impl Card {
    pub(crate) fn new(item: &TrackedItem, now: Timestamp, lang: Lang) -> Self {
        let text = |text: &domain::Personal<String>| text.reveal().clone();
        let since = item.moved_at.unwrap_or(item.created_at);
        Self {
            id: item.id,
            company: text(&item.company),
            position: text(&item.position),
            location: item.location.as_ref().map(text).unwrap_or_default(),
            slug: item.status.as_str(),
            status: status_name(item.status, lang),
            since: lang.with("space-since", ("length", length(now.duration_since(since), lang))),
            applied: day(item.applied_on.day(), lang),
            tags: item.tags.iter().map(text).collect(),
            notes: item.notes.len(),
            from_postulo: item.is_sent_through_postulo(),
            undeliverable: item.origin == Origin::Postulo(ApplicationStatus::Undeliverable),
            archived: item.archived,
            hidden: item.hidden,
        }
    }
}
