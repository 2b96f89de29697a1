//! In `commands`: the use case.

use commands::{Cause, CommandError, Commands, Receipt};
use uuid::Uuid;

use crate::feedback::{Feedback, FeedbackRefusal, GiveFeedback, Opinion};

/// Takes an opinion in. `id` names it: the same again changes nothing.
pub async fn give_feedback(
    commands: &Commands,
    id: Uuid,
    opinion: Opinion,
    cause: &Cause,
) -> Result<Receipt<Feedback>, CommandError<FeedbackRefusal>> {
    let decision = GiveFeedback { opinion, at: commands.now() };
    commands.perform(&id.to_string(), &decision, cause).await
}
