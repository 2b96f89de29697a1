//! What the letters share: whose they are, their links, their Message-IDs.

use async_trait::async_trait;
use commands::{Commands, LinkPurpose, PartnerAccount};
use domain::application::{AnswerId, Application, ApplicationEvent, Letter};
use domain::{JobApplication, Line};
use event_store::Recorded;
use jiff::Timestamp;
use url::Url;
use uuid::Uuid;

use crate::mail::{Email, File};
use crate::reaction::{ReactionError, World};
use crate::reactions::deliver::{Delivered, deliver};
use crate::reactions::letter_reaction::Context;

/// The context of a letter about an application: the application as it stands now, with its platform.
pub(crate) struct LetterContext {
    pub(crate) id: Uuid,
    pub(crate) partner: PartnerAccount,
    state: JobApplication,
}

impl LetterContext {
    /// Loads what `event` is about.
    pub(crate) async fn of(
        event: &Recorded<ApplicationEvent>,
        world: &World,
    ) -> Result<Self, ReactionError> {
        let no_id = |_| ReactionError::fatal("the event's aggregate id is not a UUID");
        let id = event.aggregate_id.parse().map_err(no_id)?;
        let state = world.commands.applications().find(id).await?.state;
        let none = |_| ReactionError::fatal("there is no application");
        let application = state.known().map_err(none)?;
        if application.erased_at.is_some() {
            return Err(ReactionError::Obsolete);
        }
        let partner = world.commands.partners().find(&application.submission.partner).await?;
        let none = || ReactionError::fatal("its client platform is not registered");
        Ok(Self { id, partner: partner.ok_or_else(none)?, state })
    }

    pub(crate) fn application(&self) -> &Application {
        self.state.known().expect("it was known when this was made")
    }

    /// Whether the platform does not mail the receivers of `letter` for real.
    pub(crate) const fn withholds(&self, letter: Letter) -> bool {
        !letter.is_for_candidate() && !self.partner.settings.mails_employers
    }

    pub(crate) fn client_name(&self) -> &str {
        self.partner.settings.name.as_str()
    }

    /// An e-mail from the platform; on behalf of `whose`, where that is somebody.
    pub(crate) fn email(
        &self,
        kind: &'static str,
        whose: &str,
        to: &domain::EmailAddress,
        message_id: &Line<255>,
        date: Timestamp,
        letter: texts::Letter,
    ) -> Email {
        let partner = self.client_name();
        Email {
            kind,
            template: None,
            from_name: texts::one_line(&if whose.is_empty() {
                partner.to_owned()
            } else {
                format!("{whose} via {partner}")
            }),
            from: self.partner.settings.contact_email.clone(),
            to: to.clone(),
            reply_to: None,
            unsubscribe: None,
            message_id: message_id.to_string(),
            in_reply_to: None,
            language: self.application().submission.language,
            date,
            letter,
            files: vec![],
        }
    }

    /// The documents of the application, with their bytes.
    pub(crate) async fn files(&self, commands: &Commands) -> Result<Vec<File>, ReactionError> {
        let mut files = vec![];
        let bytes = self.application().documents().iter().map(|attachment| attachment.size).sum();
        let room = commands.attachments().whole(bytes).await;
        for attachment in self.application().documents() {
            let bytes = commands.attachments().get(self.id, &attachment.digest).await?;
            let bytes = room.hold(bytes);
            let name = attachment.name.reveal().to_string();
            let content_type = attachment.media_type.content_type(&bytes);
            files.push(File { name, content_type, bytes });
        }
        Ok(files)
    }
}

#[async_trait]
impl Context for LetterContext {
    type Of = JobApplication;

    async fn load(
        event: &Recorded<ApplicationEvent>,
        world: &World,
    ) -> Result<Self, ReactionError> {
        Self::of(event, world).await
    }

    fn state(&self) -> &JobApplication {
        &self.state
    }

    async fn deliver(
        &self,
        world: &World,
        reactor: &'static str,
        event: &Recorded<ApplicationEvent>,
        email: &Email,
    ) -> Result<Delivered, ReactionError> {
        deliver(world, self, reactor, event, email).await
    }
}

/// The Message-ID of the letter called `letter` about `event`: the same each time, so that a repeat
/// is recognisable.
pub(crate) fn message_id<E>(event: &Recorded<E>, letter: &str, world: &World) -> Line<255> {
    let id = event.metadata.event_id;
    let domain = world.mail_domain.chars().take(180).collect::<String>();
    let text = format!("{id}.{letter}@{domain}");
    text.parse().expect("an id, a word and a host name are one short line")
}

/// The links of a letter, made for the time of its event so that a repeat carries the same ones.
pub(crate) struct Paths<'a> {
    world: &'a World,
    id: Uuid,
    at: Timestamp,
}

impl<'a> Paths<'a> {
    pub(crate) const fn new(world: &'a World, id: Uuid, at: Timestamp) -> Self {
        Self { world, id, at }
    }

    fn url(&self, path: &str) -> String {
        let base: &Url = &self.world.base_url;
        format!("{}{path}", base.as_str().trim_end_matches('/'))
    }

    /// The page on which the candidate confirms what they want of their data.
    pub(crate) fn personal_data(&self, purpose: LinkPurpose) -> String {
        self.url(&format!("/p/{}", self.token(purpose)))
    }

    fn token(&self, purpose: LinkPurpose) -> String {
        self.world.commands.links().token(purpose, self.id, self.at)
    }

    /// Where the recruiter sees the application, or one of its answers' forms.
    pub(crate) fn recruiter(&self, form: &str) -> String {
        let slash = if form.is_empty() { "" } else { "/" };
        self.url(&format!("/r/{}{slash}{form}", self.token(LinkPurpose::Recruiter)))
    }

    pub(crate) fn undo(&self, answer: AnswerId) -> String {
        self.recruiter(&format!("undo/{answer}"))
    }

    /// Where the candidate sees how things stand.
    pub(crate) fn candidate(&self) -> String {
        self.url(&format!("/c/{}", self.token(LinkPurpose::Candidate)))
    }
}
