//! What a mail server's answer means, and what to do about it.

use std::error::Error as _;
use std::fmt;

use lettre::transport::smtp;
use thiserror::Error;

/// A mail server's answer (RFC 5321 4.2) with its enhanced code (RFC 3463), where it has one.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// The three digits.
    pub code: u16,
    /// `5.1.1`, for instance.
    pub enhanced: Option<String>,
    /// What it says; it may quote an address.
    pub text: String,
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

/// Why an e-mail did not leave, by what to do about it.
#[derive(Debug, Error)]
pub enum SendError {
    /// This e-mail will never be taken: 5yz about the recipient or the content.
    #[error("the mail server refused the e-mail: {0}")]
    Refused(Reply),
    /// No e-mail will be taken until an operator acts: credentials, or the sender's identity.
    #[error("the mail server refused us: {0}")]
    Misconfigured(Reply),
    /// The server cannot be talked to as configured: no way to sign in, or no encryption, that
    /// both sides know.
    #[error("the mail server cannot be used as configured")]
    Unusable(String),
    /// 4yz: try again.
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
    /// Sorts what lettre says. An answer with a code is a [`Reply`]; anything else is no
    /// conversation.
    pub(crate) fn of_smtp(error: &smtp::Error) -> Self {
        let source = error.source().map(ToString::to_string).unwrap_or_default();
        match error.status() {
            Some(code) => Self::of_reply(u16::from(code), source),
            None => Self::of_silence(format!("{error}: {source}")),
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

    /// Sorts an answer by its codes (RFC 5321 4.2.1, RFC 4954 6, RFC 3463).
    pub(crate) fn of_reply(code: u16, text: String) -> Self {
        let first = text.split_whitespace().next().unwrap_or_default();
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let is_enhanced = first.split('.').count() == 3 && first.split('.').all(digits);
        let enhanced = is_enhanced.then(|| first.to_owned());
        let lower = text.to_lowercase();
        let about_sender = ["sender", "from address", "identity", "not verified", "not owned"];
        let about_sender = about_sender.iter().any(|word| lower.contains(word));
        let status = enhanced.as_deref().unwrap_or_default();
        let credentials = matches!(code, 530 | 534 | 535 | 538);
        // The command itself is not known, or the host takes no mail at all (RFC 7504).
        let protocol = matches!(code, 500 | 502 | 503 | 504 | 521);
        let identity = matches!(code, 550 | 553 | 554)
            && (matches!(status, "5.1.7" | "5.1.8" | "5.7.8")
                || (about_sender && (status.is_empty() || status.starts_with("5.7."))));
        let reply = Reply { code, enhanced, text };
        match code {
            400..=499 => Self::Busy(reply),
            _ if credentials || identity || protocol => Self::Misconfigured(reply),
            _ => Self::Refused(reply),
        }
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

    /// Whether every e-mail fails alike until an operator acts.
    pub const fn is_for_the_operator(&self) -> bool {
        matches!(self, Self::Misconfigured(_) | Self::Unusable(_) | Self::MailboxFolder(_))
    }

    /// What it means and what to do, in plain words without personal data.
    pub fn advice(&self) -> String {
        match self {
            Self::Misconfigured(reply) => misconfigured(reply),
            Self::Refused(reply) => refused(reply),
            Self::Busy(reply) => busy(reply),
            Self::Unusable(text) => unusable(text).to_owned(),
            Self::Unreachable(text) => unreachable(text).to_owned(),
            Self::Unbuildable(why) => format!("The e-mail cannot be put together ({why}). This is a mistake of Postulo's: report it."),
            Self::MailboxFolder(_) => "The mailbox's folder cannot be written to. Check its permissions and that the disk is not full.".to_owned(),
        }
    }
}

fn misconfigured(reply: &Reply) -> String {
    if matches!(reply.code, 530 | 534 | 535 | 538) {
        format!(
            "The mail server does not accept our user name and password ({reply}). Check both in POSTULO_MAIL_URL, with special characters percent-encoded, and restart. What waits leaves by itself."
        )
    } else if matches!(reply.code, 500 | 502 | 503 | 504 | 521) {
        format!(
            "What answers at POSTULO_MAIL_URL takes no e-mail from us ({reply}). Check its host and port. What waits leaves by itself."
        )
    } else {
        format!(
            "The mail server does not let us send under this sender address ({reply}). Have the client platform's contact address or its domain verified with the mail provider. What waits leaves by itself."
        )
    }
}

fn refused(reply: &Reply) -> String {
    let status = reply.enhanced.as_deref().unwrap_or_default();
    let lower = reply.text.to_lowercase();
    if status == "5.3.4" || reply.code == 552 && !status.starts_with("5.2.") {
        format!(
            "The e-mail is larger than the receiving server takes ({reply}). Forward the documents another way."
        )
    } else if status == "5.2.2" || lower.contains("full") || lower.contains("quota") {
        format!(
            "The receiver's mailbox is full ({reply}). Retry in some days, or reach the receiver another way."
        )
    } else if matches!(status, "5.1.1" | "5.1.2" | "5.1.3" | "5.1.10")
        || status.is_empty() && reply.code == 550
    {
        format!("There is no such mailbox ({reply}). Ask the partner for the right address.")
    } else if status.starts_with("5.7.") {
        format!(
            "The receiving server refuses the e-mail by its policy ({reply}). Its text says more; it may take us for spam."
        )
    } else {
        format!("The receiving server refuses the e-mail for good ({reply}). Its text says why.")
    }
}

fn busy(reply: &Reply) -> String {
    let status = reply.enhanced.as_deref().unwrap_or_default();
    match (reply.code, status) {
        (421, _) => format!(
            "The mail server is closing or overloaded ({reply}). It is tried again by itself."
        ),
        (452, _) | (_, "4.2.2" | "4.3.1") => {
            format!(
                "The receiving side has no room left right now ({reply}). It is tried again by itself."
            )
        }
        (454, _) => format!(
            "The mail server cannot check our credentials right now ({reply}). It is tried again by itself."
        ),
        (_, "4.7.1") => format!(
            "The receiving server asks unknown senders to come back later (greylisting, {reply}). It is tried again by itself."
        ),
        _ => format!(
            "The mail server asks to try again later ({reply}). It is tried again by itself."
        ),
    }
}

fn unusable(text: &str) -> &'static str {
    let lower = text.to_lowercase();
    if lower.contains("authentication mechanism") {
        "The mail server offers no way to sign in that we know: check whether POSTULO_MAIL_URL needs a user name at all, and whether the server offers PLAIN or LOGIN once encrypted. What waits leaves by itself."
    } else if lower.contains("starttls") {
        "The mail server offers no encryption on this port: use its port for smtps://, or, where the way to it is safe, add ?starttls=none to POSTULO_MAIL_URL. What waits leaves by itself."
    } else {
        "The mail server's certificate is not accepted: check that POSTULO_MAIL_URL names the host as the certificate does, and that the certificate is valid and signed by an authority this machine trusts. What waits leaves by itself."
    }
}

fn unreachable(text: &str) -> &'static str {
    let lower = text.to_lowercase();
    if lower.contains("refused") {
        "The mail server refuses the connection: it is down, or the host or port in POSTULO_MAIL_URL is wrong, or a firewall is between. It is tried again by itself."
    } else if lower.contains("timed out") || lower.contains("timeout") || lower.contains("deadline")
    {
        "The mail server did not answer in time: it is overloaded, or a firewall drops our packets. It is tried again by itself."
    } else if lower.contains("resolve")
        || lower.contains("lookup")
        || lower.contains("name or service")
    {
        "The name of the mail server is not known to the DNS: check the host in POSTULO_MAIL_URL. It is tried again by itself."
    } else if lower.contains("tls") {
        "No encrypted connection to the mail server came about: check whether the port wants smtps:// or smtp:// with STARTTLS. It is tried again by itself."
    } else {
        "The conversation with the mail server broke off. It is tried again by itself."
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which way an answer is sorted.
    fn sorted(code: u16, text: &str) -> (&'static str, String) {
        let error = SendError::of_reply(code, text.to_owned());
        let way = match error {
            SendError::Refused(_) => "never",
            SendError::Misconfigured(_) => "operator",
            SendError::Busy(_) => "later",
            _ => unreachable!("an answer is one of the three"),
        };
        (way, error.advice())
    }

    #[rstest::rstest]
    #[case(421, "4.3.2 closing", "later", "closing")]
    #[case(450, "4.7.1 greylisted", "later", "greylisting")]
    #[case(451, "try again", "later", "try again")]
    #[case(452, "4.3.1 no space", "later", "room")]
    #[case(454, "4.7.0 temporary authentication failure", "later", "credentials")]
    #[case(530, "5.7.0 authentication required", "operator", "password")]
    #[case(535, "5.7.8 bad credentials", "operator", "password")]
    #[case(550, "5.7.1 sender identity not verified", "operator", "sender address")]
    #[case(553, "sender address rejected: not owned by user", "operator", "sender address")]
    #[case(502, "5.5.1 command not implemented", "operator", "host and port")]
    #[case(521, "host does not accept mail", "operator", "host and port")]
    #[case(550, "5.1.1 <x@example.org> no such user", "never", "no such mailbox")]
    #[case(552, "5.2.2 mailbox full", "never", "full")]
    #[case(552, "message too big", "never", "larger")]
    #[case(554, "5.7.1 looks like spam", "never", "policy")]
    #[case(554, "transaction failed", "never", "for good")]
    fn an_answer_says_what_to_do(
        #[case] code: u16,
        #[case] text: &str,
        #[case] way: &str,
        #[case] words: &str,
    ) {
        let (sorted, advice) = sorted(code, text);
        assert_eq!(sorted, way, "{code} {text}");
        assert!(advice.contains(words), "{advice}");
        assert!(!advice.contains('@'), "advice holds no address: {advice}");
    }

    #[test]
    fn what_is_logged_of_an_answer_holds_no_address() {
        let error = SendError::of_reply(550, "5.1.1 <camille@example.org> unknown".to_owned());
        assert!(!format!("{error} {error:?}").contains('@'));
        assert!(error.detail().contains("camille@example.org"));
    }

    #[test]
    fn no_conversation_is_told_apart_by_its_cause() {
        let texts =
            ["Connection refused", "timed out", "failed to lookup address", "no TLS", "hung up"];
        let advice: std::collections::BTreeSet<_> = texts.into_iter().map(unreachable).collect();
        assert_eq!(advice.len(), 5);
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
            assert!(error.is_for_the_operator(), "{text}");
            assert!(error.advice().contains(words), "{}", error.advice());
        }
        assert!(!SendError::of_silence("network error: reset".to_owned()).is_for_the_operator());
    }
}
