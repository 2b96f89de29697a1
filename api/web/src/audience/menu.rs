//! The menu: the titled pages of the entries, by group, for whoever may open them.

use std::sync::Arc;

use event_store::DbError;
use futures::future::BoxFuture;

use super::{Entry, Members};
use crate::app::App;
use crate::lang::Lang;

/// How many things wait for a member on a page: its link in the menu has the number as a badge.
pub type Waiting<M> =
    for<'a> fn(&'a App, &'a <M as Members>::Account) -> BoxFuture<'a, Result<u64, DbError>>;

/// A part of the menu. Groups stand in the order in which the entries name them first.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// Its id in the page; one for each group.
    pub id: &'static str,
    /// What the menu writes above it; nothing for the empty text.
    pub name: fn(Lang) -> &'static str,
}

/// The title of a page: what links to it say, and where it stands in the menu.
#[derive(Clone, Copy, Debug)]
pub struct Title {
    /// What links say.
    pub name: fn(Lang) -> &'static str,
    /// The part of the menu; `None` where the menu does not show the page: the search finds it all the
    /// same.
    pub group: Option<Group>,
}

/// A page that has a title.
pub struct Place<M: Members> {
    /// Its address.
    pub path: &'static str,
    needs: M::Permission,
    title: Title,
    waiting: Option<Waiting<M>>,
}

impl<M: Members> Place<M> {
    /// What links to it say.
    pub fn name(&self, lang: Lang) -> &'static str {
        (self.title.name)(lang)
    }

    /// Whether a member may open it.
    pub fn is_open_to(&self, member: &M::Account) -> bool {
        M::may(member, self.needs)
    }
}

/// Every titled page, in the order of the entries.
pub(super) fn places<M: Members>(entries: &[Entry<M>]) -> Arc<[Place<M>]> {
    let titled = entries.iter().filter_map(|entry| {
        let Entry { path, needs, waiting, .. } = *entry;
        Some(Place { path, needs, title: entry.title?, waiting })
    });
    titled.collect()
}

/// One group as the menu shows it.
#[derive(Clone, Debug)]
pub struct Part {
    /// The group's id.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its links.
    pub links: Vec<Link>,
}

/// A link of the menu.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// Where it leads.
    pub to: &'static str,
    /// What it says.
    pub name: &'static str,
    /// How many things wait there; 0 where none do, or nothing is counted.
    pub waiting: u64,
}

/// How many things wait for a member, by the addresses of the pages on which they do.
pub(super) async fn waiting<M: Members>(
    places: &[Place<M>],
    app: &App,
    member: &M::Account,
) -> Result<Arc<[(&'static str, u64)]>, DbError> {
    let mut found = vec![];
    for place in places.iter().filter(|place| place.is_open_to(member)) {
        if let Some(count) = place.waiting {
            found.push((place.path, count(app, member).await?));
        }
    }
    Ok(found.into())
}

/// The menu of those who may open these, with what waits for them; groups of which they may open nothing are left
/// out.
pub(super) fn menu<M: Members>(
    places: &[Place<M>],
    waiting: &[(&'static str, u64)],
    may: impl Fn(M::Permission) -> bool,
    lang: Lang,
) -> Vec<Part> {
    let mut parts: Vec<Part> = vec![];
    for place in places {
        let Some(group) = place.title.group else { continue };
        let at = parts.iter().position(|part| part.id == group.id).unwrap_or_else(|| {
            parts.push(Part { id: group.id, name: (group.name)(lang), links: vec![] });
            parts.len() - 1
        });
        if may(place.needs) {
            let (to, name) = (place.path, place.name(lang));
            let waits = waiting.iter().find(|(path, _)| *path == to).map_or(0, |(_, count)| *count);
            parts[at].links.push(Link { to, name, waiting: waits });
        }
    }
    parts.retain(|part| !part.links.is_empty());
    parts
}
