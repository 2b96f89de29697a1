//! Which records an export holds.

use domain::PartnerId;
use event_store::Interval;

/// Applications of one client platform or of all, submitted in a stretch of time.
#[derive(Clone, Debug)]
pub struct Range {
    /// Through which client platform they came; all, when `None`.
    pub partner: Option<PartnerId>,
    /// When they were submitted, whenever that was recorded.
    pub submitted: Interval,
}

impl Range {
    /// All of a client platform.
    pub const fn of(partner: PartnerId) -> Self {
        Self { partner: Some(partner), submitted: Interval::ALL }
    }

    /// Its client's id; empty for all.
    pub(super) fn partner(&self) -> &str {
        self.partner.as_ref().map_or("", PartnerId::as_str)
    }
}
