//! The dossiers that could not be read, as a run meets them.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use commands::Commands;
use event_store::DbError;
use integrations::demarches::NotRead;

/// The number under which those stand whose own cannot be read.
pub(super) const NAMELESS: u64 = 0;

/// The dossiers of a procedure that are set aside.
pub(super) struct Aside {
    procedure: u32,
    all: Mutex<Numbers>,
}

#[derive(Default)]
struct Numbers {
    /// Those that stand aside now.
    now: BTreeSet<u64>,
    /// Those of an earlier run that this one has not met.
    to_try: BTreeSet<u64>,
}

impl Aside {
    pub(super) async fn of(commands: &Commands, procedure: u32) -> Result<Self, DbError> {
        let now: BTreeSet<_> =
            commands.permits().numbers_aside(procedure).await?.into_iter().collect();
        let to_try = now.iter().copied().filter(|number| *number != NAMELESS).collect();
        Ok(Self { procedure, all: Mutex::new(Numbers { now, to_try }) })
    }

    fn with<T>(&self, act: impl FnOnce(&mut Numbers) -> T) -> T {
        act(&mut self.all.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Sets one aside: the next run tries it again.
    pub(super) async fn add(&self, commands: &Commands, it: &NotRead) -> Result<(), DbError> {
        let number = it.number.unwrap_or(NAMELESS);
        commands.permits().set_aside(self.procedure, number, &it.place, it.kind).await?;
        self.with(|all| {
            all.now.insert(number);
            all.to_try.remove(&number);
        });
        Ok(())
    }

    /// Takes one back that could be read, or is gone.
    pub(super) async fn remove(&self, commands: &Commands, number: u64) -> Result<(), DbError> {
        self.with(|all| all.to_try.remove(&number));
        if self.with(|all| all.now.contains(&number)) {
            commands.permits().take_back(self.procedure, number).await?;
            self.with(|all| all.now.remove(&number));
        }
        Ok(())
    }

    /// One of an earlier run that was not met yet.
    pub(super) fn next(&self) -> Option<u64> {
        self.with(|all| all.to_try.pop_first())
    }
}
