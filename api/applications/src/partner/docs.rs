//! `/docs`: the API's description as a page, which loads nothing from elsewhere.

use askama::Template;
use axum::Extension;
use axum::http::HeaderMap;
use serde_json::Value;

use super::Described;
use web::lang::Lang;
use web::page::Page;

#[derive(Template)]
#[template(path = "partner/docs.html")]
pub(crate) struct Docs {
    lang: Lang,
    operations: Vec<Operation>,
    schemas: Vec<Schema>,
}

struct Operation {
    anchor: String,
    method: String,
    path: String,
    summary: String,
    description: String,
    parameters: Vec<Field>,
    bodies: Vec<(String, String)>,
    responses: Vec<(String, String)>,
}

struct Schema {
    name: String,
    description: String,
    fields: Vec<Field>,
}

struct Field {
    name: String,
    kind: String,
    required: bool,
    about: String,
    example: String,
}

pub(crate) async fn page(
    Extension(described): Extension<Described>,
    headers: HeaderMap,
) -> Page<Docs> {
    let document: Value = serde_json::from_str(&described.0).unwrap_or_default();
    Page::new(Docs {
        lang: Lang::accepted(&headers),
        operations: operations(&document),
        schemas: schemas(&document),
    })
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn entries<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    value.pointer(pointer).and_then(Value::as_object).into_iter().flatten()
}

fn operations(document: &Value) -> Vec<Operation> {
    let mut all = vec![];
    for (path, methods) in entries(document, "/paths") {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let bodies = entries(operation, "/requestBody/content");
            let responses = entries(operation, "/responses");
            let parameters = operation.get("parameters").and_then(Value::as_array);
            all.push(Operation {
                anchor: anchor(method, path),
                method: method.to_uppercase(),
                path: path.clone(),
                summary: text(operation, "summary"),
                description: text(operation, "description"),
                parameters: parameters.into_iter().flatten().map(parameter).collect(),
                bodies: bodies.map(|(kind, body)| (kind.clone(), reference(body))).collect(),
                responses: responses
                    .map(|(code, r)| (code.clone(), text(r, "description")))
                    .collect(),
            });
        }
    }
    all
}

/// The name of an operation in the page; no two have the same.
fn anchor(method: &str, path: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    format!("{method}{}", path.chars().map(plain).collect::<String>())
}

fn parameter(value: &Value) -> Field {
    let schema = value.get("schema").unwrap_or(&Value::Null);
    let mut about = text(value, "description");
    if about.is_empty() {
        about = text(schema, "description");
    }
    Field {
        name: text(value, "name"),
        kind: format!("{}, {}", text(value, "in"), kind(schema)),
        required: value.get("required").and_then(Value::as_bool).unwrap_or_default(),
        about,
        example: String::new(),
    }
}

fn reference(body: &Value) -> String {
    let name = body.pointer("/schema/$ref").and_then(Value::as_str).unwrap_or_default();
    name.rsplit('/').next().unwrap_or_default().to_owned()
}

fn schemas(document: &Value) -> Vec<Schema> {
    let schema = |(name, schema): (&String, &Value)| {
        let required = schema.get("required").and_then(Value::as_array);
        let required: Vec<_> =
            required.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        let field = |(name, field): (&String, &Value)| Field {
            name: name.clone(),
            kind: kind(field),
            required: required.contains(name),
            about: text(field, "description"),
            example: example(field),
        };
        Schema {
            name: name.clone(),
            description: text(schema, "description"),
            fields: entries(schema, "/properties").map(field).collect(),
        }
    };
    entries(document, "/components/schemas").map(schema).collect()
}

fn example(field: &Value) -> String {
    let first = field.get("example").or_else(|| field.pointer("/examples/0"));
    first.map(ToString::to_string).unwrap_or_default()
}

fn kind(field: &Value) -> String {
    let name = match field.get("type") {
        Some(Value::String(name)) => name.clone(),
        Some(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or ")
        }
        _ => field.pointer("/$ref").map(|_| "object".to_owned()).unwrap_or_default(),
    };
    if let Some(words) = field.get("enum").and_then(Value::as_array) {
        let words: Vec<_> = words.iter().filter_map(Value::as_str).collect();
        return format!("{name}: {}", words.join(", "));
    }
    if let (Some(least), Some(most)) = (field.get("minimum"), field.get("maximum")) {
        return format!("{name}, {least} to {most}");
    }
    match field.get("maxLength").and_then(Value::as_u64) {
        Some(max) => format!("{name}, at most {max} characters"),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    #[test]
    fn each_operation_has_a_place_of_its_own_in_the_page() {
        let operation = json!({ "operationId": "list", "responses": {} });
        let document = json!({ "paths": {
            "/tasks": { "get": operation, "post": operation },
            "/tasks/{id}": { "get": operation },
        } });
        let operations = operations(&document);
        let anchors: BTreeSet<_> = operations.iter().map(|it| it.anchor.as_str()).collect();
        assert_eq!(anchors, BTreeSet::from(["get-tasks", "get-tasks--id-", "post-tasks"]));
    }
}
