//! Addresses that nothing is sent to, as errors of the fields that hold them.

use commands::CommandError;
use domain::suppression::SuppressionRefusal;
use domain::{EmailAddress, FieldError, Invalid};
use web::App;

/// Which of an application's addresses nothing is sent to for now.
pub(crate) async fn suppressed(
    app: &App,
    candidate: &EmailAddress,
    employer: &EmailAddress,
) -> Result<Vec<FieldError>, CommandError<SuppressionRefusal>> {
    let [candidate, employer] =
        app.commands.suppressions().suppressed([candidate, employer]).await?;
    let mut errors = vec![];
    if candidate {
        errors.push(FieldError::new("candidate_email", Invalid::SuppressedCandidate));
    }
    if employer {
        errors.push(FieldError::new("employer_email", Invalid::SuppressedEmployer));
    }
    Ok(errors)
}
