//! An offer as a collector or a company brings it.

use jiff::Timestamp;

use super::{
    JobOffer, KnownOffer, OfferContent, OfferEvent, OfferRefusal, OfferSource, OfferStatus,
    name_at_source,
};
use crate::{Decision, Line, WebAddress};

/// Takes in an offer that a collector found. The same again is quiet; one that had ended is there again; what
/// another source says of a known offer changes nothing, and neither does what any says of one that was
/// published here.
#[derive(Clone, Debug)]
pub struct CollectOffer {
    /// Where it was found.
    pub source: OfferSource,
    /// What it is called there.
    pub external_id: Line<500>,
    /// What it says.
    pub content: OfferContent,
    /// When it was seen.
    pub at: Timestamp,
}

impl CollectOffer {
    fn collected(&self) -> OfferEvent {
        OfferEvent::OfferCollected {
            source: self.source.clone(),
            external_id: self.external_id.clone(),
            content: Box::new(self.content.clone()),
            at: self.at,
        }
    }

    /// Whether what was found is what brought the offer. What a page calls it is known with the
    /// site of the page before it; what was found earlier is known without. Where the name alone
    /// was too long, and so a digest, what has the site before it is not known again.
    fn is_what_brought(&self, known: &KnownOffer) -> bool {
        let Some(called) = &known.external_id else { return false };
        let site = |content: &OfferContent| content.source_url.as_ref().map(WebAddress::site);
        let with_site = |site: String| {
            name_at_source(&format!("{site} {called}")).as_ref() == Some(&self.external_id)
        };
        known.source == self.source
            && (*called == self.external_id
                || site(&known.content) == site(&self.content)
                    && site(&self.content).is_some_and(with_site))
    }
}

impl Decision for CollectOffer {
    type Aggregate = JobOffer;

    fn decide(&self, state: &JobOffer) -> Result<Vec<OfferEvent>, OfferRefusal> {
        if self.source.is_desk() {
            return Err(OfferRefusal::OfThisHouse);
        }
        let known = match state {
            JobOffer::Absent => return Ok(vec![self.collected()]),
            JobOffer::Removed => return Err(OfferRefusal::Removed),
            JobOffer::Known(known) => known,
        };
        if known.source.is_desk() {
            return Ok(vec![]);
        }
        if known.status != OfferStatus::Open {
            // One that is over at its source as well stays so.
            let is_there = self.content.is_valid_at(self.at);
            return Ok(if is_there { vec![self.collected()] } else { vec![] });
        }
        if !self.is_what_brought(known) || known.content == self.content {
            return Ok(vec![]);
        }
        Ok(vec![OfferEvent::OfferChanged { content: Box::new(self.content.clone()), at: self.at }])
    }
}

/// Publishes an offer of this house, or says what it says now. One that had ended is open again.
#[derive(Clone, Debug)]
pub struct PublishOffer {
    /// What it says.
    pub content: OfferContent,
    /// When.
    pub at: Timestamp,
}

impl Decision for PublishOffer {
    type Aggregate = JobOffer;

    fn decide(&self, state: &JobOffer) -> Result<Vec<OfferEvent>, OfferRefusal> {
        if !self.content.is_valid_at(self.at) {
            return Err(OfferRefusal::Over);
        }
        let (content, at) = (Box::new(self.content.clone()), self.at);
        match state {
            JobOffer::Absent => Ok(vec![OfferEvent::OfferPublished { content, at }]),
            JobOffer::Removed => Err(OfferRefusal::Removed),
            JobOffer::Known(known) if !known.source.is_desk() => Err(OfferRefusal::OfACollector),
            JobOffer::Known(known) if known.status != OfferStatus::Open => {
                Ok(vec![OfferEvent::OfferPublished { content, at }])
            }
            JobOffer::Known(known) if known.content == self.content => Ok(vec![]),
            JobOffer::Known(_) => Ok(vec![OfferEvent::OfferChanged { content, at }]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{minutes, offer, valid};

    fn collect(external_id: &str, title: &str) -> CollectOffer {
        let content = OfferContent { title: valid(title), ..offer() };
        let external_id = name_at_source(external_id).unwrap();
        CollectOffer { source: valid("acme"), external_id, content, at: minutes(0) }
    }

    /// What comes of an offer that is called so when it is found again under another name.
    fn found_again(called: &str, again: &str) -> usize {
        let mut state = JobOffer::default();
        for event in collect(called, "Boulanger").decide(&state).unwrap() {
            state.apply(event);
        }
        collect(again, "Boulangère").decide(&state).unwrap().len()
    }

    #[test]
    fn an_offer_is_known_again_by_its_name_with_the_site_before_it_however_long_that_is() {
        let long = "7".repeat(495);
        for called in ["7", long.as_str()] {
            assert_eq!(found_again(called, called), 1);
            assert_eq!(found_again(called, &format!("sites.example {called}")), 1);
            assert_eq!(found_again(called, &format!("elsewhere.example {called}")), 0);
        }
    }

    #[test]
    fn one_that_was_called_by_a_digest_is_known_again_by_that_alone() {
        let longer = "7".repeat(501);
        assert_eq!(found_again(&longer, &longer), 1);
        assert_eq!(found_again(&longer, &format!("sites.example {longer}")), 0);
    }
}
