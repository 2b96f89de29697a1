//! Replies of mail servers: RFC 5321 4.2, enhanced codes of RFC 3463, RFC 7372 and RFC 7505, and the
//! codes that Exchange and Gmail have beside them. A code counts more than words; what comes before
//! RCPT is never about the address.

use super::{Fault, Problem, words};

/// Where in the conversation a reply came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The greeting, EHLO or STARTTLS.
    Connection,
    /// AUTH.
    Authentication,
    /// MAIL.
    Sender,
    /// RCPT.
    Recipient,
    /// DATA, or after it; or nobody says where.
    Content,
}

/// An enhanced status code (RFC 3463): class, subject and detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnhancedStatus {
    class: u16,
    subject: u16,
    detail: u16,
}

impl EnhancedStatus {
    /// The code in a reply of this class: at its beginning, at its end, or behind a `#`.
    pub fn of_text(class: u16, text: &str) -> Option<Self> {
        let tokens: Vec<&str> = text.split_whitespace().collect();
        let ends = tokens.first().into_iter().chain(tokens.last()).copied();
        let marked = tokens.iter().copied().filter(|token| token.contains('#'));
        let found = ends.chain(marked).filter_map(Self::of_token);
        found.into_iter().find(|status| status.class == class)
    }

    fn of_token(token: &str) -> Option<Self> {
        let bare = token.trim_matches(|c: char| !c.is_ascii_digit());
        let mut numbers = bare.split('.').map(|part| {
            let digits = (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            if digits { part.parse::<u16>().ok() } else { None }
        });
        let (class, subject, detail) = (numbers.next()??, numbers.next()??, numbers.next()??);
        let whole = numbers.next().is_none() && matches!(class, 2 | 4 | 5);
        whole.then_some(Self { class, subject, detail })
    }
}

impl std::fmt::Display for EnhancedStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

impl Problem {
    /// What a reply with a code of 400 or more says. `text` is what stands behind the code.
    pub fn of_smtp(stage: Stage, code: u16, text: &str) -> Self {
        let words = text.to_lowercase();
        let status = EnhancedStatus::of_text(code / 100, text);
        if code < 500 {
            return transient(code, status, &words);
        }
        if matches!(code, 530 | 534 | 535 | 538) || stage == Stage::Authentication {
            return Self::Credentials;
        }
        if matches!(code, 500..=504 | 521) && status.is_none_or(|it| it.subject == 5) {
            let hello = words::about_the_hello(&words)
                || stage == Stage::Connection && matches!(code, 501 | 504);
            return if hello { Self::HelloName } else { Self::Protocol };
        }
        match stage {
            Stage::Connection => before_the_sender(&words),
            Stage::Sender => of_the_sender(status, &words),
            _ => of_the_recipient(code, status, &words),
        }
    }
}

/// A daily limit lasts longer than tries do.
fn transient(code: u16, status: Option<EnhancedStatus>, words: &str) -> Problem {
    let detail = status.map(|it| (it.subject, it.detail));
    match (code, detail) {
        (_, Some((4, 5))) => Problem::SendingLimit,
        _ if words::about_a_limit(words) => Problem::SendingLimit,
        (454, _) => Problem::CredentialsUnchecked,
        (_, Some((2, 2) | (3, 1))) | (452, None | Some((0..=4, _))) => Problem::NoRoom,
        (421, None | Some((3, _))) => Problem::Closing,
        (_, Some((7, 28) | (2, 1))) => Problem::TooFast,
        _ if words.contains("too many") || words.contains("too fast") || words.contains("rate") => {
            Problem::TooFast
        }
        (450 | 451, Some((7, _))) => Problem::Greylisted,
        _ if words.contains("greylist") || words.contains("graylist") => Problem::Greylisted,
        (421, _) => Problem::Closing,
        _ => Problem::TryAgain,
    }
}

fn before_the_sender(words: &str) -> Problem {
    words::about_us(words).unwrap_or(Problem::SenderReputation)
}

/// Whatever a server says of MAIL is about us.
fn of_the_sender(status: Option<EnhancedStatus>, words: &str) -> Problem {
    let by_status = status.and_then(|status| of_status(status, words));
    let ours = by_status.filter(|problem| problem.fault().is_ours());
    ours.or_else(|| words::about_us(words)).unwrap_or(Problem::SenderAddress)
}

fn of_the_recipient(code: u16, status: Option<EnhancedStatus>, words: &str) -> Problem {
    if let Some(problem) = status.and_then(|status| of_status(status, words)) {
        return problem;
    }
    let by_words = || words::about_us(words).or_else(|| words::about_the_receiver(words));
    match code {
        551 => Problem::NoSuchMailbox,
        // RFC 7504: the domain takes no e-mail.
        556 => Problem::NoSuchDomain,
        552 => by_words().unwrap_or(Problem::TooLarge),
        _ => by_words().unwrap_or(Problem::Refused),
    }
}

/// `None` where the code says no more than its class or its subject.
fn of_status(status: EnhancedStatus, words: &str) -> Option<Problem> {
    Some(match (status.subject, status.detail) {
        (1, 1 | 6 | 10) => Problem::NoSuchMailbox,
        (1, 2) | (4, 4 | 310) => Problem::NoSuchDomain,
        (1, 3) => Problem::InvalidAddress,
        (1, 7 | 8) => Problem::SenderAddress,
        (1, 90) | (4, 5) => Problem::SendingLimit,
        (2, 1) => Problem::MailboxDisabled,
        (2, 2) => Problem::MailboxFull,
        (2, 3) | (3, 4) => Problem::TooLarge,
        // Exchange Online, of a mailbox that its directory does not have.
        (4, 1) if words.contains("recipient address rejected: access denied") => {
            Problem::NoSuchMailbox
        }
        (6, _) => Problem::ContentRefused,
        (7, detail) => of_policy(detail, words),
        // A system in trouble tells nothing of the address.
        (3, _) => {
            let told = words::about_us(words).or_else(|| words::about_the_receiver(words));
            told.filter(|it| it.fault() != Fault::Address).unwrap_or(Problem::Refused)
        }
        _ => return None,
    })
}

/// Of 5.7.x. Never about the address.
fn of_policy(detail: u16, words: &str) -> Problem {
    match detail {
        3 | 8 | 57 => Problem::Credentials,
        54 | 64 => Problem::RelayDenied,
        // RFC 7372; 9 is Yahoo's, 27 to 40 Gmail's, 509 and 515 Microsoft's.
        9 | 20..=24 | 26 | 27 | 29..=32 | 40 | 509 | 515 => Problem::SenderAuthentication,
        25 | 28 | 501..=503 | 511 | 513 | 606..=649 | 708 => Problem::SenderReputation,
        60 | 512 | 750 => Problem::SenderAddress,
        232 | 233 | 705 => Problem::SendingLimit,
        506 => Problem::HelloName,
        12 | 124 | 129..=136 => Problem::RestrictedMailbox,
        _ if words::about_restrictions(words) => Problem::RestrictedMailbox,
        _ => {
            let told = words::about_us(words).or_else(|| words::about_the_receiver(words));
            told.filter(|it| it.fault() != Fault::Address).unwrap_or(Problem::RefusedByPolicy)
        }
    }
}
