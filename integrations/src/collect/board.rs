//! Boards: lists of a company's offers in JSON, published to be read by programs.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use url::Url;

use super::{CollectError, weight};
use crate::fetch::{FetchError, Fetcher, Page};

/// A company's name on a board: letters, digits, dashes, points and underscores, as it stands in the address.
/// The whole address of its board is taken as well.
pub(super) fn name(target: &str) -> Result<String, CollectError> {
    let last = target.trim().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let last = last.split(['?', '#']).next().unwrap_or_default();
    let is_known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if last.is_empty() || last.len() > 100 || !last.chars().all(is_known) || last.starts_with('.') {
        return Err(CollectError::Target);
    }
    Ok(last.to_owned())
}

/// An address below a board's own.
pub(super) fn below(base: &Url, path: &[&str], query: &[(&str, &str)]) -> Url {
    let mut url = base.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    url
}

/// What an address answers, as JSON.
pub(super) async fn json<T: DeserializeOwned>(
    fetcher: &Arc<Fetcher>,
    url: Url,
) -> Result<T, CollectError> {
    read(&fetcher.ask(fetcher.client().get(url)).await?)
}

pub(super) fn read<T: DeserializeOwned>(page: &Page) -> Result<T, CollectError> {
    if weight::of(&page.body) > weight::OF_A_LIST {
        return Err(CollectError::TooMany);
    }
    serde_json::from_slice(&page.body).map_err(|_| CollectError::NotAList)
}

/// The title of an offer, where it has one.
pub(super) fn title(text: Option<&str>) -> Option<String> {
    text.map(crate::html::line).filter(|title| !title.is_empty())
}

/// An address that an offer tells.
pub(super) fn address(text: Option<&str>) -> Option<Url> {
    Url::parse(text?.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// Whether an error is about one offer alone.
pub(super) const fn is_of_one(error: &CollectError) -> bool {
    matches!(
        error,
        CollectError::NotAList
            | CollectError::TooMany
            | CollectError::Fetch(FetchError::Missing { .. } | FetchError::Unwell { .. })
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("acme", Some("acme"))]
    #[case("https://boards.greenhouse.io/acme/", Some("acme"))]
    #[case("https://jobs.lever.co/acme?lever-via=x", Some("acme"))]
    #[case("a b", None)]
    #[case("../x/..", None)]
    #[case("", None)]
    fn a_board_is_named_by_its_company(#[case] target: &str, #[case] named: Option<&str>) {
        assert_eq!(name(target).ok().as_deref(), named);
    }

    #[test]
    fn what_stands_in_an_address_is_escaped() {
        let base = "https://api.example/v1".parse().unwrap();
        let url = below(&base, &["a/b", "c?"], &[("q", "d&e")]);
        assert_eq!(url.as_str(), "https://api.example/v1/a%2Fb/c%3F?q=d%26e");
    }
}
