//! An offer's description, parted by what it tells.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Language, Line, Prose};

/// A part of a description.
pub type DescriptionPart = Prose<8000>;

/// A description, parted by what it tells. It stands beside what whoever offers wrote, and never in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OfferDescription {
    /// What the job is, in short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-personal" = false))]
    pub summary: Option<DescriptionPart>,
    /// What there is to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-personal" = false))]
    pub missions: Option<DescriptionPart>,
    /// What one should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-personal" = false))]
    pub skills: Option<DescriptionPart>,
    /// What else is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-personal" = false))]
    pub further: Option<DescriptionPart>,
    /// The language of the parts.
    pub language: Language,
    /// The model that wrote them; none where they are taken from the page as they stand there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-personal" = false))]
    pub model: Option<Line<120>>,
}

impl OfferDescription {
    /// Whether it tells nothing.
    pub const fn is_empty(&self) -> bool {
        self.summary.is_none()
            && self.missions.is_none()
            && self.skills.is_none()
            && self.further.is_none()
    }
}
