//! The actor of an event: who did it, in which role.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest name of a role, in octets.
const LONGEST: usize = 32;

/// The role of who did it. The log keeps any: one that this version does not know was written by another
/// one, and reads as [`ActorKind::Other`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum ActorKind {
    /// A partner site, through its API or its embedded form.
    Partner,
    /// A recruiter, from a link in an e-mail.
    Recruiter,
    /// A candidate.
    Candidate,
    /// Someone who runs the service.
    Operator,
    /// A reaction or another part of the service.
    System,
    /// Another role.
    Other(RoleName),
}

/// The name of a role that has no variant: lower-case letters, digits and `_`, at most 32 of them, a letter
/// first. It comes from [`ActorKind::from_str`] alone, so that a role has one form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RoleName(Box<str>);

/// A text names no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a role is named by at most 32 lower-case letters, digits and underscores, a letter first")]
pub struct RoleNameError;

impl ActorKind {
    /// The roles that have a variant.
    pub const KNOWN: [Self; 5] =
        [Self::Partner, Self::Recruiter, Self::Candidate, Self::Operator, Self::System];

    /// Their names.
    pub const NAMES: [&'static str; 5] =
        ["partner", "recruiter", "candidate", "operator", "system"];

    /// The name as stored and shown to programs.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Partner => "partner",
            Self::Recruiter => "recruiter",
            Self::Candidate => "candidate",
            Self::Operator => "operator",
            Self::System => "system",
            Self::Other(name) => &name.0,
        }
    }
}

impl FromStr for ActorKind {
    type Err = RoleNameError;

    fn from_str(text: &str) -> Result<Self, RoleNameError> {
        if let Some(known) = Self::KNOWN.into_iter().find(|it| it.as_str() == text) {
            return Ok(known);
        }
        let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_';
        let begins = text.starts_with(|c: char| c.is_ascii_lowercase());
        if begins && text.len() <= LONGEST && text.bytes().all(plain) {
            return Ok(Self::Other(RoleName(text.into())));
        }
        Err(RoleNameError)
    }
}

impl TryFrom<String> for ActorKind {
    type Error = RoleNameError;

    fn try_from(text: String) -> Result<Self, RoleNameError> {
        text.parse()
    }
}

impl From<ActorKind> for String {
    fn from(kind: ActorKind) -> Self {
        kind.as_str().to_owned()
    }
}

impl fmt::Display for ActorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who did it. In JSON two plain members: `actor` and, where there is one, `actor_id`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Actor {
    /// In which role.
    #[serde(rename = "actor")]
    pub kind: ActorKind,
    /// A client's id or a reactor's name; never personal data.
    #[serde(rename = "actor_id", default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

impl Actor {
    /// Someone in this role, nameless.
    pub const fn new(kind: ActorKind) -> Self {
        Self { kind, id: None }
    }

    /// Someone in this role with an id or name, never personal data.
    pub fn named(kind: ActorKind, id: impl Into<String>) -> Self {
        Self { kind, id: Some(id.into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_read_as_it_is_written_known_or_not() {
        for (kind, name) in ActorKind::KNOWN.into_iter().zip(ActorKind::NAMES) {
            assert_eq!(kind.as_str(), name);
        }
        for name in ActorKind::NAMES.into_iter().chain(["member", "back_office_2"]) {
            let kind: ActorKind = name.parse().unwrap();
            let written = serde_json::to_string(&kind).unwrap();
            assert_eq!(written, format!("{name:?}"));
            assert_eq!(serde_json::from_str::<ActorKind>(&written).unwrap(), kind);
            assert_eq!(matches!(kind, ActorKind::Other(_)), !ActorKind::NAMES.contains(&name));
        }
    }

    #[test]
    fn a_text_that_could_be_anything_is_no_role() {
        for wrong in ["", "Member", "a b", "2nd", "_x", "ana@example.org", &"x".repeat(33)] {
            assert_eq!(wrong.parse::<ActorKind>(), Err(RoleNameError), "{wrong}");
            assert!(serde_json::from_value::<ActorKind>(wrong.into()).is_err(), "{wrong}");
        }
    }
}
