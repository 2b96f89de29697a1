//! A job offer as a source tells it.

use domain::offer::{OfferDraft, PlaceDraft};

/// A job offer as a source tells it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Posting {
    /// What the source calls it; no other offer of the source is called so.
    pub external_id: String,
    /// What it says, in the source's own words.
    pub draft: OfferDraft,
}

/// A place of which a text alone is known.
pub(super) fn place(text: &str) -> Option<PlaceDraft> {
    let text = crate::html::line(text);
    (!text.is_empty()).then_some(PlaceDraft { text, ..PlaceDraft::default() })
}
