//! A board of Lever: `GET /v0/postings/{name}?mode=json`, a hundred at a time.

use std::sync::Arc;

use async_trait::async_trait;
use domain::offer::{OfferDraft, PlaceDraft, SalaryDraft};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{CollectError, Collector, Known, LeftOut, Part, Posting, board, dates, posting};
use crate::fetch::{Fetcher, Validators};

/// Offers that are asked for at once.
const A_PAGE: usize = 100;
/// Pages that are asked for.
const PAGES: usize = 50;

pub(super) struct Lever {
    fetcher: Arc<Fetcher>,
    base: Url,
    name: String,
    page: usize,
    is_done: bool,
    is_complete: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Job {
    id: String,
    text: Option<String>,
    #[serde(default)]
    categories: Categories,
    country: Option<String>,
    description: Option<String>,
    #[serde(default)]
    lists: Vec<List>,
    additional: Option<String>,
    hosted_url: Option<String>,
    workplace_type: Option<String>,
    created_at: Option<i64>,
    salary_range: Option<Range>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Categories {
    location: Option<String>,
    all_locations: Vec<String>,
    commitment: Option<String>,
}

#[derive(Deserialize)]
struct List {
    text: Option<String>,
    content: Option<String>,
}

#[derive(Deserialize)]
struct Range {
    currency: Option<String>,
    interval: Option<String>,
    min: Option<f64>,
    max: Option<f64>,
}

impl Range {
    fn draft(self) -> SalaryDraft {
        let (currency, period) =
            (self.currency.unwrap_or_default(), self.interval.unwrap_or_default());
        SalaryDraft { min: self.min, max: self.max, currency, period }
    }
}

impl Lever {
    pub(super) fn new(fetcher: Arc<Fetcher>, base: &Url, name: String) -> Self {
        Self { fetcher, base: base.clone(), name, page: 0, is_done: false, is_complete: true }
    }

    fn posting(&self, job: Job) -> Result<Posting, LeftOut> {
        let title = board::title(job.text.as_deref());
        let title = title.ok_or_else(|| LeftOut::because("an offer has no title"))?;
        let Categories { location, all_locations, commitment } = job.categories;
        let named =
            if all_locations.is_empty() { location.into_iter().collect() } else { all_locations };
        let country = job.country.unwrap_or_default();
        let places = named.iter().filter_map(|place| posting::place(place));
        let places = places.map(|place| PlaceDraft { country: country.clone(), ..place }).collect();
        let mut described = job.description.unwrap_or_default();
        for List { text, content } in job.lists {
            let (heading, items) = (text.unwrap_or_default(), content.unwrap_or_default());
            described.extend(["<h3>", &heading, "</h3><ul>", &items, "</ul>"]);
        }
        described.push_str(&job.additional.unwrap_or_default());
        let draft = OfferDraft {
            title,
            company: self.name.clone(),
            url: job.hosted_url.unwrap_or_default(),
            places,
            remote: job.workplace_type.unwrap_or_default(),
            contract: commitment.unwrap_or_default(),
            paid: job.salary_range.map(Range::draft),
            posted_at: job.created_at.and_then(dates::of_milliseconds),
            description: described,
            ..OfferDraft::default()
        };
        Ok(Posting::new(job.id, draft))
    }
}

#[async_trait]
impl Collector for Lever {
    async fn next(&mut self, _: &Known) -> Result<Option<Part>, CollectError> {
        if self.is_done {
            return Ok(None);
        }
        let skip = (self.page * A_PAGE).to_string();
        let query = [("mode", "json"), ("limit", "100"), ("skip", skip.as_str())];
        let jobs: Vec<Value> = board::json(
            &self.fetcher,
            board::below(&self.base, &["v0", "postings", &self.name], &query),
        )
        .await?;
        self.page += 1;
        self.is_done = jobs.len() < A_PAGE || self.page == PAGES;
        self.is_complete &= !self.is_done || jobs.len() < A_PAGE;
        let (mut postings, mut left_out) = (vec![], vec![]);
        for job in jobs {
            let read = serde_json::from_value::<Job>(job);
            let read = read.map_err(|_| LeftOut::because("an offer is written in another way"));
            match read.and_then(|job| self.posting(job)) {
                Ok(posting) => postings.push(posting),
                Err(why) => left_out.push(why),
            }
        }
        // What was left out is in the list, so it is not gone.
        self.is_complete &= left_out.is_empty();
        Ok(Some(Part::Read { page: None, validators: Validators::default(), postings, left_out }))
    }

    fn is_complete(&self) -> bool {
        self.is_complete
    }
}
