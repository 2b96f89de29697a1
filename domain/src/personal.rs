//! Data that belong to a person, private by type.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

/// A type whose values may belong to a person, and be forgotten.
pub trait Forgettable {
    /// What stands in the place of a forgotten value: a valid value that is nobody's.
    const PLACEHOLDER: &'static str;
}

/// A value that belongs to a person (GDPR art. 4): storable and showable, never loggable.
///
/// `Debug` prints `Personal(…)` and there is no `Display`, so a value reaches a log only by a
/// deliberate [`Personal::reveal`]. Serialisation is transparent; the JSON Schema of the field is
/// marked `"x-personal": true`, with what stands there once it is forgotten as `"x-placeholder"`.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal<T>(T);

impl<T> Personal<T> {
    /// Marks `value` as belonging to a person.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, to be stored, sent or shown to someone who may see it.
    pub const fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T> From<T> for Personal<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal(…)")
    }
}

impl<T: JsonSchema + Forgettable> JsonSchema for Personal<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Personal_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = generator.subschema_for::<T>();
        schema.insert("x-personal".into(), true.into());
        schema.insert("x-placeholder".into(), T::PLACEHOLDER.into());
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_nothing_of_the_value() {
        assert_eq!(format!("{:?}", Personal::new("Camille")), "Personal(…)");
    }

    /// A placeholder is read like any value; one that is none would make a forgotten history unreadable.
    #[test]
    fn every_placeholder_is_a_value_of_its_type() {
        fn parses<T: Forgettable + std::str::FromStr>() -> bool {
            T::PLACEHOLDER.parse::<T>().is_ok()
        }
        assert!(parses::<crate::EmailAddress>());
        assert!(parses::<crate::Phone>());
        assert!(parses::<crate::FileName>());
        assert!(parses::<crate::Digest>());
        assert!(parses::<crate::Username>());
        assert!(parses::<crate::space::AlertCriteria>());
        assert!(parses::<crate::space::AlertZone>());
        assert!(parses::<crate::space::ToldOffers>());
        assert!(parses::<crate::Line<64>>());
        assert!(parses::<crate::Prose<1000>>());
    }

    #[test]
    fn it_is_stored_as_the_bare_value() {
        let json = serde_json::to_string(&Personal::new("Camille")).unwrap();
        assert_eq!(json, r#""Camille""#);
    }
}
