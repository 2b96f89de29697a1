//! Job offers, as records of those whose address one applies to.

use async_trait::async_trait;
use cqrs_es::Aggregate as _;
use domain::erasure::ErasureBasis;
use domain::offer::{JobOffer, RemoveOffer};
use event_store::timestamp_text;
use serde_json::json;

use super::{Chapter, Entry, PersonalRecords, plain};
use crate::{Cause, Commands, ForgetError, SubjectExportError};

pub(super) struct Offers;

#[async_trait]
impl PersonalRecords for Offers {
    fn aggregate(&self) -> &'static str {
        JobOffer::TYPE
    }

    async fn chapter(
        &self,
        commands: &Commands,
        id: &str,
    ) -> Result<Option<Chapter>, SubjectExportError> {
        let state = commands.loader().state::<JobOffer>(id).await;
        let state = state.map_err(plain)?.state;
        let Ok(known) = state.known() else { return Ok(None) };
        let content = &known.content;
        let data = json!({
            "id": id,
            "title": content.title.as_str(),
            "company": content.company.as_str(),
            "status": known.status.as_str(),
            "source": known.source.as_str(),
            "url": content.url.as_ref().map(domain::WebAddress::as_str),
            "apply_email": content.apply_email.as_ref().map(|email| email.reveal().as_str()),
            "created_at": timestamp_text(known.created_at),
            "updated_at": timestamp_text(known.updated_at),
        });
        let title = format!("{} – {}", content.title, content.company);
        let (list, at) = ("offers", known.created_at);
        Ok(Some(Chapter::Entry(Entry { list, title, at, data, files: vec![] })))
    }

    /// Nobody can apply any more, so the offer goes with the address. It is published as long as whoever offers
    /// wants it to be: no time alone takes it away.
    async fn erase(
        &self,
        commands: &Commands,
        id: &str,
        basis: &ErasureBasis,
        cause: &Cause,
    ) -> Result<bool, ForgetError> {
        if matches!(basis, ErasureBasis::Retention { .. }) {
            return Ok(false);
        }
        let receipt = commands.perform(id, &RemoveOffer { at: commands.now() }, cause).await;
        let receipt = receipt.map_err(plain)?;
        self.clear(commands, id).await?;
        Ok(!receipt.events.is_empty())
    }
}
