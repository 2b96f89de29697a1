//! An offer's description, read and parted.

use jiff::Timestamp;

use super::{JobOffer, OfferDescription, OfferEvent, OfferRefusal};
use crate::Decision;

/// Keeps the parts of an offer's description. The same again, and nothing at all, are quiet.
#[derive(Clone, Debug)]
pub struct DescribeOffer {
    /// The parts.
    pub description: OfferDescription,
    /// When they were read.
    pub at: Timestamp,
}

impl Decision for DescribeOffer {
    type Aggregate = JobOffer;

    fn decide(&self, state: &JobOffer) -> Result<Vec<OfferEvent>, OfferRefusal> {
        let known = state.known()?;
        let is_news = known.description.as_ref() != Some(&self.description);
        if self.description.is_empty() || !is_news {
            return Ok(vec![]);
        }
        let description = Box::new(self.description.clone());
        Ok(vec![OfferEvent::OfferDescribed { description, at: self.at }])
    }
}
