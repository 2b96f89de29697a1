//! A board of `SmartRecruiters`: a list without texts, a hundred at a time, and each offer by itself.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use async_trait::async_trait;
use domain::offer::{OfferDraft, PlaceDraft};
use serde::Deserialize;
use url::Url;

use super::{CollectError, Collector, Known, LeftOut, Part, Posting, board, dates, posting};
use crate::fetch::{FetchError, Fetcher, Validators};

/// Offers that are read of one board.
const OFFERS: usize = 2_000;

pub(super) struct SmartRecruiters {
    fetcher: Arc<Fetcher>,
    base: Url,
    name: String,
    offset: usize,
    is_listed: bool,
    is_complete: bool,
    ids: VecDeque<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    total_found: usize,
    content: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Job {
    id: String,
    name: Option<String>,
    company: Option<Named>,
    location: Option<Location>,
    type_of_employment: Option<Labelled>,
    released_date: Option<String>,
    posting_url: Option<String>,
    #[serde(rename = "jobAd")]
    ad: Option<Ad>,
}

#[derive(Deserialize)]
struct Named {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Labelled {
    label: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    city: Option<String>,
    postal_code: Option<String>,
    country: Option<String>,
    remote: Option<bool>,
    hybrid: Option<bool>,
}

#[derive(Deserialize)]
struct Ad {
    sections: Option<Sections>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sections {
    company_description: Option<Section>,
    job_description: Option<Section>,
    qualifications: Option<Section>,
    additional_information: Option<Section>,
}

#[derive(Deserialize)]
struct Section {
    title: Option<String>,
    text: Option<String>,
}

impl SmartRecruiters {
    pub(super) fn new(fetcher: Arc<Fetcher>, base: &Url, name: String) -> Self {
        let ids = VecDeque::new();
        Self {
            fetcher,
            base: base.clone(),
            name,
            offset: 0,
            is_listed: false,
            is_complete: true,
            ids,
        }
    }

    async fn list(&mut self) -> Result<(), CollectError> {
        while !self.is_listed {
            let offset = self.offset.to_string();
            let query = [("limit", "100"), ("offset", offset.as_str())];
            let path = ["v1", "companies", &self.name, "postings"];
            let list: List =
                board::json(&self.fetcher, board::below(&self.base, &path, &query)).await?;
            self.offset += list.content.len();
            self.is_listed = list.content.is_empty() || self.offset >= list.total_found;
            self.ids.extend(list.content.into_iter().map(|listed| listed.id));
            if self.ids.len() >= OFFERS && !self.is_listed {
                (self.is_listed, self.is_complete) = (true, false);
            }
        }
        // What moved while it was turned over is there twice.
        let mut seen = HashSet::new();
        self.ids.retain(|id| seen.insert(id.clone()));
        Ok(())
    }

    fn posting(&self, job: Job) -> Result<Posting, LeftOut> {
        let title = board::title(job.name.as_deref());
        let title =
            title.ok_or_else(|| LeftOut::because(format!("offer {} has no title", job.id)))?;
        let remote = job.location.as_ref().and_then(|it| match (it.remote, it.hybrid) {
            (_, Some(true)) => Some("hybrid".to_owned()),
            (Some(true), _) => Some("remote".to_owned()),
            _ => None,
        });
        let place = job.location.and_then(|it| {
            let place = posting::place(&it.city?)?;
            let (postal_code, country) =
                (it.postal_code.unwrap_or_default(), it.country.unwrap_or_default());
            Some(PlaceDraft { postal_code, country, ..place })
        });
        let sections = job.ad.and_then(|ad| ad.sections).map(|it| {
            [
                it.job_description,
                it.qualifications,
                it.additional_information,
                it.company_description,
            ]
        });
        let mut described = String::new();
        for Section { title, text } in sections.into_iter().flatten().flatten() {
            let Some(text) = text.filter(|text| !text.trim().is_empty()) else { continue };
            described.extend(["<h3>", title.as_deref().unwrap_or_default(), "</h3>", &text]);
        }
        let company = job.company.and_then(|company| board::title(company.name.as_deref()));
        let draft = OfferDraft {
            title,
            company: company.unwrap_or_else(|| self.name.clone()),
            url: job.posting_url.unwrap_or_default(),
            places: place.into_iter().collect(),
            remote: remote.unwrap_or_default(),
            contract: job.type_of_employment.and_then(|it| it.label).unwrap_or_default(),
            posted_at: job.released_date.and_then(|at| dates::moment(&at)),
            description: described,
            ..OfferDraft::default()
        };
        Ok(Posting::new(job.id, draft))
    }
}

#[async_trait]
impl Collector for SmartRecruiters {
    async fn next(&mut self, _: &Known) -> Result<Option<Part>, CollectError> {
        self.list().await?;
        let Some(id) = self.ids.pop_front() else { return Ok(None) };
        let url = board::below(&self.base, &["v1", "companies", &self.name, "postings", &id], &[]);
        let (mut postings, mut left_out) = (vec![], vec![]);
        match board::json::<Job>(&self.fetcher, url.clone()).await {
            Ok(job) => match self.posting(job) {
                Ok(posting) => postings.push(posting),
                Err(why) => left_out.push(why),
            },
            Err(CollectError::Fetch(FetchError::Missing { .. })) => {
                return Ok(Some(Part::Gone(url)));
            }
            Err(error) if board::is_of_one(&error) => {
                left_out.push(LeftOut::because(error.to_string()));
            }
            Err(error) => return Err(error),
        }
        // What was left out is in the list, so it is not gone.
        self.is_complete &= left_out.is_empty();
        Ok(Some(Part::Read { page: None, validators: Validators::default(), postings, left_out }))
    }

    fn is_complete(&self) -> bool {
        self.is_complete
    }
}
