//! The advice for operators: what a problem means, whose fault it is and what to do, in plain words
//! without personal data.

use domain::fault::Problem;

use super::Reply;

/// What a reply means, and what to do.
pub(super) fn of_reply(reply: &Reply) -> String {
    let (meaning, then) = match reply.problem {
        Problem::NoSuchMailbox => {
            ("There is no such mailbox", "Ask the partner for the right address.")
        }
        Problem::NoSuchDomain => (
            "There is no such domain, or it takes no e-mail: the address is wrong",
            "Ask the partner for the right address.",
        ),
        Problem::InvalidAddress => (
            "The receiver's server does not take this for an address",
            "Ask the partner for the right address.",
        ),
        Problem::Complained | Problem::Unsubscribed => {
            ("Its owner wants no e-mail from us", "Reach the receiver another way.")
        }
        Problem::MailboxDisabled => {
            ("The receiver's mailbox is disabled", "Ask the partner for another address.")
        }
        Problem::MailboxFull => (
            "The receiver's mailbox is full",
            "Retry in some days, or reach the receiver another way.",
        ),
        Problem::TooLarge => (
            "The e-mail is larger than the receiving server takes",
            "Forward the documents another way.",
        ),
        Problem::ContentRefused => (
            "The receiving server refuses what the e-mail holds, or takes it for spam",
            "Its text says more. Reach the receiver another way.",
        ),
        Problem::RestrictedMailbox => (
            "The receiver's mailbox takes e-mails of certain senders only",
            "Ask the partner for another address.",
        ),
        Problem::RefusedByPolicy => (
            "The receiving server refuses the e-mail by its policy",
            "Its text says more; it may take us for spam.",
        ),
        Problem::Refused => {
            ("The receiving server refuses the e-mail for good", "Its text says why.")
        }
        Problem::SenderAddress => (
            "The mail server does not let us send under this sender address",
            "The fault is ours: have the client platform's contact address or its domain verified with the mail provider. What waits leaves by itself.",
        ),
        Problem::SenderAuthentication => (
            "The receiving server does not take our e-mails for genuine: SPF, DKIM or DMARC fail for the sender's domain",
            "The fault is ours: have the DNS records of the client platform's contact address put right (`postulo doctor` looks at them). What waits leaves by itself.",
        ),
        Problem::SenderReputation => (
            "The receiving server refuses whatever our mail server sends: its address or our domain is on a blocklist or has a bad reputation",
            "The fault is not the receiver's: have the mail provider take the address off the list. What waits leaves by itself.",
        ),
        Problem::OwnContent => (
            "The mail provider takes what we write for spam, or cannot use its template",
            "The fault is ours: look at the template, and ask the provider. What waits leaves by itself.",
        ),
        Problem::Credentials => (
            "The mail server does not accept our user name and password",
            "Check both in POSTULO_MAIL_URL, with special characters percent-encoded, and restart. What waits leaves by itself.",
        ),
        Problem::RelayDenied => (
            "The mail server does not pass e-mails on for us",
            "The fault is ours: check that POSTULO_MAIL_URL names the right server, port, user name and password, and that the account may send to other domains. What waits leaves by itself.",
        ),
        Problem::SendingLimit => (
            "The mail provider's sending limit is reached",
            "The receiver has nothing to do with it: wait, or have the account's limit raised; a platform can be paused meanwhile. What waits leaves by itself.",
        ),
        Problem::HelloName => (
            "The mail server does not accept the name that we greet it with",
            "Set POSTULO_MAIL_EHLO to the whole domain name of this machine, such as mail.example.org, and restart. What waits leaves by itself.",
        ),
        Problem::Protocol => (
            "What answers at POSTULO_MAIL_URL takes no e-mail from us",
            "Check its host and port. What waits leaves by itself.",
        ),
        Problem::HeldBack => (
            "The mail provider holds our e-mails back",
            "Ask it why: the account may be blocked or limited. A platform can be paused meanwhile. What waits leaves by itself.",
        ),
        Problem::Greylisted
        | Problem::TooFast
        | Problem::NoRoom
        | Problem::CredentialsUnchecked
        | Problem::Closing
        | Problem::TryAgain => return passing(reply),
    };
    format!("{meaning} ({reply}). {then}")
}

/// What passes by itself.
fn passing(reply: &Reply) -> String {
    let meaning = match reply.problem {
        Problem::Greylisted => {
            "The receiving server asks unknown senders to come back later (greylisting)"
        }
        Problem::TooFast => "More comes at once than the other side takes",
        Problem::NoRoom => "The receiving side has no room left right now",
        Problem::CredentialsUnchecked => "The mail server cannot check our credentials right now",
        Problem::Closing => "The mail server is closing or overloaded",
        _ => "The mail server asks to try again later",
    };
    let lower = reply.text.to_lowercase();
    let hint = if lower.contains("helo") || lower.contains("ehlo") {
        " It may be the name that we greet it with: POSTULO_MAIL_EHLO sets another one."
    } else {
        ""
    };
    format!("{meaning} ({reply}). It is tried again by itself.{hint}")
}

/// What it means that the server cannot be used as configured.
pub(super) fn unusable(text: &str) -> &'static str {
    let lower = text.to_lowercase();
    if lower.contains("authentication mechanism") {
        "The mail server offers no way to sign in that we know: check whether POSTULO_MAIL_URL needs a user name at all, and whether the server offers PLAIN or LOGIN once encrypted. What waits leaves by itself."
    } else if lower.contains("starttls") {
        "The mail server offers no encryption on this port: use its port for smtps://, or, where the way to it is safe, add ?starttls=none to POSTULO_MAIL_URL. What waits leaves by itself."
    } else {
        "The mail server's certificate is not accepted: check that POSTULO_MAIL_URL names the host as the certificate does, and that the certificate is valid and signed by an authority this machine trusts. What waits leaves by itself."
    }
}

/// What it means that there was no conversation.
pub(super) fn unreachable(text: &str) -> &'static str {
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

    #[test]
    fn no_conversation_is_told_apart_by_its_cause() {
        let texts =
            ["Connection refused", "timed out", "failed to lookup address", "no TLS", "hung up"];
        let advice: std::collections::BTreeSet<_> = texts.into_iter().map(unreachable).collect();
        assert_eq!(advice.len(), 5);
    }
}
