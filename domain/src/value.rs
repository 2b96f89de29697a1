//! Values that parse: one that exists is valid.

mod charset;
pub(crate) mod department;
pub(crate) mod digest;
pub(crate) mod email_address;
pub(crate) mod file_name;
pub(crate) mod media_type;
pub(crate) mod name_part;
pub(crate) mod origin;
pub(crate) mod partner_id;
pub(crate) mod phone;
pub(crate) mod rome_code;
pub(crate) mod siret;
pub(crate) mod text;
pub(crate) mod typed;
pub(crate) mod username;
pub(crate) mod web_address;

/// Text that is a valid value: `Display`, `AsRef<str>`, serde, JSON Schema. A door that became
/// narrower or mends more than it did names `stored`, by which what was taken before stays readable
/// as it is; without it, what is stored goes through the door.
macro_rules! text_value {
    ($name:ident, $schema:tt) => {
        $crate::value::text_value!($name, $schema, str::parse);
    };
    ($name:ident, $schema:tt, $stored:expr) => {
        impl $name {
            /// The text of this value.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::Invalid;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                let stored: fn(&str) -> Result<Self, $crate::Invalid> = $stored;
                stored(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}
pub(crate) use text_value;
