//! Erasure cases: one operator asks for a person to be erased, another one agrees, and the case is
//! carried out record by record. It may be cut off at any moment: what is left of it is known, and
//! whoever carries it out goes on from there.

use cqrs_es::Aggregate as _;
use domain::application::{RefuseErasure, RequestErasure};
use domain::erasure::{
    AgreeToErasure, CompleteErasureCase, ErasureBasis, ErasureCase, ErasureCaseRefusal,
    OpenErasureCase, RecordRef, RecordStreamErased, TurnDownErasure,
};
use domain::{ApplicationRefusal, EmailAddress, Personal};
use event_store::StreamId;
use uuid::Uuid;

use crate::facades::People;
use crate::forget::line;
use crate::{Cause, CommandError, ForgetError, History};

impl People<'_> {
    /// The case called `id`, with all that happened to it; no event when there is none.
    pub async fn erasure_case(
        self,
        id: Uuid,
    ) -> Result<History<ErasureCase>, CommandError<ErasureCaseRefusal>> {
        self.loader().history(&id.to_string()).await
    }

    /// An operator asks for a person to be erased: these records of whoever has the address. `id` was
    /// made with the form, so that a second click asks once. Each application notes it, too.
    pub async fn open_erasure_case(
        self,
        id: Uuid,
        address: &EmailAddress,
        records: &[RecordRef],
        operator: Uuid,
        cause: &Cause,
    ) -> Result<(), CommandError<ErasureCaseRefusal>> {
        let requested_by = line(&operator.to_string())?;
        let at = self.clock.now();
        // A case ends by itself, and is no record of its own.
        let records = records.iter().filter(|record| !record.is_of::<ErasureCase>());
        let records: Vec<_> = records.cloned().collect();
        let address = Personal::new(address.clone());
        let noted = RequestErasure { request_id: id, requested_by: requested_by.clone(), at };
        let decision = OpenErasureCase { address, records: records.clone(), requested_by, at };
        self.perform_first(&id.to_string(), &decision, cause).await?;
        for application in records.iter().filter_map(RecordRef::as_application) {
            let noted = self.perform(&application.to_string(), &noted, cause).await;
            unless_refused(noted)?;
        }
        Ok(())
    }

    /// An operator says no to a case, or takes back what they asked for.
    pub async fn turn_down_erasure(
        self,
        id: Uuid,
        operator: Uuid,
        cause: &Cause,
    ) -> Result<(), CommandError<ErasureCaseRefusal>> {
        let refused_by = line(&operator.to_string())?;
        let decision = TurnDownErasure { refused_by, at: self.clock.now() };
        let state = self.erasure_case(id).await?.state;
        domain::Decision::decide(&decision, &state).map_err(CommandError::Refused)?;
        // The applications first: where it is cut off between the two, the case still waits.
        for application in state.open().into_iter().flat_map(|case| &case.left) {
            let Some(application) = application.as_application() else { continue };
            let noted = RefuseErasure { request_id: id, at: self.clock.now() };
            let noted = self.perform(&application.to_string(), &noted, cause).await;
            unless_refused(noted)?;
        }
        self.perform(&id.to_string(), &decision, cause).await?;
        Ok(self.clear_stream(StreamId::of::<ErasureCase>(&id.to_string())).await?)
    }

    /// Another operator agrees to a case. From then on it is carried out, whoever is cut off.
    pub async fn agree_to_erasure(
        self,
        id: Uuid,
        operator: Uuid,
        cause: &Cause,
    ) -> Result<(), CommandError<ErasureCaseRefusal>> {
        let agreed_by = line(&operator.to_string())?;
        let decision = AgreeToErasure { agreed_by, at: self.clock.now() };
        self.perform(&id.to_string(), &decision, cause).await.map(drop)
    }

    /// Carries out a case that was agreed to, or goes on with it: what is named after the address,
    /// then each record that is left; each is noted once it is erased and cleared. Several may do so
    /// at once. A case that is over has nothing left.
    pub async fn carry_out_erasure(self, id: Uuid, cause: &Cause) -> Result<(), ForgetError> {
        let name = id.to_string();
        let state = self.loader().state::<ErasureCase>(&name).await;
        let state = state.map_err(CommandError::without_refusal::<ApplicationRefusal>)?.state;
        if !matches!(state, ErasureCase::Closed(_)) {
            let erasure = state.agreed().map_err(refused)?;
            let basis = ErasureBasis::Case;
            self.forget_what_is_named_after(erasure.address.reveal(), &basis, cause).await?;
            for record in &erasure.left {
                self.erase(record, &basis, cause).await?;
                let erased = RecordStreamErased { record: record.clone(), at: self.clock.now() };
                self.perform(&name, &erased, cause).await.map_err(plain)?;
            }
            let complete = CompleteErasureCase { at: self.clock.now() };
            self.perform(&name, &complete, cause).await.map_err(plain)?;
        }
        if let Some(cases) = self.contexts().people_of(ErasureCase::TYPE) {
            cases.clear(&self, &name).await?;
        }
        Ok(())
    }
}

fn refused(refusal: ErasureCaseRefusal) -> CommandError<ApplicationRefusal> {
    plain(CommandError::Refused(refusal))
}

fn plain(error: CommandError<ErasureCaseRefusal>) -> CommandError<ApplicationRefusal> {
    error.without_refusal()
}

/// What an application notes of a case; one that was erased or decided meanwhile notes nothing.
fn unless_refused<T>(
    noted: Result<T, CommandError<ApplicationRefusal>>,
) -> Result<(), CommandError<ErasureCaseRefusal>> {
    match noted {
        Ok(_) | Err(CommandError::Refused(_)) => Ok(()),
        Err(error) => Err(error.without_refusal()),
    }
}
