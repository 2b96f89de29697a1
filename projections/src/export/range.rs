//! Which records an export holds.

use domain::ClientId;
use event_store::Position;

/// Applications of one client platform or of all, submitted in a stretch of the log.
#[derive(Clone, Debug)]
pub struct Range {
    /// Through which client platform they came; all, when `None`.
    pub client: Option<ClientId>,
    /// After this position of the log.
    pub after: Position,
    /// Up to this position.
    pub up_to: Position,
}

impl Range {
    /// All of a client platform.
    pub const fn of(client: ClientId) -> Self {
        Self { client: Some(client), after: Position::START, up_to: Position::new(i64::MAX) }
    }

    /// Its client's id; empty for all.
    pub(super) fn client(&self) -> &str {
        self.client.as_ref().map_or("", ClientId::as_str)
    }

    /// The position before which its newest record lies.
    pub(super) const fn before(&self) -> i64 {
        self.up_to.plus(1).get()
    }
}
