//! One file per reaction. To add one: its file, its `mod`, its line in [`all`]. One that sends a letter is a
//! [`letter_reaction::LetterReaction`], which [`Letters`] makes a reaction.

mod account_letters;
mod account_warnings;
mod address_taken;
mod alert_letter;
mod ami;
mod answer_email;
mod application_letter;
mod archive_letter;
mod attachments_forward;
mod compose;
mod confirmation_email;
mod deliver;
mod employer_email;
mod erasure_case;
mod letter;
mod letter_reaction;
mod memo;
mod message_email;
mod offer_description;
mod personal_data_link;
mod recruiter_receipt;
mod resend;
mod tracked_description;
mod webhooks;
mod withdrawal_email;

use crate::reaction::AnyReaction;
use letter_reaction::Letters;

/// Every reaction.
pub fn all() -> Vec<Box<dyn AnyReaction>> {
    vec![
        Box::new(account_letters::AccountLetters),
        Box::new(account_warnings::AccountWarnings),
        Box::new(address_taken::AddressTaken),
        Box::new(alert_letter::AlertLetters),
        Box::new(ami::Ami),
        Box::new(Letters(answer_email::AnswerEmail)),
        Box::new(archive_letter::ArchiveLetters),
        Box::new(Letters(attachments_forward::AttachmentsForward)),
        Box::new(Letters(confirmation_email::ConfirmationEmail)),
        Box::new(Letters(employer_email::EmployerEmail)),
        Box::new(erasure_case::CarryOutErasure),
        Box::new(memo::Memo),
        Box::new(Letters(message_email::MessageEmail)),
        Box::new(offer_description::OfferDescription),
        Box::new(Letters(personal_data_link::PersonalDataLink)),
        Box::new(Letters(recruiter_receipt::RecruiterReceipt)),
        Box::new(Letters(resend::Resend)),
        Box::new(tracked_description::TrackedDescription),
        Box::new(webhooks::Webhooks),
        Box::new(Letters(withdrawal_email::WithdrawalEmail::EMPLOYER)),
        Box::new(Letters(withdrawal_email::WithdrawalEmail::RECRUITERS)),
        Box::new(Letters(withdrawal_email::WithdrawalEmail::CANDIDATE)),
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
