//! What the Kafka client complains of goes to the log; the same complaint again only after a while.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::client::ClientContext;
use rdkafka::error::KafkaError as PartnerError;

/// The same complaint is told again after this time.
const AGAIN: Duration = Duration::from_mins(1);

/// What was told last.
#[derive(Debug, Default)]
pub(super) struct Told {
    last: Mutex<Option<(PartnerError, Instant)>>,
}

impl Told {
    /// Whether this is worth telling now.
    pub(super) fn is_news(&self, error: &PartnerError) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let known = last.as_ref().is_some_and(|(known, at)| known == error && at.elapsed() < AGAIN);
        if !known {
            *last = Some((error.clone(), Instant::now()));
        }
        !known
    }

    /// Forgets what was told; says whether there was anything.
    pub(super) fn clear(&self) -> bool {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).take().is_some()
    }
}

impl ClientContext for Told {
    fn error(&self, error: PartnerError, reason: &str) {
        if self.is_news(&error) {
            tracing::warn!(%error, reason, "Kafka: the client met an error and tries again");
        }
    }
}

#[cfg(test)]
mod tests {
    use rdkafka::error::RDKafkaErrorCode;

    use super::*;

    #[test]
    fn the_same_complaint_is_told_once() {
        let told = Told::default();
        let down = PartnerError::Global(RDKafkaErrorCode::AllBrokersDown);
        assert!(told.is_news(&down));
        assert!(!told.is_news(&down));
        assert!(told.is_news(&PartnerError::Canceled));
        assert!(told.clear() && !told.clear());
        assert!(told.is_news(&PartnerError::Canceled));
    }
}
