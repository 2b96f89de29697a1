//! Places in a JSON document: where personal values lie, by declaration or in one payload
//! (RFC 6901). Documents are changed as text: what is not concerned is copied, not parsed into values.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Where the personal values of a kind of document lie, and what stands there instead.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// What lies here is one, and this placeholder, as JSON, takes its place.
    placeholder: Option<String>,
    members: Vec<(String, Self)>,
    items: Option<Box<Self>>,
}

impl Places {
    /// Adds a place: the names on the way to it, `*` for each item of a list.
    pub(super) fn add(&mut self, path: &[String], placeholder: &serde_json::Value) {
        let Some((name, rest)) = path.split_first() else {
            self.placeholder = Some(placeholder.to_string());
            return;
        };
        let next = if name == "*" {
            self.items.get_or_insert_default()
        } else {
            let known = self.members.iter().position(|(known, _)| known == name);
            let at = known.unwrap_or_else(|| {
                self.members.push((name.clone(), Self::default()));
                self.members.len() - 1
            });
            &mut self.members[at].1
        };
        next.add(rest, placeholder);
    }

    fn member(&self, name: &str) -> Option<&Self> {
        self.members.iter().find_map(|(known, place)| (known == name).then_some(place))
    }

    /// The document with placeholders, and an object of what they stand for by its place. `None` where
    /// nothing is there that is declared, or it is no JSON. What is absent or null is left alone.
    pub(super) fn take(&self, document: &str) -> Option<(String, String)> {
        let mut taking = Taking {
            at: String::new(),
            plain: String::with_capacity(document.len()),
            taken: String::with_capacity(document.len()),
        };
        taking.value(document.trim(), self).ok()?;
        if taking.taken.is_empty() {
            return None;
        }
        taking.taken.push('}');
        Some((taking.plain, taking.taken))
    }
}

struct Taking {
    at: String,
    plain: String,
    taken: String,
}

impl Taking {
    fn value(&mut self, value: &str, places: &Places) -> Result<(), serde_json::Error> {
        match &places.placeholder {
            _ if value == "null" => self.plain.push_str(value),
            Some(placeholder) => {
                self.taken.push(if self.taken.is_empty() { '{' } else { ',' });
                push_text(&mut self.taken, &self.at);
                self.taken.push(':');
                self.taken.push_str(value);
                self.plain.push_str(placeholder);
            }
            None if value.starts_with('{') && !places.members.is_empty() => {
                let Members(members) = serde_json::from_str(value)?;
                let mut separator = '{';
                for (Name(name), value) in &members {
                    self.plain.push(separator);
                    separator = ',';
                    push_text(&mut self.plain, name);
                    self.plain.push(':');
                    match places.member(name) {
                        None => self.plain.push_str(value.get()),
                        Some(places) => {
                            let end = push_step(&mut self.at, name);
                            self.value(value.get(), places)?;
                            self.at.truncate(end);
                        }
                    }
                }
                self.plain.push_str(if members.is_empty() { "{}" } else { "}" });
            }
            None if value.starts_with('[') && places.items.is_some() => {
                let items: Vec<&RawValue> = serde_json::from_str(value)?;
                let mut separator = '[';
                for (nth, value) in items.iter().enumerate() {
                    self.plain.push(separator);
                    separator = ',';
                    let end = push_step(&mut self.at, &nth.to_string());
                    if let Some(places) = &places.items {
                        self.value(value.get(), places)?;
                    }
                    self.at.truncate(end);
                }
                self.plain.push_str(if items.is_empty() { "[]" } else { "]" });
            }
            None => self.plain.push_str(value),
        }
        Ok(())
    }
}

/// The document with an object's values at the places that it names; `None` where one of the places is
/// not there, or it is no such object.
pub(super) fn put_back(plain: &str, taken: &[u8]) -> Option<String> {
    let Members(taken) = serde_json::from_slice(taken).ok()?;
    let mut putting = Putting {
        at: String::new(),
        whole: String::with_capacity(
            plain.len() + taken.iter().map(|it| it.1.get().len()).sum::<usize>(),
        ),
        taken,
    };
    putting.value(plain.trim()).ok()?;
    putting.taken.is_empty().then_some(putting.whole)
}

struct Putting<'a> {
    at: String,
    whole: String,
    /// The values that wait for their place, in the order of the document where it has one twice.
    taken: Vec<(Name<'a>, &'a RawValue)>,
}

impl Putting<'_> {
    fn value(&mut self, value: &str) -> Result<(), serde_json::Error> {
        if let Some(nth) = self.taken.iter().position(|(place, _)| place.0 == self.at) {
            self.whole.push_str(self.taken.remove(nth).1.get());
            return Ok(());
        }
        let below = |(place, _): &(Name<'_>, _)| {
            place.0.strip_prefix(self.at.as_str()).is_some_and(|rest| rest.starts_with('/'))
        };
        if !self.taken.iter().any(below) {
            self.whole.push_str(value);
        } else if value.starts_with('{') {
            let Members(members) = serde_json::from_str(value)?;
            let mut separator = '{';
            for (Name(name), value) in &members {
                self.whole.push(separator);
                separator = ',';
                push_text(&mut self.whole, name);
                self.whole.push(':');
                let end = push_step(&mut self.at, name);
                self.value(value.get())?;
                self.at.truncate(end);
            }
            self.whole.push_str(if members.is_empty() { "{}" } else { "}" });
        } else if value.starts_with('[') {
            let items: Vec<&RawValue> = serde_json::from_str(value)?;
            let mut separator = '[';
            for (nth, value) in items.iter().enumerate() {
                self.whole.push(separator);
                separator = ',';
                let end = push_step(&mut self.at, &nth.to_string());
                self.value(value.get())?;
                self.at.truncate(end);
            }
            self.whole.push_str(if items.is_empty() { "[]" } else { "]" });
        } else {
            self.whole.push_str(value);
        }
        Ok(())
    }
}

/// Goes one step on; answers how long the way was before.
fn push_step(at: &mut String, step: &str) -> usize {
    let end = at.len();
    at.push('/');
    if step.contains(['~', '/']) {
        at.push_str(&step.replace('~', "~0").replace('/', "~1"));
    } else {
        at.push_str(step);
    }
    end
}

/// A text as JSON.
fn push_text(json: &mut String, text: &str) {
    if text.bytes().any(|byte| byte < 0x20 || matches!(byte, b'"' | b'\\')) {
        json.push_str(&serde_json::Value::from(text).to_string());
    } else {
        json.push('"');
        json.push_str(text);
        json.push('"');
    }
}

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// The members of an object, in its order.
struct Members<'a>(Vec<(Name<'a>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = vec![];
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn places(paths: &[&[&str]], placeholder: &Value) -> Places {
        let mut places = Places::default();
        for path in paths {
            let path: Vec<String> = path.iter().map(|&step| step.to_owned()).collect();
            places.add(&path, placeholder);
        }
        places
    }

    #[test]
    fn values_are_taken_wherever_they_are_and_put_back() {
        let whole = json!({
            "a/b": { "c": "1" },
            "list": [{ "name": "x", "size": 1 }, { "name": null }, { "size": 3 }, { "name": "y" }],
            "empty": {}, "none": [],
        });
        let paths = [&["a/b", "c"][..], &["list", "*", "name"], &["none", "*"], &["empty", "x"]];
        let (plain, taken) = places(&paths, &json!("-")).take(&whole.to_string()).unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(&taken).unwrap(),
            json!({ "/a~1b/c": "1", "/list/0/name": "x", "/list/3/name": "y" })
        );
        let payload: Value = serde_json::from_str(&plain).unwrap();
        assert_eq!(payload["list"][0], json!({ "name": "-", "size": 1 }));
        assert_eq!(payload["list"][1], json!({ "name": null }));
        assert_eq!(put_back(&plain, taken.as_bytes()).unwrap(), whole.to_string());
    }

    #[test]
    fn what_has_nothing_that_is_declared_is_left_alone() {
        let places = places(&[&["name"]], &json!("-"));
        for document in [r#"{"name":null}"#, "{}", "[1]", "\"name\"", "7", "{", r#"{"name":"x""#] {
            assert_eq!(places.take(document), None, "{document}");
        }
    }

    #[test]
    fn a_name_that_is_there_twice_is_taken_twice() {
        let twice = r#"{"name":"x","name":"y"}"#;
        let (plain, taken) = places(&[&["name"]], &json!("-")).take(twice).unwrap();
        assert_eq!(plain, r#"{"name":"-","name":"-"}"#);
        assert_eq!(put_back(&plain, taken.as_bytes()).as_deref(), Some(twice));
        assert_eq!(put_back(&plain, br#"{"/name":"x","/other":"y"}"#), None);
    }

    #[test]
    fn a_value_without_its_place_is_refused() {
        assert_eq!(put_back(r#"{"a":1}"#, br#"{"/b":2}"#), None);
        assert_eq!(put_back(r#"{"a":[1]}"#, br#"{"/a/1":2}"#), None);
        assert_eq!(put_back(r#"{"a":1}"#, b"[]"), None);
        assert_eq!(put_back(r#"{"a":1}"#, br#"{"":2}"#).as_deref(), Some("2"));
    }

    proptest! {
        #[test]
        fn any_place_is_found_again(name in "\\PC{0,9}", text in "\\PC{0,9}", number: f64) {
            prop_assume!(name != "*");
            let whole = json!({ name.clone(): [text, number], "size": number });
            // No text of the strategy is this one.
            let places = places(&[&[&name, "*"]], &json!("\u{1}"));
            let (plain, taken) = places.take(&whole.to_string()).unwrap();
            prop_assert_ne!(&plain, &whole.to_string());
            let put_back = put_back(&plain, taken.as_bytes()).unwrap();
            prop_assert_eq!(put_back, whole.to_string());
        }
    }
}
