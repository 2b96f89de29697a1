//! The offers that somebody was told of.

use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Invalid;
use crate::personal::Forgettable;

/// The offers that stand in a letter, the newest first. They tell what somebody looks for, so they are stored as a
/// text, their ids parted by blanks, which is sealed as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ToldOffers(Vec<Uuid>);

impl ToldOffers {
    /// These offers.
    pub const fn new(offers: Vec<Uuid>) -> Self {
        Self(offers)
    }

    /// Their ids.
    pub fn ids(&self) -> &[Uuid] {
        &self.0
    }
}

impl FromStr for ToldOffers {
    type Err = Invalid;

    /// What is no id is passed over: of what was forgotten there is none.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        Ok(Self(text.split_whitespace().filter_map(|id| id.parse().ok()).collect()))
    }
}

impl TryFrom<String> for ToldOffers {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<ToldOffers> for String {
    fn from(offers: ToldOffers) -> Self {
        offers.0.iter().map(Uuid::to_string).collect::<Vec<_>>().join(" ")
    }
}

impl Forgettable for ToldOffers {
    const PLACEHOLDER: &'static str = "erased";
}

impl JsonSchema for ToldOffers {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ToldOffers".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_are_stored_as_one_text_and_those_that_were_forgotten_are_none() {
        let offers = ToldOffers::new(vec![Uuid::from_u128(2), Uuid::from_u128(1)]);
        let text = String::from(offers.clone());
        assert_eq!(text.parse(), Ok(offers));
        assert_eq!(ToldOffers::PLACEHOLDER.parse(), Ok(ToldOffers::default()));
    }
}
