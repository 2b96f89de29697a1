//! What a mail server's answer means, and what to do about it.

use std::error::Error as _;
use std::fmt;

use domain::Fault;
use domain::fault::{EnhancedStatus, Problem, Stage};
use lettre::transport::smtp;
use thiserror::Error;

use super::advice;

/// A mail server's answer (RFC 5321 4.2) with its enhanced code (RFC 3463), where it has one.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// The three digits.
    pub code: u16,
    /// `5.1.1`, for instance.
    pub enhanced: Option<String>,
    /// What it says; it may quote an address.
    pub text: String,
    /// What is the matter.
    pub problem: Problem,
}

impl Reply {
    /// A reply that tells of this problem.
    pub fn new(problem: Problem, code: u16, text: String) -> Self {
        let enhanced = EnhancedStatus::of_text(code / 100, &text).map(|code| code.to_string());
        Self { code, enhanced, text, problem }
    }
}

/// Without the text, which may quote an address.
impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        self.enhanced.as_ref().map_or(Ok(()), |code| write!(f, " {code}"))
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({self})")
    }
}

/// Why an e-mail did not leave, by what to do about it: for a reply, whose fault it is says that.
#[derive(Debug, Error)]
pub enum SendError {
    /// This e-mail will never be taken: the fault is the address's or the receiver's.
    #[error("the mail server refused the e-mail: {0}")]
    Refused(Reply),
    /// It will not be taken until an operator acts: the fault is ours or our mail provider's.
    #[error("the mail server refused us: {0}")]
    Misconfigured(Reply),
    /// The server cannot be talked to as configured: no way to sign in, or no encryption, that
    /// both sides know.
    #[error("the mail server cannot be used as configured")]
    Unusable(String),
    /// It passes by itself: try again.
    #[error("the mail server asks to try again: {0}")]
    Busy(Reply),
    /// There was no conversation: try again.
    #[error("the mail server cannot be reached")]
    Unreachable(String),
    /// The e-mail cannot be put together.
    #[error("the e-mail cannot be put together: {0}")]
    Unbuildable(String),
    /// The folder of the built-in mailbox cannot be written to.
    #[error("the mailbox's folder cannot be written to")]
    MailboxFolder(#[source] std::io::Error),
}

impl SendError {
    /// Sorts what lettre says at this stage. An answer with a code is a [`Reply`]; anything else is
    /// no conversation.
    pub(crate) fn of_smtp(stage: Stage, error: &smtp::Error) -> Self {
        let source = error.source().map(ToString::to_string).unwrap_or_default();
        match error.status() {
            Some(code) => Self::of_reply(stage, u16::from(code), source),
            None => Self::of_silence(format!("{error}: {source}")),
        }
    }

    /// Sorts an answer at this stage by its codes, and by its words where these say nothing.
    pub(crate) fn of_reply(stage: Stage, code: u16, text: String) -> Self {
        Self::of(Reply::new(Problem::of_smtp(stage, code, &text), code, text))
    }

    /// Sorts a reply by whose fault it is.
    pub(crate) const fn of(reply: Reply) -> Self {
        match reply.problem.fault() {
            Fault::Address | Fault::Receiver => Self::Refused(reply),
            Fault::Sender | Fault::Provider => Self::Misconfigured(reply),
            Fault::Transient => Self::Busy(reply),
        }
    }

    /// Sorts what ended the conversation without an answer. Encryption and sign-in that fail will
    /// fail for every e-mail, until somebody changes one side.
    pub(crate) fn of_silence(text: String) -> Self {
        let lower = text.to_lowercase();
        let words = ["authentication mechanism", "starttls is not", "certificate"];
        let lasts = words.iter().any(|word| lower.contains(word));
        if lasts { Self::Unusable(text) } else { Self::Unreachable(text) }
    }

    /// What the other side said; it may quote an address.
    pub fn detail(&self) -> String {
        match self {
            Self::Refused(reply) | Self::Misconfigured(reply) | Self::Busy(reply) => {
                format!("{} {}", reply.code, reply.text)
            }
            Self::Unusable(text) | Self::Unreachable(text) | Self::Unbuildable(text) => {
                text.clone()
            }
            Self::MailboxFolder(error) => error.to_string(),
        }
    }

    /// Whether every e-mail fails alike until an operator acts; what is held against one sender, or
    /// by one receiver, says nothing of the others.
    pub fn bars_every_email(&self) -> bool {
        match self {
            Self::Misconfigured(reply) => reply.problem.fault() == Fault::Provider,
            Self::Unusable(_) | Self::MailboxFolder(_) => true,
            _ => false,
        }
    }

    /// What it means and what to do, in plain words without personal data.
    pub fn advice(&self) -> String {
        match self {
            Self::Misconfigured(reply) | Self::Refused(reply) | Self::Busy(reply) => {
                advice::of_reply(reply)
            }
            Self::Unusable(text) => advice::unusable(text).to_owned(),
            Self::Unreachable(text) => advice::unreachable(text).to_owned(),
            Self::Unbuildable(why) => format!("The e-mail cannot be put together ({why}). This is a mistake of Postulo's: report it."),
            Self::MailboxFolder(_) => "The mailbox's folder cannot be written to. Check its permissions and that the disk is not full.".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case(421, "4.3.2 closing", "later", "closing")]
    #[case(450, "4.7.1 greylisted", "later", "greylisting")]
    #[case(451, "try again", "later", "try again")]
    #[case(452, "4.3.1 no space", "later", "room")]
    #[case(454, "4.7.0 temporary authentication failure", "later", "credentials")]
    #[case(421, "4.7.0 Try again later, closing connection. (EHLO)", "later", "POSTULO_MAIL_EHLO")]
    #[case(530, "5.7.0 authentication required", "operator", "password")]
    #[case(535, "5.7.8 bad credentials", "operator", "password")]
    #[case(550, "5.7.1 sender identity not verified", "operator", "sender address")]
    #[case(553, "sender address rejected: not owned by user", "operator", "sender address")]
    #[case(502, "5.5.1 command not implemented", "operator", "host and port")]
    #[case(521, "host does not accept mail", "operator", "host and port")]
    #[case(504, "5.5.2 <vm>: Helo command rejected", "operator", "POSTULO_MAIL_EHLO")]
    #[case(550, "5.4.5 Daily user sending limit exceeded", "operator", "sending limit")]
    #[case(554, "5.7.1 Client host [192.0.2.1] blocked using bl", "operator", "blocklist")]
    #[case(550, "5.7.26 This mail is unauthenticated", "operator", "DMARC")]
    #[case(550, "Relaying not permitted", "operator", "POSTULO_MAIL_URL")]
    #[case(550, "5.1.1 <x@example.org> no such user", "never", "no such mailbox")]
    #[case(550, "5.1.1 no such user; the sender is told", "never", "no such mailbox")]
    #[case(552, "5.2.2 mailbox full", "never", "full")]
    #[case(552, "message too big", "never", "larger")]
    #[case(554, "5.7.1 looks like spam", "never", "spam")]
    #[case(554, "5.7.1 no", "never", "policy")]
    #[case(554, "transaction failed", "never", "for good")]
    fn an_answer_says_what_to_do(
        #[case] code: u16,
        #[case] text: &str,
        #[case] way: &str,
        #[case] words: &str,
    ) {
        let error = SendError::of_reply(Stage::Recipient, code, text.to_owned());
        let sorted = match error {
            SendError::Refused(_) => "never",
            SendError::Misconfigured(_) => "operator",
            SendError::Busy(_) => "later",
            _ => unreachable!("an answer is one of the three"),
        };
        let advice = error.advice();
        assert_eq!(sorted, way, "{code} {text}");
        let lower = advice.to_lowercase();
        assert!(lower.contains(&words.to_lowercase()), "{advice}");
        assert!(!advice.contains('@'), "advice holds no address: {advice}");
    }

    #[test]
    fn what_is_logged_of_an_answer_holds_no_address() {
        let text = "5.1.1 <camille@example.org> unknown".to_owned();
        let error = SendError::of_reply(Stage::Recipient, 550, text);
        assert!(!format!("{error} {error:?}").contains('@'));
        assert!(error.detail().contains("camille@example.org"));
    }

    #[test]
    fn what_fails_for_every_email_waits_for_the_operator() {
        let lasting = [
            ("No compatible authentication mechanism was found", "sign in"),
            ("STARTTLS is not supported on this server", "smtps://"),
            ("invalid peer certificate: UnknownIssuer", "certificate"),
        ];
        for (text, words) in lasting {
            let error = SendError::of_silence(text.to_owned());
            assert!(error.bars_every_email(), "{text}");
            assert!(error.advice().contains(words), "{}", error.advice());
        }
        assert!(!SendError::of_silence("network error: reset".to_owned()).bars_every_email());
    }
}
