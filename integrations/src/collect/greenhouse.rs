//! A board of Greenhouse: `GET /v1/boards/{name}/jobs?content=true`, which answers all of it.

use std::sync::Arc;

use async_trait::async_trait;
use domain::offer::OfferDraft;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{CollectError, Collector, Known, LeftOut, Part, Posting, board, dates, posting};
use crate::fetch::{Fetcher, Validators};

pub(super) struct Greenhouse {
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
struct Job {
    id: u64,
    title: Option<String>,
    /// `null` is a form for people who ask without an offer.
    #[serde(default)]
    internal_job_id: Option<u64>,
    company_name: Option<String>,
    location: Option<Named>,
    absolute_url: Option<String>,
    content: Option<String>,
    first_published: Option<String>,
    updated_at: Option<String>,
}

#[derive(Deserialize)]
struct Named {
    name: Option<String>,
}

impl Greenhouse {
    pub(super) fn new(fetcher: Arc<Fetcher>, base: &Url, name: String) -> Self {
        let url = board::below(base, &["v1", "boards", &name, "jobs"], &[("content", "true")]);
        Self { fetcher, url: Some(url), name, is_complete: true }
    }

    fn posting(&self, job: Job) -> Result<Posting, LeftOut> {
        let title = board::title(job.title.as_deref());
        let title =
            title.ok_or_else(|| LeftOut::because(format!("offer {} has no title", job.id)))?;
        let place = job.location.and_then(|place| place.name).unwrap_or_default();
        let posted = job.first_published.or(job.updated_at);
        let draft = OfferDraft {
            title,
            company: board::title(job.company_name.as_deref()).unwrap_or_else(|| self.name.clone()),
            url: job.absolute_url.unwrap_or_default(),
            places: place.split(';').filter_map(posting::place).collect(),
            remote: place,
            posted_at: posted.and_then(|at| dates::moment(&at)),
            description: job.content.unwrap_or_default(),
            ..OfferDraft::default()
        };
        Ok(Posting::new(job.id.to_string(), draft))
    }
}

#[async_trait]
impl Collector for Greenhouse {
    async fn next(&mut self, _: &Known) -> Result<Option<Part>, CollectError> {
        let Some(url) = self.url.take() else { return Ok(None) };
        let Board { jobs } = board::json(&self.fetcher, url).await?;
        let (mut postings, mut left_out) = (vec![], vec![]);
        for job in jobs {
            let is_prospect = job.get("internal_job_id").is_some_and(Value::is_null);
            match serde_json::from_value::<Job>(job) {
                Ok(job) if is_prospect && job.internal_job_id.is_none() => {}
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
