//! The earlier versions of an alert's events, and the way from each to the next.

use serde_json::{Map, Value};

use crate::upcast::Earlier;

/// All of them; those of one kind in the order of its versions.
pub(super) const VERSIONS: &[Earlier] = &[Earlier {
    kind: "JobAlertMatched",
    version: 1,
    schema: include_str!("earlier/JobAlertMatched.v1.json"),
    change: one_text,
}];

/// The list of offers became one text, which is sealed: it tells what somebody looks for.
fn one_text(fields: &mut Map<String, Value>) {
    let Some(Value::Array(offers)) = fields.get("offers") else { return };
    let ids: Option<Vec<_>> = offers.iter().map(Value::as_str).collect();
    let Some(ids) = ids else { return };
    let text = ids.join(" ");
    fields.insert("offers".to_owned(), text.into());
}
