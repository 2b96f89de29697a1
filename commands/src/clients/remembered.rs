//! Client platforms that were read a moment ago. Every request of a partner asks for its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::ClientId;

use super::Client;

/// How long a change may go unnoticed: by other processes, and by who read just before it.
const FOR: Duration = Duration::from_secs(1);

/// Only registered clients are in it, so that nobody can fill it.
#[derive(Clone, Default)]
pub(crate) struct Remembered {
    clients: Arc<Mutex<HashMap<ClientId, (Instant, Client)>>>,
    any_webhook: Arc<Mutex<Option<(Instant, bool)>>>,
}

impl Remembered {
    pub(crate) fn get(&self, id: &ClientId) -> Option<Client> {
        let clients = self.clients();
        let (since, client) = clients.get(id)?;
        (since.elapsed() < FOR).then(|| client.clone())
    }

    pub(crate) fn keep(&self, client: &Client) {
        self.clients().insert(client.id.clone(), (Instant::now(), client.clone()));
    }

    pub(crate) fn forget(&self, id: &ClientId) {
        self.clients().remove(id);
    }

    pub(crate) fn any_webhook(&self) -> Option<bool> {
        let known = *self.any_webhook.lock().unwrap_or_else(PoisonError::into_inner);
        known.filter(|(since, _)| since.elapsed() < FOR).map(|(_, any)| any)
    }

    pub(crate) fn keep_any_webhook(&self, any: bool) {
        let mut known = self.any_webhook.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some((Instant::now(), any));
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<ClientId, (Instant, Client)>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
