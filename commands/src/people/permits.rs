//! Work permits, as records of those who are to work.

use async_trait::async_trait;
use cqrs_es::Aggregate as _;
use domain::erasure::ErasureBasis;
use domain::permit::{ErasePermit, Permit};
use event_store::timestamp_text;
use serde_json::{Map, json};

use super::{Chapter, Entry, PersonalRecords, plain};
use crate::{Cause, Commands, ForgetError, SubjectExportError};

pub(super) struct Permits;

#[async_trait]
impl PersonalRecords for Permits {
    fn aggregate(&self) -> &'static str {
        Permit::TYPE
    }

    async fn chapter(
        &self,
        commands: &Commands,
        id: &str,
    ) -> Result<Option<Chapter>, SubjectExportError> {
        let state = commands.loader().state::<Permit>(id).await;
        let state = state.map_err(plain)?.state;
        let Ok(known) = state.known() else { return Ok(None) };
        let dossier = &known.dossier;
        let fields: Map<_, _> = dossier
            .fields
            .iter()
            .map(|field| (field.key.as_str().to_owned(), field.text().into()))
            .collect();
        let holder = &dossier.holder;
        let data = json!({
            "id": id,
            "procedure": dossier.procedure,
            "number": dossier.number,
            "state": dossier.state.as_str(),
            "created_at": timestamp_text(dossier.dates.created_at),
            "processed_at": dossier.dates.processed_at.map(timestamp_text),
            "email": holder.email.as_ref().map(|email| email.reveal().as_str()),
            "siret": holder.siret.as_ref().map(domain::Siret::as_str),
            "company": holder.company.as_ref().map(|company| company.reveal().as_str()),
            "fields": fields,
        });
        Ok(Some(Chapter::Entry(Entry {
            list: "permits",
            title: dossier.number.to_string(),
            at: dossier.dates.created_at,
            data,
            files: vec![],
        })))
    }

    async fn erase(
        &self,
        commands: &Commands,
        id: &str,
        basis: &ErasureBasis,
        cause: &Cause,
    ) -> Result<bool, ForgetError> {
        if let ErasureBasis::Retention { before } = basis {
            let state = commands.loader().state::<Permit>(id).await;
            let state = state.map_err(plain)?.state;
            if !state.known().is_ok_and(|known| known.kept_since() < *before) {
                return Ok(false);
            }
        }
        let receipt = commands.perform(id, &ErasePermit { at: commands.now() }, cause).await;
        let receipt = receipt.map_err(plain)?;
        self.clear(commands, id).await?;
        Ok(!receipt.events.is_empty())
    }
}
