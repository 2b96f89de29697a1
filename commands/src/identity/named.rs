//! The name that somebody types at the sign-in, and whom it may mean.

use uuid::Uuid;

/// Whom a name may mean that is typed at the sign-in. Where it may mean several, each has a password of its
/// own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Their ids, whether or not there is such an account; the likeliest first.
    pub ids: Vec<Uuid>,
    /// How many passwords at least are compared before one is called wrong, so that the time does not tell
    /// how many accounts have this name; one where it is less.
    pub tries: usize,
    /// What attempts count under, where it is not the account: an address that several may carry, in one
    /// spelling, however it was typed and whether or not anybody has it.
    pub counted: Option<String>,
}

impl Named {
    /// The one account that has this id.
    pub fn one(id: Uuid) -> Self {
        Self { ids: vec![id], tries: 1, counted: None }
    }

    /// Those of them that none of these accounts is.
    pub(super) fn without(mut self, accounts: &[Uuid]) -> Self {
        self.ids.retain(|id| !accounts.contains(id));
        self
    }

    /// What attempts under this name count by: the address; for another name the account, or what was typed
    /// where there is none.
    pub(super) fn whose(&self, name: &str) -> String {
        match (&self.counted, &*self.ids) {
            (Some(counted), _) => counted.clone(),
            (None, [id]) => id.to_string(),
            (None, _) => name.to_lowercase(),
        }
    }
}
