//! The description of an offer, out of its page: what the page's data say, else its readable text, in four parts.
//!
//! Without a model the parts are what stands beneath the page's own headings, or the text as it is. With one they
//! are what it makes of the text, each as far as the text bears it out. A model that does not do what it is
//! asked leaves the parts to the headings; it never leaves its own words about that.

mod grounds;
mod headings;
mod parts;
mod private;

use std::sync::Arc;

use domain::Language;
use domain::offer::OfferDescription;
use thiserror::Error;
use url::Url;

use crate::apart::apart;
use crate::collect::postings_of_page;
use crate::fetch::{FetchError, Fetcher, Kind, Page};
use crate::html::{self, Block};
use crate::model::{Model, ModelError};

/// A text of fewer characters is none of an offer.
const LEAST: usize = 80;

/// Describes offers.
#[derive(Clone, Debug)]
pub struct Describer {
    fetcher: Arc<Fetcher>,
    model: Option<Arc<Model>>,
}

/// A description, and what became of the model that was asked for it.
#[derive(Clone, Debug)]
pub struct Described {
    /// The parts.
    pub description: OfferDescription,
    /// Why a model that is there did not write them.
    pub without_model: Option<ModelError>,
}

/// An offer was not described.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DescribeError {
    /// Its page was not fetched.
    #[error("{0}")]
    Fetch(#[from] FetchError),
    /// Its page has no text.
    #[error("there is no text on the page that could describe the offer")]
    NoText,
}

impl DescribeError {
    /// Whether the same may succeed later.
    pub const fn passes(&self) -> bool {
        match self {
            Self::Fetch(error) => error.passes(),
            Self::NoText => false,
        }
    }
}

impl Describer {
    /// Describes by a model, where there is one. A site that asks for patience, or takes long in
    /// all, is an error that passes: nobody else's page waits for it.
    pub fn new(fetcher: &Fetcher, model: Option<Model>) -> Self {
        Self { fetcher: Arc::new(fetcher.impatient()), model: model.map(Arc::new) }
    }

    /// Whether it has a model.
    pub const fn has_model(&self) -> bool {
        self.model.is_some()
    }

    /// Describes the offer on a page, in a language where a model writes, else in the page's own.
    pub async fn of_page(&self, url: &Url, language: Language) -> Result<Described, DescribeError> {
        let page = self.fetcher.page(url, Kind::Page).await?;
        let blocks = apart(move || told_of(&page)).await;
        self.of_blocks(&blocks, language).await
    }

    /// Describes the offer that a text of HTML is.
    pub async fn of_html(
        &self,
        html: &str,
        language: Language,
    ) -> Result<Described, DescribeError> {
        let html = html.to_owned();
        let blocks = apart(move || html::blocks(&html::unescaped(&html))).await;
        self.of_blocks(&blocks, language).await
    }

    async fn of_blocks(
        &self,
        blocks: &[Block],
        language: Language,
    ) -> Result<Described, DescribeError> {
        let text = html::told(blocks);
        if text.chars().count() < LEAST {
            return Err(DescribeError::NoText);
        }
        let without_model = match &self.model {
            None => None,
            Some(model) => match parts::written(model, &text, language).await {
                Ok(description) => return Ok(Described { description, without_model: None }),
                Err(error) => Some(error),
            },
        };
        let description = headings::parts(blocks, headings::language(&text).unwrap_or(language));
        Ok(Described { description, without_model })
    }
}

/// What a page tells of an offer: its data, where they are those of one, else its main text.
fn told_of(page: &Page) -> Vec<Block> {
    let text = page.text();
    match postings_of_page(&text, &page.url).postings.as_slice() {
        [only] if !only.draft.description.trim().is_empty() => {
            html::blocks(&html::unescaped(&only.draft.description))
        }
        _ => html::main_blocks(&text),
    }
}
