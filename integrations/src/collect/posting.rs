//! A job offer as a source tells it.

use domain::offer::{OfferDraft, PlaceDraft};

use crate::html;

/// A job offer as a source tells it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Posting {
    /// What the source calls it; no other offer of the source is called so.
    pub external_id: String,
    /// What it says, in the source's own words.
    pub draft: OfferDraft,
}

impl Posting {
    pub(super) const fn new(external_id: String, draft: OfferDraft) -> Self {
        Self { external_id, draft }
    }
}

/// A place of which a text alone is known.
pub(super) fn place(text: &str) -> Option<PlaceDraft> {
    let text = html::line(text);
    (!text.is_empty()).then_some(PlaceDraft { text, ..PlaceDraft::default() })
}
