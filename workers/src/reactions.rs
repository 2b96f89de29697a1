//! One file per reaction. To add one: its file, its `mod`, its line in [`all`].

mod ami;
mod answer_email;
mod attachments_forward;
mod compose;
mod confirmation_email;
mod deliver;
mod employer_email;
mod erasure_case;
mod letter;
mod memo;
mod message_email;
mod personal_data_link;
mod recruiter_receipt;
mod resend;
mod webhooks;
mod withdrawal_email;

use crate::reaction::AnyReaction;

/// Every reaction.
pub fn all() -> Vec<Box<dyn AnyReaction>> {
    vec![
        Box::new(ami::Ami),
        Box::new(answer_email::AnswerEmail),
        Box::new(attachments_forward::AttachmentsForward),
        Box::new(confirmation_email::ConfirmationEmail),
        Box::new(employer_email::EmployerEmail),
        Box::new(erasure_case::CarryOutErasure),
        Box::new(memo::Memo),
        Box::new(message_email::MessageEmail),
        Box::new(personal_data_link::PersonalDataLink),
        Box::new(recruiter_receipt::RecruiterReceipt),
        Box::new(resend::Resend),
        Box::new(webhooks::Webhooks),
        Box::new(withdrawal_email::WithdrawalEmail::EMPLOYER),
        Box::new(withdrawal_email::WithdrawalEmail::RECRUITERS),
        Box::new(withdrawal_email::WithdrawalEmail::CANDIDATE),
    ]
}

/// The stored names of the events that each reactor is handed.
pub fn events_of_reactors() -> Vec<(&'static str, Vec<&'static str>)> {
    all().iter().map(|reaction| (reaction.name(), reaction.events())).collect()
}

/// The names of all reactors.
pub fn names() -> Vec<&'static str> {
    all().iter().map(|reaction| reaction.name()).collect()
}
