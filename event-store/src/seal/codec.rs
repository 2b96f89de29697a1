//! What becomes of an event on its way into the log and out of it: sealing and opening, and old
//! shapes brought up to date.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::data_key::{DataKey, drawn};
use super::fresh::FreshKey;
use super::master::{MasterKeyError, MasterKeys};
use super::pointer::{self, Places};
use super::root::Roots;
use super::stream_key::{KeyChange, StreamKey};
use crate::{NewEvent, RawEvent, StreamId, Upcasters};

/// A personal value of a kind of event, as the domain declares it.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonalField {
    /// The kind of event.
    pub event_type: String,
    /// The names on the way to it; `*` for each item of a list.
    pub path: Vec<String>,
    /// What stands there once the value is forgotten: a valid value of its type.
    pub placeholder: Value,
}

/// What the domain declares of personal data.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    /// Every personal value of every kind of event, in its latest version.
    pub fields: Vec<PersonalField>,
    /// The kinds of events that destroy the key of their stream.
    pub erasing: Vec<String>,
}

/// Seals what is appended, opens what is read; clones share it. The default seals nothing.
#[derive(Clone, Default)]
pub struct Codec {
    secrets: Option<Arc<Secrets>>,
    upcasters: Upcasters,
}

/// What sealing needs.
#[derive(Clone)]
pub(crate) struct Secrets {
    pub(super) keys: MasterKeys,
    /// By kind of event.
    fields: HashMap<String, Places>,
    erasing: Vec<String>,
    /// Those of the log's database, once that is open.
    roots: Option<Roots>,
}

impl fmt::Debug for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.secrets.as_ref().map(|secrets| &secrets.keys);
        write!(f, "Codec({keys:?}, {:?})", self.upcasters)
    }
}

/// An event cannot be opened. Nothing is lost: with the right key it can be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The master key is missing or another one.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    /// No key is at hand at all.
    #[error("it holds sealed personal data, and no master key is given")]
    NoMasterKey,
    /// The key of its stream is not in the table, and was not destroyed there either.
    #[error(
        "the key of its stream is missing in the table stream_keys: restore that table from the backup that the log is from"
    )]
    Lost,
    /// What is sealed does not belong to this event, or was altered.
    #[error("its sealed part was altered, or was sealed for another event")]
    Altered,
}

/// An event in the open.
pub(crate) struct Opened<'a> {
    /// As it is stored, or put together again.
    pub(crate) payload: Cow<'a, str>,
    /// Whether its personal values are placeholders.
    pub(crate) erased: bool,
}

/// Events as they are stored, and what becomes of their stream's key.
pub(crate) struct Sealed {
    /// Placeholders stand for personal values.
    pub(crate) events: Vec<NewEvent>,
    /// What they stand for, by event; none of them has any where this is empty.
    pub(crate) parts: Vec<Option<Vec<u8>>>,
    pub(crate) key: Option<KeyChange>,
}

impl Codec {
    /// Seals what is declared personal under these keys, and brings old events into today's shape.
    pub fn new(keys: MasterKeys, declared: Declared, upcasters: Upcasters) -> Self {
        let mut fields: HashMap<String, Places> = HashMap::new();
        for PersonalField { event_type, path, placeholder } in declared.fields {
            fields.entry(event_type).or_default().add(&path, &placeholder);
        }
        let secrets = Secrets { keys, fields, erasing: declared.erasing, roots: None };
        Self { secrets: Some(Arc::new(secrets)), upcasters }
    }

    /// Seals nothing and opens nothing; what is sealed cannot be read.
    pub fn without_keys(upcasters: Upcasters) -> Self {
        Self { secrets: None, upcasters }
    }

    /// The same for the database that has these root keys.
    pub(crate) fn with(self, roots: Roots) -> Self {
        let secrets = self.secrets.map(|secrets| {
            let secrets = Arc::unwrap_or_clone(secrets);
            Arc::new(Secrets { roots: Some(roots), ..secrets })
        });
        Self { secrets, ..self }
    }

    pub(crate) const fn upcasters(&self) -> &Upcasters {
        &self.upcasters
    }

    pub(crate) fn secrets(&self) -> Option<&Secrets> {
        self.secrets.as_deref()
    }

    /// Whether the key of the stream must be known before these events are sealed.
    pub(crate) fn asks_for_key(&self, expected: i64, events: &[NewEvent]) -> bool {
        let Some(secrets) = self.secrets() else { return false };
        expected > 0 && events.iter().any(|event| secrets.fields.contains_key(&event.event_type))
    }

    /// Seals the personal values of events that follow the `expected` ones of their stream. A new
    /// key is made where there is none, or the fresh one is taken; where it was destroyed, personal
    /// values are dropped.
    pub(crate) fn seal(
        &self,
        stream: StreamId<'_>,
        key: &StreamKey,
        fresh: Option<&FreshKey>,
        mut events: Vec<NewEvent>,
    ) -> Result<Sealed, MasterKeyError> {
        let mut parts = vec![];
        let Some(secrets) = self.secrets() else { return Ok(Sealed { events, parts, key: None }) };
        let mut change = None;
        let erases = events.iter().any(|event| secrets.erasing.contains(&event.event_type));
        let mut data_key = None;
        let count = events.len();
        for (nth, event) in events.iter_mut().enumerate() {
            let places = secrets.fields.get(&event.event_type);
            let Some((plain, taken)) = places.and_then(|it| it.take(&event.payload)) else {
                continue;
            };
            if data_key.is_none() && *key != StreamKey::Destroyed && !erases {
                let known = key.unwrap(secrets, stream)?;
                data_key = Some(known.unwrap_or_else(|| {
                    let (new, wrapped) =
                        fresh.map_or_else(|| secrets.new_key(stream), FreshKey::parts);
                    change = Some(wrapped);
                    new
                }));
            }
            // Where the key is gone, nothing is left of them.
            let sealed = data_key.as_ref().map_or_else(Vec::new, |data_key| {
                data_key.seal(&event_context(stream, event), taken.as_bytes())
            });
            event.payload = plain;
            parts.resize(count, None);
            parts[nth] = Some(sealed);
        }
        if erases {
            change = Some(KeyChange::Destroy);
        }
        Ok(Sealed { events, parts, key: change })
    }

    /// The payload of an event in the open.
    pub(crate) fn open<'a>(&self, raw: &'a RawEvent) -> Result<Opened<'a>, OpenError> {
        let plain = raw.payload.plain();
        let text = |erased| Opened { payload: Cow::Borrowed(plain), erased };
        let Some(sealed) = raw.payload.sealed() else { return Ok(text(false)) };
        if sealed.is_empty() || raw.key == StreamKey::Destroyed {
            return Ok(text(true));
        }
        let secrets = self.secrets().ok_or(OpenError::NoMasterKey)?;
        let data_key = raw.key.unwrap(secrets, raw.stream())?;
        let data_key = data_key.ok_or(OpenError::Lost)?;
        let context = raw_context(raw);
        let taken = data_key.open(&context, sealed);
        let whole = taken.and_then(|taken| pointer::put_back(plain, &taken));
        let payload = Cow::Owned(whole.ok_or(OpenError::Altered)?);
        Ok(Opened { payload, erased: false })
    }

    /// The payload of an event as anybody may read it: placeholders stand for what is personal, also
    /// where that was recorded before anything was sealed.
    pub(crate) fn shown(&self, raw: &RawEvent) -> String {
        let plain = raw.payload.plain();
        if raw.payload.sealed().is_some() {
            return plain.to_owned();
        }
        let places = self.secrets().and_then(|secrets| secrets.fields.get(&raw.event_type));
        let taken = places.and_then(|places| places.take(plain));
        taken.map_or_else(|| plain.to_owned(), |(plain, _)| plain)
    }

    /// Seals bytes with the key of a stream, for a use that has this name. `None` where the stream
    /// has no key any more: they must not be kept.
    pub(crate) fn seal_bytes(
        &self,
        stream: StreamId<'_>,
        key: &StreamKey,
        name: &str,
        bytes: &[u8],
    ) -> Result<Option<Vec<u8>>, MasterKeyError> {
        let Some(secrets) = self.secrets() else { return Ok(Some(bytes.to_vec())) };
        let data_key = key.unwrap(secrets, stream)?;
        Ok(data_key.map(|key| key.seal(&bytes_context(stream, name), bytes)))
    }

    /// What [`Codec::seal_bytes`] sealed; `None` where its key was destroyed.
    pub(crate) fn open_bytes(
        &self,
        stream: StreamId<'_>,
        key: &StreamKey,
        name: &str,
        sealed: &[u8],
    ) -> Result<Option<Vec<u8>>, OpenError> {
        let Some(secrets) = self.secrets() else { return Ok(Some(sealed.to_vec())) };
        match key.unwrap(secrets, stream)? {
            None => Ok(None),
            Some(key) => {
                let opened = key.open(&bytes_context(stream, name), sealed);
                opened.map(Some).ok_or(OpenError::Altered)
            }
        }
    }
}

impl Secrets {
    pub(crate) fn roots(&self) -> &Roots {
        self.roots.as_ref().expect("a log that seals is opened with the root keys of its database")
    }

    /// A key for a stream that begins to have one, and what is stored of it.
    pub(super) fn new_key(&self, stream: StreamId<'_>) -> (DataKey, KeyChange) {
        let salt = drawn();
        (self.roots().of_stream(stream, &salt), KeyChange::new(salt))
    }
}

/// What a sealed part is bound to, so that it fits no other event.
fn context(stream: StreamId<'_>, event: [&str; 3]) -> Vec<u8> {
    let StreamId { aggregate_type, aggregate_id } = stream;
    let [id, kind, version] = event;
    format!("event\0{aggregate_type}\0{aggregate_id}\0{id}\0{kind}\0{version}").into_bytes()
}

fn event_context(stream: StreamId<'_>, event: &NewEvent) -> Vec<u8> {
    let id = event.event_id.to_string();
    context(stream, [&id, &event.event_type, &event.event_version])
}

fn raw_context(raw: &RawEvent) -> Vec<u8> {
    let id = raw.metadata.event_id.to_string();
    let event = [id.as_str(), &raw.event_type, &raw.event_version];
    context(raw.stream(), event)
}

fn bytes_context(stream: StreamId<'_>, name: &str) -> Vec<u8> {
    let StreamId { aggregate_type, aggregate_id } = stream;
    format!("{name}\0{aggregate_type}\0{aggregate_id}").into_bytes()
}
