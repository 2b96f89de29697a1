//! The parts of the admin's menu. A new context of pages has its own, beside its entries.

use web::audience::Group;

/// The front page, with nothing above it.
pub const TODAY: Group = Group { id: "menu-today", name: |_| "" };
/// What happens to applications.
pub const APPLICATIONS: Group =
    Group { id: "menu-applications", name: |lang| lang.t("admin-applications") };
/// What is kept of people.
pub const PEOPLE: Group = Group { id: "menu-people", name: |lang| lang.t("admin-people") };
/// Client platforms.
pub const PLATFORMS: Group = Group { id: "menu-platforms", name: |lang| lang.t("admin-platforms") };
/// Figures.
pub const FIGURES: Group = Group { id: "menu-figures", name: |lang| lang.t("admin-figures") };
/// The service itself.
pub const SYSTEM: Group = Group { id: "menu-system", name: |lang| lang.t("admin-system") };

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use axum::http::Method;
    use domain::Language;
    use domain::operator::Role;
    use web::lang::Lang;

    use crate::audience;

    #[test]
    fn a_titled_page_is_opened_without_knowing_anything() {
        for entry in audience().entries() {
            if entry.title.is_some() {
                assert_eq!(entry.method, Method::GET, "{}", entry.path);
                assert!(!entry.path.contains('{'), "{} is one of many", entry.path);
            }
        }
    }

    #[test]
    fn a_role_is_shown_what_it_may_open_and_each_page_once() {
        let audience = audience();
        for role in Role::ALL {
            for language in [Language::Fr, Language::En] {
                let menu = audience.menu(|needs| needs.is_given_to(role), Lang(language));
                let links: Vec<_> = menu.iter().flat_map(|part| &part.links).collect();
                let different: BTreeSet<_> = links.iter().map(|link| link.to).collect();
                assert_eq!(different.len(), links.len());
                let open = audience.entries().iter().filter(|it| it.needs.is_given_to(role));
                let open = open.filter_map(|it| it.title).filter(|title| title.group.is_some());
                assert_eq!(links.len(), open.count(), "{role:?}");
                assert!(links.iter().all(|link| !link.name.is_empty()));
            }
        }
    }

    #[test]
    fn an_analyst_sees_no_group_of_pages_that_are_closed_to_them() {
        let may = |needs: crate::Permission| needs.is_given_to(Role::Analyst);
        let menu = audience().menu(may, Lang(Language::En));
        let names: Vec<_> = menu.iter().map(|part| part.name).collect();
        assert_eq!(names, ["", "Job offers", "Figures", "System"]);
    }
}
