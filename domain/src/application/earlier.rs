//! The earlier versions of an application's events, and the way from each to the next.

use serde_json::{Map, Value, json};

use crate::upcast::Earlier;

/// All of them; those of one kind in the order of its versions.
pub(super) const VERSIONS: &[Earlier] = &[
    Earlier {
        kind: "ForwardedToMemo",
        version: 1,
        schema: include_str!("earlier/ForwardedToMemo.v1.json"),
        change: memo_outcome,
    },
    Earlier {
        kind: "Submitted",
        version: 1,
        schema: include_str!("earlier/Submitted.v1.json"),
        change: one_name,
    },
    Earlier {
        kind: "EmailFailed",
        version: 1,
        schema: include_str!("earlier/EmailFailed.v1.json"),
        change: more_letters,
    },
    Earlier {
        kind: "EmailSkipped",
        version: 1,
        schema: include_str!("earlier/EmailSkipped.v1.json"),
        change: more_letters,
    },
    Earlier {
        kind: "ResendRequested",
        version: 1,
        schema: include_str!("earlier/ResendRequested.v1.json"),
        change: more_letters,
    },
    Earlier {
        kind: "EmailResent",
        version: 1,
        schema: include_str!("earlier/EmailResent.v1.json"),
        change: more_letters,
    },
];

/// `duplicate: bool` became `outcome`, because a third outcome would have had no place.
fn memo_outcome(fields: &mut Map<String, Value>) {
    let outcome = match fields.get("duplicate") {
        Some(Value::Bool(false)) => "taken",
        Some(Value::Bool(true)) => "already_there",
        _ => return,
    };
    fields.remove("duplicate");
    fields.insert("outcome".to_owned(), json!(outcome));
}

/// Version 2 has room for people who have one name: one of the two may be empty. What version 1 says is
/// as true in it.
fn one_name(_: &mut Map<String, Value>) {}

/// Version 2 knows the letters of a withdrawal too, and one more reason to skip: what version 1 says
/// is as true in it.
fn more_letters(_: &mut Map<String, Value>) {}
