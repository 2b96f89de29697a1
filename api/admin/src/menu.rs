//! The menu: the titled pages of the entries, by group, for whoever may open them.

use std::sync::LazyLock;

use domain::operator::Role;

use super::{Permission, entries};
use web::lang::Lang;

/// A part of the menu. A new context of pages adds its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    Today,
    Applications,
    People,
    Platforms,
    Figures,
    System,
}

impl Group {
    /// Every group, as the menu shows them from above.
    const ALL: [Self; 6] = [
        Self::Today,
        Self::Applications,
        Self::People,
        Self::Platforms,
        Self::Figures,
        Self::System,
    ];

    /// Its id in the page.
    const fn id(self) -> &'static str {
        match self {
            Self::Today => "menu-today",
            Self::Applications => "menu-applications",
            Self::People => "menu-people",
            Self::Platforms => "menu-platforms",
            Self::Figures => "menu-figures",
            Self::System => "menu-system",
        }
    }

    /// What the menu writes above it; nothing above the first one.
    fn name(self, lang: Lang) -> &'static str {
        match self {
            Self::Today => "",
            Self::Applications => lang.t("admin-applications"),
            Self::People => lang.t("admin-people"),
            Self::Platforms => lang.t("admin-platforms"),
            Self::Figures => lang.t("admin-figures"),
            Self::System => lang.t("admin-system"),
        }
    }
}

/// The title of a page: what links to it say, and where it stands in the menu.
#[derive(Clone, Copy)]
pub(crate) struct Title {
    pub(crate) name: fn(Lang) -> &'static str,
    /// `None` where the menu does not show the page: the search finds it all the same.
    pub(crate) group: Option<Group>,
}

/// A page that has a title.
pub(crate) struct Place {
    pub(crate) path: &'static str,
    needs: Permission,
    title: Title,
}

impl Place {
    pub(crate) fn name(&self, lang: Lang) -> &'static str {
        (self.title.name)(lang)
    }

    pub(crate) fn is_open_to(&self, role: Role) -> bool {
        self.needs.is_given_to(role)
    }
}

static PLACES: LazyLock<Vec<Place>> = LazyLock::new(|| {
    let titled = entries().into_iter().filter_map(|entry| {
        Some(Place { path: entry.path, needs: entry.needs, title: entry.title? })
    });
    titled.collect()
});

/// Every titled page, in the order of the entries.
pub(crate) fn places() -> &'static [Place] {
    &PLACES
}

/// One group as the menu shows it.
pub(crate) struct Part {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    /// Where its links lead, and what they say.
    pub(crate) links: Vec<(&'static str, &'static str)>,
}

/// The menu of an operator in this role; groups of which they may open nothing are left out.
pub(crate) fn menu(role: Role, lang: Lang) -> Vec<Part> {
    let part = |group: Group| {
        let theirs = places()
            .iter()
            .filter(|place| place.title.group == Some(group) && place.is_open_to(role));
        let links: Vec<_> = theirs.map(|place| (place.path, place.name(lang))).collect();
        let part = Part { id: group.id(), name: group.name(lang), links };
        Some(part).filter(|part| !part.links.is_empty())
    };
    Group::ALL.into_iter().filter_map(part).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use axum::http::Method;
    use domain::Language;

    use super::*;

    #[test]
    fn a_titled_page_is_opened_without_knowing_anything() {
        for entry in entries() {
            if entry.title.is_some() {
                assert_eq!(entry.method, Method::GET, "{}", entry.path);
                assert!(!entry.path.contains('{'), "{} is one of many", entry.path);
            }
        }
    }

    #[test]
    fn a_role_is_shown_what_it_may_open_and_each_page_once() {
        for role in Role::ALL {
            for language in [Language::Fr, Language::En] {
                let menu = menu(role, Lang(language));
                let links: Vec<_> = menu.iter().flat_map(|part| &part.links).collect();
                let different: BTreeSet<_> = links.iter().map(|(path, _)| path).collect();
                assert_eq!(different.len(), links.len());
                let open = places().iter().filter(|place| place.is_open_to(role));
                let open: Vec<_> = open.filter(|place| place.title.group.is_some()).collect();
                assert_eq!(links.len(), open.len(), "{role:?}: a group is not in the list of all");
                assert!(links.iter().all(|(_, name)| !name.is_empty()));
            }
        }
    }

    #[test]
    fn an_analyst_sees_no_group_of_pages_that_are_closed_to_them() {
        let menu = menu(Role::Analyst, Lang(Language::En));
        let names: Vec<_> = menu.iter().map(|part| part.name).collect();
        assert_eq!(names, ["", "Figures", "System"]);
    }
}
