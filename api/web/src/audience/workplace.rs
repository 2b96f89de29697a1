//! What every page of an audience shows around its content.

use super::{Current, Members, Part, Premises, menu};
use crate::lang::Lang;

/// The frame of a page: who is signed in, where they may go, what just happened. The template
/// `audience/workplace.html` writes it.
pub struct Workplace {
    /// The language.
    pub lang: Lang,
    /// The addresses of the audience.
    pub premises: Premises,
    /// Who is signed in, as they know themselves.
    pub name: String,
    /// What they are here; may be empty.
    pub role: &'static str,
    /// The address of the page, where the menu has it.
    pub current: &'static str,
    /// The menu.
    pub menu: Vec<Part>,
    /// What the form before this page did; empty for nothing.
    pub done: String,
    /// What waits for whoever is signed in, on whichever page.
    pub banner: Option<Banner>,
    /// The search of everything, where the audience has one.
    pub search: Option<Search>,
}

/// A notice above the page, with where to see to it.
pub struct Banner {
    /// What it says.
    pub text: String,
    /// Where its link leads.
    pub to: &'static str,
    /// What its link says.
    pub link: &'static str,
}

/// The search box of an audience.
pub struct Search {
    /// Where it asks.
    pub path: &'static str,
    /// What it finds, in a few words.
    pub finds: &'static str,
    /// What was asked; empty on other pages.
    pub sought: String,
}

impl Workplace {
    /// The frame of the page `current`.
    pub fn new<M: Members>(
        member: &Current<M>,
        (name, role): (String, &'static str),
        current: &'static str,
    ) -> Self {
        let Current { account, lang, places, waiting, .. } = member;
        Self {
            lang: *lang,
            premises: M::PREMISES,
            name,
            role,
            current,
            menu: menu::menu(places, waiting, |needs| M::may(account, needs), *lang),
            done: String::new(),
            banner: None,
            search: None,
        }
    }

    /// What the search of everything was asked; empty on other pages.
    pub fn sought(&self) -> &str {
        self.search.as_ref().map_or("", |search| &search.sought)
    }

    /// Whether the page is this one.
    pub fn is(&self, path: &str) -> bool {
        self.current == path
    }

    /// Whether the page is that of the own account.
    pub fn is_account(&self) -> bool {
        self.current == self.premises.account
    }
}
