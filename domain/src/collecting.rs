//! Collecting of job offers: the kinds of sources that they are collected from.

use serde::{Deserialize, Serialize};

/// A kind of source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// Pages with schema.org `JobPosting`: one, a list of them, or a sitemap.
    Pages,
    /// The same, where only a browser that runs their scripts sees it.
    Browser,
    /// RSS or Atom.
    Feed,
    /// A board of Greenhouse.
    Greenhouse,
    /// A board of Lever.
    Lever,
    /// A board of Ashby.
    Ashby,
    /// A board of `SmartRecruiters`.
    SmartRecruiters,
    /// A search of France Travail.
    FranceTravail,
    /// A search of the web.
    Search,
}

names! {
    SourceKind {
        Pages = "pages",
        Browser = "browser",
        Feed = "feed",
        Greenhouse = "greenhouse",
        Lever = "lever",
        Ashby = "ashby",
        SmartRecruiters = "smart-recruiters",
        FranceTravail = "france-travail",
        Search = "search",
    }
}

impl SourceKind {
    /// Whether its target is the address of a page; otherwise it is a name or words.
    pub const fn is_address(self) -> bool {
        matches!(self, Self::Pages | Self::Browser | Self::Feed)
    }

    /// Whether its target is words that are searched for.
    pub const fn is_search(self) -> bool {
        matches!(self, Self::FranceTravail | Self::Search)
    }
}
