//! In `workers/reactions`: whoever gave an opinion is thanked by a letter.

use async_trait::async_trait;
use domain::message::OutgoingLetter;
use domain::{Language, Personal};
use event_store::Recorded;
use texts::letters::{Paragraphs, paragraphs};
use texts::{Letter, RenderError, Wording as _};
use workers::{Outcome, Reaction, ReactionError, World};

use crate::feedback::{Feedback, FeedbackEvent, FeedbackEventKind};

pub struct Thanks;

const NAME: &str = "feedback_thanks";
const SERVICE: &str = "Postulo";

#[async_trait]
impl Reaction for Thanks {
    type Of = Feedback;

    fn name(&self) -> &'static str {
        NAME
    }

    fn events(&self) -> &'static [FeedbackEventKind] {
        &[FeedbackEventKind::FeedbackGiven]
    }

    async fn react(
        &self,
        event: &Recorded<FeedbackEvent>,
        world: &World,
    ) -> Result<Outcome, ReactionError> {
        let FeedbackEvent::FeedbackGiven { opinion, .. } = &event.event else {
            return Ok(Outcome::Done);
        };
        let letter = letter(opinion.language, opinion.stars)?;
        let unfit = |_| ReactionError::fatal("the letter is too long");
        let letter = OutgoingLetter {
            kind: NAME.parse().map_err(unfit)?,
            from_name: SERVICE.parse().map_err(unfit)?,
            from: world.mail_from.clone(),
            to: opinion.from.clone(),
            reply_to: None,
            unsubscribe: None,
            language: opinion.language,
            subject: Personal::new(letter.subject.parse().map_err(unfit)?),
            text: Personal::new(letter.text.parse().map_err(unfit)?),
            html: Personal::new(letter.html.parse().map_err(unfit)?),
        };
        // The event's own id: the same again sends nothing more.
        let cause = commands::Cause::reaction(NAME, &event.metadata);
        world.commands.messages().queue(event.metadata.event_id, letter, &cause).await?;
        Ok(Outcome::Done)
    }
}

fn letter(language: Language, stars: u8) -> Result<Letter, RenderError> {
    paragraphs(&Paragraphs {
        language,
        service: SERVICE,
        subject: language.t("feedback-thanks-subject").to_owned(),
        title: language.t("feedback-thanks-subject").to_owned(),
        paragraphs: vec![language.with("feedback-thanks-text", ("stars", stars))],
        button: None,
        small: vec![],
        why: vec![language.t("feedback-thanks-why").to_owned()],
    })
}
