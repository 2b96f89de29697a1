//! The letter that lists what was archived in a month, to whoever wants it. It is a message, named after its event, so
//! that the same event sends nothing twice.

use async_trait::async_trait;
use commands::{Cause, LinkPurpose};
use domain::account::{Account, AccountEvent, AccountEventKind};
use domain::message::OutgoingLetter;
use domain::space::{ArchivedBy, TrackedApplication};
use domain::{EmailAddress, Language, Personal};
use event_store::Recorded;
use jiff::{Timestamp, ToSpan as _};
use texts::letters::{self, ArchiveLetter, ArchivedApplication};
use uuid::Uuid;

use crate::reaction::{Outcome, Reaction, ReactionError, World};

pub(crate) struct ArchiveLetters;

const NAME: &str = "archive_letters";
const SERVICE: &str = "Postulo";
const KIND: &str = "archive";

#[async_trait]
impl Reaction for ArchiveLetters {
    type Of = Account;

    fn name(&self) -> &'static str {
        NAME
    }

    fn events(&self) -> &'static [AccountEventKind] {
        &[AccountEventKind::AccountArchiveLetterAsked]
    }

    async fn react(
        &self,
        event: &Recorded<AccountEvent>,
        world: &World,
    ) -> Result<Outcome, ReactionError> {
        let AccountEvent::AccountArchiveLetterAsked { up_to, applications, total, at } =
            &event.event
        else {
            return Ok(Outcome::Done);
        };
        let Ok(id) = event.aggregate_id.parse::<Uuid>() else {
            return Err(ReactionError::Obsolete);
        };
        let accounts = world.commands.accounts();
        let account = accounts.find_in_log(id).await?;
        let Some(account) = account else { return Err(ReactionError::Obsolete) };
        if !accounts.wants_archive_letters(id).await? {
            return Ok(Outcome::Skipped("the letters were stopped meanwhile".to_owned()));
        }
        let address = account.confirmed_email().filter(|_| !account.disabled);
        let Some(address) = address else {
            return Ok(Outcome::Skipped("its owner has no confirmed address".to_owned()));
        };
        let to: EmailAddress = address
            .parse()
            .map_err(|_| ReactionError::fatal("the address of the account is none"))?;
        let told = told(applications, account.language, world).await?;
        if told.is_empty() {
            return Ok(Outcome::Skipped("nothing of it is archived any more".to_owned()));
        }
        let url = page(world, "/me/applications?shelf=archived");
        let token = world.commands.links().token(LinkPurpose::ArchiveLetters, id, *at);
        let stop_url = page(world, &format!("/archive-letters/stop/{token}"));
        let letter = letters::archive_letter(&ArchiveLetter {
            language: account.language,
            service: SERVICE,
            month: &month(*up_to, account.language),
            applications: told,
            more: total.saturating_sub(applications.len() as u64),
            url: &url,
            stop_url: &stop_url,
        })?;
        let unfit = |_| ReactionError::fatal("the letter is too long");
        let letter = OutgoingLetter {
            kind: KIND.parse().map_err(unfit)?,
            from_name: SERVICE.parse().map_err(unfit)?,
            from: world.mail_from.clone(),
            to: Personal::new(to),
            reply_to: None,
            unsubscribe: Some(Personal::new(stop_url.parse().map_err(unfit)?)),
            language: account.language,
            subject: Personal::new(letter.subject.parse().map_err(unfit)?),
            text: Personal::new(letter.text.parse().map_err(unfit)?),
            html: Personal::new(letter.html.parse().map_err(unfit)?),
        };
        let cause = Cause::reaction(NAME, &event.metadata);
        let (messages, letter_id) = (world.commands.messages(), event.metadata.event_id);
        if messages.queue_to(id, letter_id, letter, &cause).await? {
            Ok(Outcome::Done)
        } else {
            Err(ReactionError::Obsolete)
        }
    }
}

/// The month that ended then, in words.
fn month(up_to: Timestamp, language: Language) -> String {
    let end = up_to.to_zoned(texts::default_zone()).date();
    texts::month(end.checked_sub(1.day()).unwrap_or(end), language)
}

/// The applications as the letter tells them; without those that were removed, or taken out of the archive, meanwhile.
async fn told(
    applications: &[Uuid],
    language: Language,
    world: &World,
) -> Result<Vec<ArchivedApplication>, ReactionError> {
    let mut told = vec![];
    for id in applications {
        let state: TrackedApplication = world.commands.state_of(&id.to_string()).await?;
        let Ok(known) = state.there() else { continue };
        let Some(own) = known.own().filter(|_| known.archived == Some(ArchivedBy::Schedule)) else {
            continue;
        };
        let details = &own.details;
        let status = texts::tracked_status(own.status, language);
        told.push(ArchivedApplication {
            title: details.position.reveal().to_string(),
            facts: format!("{} – {status}", details.company.reveal()),
            url: page(world, &format!("/me/applications/{id}")),
        });
    }
    Ok(told)
}

fn page(world: &World, path: &str) -> String {
    format!("{}{path}", world.base_url.as_str().trim_end_matches('/'))
}
