//! The letter to whoever is told of new offers that match an alert. It is a message, named after its event, so that
//! the same event sends nothing twice.

use async_trait::async_trait;
use commands::{Cause, LinkPurpose};
use domain::offer::{JobOffer, KnownOffer, OfferStatus};
use domain::space::{JobAlert, JobAlertEvent, JobAlertEventKind, KnownAlert, SalaryFit, Wanted};
use domain::{EmailAddress, Language, Personal};
use event_store::Recorded;
use texts::letters::{self, AlertedOffer, JobAlertLetter};
use uuid::Uuid;

use super::account_letters::{SERVICE, page};
use crate::reaction::{Outcome, Reaction, ReactionError, World};

pub(crate) struct AlertLetters;

const NAME: &str = "alert_letters";
const KIND: &str = "job_alert";

#[async_trait]
impl Reaction for AlertLetters {
    type Of = JobAlert;

    fn name(&self) -> &'static str {
        NAME
    }

    fn events(&self) -> &'static [JobAlertEventKind] {
        &[JobAlertEventKind::JobAlertMatched]
    }

    async fn react(
        &self,
        event: &Recorded<JobAlertEvent>,
        world: &World,
    ) -> Result<Outcome, ReactionError> {
        let JobAlertEvent::JobAlertMatched { offers, total, at, .. } = &event.event else {
            return Ok(Outcome::Done);
        };
        let offers = offers.reveal().ids();
        let Ok(id) = event.aggregate_id.parse::<Uuid>() else {
            return Err(ReactionError::Obsolete);
        };
        let alert: JobAlert = world.commands.state_of(&event.aggregate_id).await?;
        let Ok(alert) = alert.known() else { return Err(ReactionError::Obsolete) };
        if !alert.active {
            return Ok(Outcome::Skipped("the alert was switched off meanwhile".to_owned()));
        }
        let account = world.commands.accounts().find_in_log(alert.owner).await?;
        let Some(account) = account else { return Err(ReactionError::Obsolete) };
        let address = account.confirmed_email().filter(|_| !account.disabled);
        let Some(address) = address else {
            return Ok(Outcome::Skipped("its owner has no confirmed address".to_owned()));
        };
        let to: EmailAddress = address
            .parse()
            .map_err(|_| ReactionError::fatal("the address of the account is none"))?;
        let told = told(offers, alert, account.language, world).await?;
        if told.is_empty() {
            return Ok(Outcome::Skipped("the offers are over meanwhile, or hidden".to_owned()));
        }
        let url = page(world, &format!("/me/alerts/{id}"));
        let token = world.commands.links().token(LinkPurpose::Alert, id, *at);
        let stop_url = page(world, &format!("/alerts/stop/{token}"));
        let gone = (offers.len() - told.len()) as u64;
        let letter = letters::job_alert(&JobAlertLetter {
            language: account.language,
            service: SERVICE,
            name: alert.name.reveal().as_str(),
            more: total.saturating_sub(gone).saturating_sub(told.len() as u64),
            offers: told,
            url: &url,
            stop_url: &stop_url,
        })?;
        let unfit = |_| ReactionError::fatal("the letter is too long");
        let from = world.mail_from.clone();
        let letter = letter.into_message(KIND, SERVICE, from, to, account.language);
        let mut letter = letter.map_err(unfit)?;
        letter.unsubscribe = Some(Personal::new(stop_url.parse().map_err(unfit)?));
        let cause = Cause::reaction(NAME, &event.metadata);
        let (messages, letter_id) = (world.commands.messages(), event.metadata.event_id);
        if messages.queue_to(account.id, letter_id, letter, &cause).await? {
            Ok(Outcome::Done)
        } else {
            Err(ReactionError::Obsolete)
        }
    }
}

/// The offers as the letter tells them; without those that are over, or that its reader hides.
async fn told(
    offers: &[Uuid],
    alert: &KnownAlert,
    language: Language,
    world: &World,
) -> Result<Vec<AlertedOffer>, ReactionError> {
    let wanted = Wanted::of(alert.criteria.reveal());
    let hidden = world.commands.offers().ids_hidden_from(alert.owner).await?;
    let mut told = vec![];
    for id in offers.iter().filter(|id| !hidden.contains(*id)) {
        let offer: JobOffer = world.commands.state_of(&id.to_string()).await?;
        let JobOffer::Known(known) = offer else { continue };
        if known.status == OfferStatus::Open {
            told.push(line(*id, &known, &wanted, language, world));
        }
    }
    Ok(told)
}

fn line(
    id: Uuid,
    offer: &KnownOffer,
    wanted: &Wanted,
    language: Language,
    world: &World,
) -> AlertedOffer {
    let content = &offer.content;
    let city = content.city();
    let mut facts = content.company.to_string();
    if city != domain::offer::NO_CITY {
        facts = format!("{facts} – {city}");
    }
    let fit = wanted.pay.fit(content.salary.as_ref()).unwrap_or(SalaryFit::NotAsked);
    AlertedOffer {
        title: content.title.to_string(),
        facts,
        note: letters::salary_note(fit, language),
        url: page(world, &format!("/offers/{id}")),
    }
}
