//! A search of the web by Tavily: a sentence becomes queries, and the pages that are found are read for
//! `JobPosting` like those of any source.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::pages::Pages;
use super::{CollectError, Collector, Known, Part, board};
use crate::fetch::{FetchError, Fetcher};
use crate::html;

/// Pages that a query may bring.
const RESULTS: usize = 15;
const NAME: &str = "Tavily";

pub(super) struct Search {
    fetcher: Arc<Fetcher>,
    url: Url,
    key: String,
    sentence: String,
    pages: Option<Pages>,
}

#[derive(Deserialize)]
struct Answer {
    results: Vec<Found>,
}

#[derive(Deserialize)]
struct Found {
    url: String,
}

impl Search {
    pub(super) fn new(fetcher: Arc<Fetcher>, base: &Url, key: String, sentence: &str) -> Self {
        let url = board::below(base, &["search"], &[]);
        Self { fetcher, url, key, sentence: html::spaced(sentence), pages: None }
    }

    async fn ask(&self, query: &str) -> Result<Vec<Url>, CollectError> {
        let body = json!({"query": query, "search_depth": "basic", "topic": "general", "max_results": RESULTS});
        let request =
            self.fetcher.client().post(self.url.clone()).bearer_auth(&self.key).json(&body);
        let page = self.fetcher.ask(request).await.map_err(|error| match error {
            FetchError::Refused { status: 401 | 403 } => CollectError::Key(NAME),
            FetchError::Refused { status: 432 | 433 } => CollectError::Quota(NAME),
            error => error.into(),
        })?;
        let Answer { results } = board::read(&page)?;
        Ok(results.iter().filter_map(|found| board::address(Some(&found.url))).collect())
    }
}

/// The queries that a sentence becomes, in the words of those who offer.
fn queries(sentence: &str) -> Vec<String> {
    let sentence: String = sentence.chars().take(300).collect();
    if sentence.is_empty() {
        return vec![];
    }
    vec![format!("{sentence} offre d'emploi"), format!("{sentence} job posting")]
}

#[async_trait]
impl Collector for Search {
    async fn next(&mut self, known: &Known) -> Result<Option<Part>, CollectError> {
        if self.pages.is_none() {
            let mut found = vec![];
            for query in queries(&self.sentence) {
                found.extend(self.ask(&query).await?);
            }
            self.pages = Some(Pages::of(self.fetcher.clone(), found));
        }
        match &mut self.pages {
            Some(pages) => pages.next(known).await,
            None => Ok(None),
        }
    }

    /// A search shows the best, so what it does not show may still be there.
    fn is_complete(&self) -> bool {
        false
    }
}
