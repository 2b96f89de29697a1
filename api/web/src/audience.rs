//! An audience: those who sign in with one kind of account, the pages that they may open, and the look
//! that these share.
//!
//! Everything that an address needs is said in its one [`Entry`]: who may open it, whose data it shows,
//! its name in the menu. The guard, the record of looks, the menu and the table of roles are made from
//! that.
//!
//! To add an audience: implement [`Members`], and make an [`Audience`] of its entries in
//! a crate of its own. To add pages to one: their entries.

mod entry;
pub mod guard;
mod look;
mod menu;
pub mod opening;
pub mod origin;
pub mod refused;
mod workplace;

use std::fmt::Debug;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum_extra::extract::cookie::SameSite;
use commands::{AccountKind, Cause, CommandError, Commands};
use domain::Language;

use crate::app::{App, Settings};
use crate::lang::Lang;
use crate::request::Context;

pub use entry::{Entry, Shows};
pub use guard::Current;
pub use menu::{Group, Link, Part, Place, Title, Waiting};
pub use workplace::{Banner, Search, Workplace};

/// Those who sign in to an audience: what their accounts are, and what they may.
pub trait Members: Send + Sync + Sized + 'static {
    /// What they sign in with.
    type Account: AccountKind;

    /// What an address asks of those who open it.
    type Permission: Copy + Debug + PartialEq + Send + Sync + 'static;

    /// The permission that every member has: to their own account, which they reach before they have set
    /// what else is asked of them.
    const THEMSELVES: Self::Permission;

    /// The addresses and cookies of the audience.
    const PREMISES: Premises;

    /// Whether a member has a permission.
    fn may(account: &Self::Account, permission: Self::Permission) -> bool;

    /// Whether a second factor is asked of a member who has none.
    fn lacks_second_factor(account: &Self::Account, settings: &Settings) -> bool;

    /// The language that a member chose for good; `None` where each browser has its own.
    fn language(_account: &Self::Account) -> Option<Language> {
        None
    }

    /// The cause of what a member does.
    fn cause(account: &Self::Account, context: &Context) -> Cause;

    /// Records that a member looks at data of people, before these are shown.
    fn record_look(
        commands: &Commands,
        page: &str,
        fields: &[(String, String)],
        cause: &Cause,
    ) -> impl Future<Output = Result<(), CommandError<RefusalOf<Self>>>> + Send;
}

/// Why something may not happen to a member's account.
pub type RefusalOf<M> = <<M as Members>::Account as AccountKind>::Refusal;

/// The addresses that every audience has, and its cookies.
#[derive(Clone, Copy, Debug)]
pub struct Premises {
    /// The front page.
    pub home: &'static str,
    /// The page on which one signs in; that of the second factor is `/code` below it.
    pub sign_in: &'static str,
    /// What the form is posted to that signs out.
    pub sign_out: &'static str,
    /// What the form is posted to that chooses a language.
    pub language: &'static str,
    /// The page of one's own account; that of the second factor is `/second-factor` below it.
    pub account: &'static str,
    /// Where a sign-in may lead: these pages, and those below them.
    pub leads_to: &'static [&'static str],
    /// Whether links of other sites, and of letters, find somebody signed in (`Lax`) or not (`Strict`). No
    /// form of another site does.
    pub same_site: SameSite,
    /// The name of the session's cookie; over HTTPS `__Host-` stands before it.
    pub session: &'static str,
    /// What the names of the cookies of known devices begin with, likewise.
    pub device: &'static str,
}

/// An audience: the pages of its members.
pub struct Audience<M: Members> {
    entries: Vec<Entry<M>>,
}

impl<M: Members> Audience<M> {
    /// The audience that opens these pages.
    pub fn new(entries: Vec<Entry<M>>) -> Self {
        Self { entries }
    }

    /// The same with the pages of one more context.
    #[must_use]
    pub fn and(mut self, entries: Vec<Entry<M>>) -> Self {
        self.entries.extend(entries);
        self
    }

    /// Every entry.
    pub fn entries(&self) -> &[Entry<M>] {
        &self.entries
    }

    /// Every page that has a title.
    pub fn places(&self) -> Arc<[Place<M>]> {
        menu::places(&self.entries)
    }

    /// The menu of those who have the permissions that `may` says.
    pub fn menu(&self, may: impl Fn(M::Permission) -> bool, lang: Lang) -> Vec<Part> {
        menu::menu(&self.places(), &[], may, lang)
    }

    /// Every address, guarded as its entry says, and those `beside` them that are open to whoever is not
    /// signed in. No form is taken from elsewhere.
    pub fn routes(self, app: &App, beside: Router<App>) -> Router<App> {
        let places = self.places();
        let mut router = Router::new();
        for Entry { path, needs, shows, handler, .. } in self.entries {
            let Some(handler) = handler else { continue };
            let door =
                guard::Door { app: app.clone(), path, needs, shows, places: Arc::clone(&places) };
            let guarded = handler.layer(from_fn_with_state(door, guard::permitted::<M>));
            router = router.route(path, guarded);
        }
        router.merge(beside).layer(from_fn_with_state(app.clone(), guard::own_forms))
    }
}
