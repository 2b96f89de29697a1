//! schema.org `JobPosting` in JSON-LD, as pages have it: in `@graph`, in arrays, in several blocks, within the
//! data of the page; with entities, with salaries as text, with broken JSON beside it.

mod posting;

use std::collections::HashSet;

use serde_json::Value;
use url::Url;

use super::{LeftOut, Posting, weight};
use crate::html;

/// How deep the data of a page is searched.
const DEEP: usize = 12;
/// Pages that a page may list.
const LISTED: usize = 5_000;
/// Offers that are read of a page.
const OFFERS: usize = 500;

/// What the data of a page tells.
#[derive(Debug, Default)]
pub(crate) struct OnPage {
    /// The offers on it.
    pub(crate) postings: Vec<Posting>,
    /// The pages that it lists (`ItemList`).
    pub(crate) listed: Vec<Url>,
    /// Whether a list says that it has more than it shows.
    pub(crate) is_part: bool,
    /// What could not be read, and why.
    pub(crate) left_out: Vec<LeftOut>,
}

impl OnPage {
    /// Whether it has no offer, and leads to none.
    pub(crate) const fn is_empty(&self) -> bool {
        self.postings.is_empty() && self.listed.is_empty()
    }
}

/// The offers in the data of a page.
pub(crate) fn read(page: &str, url: &Url) -> OnPage {
    let mut found = OnPage::default();
    let (mut objects, mut left) = (vec![], weight::OF_A_PAGE);
    for (at, script) in html::scripts(page, "application/ld+json").iter().enumerate() {
        let Some(less) = left.checked_sub(weight::of(script.as_bytes())) else {
            let why = format!("block {} of the page's data has more in it than a page has", at + 1);
            found.left_out.push(LeftOut::because(why));
            continue;
        };
        left = less;
        match parse(script) {
            Ok(value) => search(value, 0, url, &mut objects, &mut found),
            Err(why) => {
                let why = format!("block {} of the page's data is no JSON: {why}", at + 1);
                found.left_out.push(LeftOut::because(why));
            }
        }
    }
    if objects.len() > OFFERS {
        objects.truncate(OFFERS);
        found.is_part = true;
        let why = format!("the page has more than {OFFERS} offers: the others are left out");
        found.left_out.push(LeftOut::because(why));
    }
    let is_alone = objects.len() == 1;
    let mut seen = HashSet::new();
    for object in &objects {
        match posting::read(object, url, is_alone) {
            Ok(posting) if seen.contains(&posting.external_id) => {
                // The same once more, or another one under the same name.
                if let Some(other) = renamed(posting, &found.postings) {
                    seen.insert(other.external_id.clone());
                    found.postings.push(other);
                }
            }
            Ok(posting) => {
                seen.insert(posting.external_id.clone());
                found.postings.push(posting);
            }
            Err(why) => found.left_out.push(LeftOut::because(why)),
        }
    }
    found
}

/// A posting that has the name of another one on the page, under a name of its own; `None` where it is that one.
fn renamed(mut posting: Posting, others: &[Posting]) -> Option<Posting> {
    let place = posting.draft.places.first().map(|place| place.text.clone()).unwrap_or_default();
    let named = format!("{} {} {place}", posting.external_id, posting.draft.title);
    let is_known = |other: &Posting| {
        other.external_id == named
            || (other.draft.title == posting.draft.title
                && other.draft.places == posting.draft.places)
    };
    if others.iter().any(is_known) {
        return None;
    }
    posting.external_id = named;
    Some(posting)
}

/// JSON as it should be; else with the line breaks that stand in its texts told as spaces, which is what breaks
/// most of it. The reason names where, and quotes nothing.
fn parse(script: &str) -> Result<Value, String> {
    let script = script.trim().trim_start_matches('\u{feff}');
    let script = script.strip_prefix("<!--").unwrap_or(script);
    let script = script.strip_suffix("-->").unwrap_or(script).trim();
    let script = script
        .strip_prefix("//<![CDATA[")
        .or_else(|| script.strip_prefix("<![CDATA["))
        .unwrap_or(script);
    let script =
        script.strip_suffix("//]]>").or_else(|| script.strip_suffix("]]>")).unwrap_or(script);
    serde_json::from_str(script).or_else(|error| {
        let spaced: String = script.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        serde_json::from_str(&spaced).map_err(|_| {
            let what = match error.classify() {
                serde_json::error::Category::Eof => "it breaks off",
                _ => "it is written wrong",
            };
            format!("{what} in line {}, column {}", error.line(), error.column())
        })
    })
}

/// Finds the objects that are offers, wherever they are, and the pages of lists.
fn search(value: Value, depth: usize, url: &Url, objects: &mut Vec<Value>, found: &mut OnPage) {
    if depth > DEEP {
        return;
    }
    match value {
        Value::Array(values) => {
            for value in values {
                search(value, depth + 1, url, objects, found);
            }
        }
        Value::Object(fields) if is_of_type(fields.get("@type"), "JobPosting") => {
            // One more tells that there are more.
            let room = OFFERS + 1 - objects.len().min(OFFERS + 1);
            objects.extend([Value::Object(fields)].into_iter().take(room));
        }
        Value::Object(fields) => {
            if is_of_type(fields.get("@type"), "ItemList") {
                let shown = fields.get("itemListElement").and_then(Value::as_array);
                let all = fields.get("numberOfItems").and_then(Value::as_u64);
                let shown = shown.map_or(0, Vec::len) as u64;
                found.is_part |= all.is_some_and(|all| all > shown);
            }
            if is_of_type(fields.get("@type"), "ListItem") && found.listed.len() < LISTED {
                let item = fields.get("item");
                let at = fields.get("url").or_else(|| item?.get("url")).or(item);
                let at = at.and_then(Value::as_str).or_else(|| item?.get("@id")?.as_str());
                found.listed.extend(at.and_then(|at| url.join(at).ok()));
            }
            for (_, value) in fields {
                if value.is_object() || value.is_array() {
                    search(value, depth + 1, url, objects, found);
                }
            }
        }
        _ => {}
    }
}

/// Whether a type is this one of schema.org, by whichever of its names.
fn is_of_type(types: Option<&Value>, name: &str) -> bool {
    match types {
        Some(Value::String(of_type)) => {
            of_type.rsplit(['/', ':', '#']).next().is_some_and(|last| last.trim() == name)
        }
        Some(Value::Array(types)) => types.iter().any(|of_type| is_of_type(Some(of_type), name)),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
