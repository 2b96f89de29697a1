//! The gate: the attempts at each kind of account, and the hashes under way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::AccountKind;
use super::attempts::Attempts;
use super::hashing::Hashing;

/// What stands between the network and the passwords.
#[derive(Default)]
pub(crate) struct Gate {
    /// By the kind of account, and what is asked for.
    attempts: Mutex<HashMap<(&'static str, Door), Arc<Attempts>>>,
    pub(crate) hashing: Hashing,
}

/// What attempts are made at, each counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Door {
    /// The sign-in.
    SignIn,
    /// The letter with which a forgotten password is replaced.
    Reset,
}

impl Gate {
    pub(super) fn attempts<A: AccountKind>(&self, door: Door) -> Arc<Attempts> {
        let mut all = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let attempts = all.entry((A::KIND, door));
        attempts.or_insert_with(|| Arc::new(Attempts::new(A::CROWD))).clone()
    }
}

#[cfg(any(test, feature = "testing"))]
impl Gate {
    /// With hashes at their lowest cost.
    pub(crate) fn cheap() -> Self {
        Self { hashing: Hashing::cheap(), ..Self::default() }
    }
}
