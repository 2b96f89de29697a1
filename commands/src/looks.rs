//! What operators look at: every look at data of people is an event, recorded before it is shown.

use domain::operator::{OperatorEvent, OperatorRefusal};

use crate::facades::Operators;
use crate::operate::subject_line;
use crate::{Cause, CommandError};

impl Operators<'_> {
    /// Records that an operator is about to see data of people. `page` says where, as its address is
    /// written in the program, or the command; `fields` at what: ids, states and dates by their
    /// names, nothing personal. The id of an application has the name `id`, so that who looked at it
    /// is found.
    pub async fn record_look(
        self,
        page: &str,
        fields: &[(impl AsRef<str> + Sync, String)],
        cause: &Cause,
    ) -> Result<(), CommandError<OperatorRefusal>> {
        let named = fields.iter().map(|(name, value)| format!("{}={value}", name.as_ref()));
        let subject = named.collect::<Vec<_>>().join(" ");
        let subject = if subject.is_empty() { "-" } else { &subject };
        let event = OperatorEvent::OperatorLooked {
            page: page.parse().map_err(|_| CommandError::Invalid("the name of a page"))?,
            subject: subject_line(subject)?,
            at: self.clock.now(),
        };
        self.record_of_actor(event, cause).await
    }
}
