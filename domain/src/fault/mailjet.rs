//! What Mailjet reports of an e-mail that did not arrive: `error_related_to` and `error` of its events
//! `bounce` and `blocked` (<https://dev.mailjet.com/email/guides/webhooks/>).

use super::{Problem, Stage, words};

impl Problem {
    /// What such an event says. `hard` where Mailjet calls it a hard bounce; `comment` may quote the
    /// receiving server.
    pub fn of_mailjet(related_to: &str, error: &str, comment: &str, hard: bool) -> Self {
        let (related_to, error) = (related_to.trim().to_lowercase(), error.trim().to_lowercase());
        match (related_to.as_str(), error.as_str()) {
            (_, "user unknown" | "mailbox inactive") => Self::NoSuchMailbox,
            (_, "invalid domain" | "no mail host" | "typofix") => Self::NoSuchDomain,
            (_, "spam reporter") => Self::Complained,
            ("recipient", "blacklisted") => Self::Unsubscribed,
            (_, "quota exceeded") => Self::MailboxFull,
            (_, "relay/access denied") => Self::RefusedByPolicy,
            (_, "greylisted") => Self::Greylisted,
            ("mailjet", _) | (_, "preblocked" | "duplicate in campaign") => Self::HeldBack,
            (_, "sender blocked") => Self::SenderReputation,
            ("content" | "template", _) | (_, "content blocked") => Self::OwnContent,
            ("spam" | "policy", _) | (_, "policy issue") => Self::SenderReputation,
            ("system", _) => Self::TryAgain,
            ("recipient", _) if hard => Self::NoSuchMailbox,
            ("domain", _) if hard => Self::NoSuchDomain,
            _ => quoted(&error, comment, hard),
        }
    }
}

/// From the words, where Mailjet does not sort it. A hard bounce that says nothing is about the
/// address by Mailjet's own word for it.
fn quoted(error: &str, comment: &str, hard: bool) -> Problem {
    let comment = comment.trim();
    let code = comment.get(..3).and_then(|digits| digits.parse::<u16>().ok());
    if let Some(code) = code.filter(|code| (400..600).contains(code)) {
        return Problem::of_smtp(Stage::Content, code, comment[3..].trim_start_matches(['-', ' ']));
    }
    let words = format!("{error} {}", comment.to_lowercase());
    let told = words::about_us(&words).or_else(|| words::about_the_receiver(&words));
    told.unwrap_or(match (hard, words.trim()) {
        (true, "") => Problem::NoSuchMailbox,
        _ => Problem::Refused,
    })
}
