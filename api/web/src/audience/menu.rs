//! The menu: the titled pages of the entries, by group, for whoever may open them.

use std::sync::Arc;

use super::{Entry, Members};
use crate::lang::Lang;

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
        Some(Place { path: entry.path, needs: entry.needs, title: entry.title? })
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
    /// Where its links lead, and what they say.
    pub links: Vec<(&'static str, &'static str)>,
}

/// The menu of those who may open these; groups of which they may open nothing are left out.
pub(super) fn menu<M: Members>(
    places: &[Place<M>],
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
            parts[at].links.push((place.path, place.name(lang)));
        }
    }
    parts.retain(|part| !part.links.is_empty());
    parts
}
