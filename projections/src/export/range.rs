//! Which records an export holds.

use domain::ClientId;
use event_store::Interval;

/// Applications of one client platform or of all, submitted in a stretch of time.
#[derive(Clone, Debug)]
pub struct Range {
    /// Through which client platform they came; all, when `None`.
    pub client: Option<ClientId>,
    /// When they were submitted, whenever that was recorded.
    pub submitted: Interval,
}

impl Range {
    /// All of a client platform.
    pub const fn of(client: ClientId) -> Self {
        Self { client: Some(client), submitted: Interval::ALL }
    }

    /// Its client's id; empty for all.
    pub(super) fn client(&self) -> &str {
        self.client.as_ref().map_or("", ClientId::as_str)
    }
}
