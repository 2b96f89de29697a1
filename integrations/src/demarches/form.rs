//! A dossier as the service tells it, read by the mapping; or where it cannot be read.

use domain::permit::{Dossier, DossierDates, DossierState, FieldKey, FieldMap, FormAnswer, Holder};
use domain::{EmailAddress, Invalid, Personal, Siret};
use jiff::Timestamp;
use serde_json::Value;

/// A dossier that cannot be read: where, and what kind of error. What stands there is not told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotRead {
    /// Its number, where at least that can be read.
    pub number: Option<u64>,
    /// The name of a member, or the key of a field.
    pub place: String,
    /// What is wrong there: `missing`, `wrong_type`, `no_date`, `unknown_state`, `too_long`, `unreadable` or
    /// `not_shown`.
    pub kind: &'static str,
}

/// Where a member cannot be read, and what is wrong there.
pub(super) type Fault = (String, &'static str);

/// What a dossier says, by the names of one interface.
pub(super) struct Told<'a> {
    pub(super) procedure: u32,
    pub(super) number: u64,
    pub(super) state: &'a str,
    pub(super) dates: DossierDates,
    pub(super) holder: Holder,
    pub(super) private: Vec<FormAnswer>,
    pub(super) public: Vec<FormAnswer>,
}

impl Told<'_> {
    /// The dossier that it is.
    pub(super) fn read(self, fields: &FieldMap) -> Result<Dossier, Fault> {
        let Told { procedure, number, state, dates, mut holder, private, public } = self;
        let state =
            DossierState::of_source(state).ok_or_else(|| fault("state", "unknown_state"))?;
        let fields = fields.read(&private, &public).map_err(|(key, invalid)| {
            let is_long = matches!(invalid, Invalid::TooLong { .. });
            fault(key.as_str(), if is_long { "too_long" } else { "unreadable" })
        })?;
        let worker = fields.iter().find(|field| field.key.as_str() == FieldKey::EMAIL);
        holder.worker_email = worker.and_then(|field| email(field.text()));
        Ok(Dossier { procedure, number, state, dates, holder, fields })
    }
}

pub(super) fn fault(place: &str, kind: &'static str) -> Fault {
    (place.to_owned(), kind)
}

/// The number of a dossier, in the member of this name.
pub(super) fn number(of: &Value, name: &str) -> Option<u64> {
    let value = of.get(name)?;
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    number.filter(|number| i64::try_from(*number).is_ok())
}

/// The text in the member of this name; one that is null is missing.
pub(super) fn text<'a>(of: &'a Value, name: &str) -> Result<Option<&'a str>, Fault> {
    match of.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(fault(name, "wrong_type")),
    }
}

/// The same, where it must be there.
pub(super) fn needed<'a>(of: &'a Value, name: &str) -> Result<&'a str, Fault> {
    text(of, name)?.ok_or_else(|| fault(name, "missing"))
}

/// The time in the member of this name.
pub(super) fn time(of: &Value, name: &str) -> Result<Option<Timestamp>, Fault> {
    let read = |text: &str| text.parse().map_err(|_| fault(name, "no_date"));
    text(of, name)?.filter(|text| !text.is_empty()).map(read).transpose()
}

/// The same, where it must be there.
pub(super) fn needed_time(of: &Value, name: &str) -> Result<Timestamp, Fault> {
    time(of, name)?.ok_or_else(|| fault(name, "missing"))
}

/// What is listed in the member of this name; none where it is missing.
pub(super) fn list<'a>(of: &'a Value, name: &str) -> Result<&'a [Value], Fault> {
    match of.get(name) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(fault(name, "wrong_type")),
    }
}

/// What a form says in a value, as text; nothing where it says nothing, or is a thing of several parts.
pub(super) fn said(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(true) => Some("Oui".to_owned()),
        Value::Bool(false) => Some("Non".to_owned()),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().filter_map(|item| said(Some(item))).collect();
            Some(items.join(", "))
        }
        Value::Null | Value::Object(_) => None,
    }
}

/// An address; what is none is left out, so that its dossier is followed all the same.
pub(super) fn email(text: &str) -> Option<Personal<EmailAddress>> {
    text.parse().ok().map(Personal::new)
}

/// Who files, and for whom: what of it is no address, number or name is left out.
pub(super) fn holder<'a>(
    filed_by: Option<&str>,
    siret: Option<&str>,
    company: Option<&str>,
    followers: impl Iterator<Item = &'a str>,
) -> Holder {
    let mut followers: Vec<EmailAddress> = followers.filter_map(|it| it.parse().ok()).collect();
    followers.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    followers.dedup();
    Holder {
        email: filed_by.and_then(email),
        worker_email: None,
        siret: siret.and_then(|siret| Siret::of_register(siret.trim()).ok()),
        company: company.and_then(|company| company.parse().ok()).map(Personal::new),
        followers: followers.into_iter().map(Personal::new).collect(),
    }
}

/// A member of a member.
pub(super) fn within<'a>(of: &'a Value, names: [&str; 2]) -> Option<&'a str> {
    of.get(names[0])?.get(names[1])?.as_str()
}
