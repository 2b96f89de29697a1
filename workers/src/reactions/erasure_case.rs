//! A process manager: an erasure case that a second operator agreed to is carried out, record by record.

use async_trait::async_trait;
use commands::Cause;
use domain::erasure::{ErasureCase, ErasureCaseEvent, ErasureCaseEventKind};
use event_store::Recorded;

use crate::reaction::{Outcome, Reaction, ReactionError, Start, World};

pub(crate) struct CarryOutErasure;

const NAME: &str = "erasure_case";

#[async_trait]
impl Reaction for CarryOutErasure {
    type Of = ErasureCase;

    fn name(&self) -> &'static str {
        NAME
    }

    fn events(&self) -> &'static [ErasureCaseEventKind] {
        &[ErasureCaseEventKind::ErasureCaseAgreed]
    }

    /// What was agreed to before this ran for the first time is owed, too.
    fn start(&self) -> Start {
        Start::Beginning
    }

    /// An erasure is never given up: what stands in its way is for operators to mend.
    fn attempts(&self) -> u32 {
        u32::MAX
    }

    async fn react(
        &self,
        event: &Recorded<ErasureCaseEvent>,
        world: &World,
    ) -> Result<Outcome, ReactionError> {
        let no_id = |_| ReactionError::fatal("the event's id is not a UUID");
        let id = event.aggregate_id.parse().map_err(no_id)?;
        let cause = Cause::reaction(NAME, &event.metadata);
        world.commands.people().carry_out_erasure(id, &cause).await?;
        Ok(Outcome::Done)
    }
}
