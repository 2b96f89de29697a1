//! Client platforms that were read a moment ago. Every request of a partner asks for its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::PartnerId;

use super::PartnerAccount;

/// How long a change may go unnoticed: by other processes, and by who read just before it.
const FOR: Duration = Duration::from_secs(1);

/// Only registered clients are in it, so that nobody can fill it.
#[derive(Clone, Default)]
pub(crate) struct PartnerCache {
    partners: Arc<Mutex<HashMap<PartnerId, (Instant, PartnerAccount)>>>,
    any_webhook: Arc<Mutex<Option<(Instant, bool)>>>,
}

impl PartnerCache {
    pub(crate) fn get(&self, id: &PartnerId) -> Option<PartnerAccount> {
        let partners = self.partners();
        let (since, partner) = partners.get(id)?;
        (since.elapsed() < FOR).then(|| partner.clone())
    }

    pub(crate) fn keep(&self, partner: &PartnerAccount) {
        self.partners().insert(partner.id.clone(), (Instant::now(), partner.clone()));
    }

    pub(crate) fn forget(&self, id: &PartnerId) {
        self.partners().remove(id);
    }

    pub(crate) fn any_webhook(&self) -> Option<bool> {
        let known = *self.any_webhook.lock().unwrap_or_else(PoisonError::into_inner);
        known.filter(|(since, _)| since.elapsed() < FOR).map(|(_, any)| any)
    }

    pub(crate) fn keep_any_webhook(&self, any: bool) {
        let mut known = self.any_webhook.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some((Instant::now(), any));
    }

    fn partners(&self) -> MutexGuard<'_, HashMap<PartnerId, (Instant, PartnerAccount)>> {
        self.partners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
