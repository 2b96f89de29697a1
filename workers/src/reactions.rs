//! One file per reaction. To add one: its file, its `mod`, its line in [`all`].

mod answer_email;
mod confirmation_email;
mod employer_email;
mod letter;
mod recruiter_receipt;

use crate::reaction::Reaction;

/// Every reaction.
pub(crate) fn all() -> Vec<Box<dyn Reaction>> {
    vec![
        Box::new(answer_email::AnswerEmail),
        Box::new(confirmation_email::ConfirmationEmail),
        Box::new(employer_email::EmployerEmail),
        Box::new(recruiter_receipt::RecruiterReceipt),
    ]
}

/// The names of all reactors.
pub fn names() -> Vec<&'static str> {
    all().iter().map(|reaction| reaction.name()).collect()
}
