//! Documents that were stored for an application that then was not recorded, because the disk of the
//! log was full for instance. They go once nobody sends it again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::application::Application;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::ForgetError;
use crate::facades::Applications;

/// Whoever sends an application again does so sooner, and the log has told by then whether it has it.
const AFTER: SignedDuration = SignedDuration::from_hours(1);
/// Applications that are kept in mind.
const MOST: usize = 10_000;

/// Applications of this process that have documents and perhaps no event.
#[derive(Clone, Default)]
pub(crate) struct Unfinished(Arc<Mutex<HashMap<Uuid, Timestamp>>>);

impl Unfinished {
    pub(crate) fn note(&self, id: Uuid, now: Timestamp) {
        let mut noted = self.noted();
        if noted.len() < MOST {
            noted.insert(id, now);
        }
    }

    pub(super) fn forget(&self, id: Uuid) {
        self.noted().remove(&id);
    }

    fn older_than(&self, before: Timestamp) -> Vec<Uuid> {
        let noted = self.noted();
        noted.iter().filter(|(_, at)| **at < before).map(|(id, _)| *id).collect()
    }

    fn noted(&self) -> MutexGuard<'_, HashMap<Uuid, Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Applications<'_> {
    /// Deletes the documents of applications that were not recorded; says of how many. Those that were
    /// recorded keep theirs and no others.
    pub(crate) async fn clear_unfinished(self) -> Result<usize, ForgetError> {
        let mut cleared = 0;
        for id in self.unfinished.older_than(self.clock.now() - AFTER) {
            let history = self.find(id).await?;
            if history.events.is_empty() {
                self.attachments().delete_all(id).await?;
                cleared += 1;
            } else {
                // What was stored for a repeat that was cut off before it took that back.
                let documents = history.state.remembered().map(Application::documents);
                let digests: Vec<_> =
                    documents.unwrap_or_default().iter().map(|it| it.digest.clone()).collect();
                self.attachments().keep_only(id, &digests).await?;
            }
            self.unfinished.forget(id);
        }
        Ok(cleared)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use domain::examples;
    use event_store::testing::{Engine, TestDb};
    use event_store::{ActorKind, FixedClock};

    use super::*;
    use crate::testing::process;
    use crate::{Cause, Upload, recognise};

    #[tokio::test(flavor = "multi_thread")]
    async fn documents_of_an_application_that_was_never_recorded_go_and_no_others() {
        let test_db = TestDb::new(Engine::Sqlite).await;
        let clock = Arc::new(FixedClock::new(examples::minutes(0)));
        let commands = process(test_db.db(), clock.clone()).await;
        let upload = Upload { name: "cv.txt".into(), bytes: Bytes::from_static(b"Camille") };
        let documents = recognise(vec![upload]).unwrap();
        let cause = Cause::request(ActorKind::System, None, Uuid::nil());
        let submit = async |key: &str| {
            let key: crate::IdempotencyKey = key.parse().unwrap();
            let mut submission = examples::submission();
            submission.attachments =
                documents.iter().map(|document| document.attachment.clone()).collect();
            let id = key.application_id(&submission.partner);
            (id, commands.applications().submit(submission, &documents, Some(&key), &cause).await)
        };
        let (recorded, outcome) = submit("recorded").await;
        outcome.unwrap();
        commands.log().close().await;
        let (refused, outcome) = submit("refused").await;
        outcome.unwrap_err();
        let (_, repeated) = submit("recorded").await;
        repeated.unwrap_err();

        clock.advance(SignedDuration::from_mins(59));
        assert_eq!(
            commands.applications().clear_unfinished().await.unwrap(),
            0,
            "it may be sent again"
        );
        assert!(commands.attachments().holds(refused).await.unwrap());
        clock.advance(SignedDuration::from_mins(2));
        assert_eq!(commands.applications().clear_unfinished().await.unwrap(), 1);
        assert!(!commands.attachments().holds(refused).await.unwrap());
        assert!(commands.attachments().holds(recorded).await.unwrap());
    }
}
