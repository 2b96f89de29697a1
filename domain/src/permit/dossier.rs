//! A dossier as its source holds it, and the difference between two times.

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Field, FieldKey};
use crate::{EmailAddress, Line, Personal, Siret};

/// Where a dossier stands at its source.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DossierState {
    /// Being written.
    Draft,
    /// Handed in; it may still be changed.
    Initiated,
    /// Being examined.
    Received,
    /// Accepted: the permit is granted.
    Closed,
    /// Refused.
    Refused,
    /// Closed without a decision.
    WithoutContinuation,
}

names! {
    DossierState {
        Draft = "draft",
        Initiated = "initiated",
        Received = "received",
        Closed = "closed",
        Refused = "refused",
        WithoutContinuation = "without_continuation",
    }
}

impl DossierState {
    /// Where a dossier stands, in a word of the source: of its first interface or of its second.
    pub fn of_source(word: &str) -> Option<Self> {
        Some(match word {
            "draft" | "brouillon" => Self::Draft,
            "initiated" | "en_construction" => Self::Initiated,
            "received" | "en_instruction" => Self::Received,
            "closed" | "accepte" => Self::Closed,
            "refused" | "refuse" => Self::Refused,
            "without_continuation" | "sans_suite" => Self::WithoutContinuation,
            _ => return None,
        })
    }

    /// Whether nothing more is expected to happen to it.
    pub const fn is_ended(self) -> bool {
        matches!(self, Self::Closed | Self::Refused | Self::WithoutContinuation)
    }

    /// How far it has come: all ends are equally far.
    pub(super) const fn stage(self) -> u8 {
        match self {
            Self::Draft => 0,
            Self::Initiated => 1,
            Self::Received => 2,
            Self::Closed | Self::Refused | Self::WithoutContinuation => 3,
        }
    }
}

/// When what became of a dossier, by the clock of its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DossierDates {
    /// When it was handed in or, where the source does not tell that, created.
    pub created_at: Timestamp,
    /// When it could be examined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initiated_at: Option<Timestamp>,
    /// When examining it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<Timestamp>,
    /// When it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processed_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Whose dossier it is, and who follows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Holder {
    /// The address of the account that filed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-subject" = true))]
    pub email: Option<Personal<EmailAddress>>,
    /// The address of the one who is to work, where the form tells one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-subject" = true))]
    pub worker_email: Option<Personal<EmailAddress>>,
    /// The employer's establishment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub siret: Option<Siret>,
    /// What the register calls the employer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<Personal<Line<300>>>,
    /// The addresses of the officials who follow it, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub followers: Vec<Personal<EmailAddress>>,
}

/// A dossier as its source holds it at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Dossier {
    /// The number of the procedure that it belongs to.
    pub procedure: u32,
    /// Its own number, which no other dossier of the source has.
    pub number: u64,
    /// Where it stands.
    pub state: DossierState,
    /// When what became of it.
    pub dates: DossierDates,
    /// Whose it is.
    pub holder: Holder,
    /// What its form says, in the order of the mapping; what the form does not have is missing here.
    pub fields: Vec<Field>,
}

/// What is new in a dossier since it was last seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Changes {
    /// Its dates as they are now.
    pub dates: DossierDates,
    /// Whose it is, where that changed: whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<Holder>,
    /// The fields that are new, or say something else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// The fields that the form does not have any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-personal" = false))]
    pub absent: Vec<FieldKey>,
}

impl Dossier {
    /// What the form says in this field.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key.as_str() == key)
    }

    /// The date in this field, where it can be read as one.
    pub fn date(&self, key: &str) -> Option<Date> {
        self.field(key)?.date()
    }

    /// The first day of the permit.
    pub fn valid_from(&self) -> Option<Date> {
        self.date(FieldKey::VALID_FROM)
    }

    /// The last day of the permit.
    pub fn valid_to(&self) -> Option<Date> {
        self.date(FieldKey::VALID_TO)
    }

    /// What became new in `now`, by which it is another dossier than this; `None` where there is nothing:
    /// that it was touched at the source is no news.
    pub(super) fn changes(&self, now: &Self) -> Option<Changes> {
        let is_new = |field: &&Field| self.field(field.key.as_str()) != Some(*field);
        let is_gone = |field: &&Field| now.field(field.key.as_str()).is_none();
        let changes = Changes {
            dates: now.dates,
            holder: (self.holder != now.holder).then(|| now.holder.clone()),
            fields: now.fields.iter().filter(is_new).cloned().collect(),
            absent: self.fields.iter().filter(is_gone).map(|it| it.key.clone()).collect(),
        };
        let touched = DossierDates { updated_at: self.dates.updated_at, ..now.dates };
        let is_other = self.state != now.state
            || self.dates != touched
            || changes.holder.is_some()
            || !changes.fields.is_empty()
            || !changes.absent.is_empty();
        is_other.then_some(changes)
    }

    /// That it was touched at the source, and nothing else.
    pub(super) const fn touched(now: &Self) -> Changes {
        Changes { dates: now.dates, holder: None, fields: vec![], absent: vec![] }
    }

    /// Takes in what changed.
    pub(super) fn take(&mut self, changes: Changes) {
        let Changes { dates, holder, fields, absent } = changes;
        self.dates = dates;
        if let Some(holder) = holder {
            self.holder = holder;
        }
        self.fields.retain(|field| !absent.contains(&field.key));
        for field in fields {
            match self.fields.iter_mut().find(|known| known.key == field.key) {
                Some(known) => *known = field,
                None => self.fields.push(field),
            }
        }
    }
}
