//! What of a request is recorded, when data of people are looked at.

use axum::extract::{FromRequestParts as _, RawPathParams};
use axum::http::request::Parts;
use uuid::Uuid;

/// The fields of the path, and those of the query that may be told, as far as they hold what they
/// should. Whatever else somebody wrote into an address could be a name: it is told as `?`.
pub(super) async fn fields(parts: &mut Parts, filters: &[&'static str]) -> Vec<(String, String)> {
    let mut fields = vec![];
    if let Ok(params) = RawPathParams::from_request_parts(parts, &()).await {
        fields.extend(params.iter().map(|(name, value)| (name.to_owned(), of_path(name, value))));
    }
    let query = parts.uri.query().unwrap_or_default();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if filters.contains(&name.as_ref()) && !value.is_empty() {
            fields.push((name.into_owned(), plain(&value, b"_.:-")));
        }
    }
    fields
}

fn of_path(name: &str, value: &str) -> String {
    match name {
        "id" => value.parse().map_or_else(|_| unknown(), |id: Uuid| id.to_string()),
        "dossier" => numbers(value),
        "message_id" => plain(value, b"_.-@"),
        "file" => plain(value, b"."),
        _ => plain(value, b"-"),
    }
}

fn plain(value: &str, marks: &[u8]) -> String {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || marks.contains(&byte);
    if value.len() <= 128 && value.bytes().all(fits) { value.to_owned() } else { unknown() }
}

/// The numbers of a procedure and of a dossier.
fn numbers(value: &str) -> String {
    let is_number = |text: &str| {
        (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let parts = value.split_once('-').filter(|(one, two)| is_number(one) && is_number(two));
    parts.map_or_else(unknown, |_| value.to_owned())
}

fn unknown() -> String {
    "?".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn told(query: &str, filters: &[&'static str]) -> Vec<(String, String)> {
        let request = axum::http::Request::get(format!("/admin/x?{query}")).body(()).unwrap();
        fields(&mut request.into_parts().0, filters).await
    }

    #[tokio::test]
    async fn what_was_searched_for_is_not_told_and_filters_are() {
        let query = "text=Camille+Martin&client=demo&status=&cursor=a1";
        let told = told(query, &["client", "status"]).await;
        assert_eq!(told, [("client".to_owned(), "demo".to_owned())]);
    }

    #[tokio::test]
    async fn a_filter_with_something_else_in_it_is_told_as_unknown() {
        for value in ["Camille+Martin", "camille%40example.org", "%C3%89luard"] {
            let told = told(&format!("client={value}"), &["client"]).await;
            assert_eq!(told, [("client".to_owned(), "?".to_owned())], "{value}");
        }
    }

    #[test]
    fn an_id_is_an_id_or_unknown() {
        assert_eq!(of_path("id", "camille"), "?");
        let id = "01a1fd61-0000-7000-8000-000000000001";
        assert_eq!(of_path("id", id), id);
        assert_eq!(of_path("message_id", "m1@x.example"), "m1@x.example");
        assert_eq!(of_path("file", "answers.csv"), "answers.csv");
        assert_eq!(of_path("digest", "a b"), "?");
        assert_eq!(of_path("dossier", "3272-44950"), "3272-44950");
        for other in ["3272", "3272-", "3272-martin", "martin-1"] {
            assert_eq!(of_path("dossier", other), "?", "{other}");
        }
    }
}
