//! Places in a JSON document: where personal values lie, by declaration or in one payload
//! (RFC 6901).

use serde_json::{Map, Value};

/// A step on the way to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The member of this name.
    Member(String),
    /// Each item.
    Items,
}

/// Takes the values at `steps` out of `value`, with their places, and puts `placeholder` there. What
/// is absent or null is left alone.
pub(super) fn take(
    value: &mut Value,
    steps: &[Step],
    placeholder: &Value,
    at: &str,
    taken: &mut Map<String, Value>,
) {
    match (steps, value) {
        (_, Value::Null) => {}
        ([], found) => {
            taken.insert(at.to_owned(), std::mem::replace(found, placeholder.clone()));
        }
        ([Step::Member(name), rest @ ..], Value::Object(members)) => {
            if let Some(member) = members.get_mut(name) {
                let name = name.replace('~', "~0").replace('/', "~1");
                take(member, rest, placeholder, &format!("{at}/{name}"), taken);
            }
        }
        ([Step::Items, rest @ ..], Value::Array(items)) => {
            for (nth, item) in items.iter_mut().enumerate() {
                take(item, rest, placeholder, &format!("{at}/{nth}"), taken);
            }
        }
        _ => {}
    }
}

/// Puts the values back; `None` where one of the places is not there.
pub(super) fn put_back(value: &mut Value, taken: Map<String, Value>) -> Option<()> {
    for (place, taken) in taken {
        *value.pointer_mut(&place)? = taken;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn steps(path: &[&str]) -> Vec<Step> {
        let step = |part: &&str| match *part {
            "*" => Step::Items,
            name => Step::Member(name.to_owned()),
        };
        path.iter().map(step).collect()
    }

    #[test]
    fn values_are_taken_wherever_they_are_and_put_back() {
        let whole = json!({
            "a/b": { "c": "1" },
            "list": [{ "name": "x", "size": 1 }, { "name": null }, { "size": 3 }, { "name": "y" }],
        });
        let (mut payload, mut taken) = (whole.clone(), Map::new());
        for path in [&["a/b", "c"][..], &["list", "*", "name"], &["none", "at", "all"]] {
            take(&mut payload, &steps(path), &json!("-"), "", &mut taken);
        }
        assert_eq!(
            serde_json::to_value(&taken).unwrap(),
            json!({ "/a~1b/c": "1", "/list/0/name": "x", "/list/3/name": "y" })
        );
        assert_eq!(payload["list"][0], json!({ "name": "-", "size": 1 }));
        assert_eq!(payload["list"][1], json!({ "name": null }));
        put_back(&mut payload, taken).unwrap();
        assert_eq!(payload, whole);
    }

    proptest! {
        #[test]
        fn any_place_is_found_again(name in "\\PC{0,9}", text in "\\PC{0,9}") {
            let whole = json!({ name.clone(): [text] });
            let (mut payload, mut taken) = (whole.clone(), Map::new());
            let path = [Step::Member(name), Step::Items];
            // No text of the strategy is this one.
            take(&mut payload, &path, &json!("\u{1}"), "", &mut taken);
            prop_assert_ne!(&payload, &whole);
            put_back(&mut payload, taken).unwrap();
            prop_assert_eq!(payload, whole);
        }
    }
}
