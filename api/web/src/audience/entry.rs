//! One address of an audience, and all that is to be known of it.

use axum::http::Method;
use axum::routing::MethodRouter;

use super::Members;
use super::menu::{Group, Title, Waiting};
use crate::app::App;
use crate::lang::Lang;

/// Whose data an address shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows<P> {
    /// Nobody's, besides the addresses of members beside what they did.
    Nobody,
    /// That of people. Each look is recorded before: with the fields of the path, and with those of
    /// the query that are named here. These hold ids, states and dates, never what was typed into a
    /// search.
    People(&'static [&'static str]),
    /// That of people, to those alone who have this permission: their looks are recorded as such.
    PeopleTo(P),
}

impl<P: Copy> Shows<P> {
    /// The fields of the query that are recorded of this member's look; `None` where there is nobody to
    /// look at.
    pub(super) fn recorded<M: Members<Permission = P>>(
        self,
        member: &M::Account,
    ) -> Option<&'static [&'static str]> {
        match self {
            Self::People(filters) => Some(filters),
            Self::PeopleTo(needs) if M::may(member, needs) => Some(&[]),
            Self::PeopleTo(_) | Self::Nobody => None,
        }
    }
}

/// One address, for one method.
pub struct Entry<M: Members> {
    /// The method.
    pub method: Method,
    /// The address, as axum writes it.
    pub path: &'static str,
    /// The permission that it asks for.
    pub needs: M::Permission,
    /// Whose data it shows.
    pub shows: Shows<M::Permission>,
    /// Its title, where links lead there from everywhere.
    pub title: Option<Title>,
    /// What counts how much waits there, for the menu.
    pub waiting: Option<Waiting<M>>,
    /// What answers; none where the page is open to others as well, and answered beside the audience.
    pub handler: Option<MethodRouter<App>>,
}

impl<M: Members> Entry<M> {
    fn new(
        method: Method,
        path: &'static str,
        (needs, shows): (M::Permission, Shows<M::Permission>),
        handler: Option<MethodRouter<App>>,
    ) -> Self {
        Self { method, path, needs, shows, title: None, waiting: None, handler }
    }

    /// A page.
    pub fn page(
        path: &'static str,
        asks: (M::Permission, Shows<M::Permission>),
        handler: MethodRouter<App>,
    ) -> Self {
        Self::new(Method::GET, path, asks, Some(handler))
    }

    /// A page that is open to others as well: it has a place in the menu, and its guard where it is answered.
    pub fn beside(path: &'static str, asks: (M::Permission, Shows<M::Permission>)) -> Self {
        Self::new(Method::GET, path, asks, None)
    }

    /// What a form is posted to.
    pub fn form(
        path: &'static str,
        asks: (M::Permission, Shows<M::Permission>),
        handler: MethodRouter<App>,
    ) -> Self {
        Self::new(Method::POST, path, asks, Some(handler))
    }

    /// With a place in the menu, and a name there.
    #[must_use]
    pub fn menu(self, group: Group, name: fn(Lang) -> &'static str) -> Self {
        Self { title: Some(Title { name, group: Some(group) }), ..self }
    }

    /// With a badge in the menu that says how much waits there. It is counted for every page of the audience.
    #[must_use]
    pub fn waiting(self, count: Waiting<M>) -> Self {
        Self { waiting: Some(count), ..self }
    }

    /// With a name under which the search finds it, beside the menu.
    #[must_use]
    pub fn named(self, name: fn(Lang) -> &'static str) -> Self {
        Self { title: Some(Title { name, group: None }), ..self }
    }
}
