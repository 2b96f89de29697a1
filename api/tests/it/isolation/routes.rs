//! What users may ask for: their pages and forms, and the calls that their tokens open.

use axum::http::Method;
use serde_json::{Value, json};

use super::person::PASSWORD;

/// An address, for one method.
pub(super) struct Route {
    pub(super) method: Method,
    /// As axum and the description write it.
    pub(super) path: String,
    /// Whether a session opens it, and not a token.
    pub(super) is_page: bool,
    /// Whether it is a call that something is sent to.
    pub(super) takes_body: bool,
}

/// Every one.
pub(super) fn routes() -> Vec<Route> {
    let users = api::users();
    let entries = users.entries().iter().map(|it| Route {
        method: it.method.clone(),
        path: it.path.to_owned(),
        is_page: true,
        takes_body: false,
    });
    let mut routes: Vec<_> = entries.collect();
    let described: Value = serde_json::from_str(&api::openapi_json()).unwrap();
    for (path, operations) in described["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let security = operation["security"].as_array();
            if !security.is_some_and(|any| any.iter().any(|it| it.get("bearer").is_some())) {
                continue;
            }
            routes.push(Route {
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                is_page: false,
                takes_body: operation.get("requestBody").is_some(),
            });
        }
    }
    routes
}

impl Route {
    /// Whether a list names it.
    pub(super) fn is_in(&self, list: &[(&str, &str)]) -> bool {
        list.contains(&(self.method.as_str(), &*self.path))
    }

    /// Whether it is there for its owner: for an application that was sent through the service, or
    /// for one that was typed in.
    pub(super) fn is_there(&self, sent: bool) -> bool {
        match &*self.path {
            "/me/applications/{id}/documents/{number}" => sent,
            "/me/applications/{id}/edit" | "/me/applications/{id}/restore" => !sent,
            _ => true,
        }
    }

    /// Whether it names something, and changes it.
    pub(super) fn names_and_changes(&self) -> bool {
        self.method != Method::GET && self.path.contains('{')
    }

    /// 0 where what it names is there afterwards, 1 where it is not, 2 where the account is not.
    pub(super) fn ends(&self) -> u8 {
        let removes = self.path.ends_with("/remove") || self.path.ends_with("/delete");
        match (&self.method, &*self.path) {
            (&Method::DELETE, "/users/{id}") => 2,
            (&Method::DELETE, _) => 1,
            _ => u8::from(removes),
        }
    }

    /// What is sent to it where it names something, so that whose that is decides.
    pub(super) fn body(&self) -> Option<Value> {
        self.takes_body.then(|| match &*self.path {
            "/applications/{id}" => json!({ "archived": true }),
            "/applications/{id}/notes" => json!({ "note": "x" }),
            "/tasks/{id}" | "/api/candidates/profile/experiences/{id}" => json!({ "title": "x" }),
            "/api/candidates/profile/education/{id}" => json!({ "degree": "x" }),
            "/api/candidates/profile/skills/{id}" | "/api/job-alerts/{id}" => {
                json!({ "name": "x" })
            }
            "/users/{id}" => json!({ "full_name": "x", "password": PASSWORD }),
            other => panic!("say what is sent to {other}"),
        })
    }
}
