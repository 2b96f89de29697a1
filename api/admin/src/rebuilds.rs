//! Rebuilds of read models that this process has begun.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use event_store::{Clock, Log};

/// How a rebuild stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rebuild {
    Running,
    Done,
    Failed(String),
}

/// The rebuilds by read model; clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Rebuilds(Arc<Mutex<BTreeMap<String, Rebuild>>>);

impl Rebuilds {
    pub(super) fn of(&self, name: &str) -> Option<Rebuild> {
        self.all().get(name).cloned()
    }

    /// Begins to build a read model anew, unless that is under way.
    pub(super) fn begin(&self, log: &Log, clock: Arc<dyn Clock>, name: &str) {
        {
            let mut all = self.all();
            if all.get(name) == Some(&Rebuild::Running) {
                return;
            }
            all.insert(name.to_owned(), Rebuild::Running);
        }
        let (rebuilds, log, name) = (self.clone(), log.clone(), name.to_owned());
        tokio::spawn(async move {
            let ended = match projections::rebuild(&log, clock, &name).await {
                Ok(_) => Rebuild::Done,
                Err(error) => {
                    tracing::error!(projection = name, %error, "a read model was not rebuilt");
                    Rebuild::Failed(error.to_string())
                }
            };
            rebuilds.all().insert(name, ended);
        });
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Rebuild>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
