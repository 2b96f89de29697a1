use jiff::Timestamp;

use crate::application::{ApplicationEvent, ApplicationRefusal, Ending, JobApplication};
use crate::{Decision, Personal, Prose};

/// The candidate takes the application back; a second click changes nothing.
#[derive(Clone, Debug)]
pub struct Withdraw {
    /// Why, if the candidate says so.
    pub reason: Option<Personal<Prose<1000>>>,
    /// When.
    pub at: Timestamp,
}

impl Decision for Withdraw {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        if matches!(state, JobApplication::Ended(_, Ending::Withdrawn)) {
            return Ok(vec![]);
        }
        state.open()?;
        Ok(vec![ApplicationEvent::Withdrawn { reason: self.reason.clone(), at: self.at }])
    }
}
