use jiff::Timestamp;

use crate::application::{ApplicationEvent, ApplicationRefusal, JobApplication, Submission};
use crate::{Decision, Digest};

/// A candidate applies.
#[derive(Clone, Debug)]
pub struct Submit {
    /// What is sent.
    pub submission: Submission,
    /// SHA-256 of the partner's request, where it came with an `Idempotency-Key`.
    pub request_digest: Option<Digest>,
    /// When.
    pub at: Timestamp,
}

impl Decision for Submit {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        match state {
            JobApplication::Absent => Ok(vec![ApplicationEvent::Submitted {
                submission: Box::new(self.submission.clone()),
                request_digest: self.request_digest.clone(),
                at: self.at,
            }]),
            JobApplication::Open(_) | JobApplication::Ended(..) => {
                Err(ApplicationRefusal::AlreadySubmitted)
            }
        }
    }
}
