//! The description of what programs may ask.

use std::collections::BTreeSet;

use serde_json::Value;

#[test]
fn each_operation_has_a_name_of_its_own() {
    let document: Value = serde_json::from_str(&api::openapi_json()).unwrap();
    let mut names = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap().to_owned();
            assert!(names.insert(name.clone()), "{method} {path} is called {name}, too");
        }
    }
    assert!(names.len() > 60, "{names:?}");
}
