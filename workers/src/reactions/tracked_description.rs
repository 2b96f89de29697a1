//! The description of an application that somebody tracks by the address of its advertisement alone: what that
//! page says. Where the page is and what it says is the owner's own business: operators are told no more than
//! what went wrong, and a model sees the text of the page alone.

use std::fmt::Write as _;

use async_trait::async_trait;
use commands::Limit;
use domain::offer::OfferDescription;
use domain::space::{
    DescribeTracked, TrackedApplication, TrackedApplicationEvent, TrackedApplicationEventKind,
};
use domain::{Personal, Prose, WebAddress};
use event_store::Recorded;
use integrations::describe::DescribeError;
use texts::Wording as _;

use super::offer_description::not_described;
use crate::reaction::{Failure, Outcome, Reaction, ReactionError, World};

pub(crate) struct TrackedDescription;

const NAME: &str = "tracked_description";
/// What operators read of one that waits for the owner's others.
const FULL: &str = "its owner has many pages read in a while; it is read by itself at its time";
/// Characters of a description.
const MOST: usize = 20_000;

#[async_trait]
impl Reaction for TrackedDescription {
    type Of = TrackedApplication;

    fn name(&self) -> &'static str {
        NAME
    }

    fn events(&self) -> &'static [TrackedApplicationEventKind] {
        &[
            TrackedApplicationEventKind::TrackedApplicationAdded,
            TrackedApplicationEventKind::TrackedApplicationCorrected,
        ]
    }

    /// Pages are fetched one a second from each host anyway.
    fn concurrency(&self) -> usize {
        2
    }

    fn attempts(&self) -> u32 {
        6
    }

    async fn react(
        &self,
        event: &Recorded<TrackedApplicationEvent>,
        world: &World,
    ) -> Result<Outcome, ReactionError> {
        let state: TrackedApplication = world.commands.state_of(&event.aggregate_id).await?;
        let Ok(known) = state.there() else { return Ok(Outcome::Done) };
        let Some(own) = known.own().filter(|own| own.description.is_none()) else {
            return Ok(Outcome::Done);
        };
        let Some(address) = &own.details.url else { return Ok(Outcome::Done) };
        let address: &WebAddress = address.reveal();
        let Some(describer) = &world.integrations.describer else { return Ok(Outcome::Done) };
        let Ok(url) = address.as_str().parse() else { return Ok(Outcome::Done) };
        let owner = world.commands.accounts().find_in_log(known.owner).await?;
        let Some(owner) = owner else { return Err(ReactionError::Obsolete) };
        let limits = [Limit::of_descriptions(known.owner)];
        let holder = format!("{NAME}:{}", event.position);
        let at = world.commands.limits().allot(&limits, &holder).await?;
        if at > world.commands.now() {
            return Err(ReactionError::until(at, FULL));
        }
        let answer = match describer.of_page(&url, owner.language).await {
            Ok(answer) => answer,
            Err(error) => return not_described(&error, told(&error), world.commands.now()),
        };
        if let Some(error) = answer.without_model
            && error.passes()
        {
            return Err(ReactionError::retry(Failure::new(error.to_string())));
        }
        let OfferDescription { model, .. } = &answer.description;
        let Some(text) = whole(&answer.description) else {
            return Ok(Outcome::Skipped(DescribeError::NoText.to_string()));
        };
        let (url, model, at) = (address.clone(), model.clone(), world.commands.now());
        world.record(NAME, event, &DescribeTracked { url, text, model, at }).await?;
        Ok(Outcome::Done)
    }
}

/// The parts as one text, each beneath its name where there are several.
fn whole(parts: &OfferDescription) -> Option<Prose<MOST>> {
    let lang = parts.language;
    let named = [
        (lang.t("offers-summary"), &parts.summary),
        (lang.t("offers-missions"), &parts.missions),
        (lang.t("offers-skills"), &parts.skills),
        (lang.t("offers-further"), &parts.further),
    ];
    let there: Vec<_> =
        named.into_iter().filter_map(|(name, part)| Some((name, part.as_ref()?))).collect();
    let mut text = String::new();
    for (name, part) in &there {
        let written = match there.len() {
            1 => write!(text, "{part}"),
            _ => write!(text, "{name}\n{part}\n\n"),
        };
        written.ok()?;
    }
    let text = text.trim_end();
    if text.chars().count() <= MOST {
        return text.parse().ok();
    }
    // Cut at the end of a line, or of a word, where there is one.
    let cut: String = text.chars().take(MOST - 1).collect();
    let end = cut.rfind('\n').or_else(|| cut.rfind(' ')).unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end()).parse().ok()
}

/// Why a page was not read; in the open it names no host.
fn told(error: &DescribeError) -> Failure {
    match error {
        DescribeError::NoText => Failure::new(error.to_string()),
        DescribeError::Fetch(fetch) => Failure {
            advice: format!("the page of the advertisement was not read: {}", fetch.name()),
            detail: Some(Personal::new(error.to_string())),
        },
    }
}

#[cfg(test)]
mod tests {
    use domain::Language;
    use domain::examples::valid;

    use super::*;

    fn parts(summary: &str, missions: Option<&str>) -> OfferDescription {
        OfferDescription {
            summary: Some(valid(summary)),
            missions: missions.map(valid),
            skills: None,
            further: None,
            language: Language::Fr,
            model: None,
        }
    }

    #[test]
    fn one_part_stands_alone_and_several_beneath_their_names() {
        assert_eq!(whole(&parts("Un fournil.", None)).unwrap().as_str(), "Un fournil.");
        let both = whole(&parts("Un fournil.", Some("Pétrir."))).unwrap();
        assert_eq!(both.as_str(), "Résumé\nUn fournil.\n\nMissions\nPétrir.");
        assert_eq!(whole(&OfferDescription { summary: None, ..parts("x", None) }), None);
    }

    #[test]
    fn what_is_too_long_ends_with_a_whole_line() {
        let long = "Pétrir avant l’aube.\n".repeat(370);
        let mut all = parts(&long, Some(&long));
        all.skills = Some(valid(&long));
        let cut = whole(&all).unwrap();
        assert!(cut.as_str().ends_with("l’aube.…"), "{cut}");
    }
}
