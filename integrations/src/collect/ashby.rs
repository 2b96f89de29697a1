//! A board of Ashby: `GET /posting-api/job-board/{name}?includeCompensation=true`, which answers all of it.

use std::sync::Arc;

use async_trait::async_trait;
use domain::offer::OfferDraft;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{CollectError, Collector, Known, LeftOut, Part, Posting, board, dates, posting};
use crate::fetch::{Fetcher, Validators};

pub(super) struct Ashby {
    fetcher: Arc<Fetcher>,
    url: Option<Url>,
    name: String,
    is_complete: bool,
}

#[derive(Deserialize)]
struct Board {
    jobs: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Job {
    id: String,
    title: Option<String>,
    is_listed: Option<bool>,
    employment_type: Option<String>,
    location: Option<String>,
    #[serde(default)]
    secondary_locations: Vec<Location>,
    is_remote: Option<bool>,
    workplace_type: Option<String>,
    published_at: Option<String>,
    #[serde(rename = "jobUrl")]
    url: Option<String>,
    description_html: Option<String>,
    description_plain: Option<String>,
    compensation: Option<Compensation>,
}

#[derive(Deserialize)]
struct Location {
    location: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Compensation {
    scrapeable_compensation_salary_summary: Option<String>,
    compensation_tier_summary: Option<String>,
}

impl Ashby {
    pub(super) fn new(fetcher: Arc<Fetcher>, base: &Url, name: String) -> Self {
        let query = [("includeCompensation", "true")];
        let url = board::below(base, &["posting-api", "job-board", &name], &query);
        Self { fetcher, url: Some(url), name, is_complete: true }
    }

    fn posting(&self, job: Job) -> Result<Posting, LeftOut> {
        let title = board::title(job.title.as_deref());
        let title = title.ok_or_else(|| LeftOut::because("an offer has no title"))?;
        let others = job.secondary_locations.into_iter().filter_map(|it| it.location);
        let places = job.location.into_iter().chain(others);
        let pay = job.compensation.and_then(|it| {
            it.scrapeable_compensation_salary_summary.or(it.compensation_tier_summary)
        });
        let is_remote = job.is_remote.filter(|is_remote| *is_remote).map(|_| "remote".to_owned());
        let draft = OfferDraft {
            title,
            company: self.name.clone(),
            url: job.url.unwrap_or_default(),
            places: places.filter_map(|place| posting::place(&place)).collect(),
            remote: job.workplace_type.or(is_remote).unwrap_or_default(),
            contract: job.employment_type.unwrap_or_default(),
            salary: pay.unwrap_or_default(),
            posted_at: job.published_at.and_then(|at| dates::moment(&at)),
            description: job.description_html.or(job.description_plain).unwrap_or_default(),
            ..OfferDraft::default()
        };
        Ok(Posting::new(job.id, draft))
    }
}

#[async_trait]
impl Collector for Ashby {
    async fn next(&mut self, _: &Known) -> Result<Option<Part>, CollectError> {
        let Some(url) = self.url.take() else { return Ok(None) };
        let Board { jobs } = board::json(&self.fetcher, url).await?;
        let (mut postings, mut left_out) = (vec![], vec![]);
        for job in jobs {
            match serde_json::from_value::<Job>(job) {
                Ok(job) if job.is_listed == Some(false) => {}
                Ok(job) => match self.posting(job) {
                    Ok(posting) => postings.push(posting),
                    Err(why) => left_out.push(why),
                },
                Err(_) => left_out.push(LeftOut::because("an offer is written in another way")),
            }
        }
        self.is_complete = left_out.is_empty();
        Ok(Some(Part::Read { page: None, validators: Validators::default(), postings, left_out }))
    }

    /// What was left out is in the list, so it is not gone.
    fn is_complete(&self) -> bool {
        self.is_complete
    }
}
