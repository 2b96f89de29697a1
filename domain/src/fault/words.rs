//! The words of replies, where their codes say nothing: in the order in which they are looked for, so
//! that what is said about us is not taken for something about the receiver.

use super::Problem;

const SENDING_LIMIT: &[&str] = &[
    "sending limit",
    "sending quota",
    "sending rate",
    "relay limit",
    "relay quota",
    "daily limit",
    "daily quota",
    "daily message",
    "daily sending",
    "daily user",
    "hourly limit",
    "hourly quota",
    "per hour",
    "per day",
    "outgoing message",
    "outgoing mail",
    "outbound limit",
    "message limit",
    "messages limit",
    "limit on the number",
    "maximum number of messages",
    "package quota",
    "maximum credits",
    "credits exceeded",
];

const HELLO: &[&str] = &[
    "helo command",
    "ehlo command",
    "(ehlo)",
    "(helo)",
    "helo name",
    "ehlo name",
    "invalid helo",
    "invalid ehlo",
    "bad helo",
    "helo/ehlo",
    "helo argument",
    "ehlo argument",
    "fully-qualified hostname",
    "fully qualified hostname",
];

const RELAY: &[&str] = &[
    "relaying",
    "relay access",
    "relay denied",
    "unable to relay",
    "to relay",
    "relay not",
    "not a relay",
    "open relay",
    "authentication required",
    "authentication is required",
    "must authenticate",
    "must be authenticated",
    "client was not authenticated",
];

const REPUTATION: &[&str] = &[
    "spamhaus",
    "spamcop",
    "barracuda",
    "blocklist",
    "block list",
    "blacklist",
    "black list",
    "dnsbl",
    " rbl",
    "rbl.",
    "client host",
    "blocked using",
    "is listed",
    "listed at",
    "listed in the",
    "listed on",
    "reputation",
    "your ip",
    "ip address",
    "sending ip",
    "from your network",
    "traffic not accepted",
    "reverse dns",
    "ptr record",
    "cannot find your hostname",
];

const AUTHENTICATION: &[&str] =
    &["spf", "dkim", "dmarc", "unauthenticated", "sender policy framework", "domainkeys"];

const SENDER_ADDRESS: &[&str] = &[
    "sender address",
    "sender rejected",
    "sender verify",
    "sender verification",
    "sender identity",
    "sender is not",
    "sender not verified",
    "invalid sender",
    "unknown sender",
    "sender domain",
    "sender's domain",
    "bad outbound sender",
    "from address",
    "not owned by",
    "verified sender",
    "send as this sender",
    "sendasdenied",
];

const RESTRICTED: &[&str] = &[
    "notauthenticatedforgroup",
    "resolver.rst",
    "restricted",
    "not authorized to send to",
    "not allowed to send to",
    "not accept mail from",
    "not accept messages from",
    "only accepts",
];

const NO_SUCH_MAILBOX: &[&str] = &[
    "user unknown",
    "unknown user",
    "no such user",
    "no such mailbox",
    "no such recipient",
    "no such address",
    "no such person",
    "no such account",
    "not exist",
    "doesn't exist",
    "doesn’t exist",
    "n'existe pas",
    "n’existe pas",
    "unknown recipient",
    "recipient unknown",
    "unknown address",
    "address unknown",
    "addressee unknown",
    "mailbox unknown",
    "unknown mailbox",
    "unknown local",
    "mailbox not found",
    "mailbox unavailable",
    "no mailbox",
    "user not found",
    "recipient not found",
    "recipientnotfound",
    "address not found",
    "invalid recipient",
    "invalid mailbox",
    "not a valid recipient",
    "not a valid mailbox",
    "not a known user",
    "this user doesn't have",
    "inconnu",
    "unbekannt",
];

const NO_SUCH_DOMAIN: &[&str] = &[
    "no such domain",
    "unknown domain",
    "domain not found",
    "host not found",
    "host unknown",
    "unknown host",
    "unrouteable",
    "nxdomain",
    "no mx record",
    "no mail host",
];

const DISABLED: &[&str] = &["disabled", "inactive", "suspended", "deactivated", "discontinued"];

const FULL: &[&str] = &[
    "mailbox full",
    "mailbox is full",
    "mailfolder is full",
    "over quota",
    "overquota",
    "quota exceeded",
    "exceeded its quota",
    "exceeds quota",
    "out of storage",
    "storage allocation",
    "insufficient storage",
];

const TOO_LARGE: &[&str] =
    &["too large", "too big", "size limit", "message size", "maximum size", "file too big"];

const CONTENT: &[&str] = &[
    "spam",
    "unsolicited",
    "virus",
    "malware",
    "content",
    "attachment",
    "phishing",
    "security issue",
    "bare lf",
    "barelinefeed",
];

/// What the words of a reply in lower case are about us, if anything.
pub(super) fn about_us(words: &str) -> Option<Problem> {
    first(
        words,
        &[
            (SENDING_LIMIT, Problem::SendingLimit),
            (HELLO, Problem::HelloName),
            (RELAY, Problem::RelayDenied),
            (SENDER_ADDRESS, Problem::SenderAddress),
            (AUTHENTICATION, Problem::SenderAuthentication),
            (REPUTATION, Problem::SenderReputation),
        ],
    )
}

/// What they are about the receiver, if anything.
pub(super) fn about_the_receiver(words: &str) -> Option<Problem> {
    first(
        words,
        &[
            (RESTRICTED, Problem::RestrictedMailbox),
            (NO_SUCH_DOMAIN, Problem::NoSuchDomain),
            (NO_SUCH_MAILBOX, Problem::NoSuchMailbox),
            (FULL, Problem::MailboxFull),
            (TOO_LARGE, Problem::TooLarge),
            (DISABLED, Problem::MailboxDisabled),
            (CONTENT, Problem::ContentRefused),
        ],
    )
}

/// Whether the words are about the name we greet with.
pub(super) fn about_the_hello(words: &str) -> bool {
    has(words, HELLO)
}

/// Whether they are about how much we send.
pub(super) fn about_a_limit(words: &str) -> bool {
    has(words, SENDING_LIMIT)
}

/// Whether they are about who may write to the receiver.
pub(super) fn about_restrictions(words: &str) -> bool {
    has(words, RESTRICTED)
}

fn first(words: &str, all: &[(&[&str], Problem)]) -> Option<Problem> {
    all.iter().find(|(known, _)| has(words, known)).map(|(_, problem)| *problem)
}

/// Each known phrase begins a word: `spf` is not in `wspf`.
fn has(words: &str, known: &[&str]) -> bool {
    known.iter().any(|phrase| {
        words.match_indices(phrase).any(|(at, _)| {
            let before = words[..at].chars().next_back();
            !phrase.starts_with(char::is_alphanumeric)
                || before.is_none_or(|c| !c.is_alphanumeric())
        })
    })
}
