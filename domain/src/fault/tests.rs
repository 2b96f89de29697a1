//! Replies and reports as they come from the field, and whose fault each is.

use super::{EnhancedStatus, Fault, Problem, SendGridReport, Stage};

/// `Stage::Recipient` unless told.
fn smtp(code: u16, text: &str) -> Problem {
    Problem::of_smtp(Stage::Recipient, code, text)
}

#[rstest::rstest]
// Postfix, Exim, Sendmail, qmail
#[case(
    550,
    "5.1.1 <x@boul.example>: Recipient address rejected: User unknown in virtual mailbox table",
    Problem::NoSuchMailbox
)]
#[case(550, "5.1.1 user unknown", Problem::NoSuchMailbox)]
#[case(553, "5.3.0 <x@boul.example>... No such user here", Problem::Refused)]
#[case(550, "No Such User Here", Problem::NoSuchMailbox)]
#[case(550, "sorry, no mailbox here by that name. (#5.1.1)", Problem::NoSuchMailbox)]
#[case(
    550,
    "5.1.2 <x@boul.example>: Recipient address rejected: Domain not found",
    Problem::NoSuchDomain
)]
#[case(556, "5.1.10 Recipient address has null MX", Problem::NoSuchMailbox)]
#[case(556, "domain does not accept mail", Problem::NoSuchDomain)]
#[case(501, "5.1.3 Bad recipient address syntax", Problem::InvalidAddress)]
#[case(550, "Unrouteable address", Problem::NoSuchDomain)]
#[case(550, "5.1.1 Boîte inconnue", Problem::NoSuchMailbox)]
#[case(550, "Destinataire inconnu", Problem::NoSuchMailbox)]
// Exchange
#[case(
    550,
    "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient x@boul.example not found by SMTP address lookup",
    Problem::NoSuchMailbox
)]
#[case(
    550,
    "5.4.1 Recipient address rejected: Access denied. [AM5EUR03FT001.eop]",
    Problem::NoSuchMailbox
)]
#[case(550, "5.4.310 DNS domain boul.example does not exist", Problem::NoSuchDomain)]
#[case(
    550,
    "5.5.0 Requested action not taken: mailbox unavailable (S2017062302)",
    Problem::NoSuchMailbox
)]
// Gmail, Yahoo
#[case(
    550,
    "5.1.1 The email account that you tried to reach does not exist. Please try double-checking",
    Problem::NoSuchMailbox
)]
#[case(
    554,
    "delivery error: dd This user doesn't have a yahoo.com account (x@yahoo.com) [0]",
    Problem::NoSuchMailbox
)]
fn a_fault_of_the_address_closes_it_unless_a_code_says_otherwise(
    #[case] code: u16,
    #[case] text: &str,
    #[case] problem: Problem,
) {
    assert_eq!(smtp(code, text), problem, "{code} {text}");
    let vague = problem == Problem::Refused;
    assert_eq!(problem.fault().closes_the_address(), !vague, "{code} {text}");
}

#[rstest::rstest]
// Full, too large, disabled
#[case(552, "5.2.2 mailbox full", Problem::MailboxFull)]
#[case(552, "5.2.2 The email account that you tried to reach is over quota", Problem::MailboxFull)]
#[case(
    554,
    "5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException",
    Problem::MailboxFull
)]
#[case(552, "Requested mail action aborted: exceeded storage allocation", Problem::MailboxFull)]
#[case(552, "5.3.4 Message size exceeds fixed limit", Problem::TooLarge)]
#[case(552, "5.2.3 Message length exceeds administrative limit", Problem::TooLarge)]
#[case(552, "message too big", Problem::TooLarge)]
#[case(
    550,
    "5.2.1 The email account that you tried to reach is disabled",
    Problem::MailboxDisabled
)]
// Content
#[case(
    552,
    "5.7.0 This message was blocked because its content presents a potential security issue",
    Problem::ContentRefused
)]
#[case(
    550,
    "5.7.1 [192.0.2.1] Our system has detected that this message is likely unsolicited mail",
    Problem::ContentRefused
)]
#[case(554, "5.7.1 looks like spam", Problem::ContentRefused)]
#[case(554, "5.6.0 Corrupt message content", Problem::ContentRefused)]
#[case(
    550,
    "5.6.11 SMTPSEND.BareLinefeedsAreIllegal; message contains bare linefeeds",
    Problem::ContentRefused
)]
// Who may write to it
#[case(
    550,
    "5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed because the sender was not authenticated when sending to this group",
    Problem::RestrictedMailbox
)]
#[case(550, "5.7.1 RESOLVER.RST.NotAuthorized; not authorized", Problem::RestrictedMailbox)]
#[case(550, "5.7.124 Sender not in allowed-senders list", Problem::RestrictedMailbox)]
#[case(550, "5.7.129 RESOLVER.RST.RestrictedRecipient", Problem::RestrictedMailbox)]
// The policy of the receiver, and what says nothing
#[case(550, "5.7.1 Message rejected due to local policy", Problem::RefusedByPolicy)]
#[case(550, "5.7.1 User unknown", Problem::RefusedByPolicy)]
#[case(554, "5.3.0 User unknown", Problem::Refused)]
#[case(554, "transaction failed", Problem::Refused)]
#[case(550, "5.0.0 no", Problem::Refused)]
fn a_fault_of_the_receiver_is_final_and_closes_nothing(
    #[case] code: u16,
    #[case] text: &str,
    #[case] problem: Problem,
) {
    assert_eq!(smtp(code, text), problem, "{code} {text}");
    assert_eq!(problem.fault(), Fault::Receiver);
    assert!(!problem.fault().closes_the_address() && !problem.fault().is_ours());
}

#[rstest::rstest]
// How much we send
#[case(550, "5.4.5 Daily user sending limit exceeded.", Problem::SendingLimit)]
#[case(550, "5.4.5 Daily SMTP relay sending limit exceeded for customer", Problem::SendingLimit)]
#[case(
    554,
    "5.7.0 Your message could not be sent. The limit on the number of allowed outgoing messages was exceeded. Try again later.",
    Problem::SendingLimit
)]
#[case(
    550,
    "5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
    Problem::SendingLimit
)]
#[case(
    550,
    "5.7.233 The sending tenant has exceeded its external recipient rate limit",
    Problem::SendingLimit
)]
#[case(550, "5.7.705 Access denied, tenant has exceeded threshold", Problem::SendingLimit)]
#[case(550, "You have exceeded your hourly quota", Problem::SendingLimit)]
#[case(450, "4.7.1 Error: daily quota of the account is used up", Problem::SendingLimit)]
#[case(452, "4.4.5 Daily sending quota exceeded", Problem::SendingLimit)]
// Who may send through it
#[case(550, "Relaying not permitted", Problem::RelayDenied)]
#[case(554, "5.7.1 <x@boul.example>: Relay access denied", Problem::RelayDenied)]
#[case(550, "5.7.54 SMTP; Unable to relay recipient in non-accepted domain", Problem::RelayDenied)]
#[case(550, "5.7.64 TenantAttribution; Relay Access Denied", Problem::RelayDenied)]
#[case(550, "5.7.0 Mail relay denied [192.0.2.1]", Problem::RelayDenied)]
#[case(530, "5.7.57 Client not authenticated to send mail", Problem::Credentials)]
#[case(530, "5.7.0 authentication required", Problem::Credentials)]
#[case(535, "5.7.8 Username and Password not accepted", Problem::Credentials)]
#[case(535, "5.7.3 Authentication unsuccessful", Problem::Credentials)]
#[case(534, "5.7.9 Application-specific password required", Problem::Credentials)]
// Our name, and what answers
#[case(
    504,
    "5.5.2 <15b0717dc4c2>: Helo command rejected: need fully-qualified hostname",
    Problem::HelloName
)]
#[case(550, "5.7.506 Access denied, Bad HELO", Problem::HelloName)]
#[case(502, "5.5.1 command not implemented", Problem::Protocol)]
#[case(521, "host does not accept mail", Problem::Protocol)]
fn a_fault_of_the_account_waits_for_the_operator(
    #[case] code: u16,
    #[case] text: &str,
    #[case] problem: Problem,
) {
    assert_eq!(smtp(code, text), problem, "{code} {text}");
    assert_eq!(problem.fault(), Fault::Provider);
}

#[rstest::rstest]
// Blocklists and reputation
#[case(
    554,
    "5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
    Problem::SenderReputation
)]
#[case(550, "Blocked by spamhaus", Problem::SenderReputation)]
#[case(550, "5.7.606 Access denied, banned sending IP [192.0.2.1]", Problem::SenderReputation)]
#[case(
    550,
    "5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3150)",
    Problem::SenderReputation
)]
#[case(
    553,
    "5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in Spamhaus's list",
    Problem::SenderReputation
)]
#[case(
    550,
    "5.7.28 Our system has detected an unusual rate of unsolicited mail originating from your IP address",
    Problem::SenderReputation
)]
#[case(
    550,
    "5.7.25 The IP address sending this message does not have a PTR record setup",
    Problem::SenderReputation
)]
#[case(
    554,
    "5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied",
    Problem::SenderReputation
)]
// SPF, DKIM, DMARC
#[case(
    550,
    "5.7.26 This mail has been blocked because the sender is unauthenticated.",
    Problem::SenderAuthentication
)]
#[case(
    550,
    "5.7.26 Unauthenticated email from jobs.example is not accepted due to domain's DMARC policy",
    Problem::SenderAuthentication
)]
#[case(
    550,
    "5.7.1 Email rejected per DMARC policy for jobs.example",
    Problem::SenderAuthentication
)]
#[case(550, "5.7.20 No passing DKIM signature found", Problem::SenderAuthentication)]
#[case(
    550,
    "5.7.23 The message was rejected because of Sender Policy Framework violation",
    Problem::SenderAuthentication
)]
#[case(
    550,
    "5.7.509 Access denied, sending domain jobs.example does not pass DMARC verification",
    Problem::SenderAuthentication
)]
#[case(
    550,
    "5.7.515 Access denied, sending domain does not meet the required authentication level",
    Problem::SenderAuthentication
)]
#[case(
    554,
    "5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes",
    Problem::SenderAuthentication
)]
#[case(550, "SPF check failed", Problem::SenderAuthentication)]
// The sender address
#[case(550, "5.1.8 Access denied, bad outbound sender", Problem::SenderAddress)]
#[case(553, "5.1.7 Bad sender's mailbox address syntax", Problem::SenderAddress)]
#[case(
    550,
    "5.7.60 SMTP; Client does not have permissions to send as this sender",
    Problem::SenderAddress
)]
#[case(550, "5.7.1 sender identity not verified", Problem::SenderAddress)]
#[case(
    553,
    "5.7.1 <a@jobs.example>: Sender address rejected: not owned by user b",
    Problem::SenderAddress
)]
#[case(
    550,
    "5.7.750 Service unavailable. Client blocked from sending from unregistered domains",
    Problem::SenderAddress
)]
#[case(550, "The from address does not match a verified Sender Identity", Problem::SenderAddress)]
#[case(550, "Sender verify failed", Problem::SenderAddress)]
fn a_fault_of_the_sender_waits_for_the_operator(
    #[case] code: u16,
    #[case] text: &str,
    #[case] problem: Problem,
) {
    assert_eq!(smtp(code, text), problem, "{code} {text}");
    assert_eq!(problem.fault(), Fault::Sender);
}

#[rstest::rstest]
#[case(421, "4.3.2 closing", Problem::Closing)]
#[case(
    421,
    "4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to user complaints",
    Problem::Closing
)]
#[case(421, "4.7.28 Our system has detected an unusual rate of mail", Problem::TooFast)]
#[case(
    450,
    "4.2.1 The user you are trying to contact is receiving mail too quickly",
    Problem::TooFast
)]
#[case(450, "4.7.1 greylisted", Problem::Greylisted)]
#[case(451, "4.7.1 Greylisting in action, please come back later", Problem::Greylisted)]
#[case(452, "4.5.3 Too many recipients", Problem::TooFast)]
#[case(452, "4.2.2 mailbox over quota", Problem::NoRoom)]
#[case(452, "4.3.1 no space", Problem::NoRoom)]
#[case(454, "4.7.0 temporary authentication failure", Problem::CredentialsUnchecked)]
#[case(
    450,
    "4.1.1 <x@boul.example>: Recipient address rejected: unverified address",
    Problem::TryAgain
)]
#[case(451, "try again", Problem::TryAgain)]
fn a_passing_fault_is_nobodys(#[case] code: u16, #[case] text: &str, #[case] problem: Problem) {
    assert_eq!(smtp(code, text), problem, "{code} {text}");
    assert_eq!(problem.fault(), Fault::Transient);
}

#[test]
fn what_comes_before_the_recipient_is_never_about_the_address() {
    let texts = [
        "5.1.1 user unknown",
        "5.1.2 no such domain",
        "5.1.3 bad address",
        "5.1.10 null MX",
        "No such user here",
        "5.7.1 denied",
        "mailbox unavailable",
        "",
    ];
    for stage in [Stage::Connection, Stage::Authentication, Stage::Sender] {
        for code in [500, 521, 535, 550, 551, 552, 553, 554, 556] {
            for text in texts {
                let fault = Problem::of_smtp(stage, code, text).fault();
                assert!(fault.is_ours(), "{stage:?} {code} {text}: {fault:?}");
            }
        }
    }
}

#[test]
fn no_code_of_policy_and_no_passing_one_closes_an_address() {
    for detail in 0..1000 {
        for subject in [3, 7] {
            let text = format!("5.{subject}.{detail} no such user, user unknown");
            let fault = smtp(550, &text).fault();
            assert!(!fault.closes_the_address(), "{text}");
        }
        let text = format!("4.1.{} user unknown", detail % 100);
        assert!(!smtp(450, &text).fault().closes_the_address(), "{text}");
    }
}

#[rstest::rstest]
#[case("5.1.1 no such user", Some("5.1.1"))]
#[case("#5.1.0 Address rejected", Some("5.1.0"))]
#[case("sorry (#5.7.1)", Some("5.7.1"))]
#[case("[5.2.2]: full", Some("5.2.2"))]
#[case("blocked 192.0.2.1", None)]
#[case("5.1.1.1 is a version", None)]
#[case("4.2.2 of another class", None)]
#[case("5.1", None)]
#[case("", None)]
fn an_enhanced_code_is_found_where_servers_write_it(
    #[case] text: &str,
    #[case] code: Option<&str>,
) {
    let found = EnhancedStatus::of_text(5, text).map(|status| status.to_string());
    assert_eq!(found.as_deref(), code);
}

fn sendgrid(event: &str, kind: &str, status: &str, reason: &str, sorted: &str) -> Problem {
    let bounce_classification = sorted;
    Problem::of_sendgrid(&SendGridReport { event, kind, status, reason, bounce_classification })
}

#[rstest::rstest]
#[case("bounce", "bounce", "5.1.1", "550 5.1.1 no such user", "", Fault::Address)]
#[case(
    "bounce",
    "bounce",
    "5.0.0",
    "550 5.1.1 The email account that you tried to reach does not exist",
    "Invalid Address",
    Fault::Address
)]
#[case("bounce", "bounce", "5.0.0", "550 No", "Invalid Address", Fault::Address)]
#[case(
    "bounce",
    "bounce",
    "5.4.4",
    "unable to get mx info: failed to get IPs from PTR record",
    "",
    Fault::Address
)]
#[case("bounce", "bounce", "", "550 no", "", Fault::Receiver)]
#[case("bounce", "bounce", "", "", "Unclassified", Fault::Receiver)]
#[case(
    "bounce",
    "bounce",
    "5.2.2",
    "552 5.2.2 mailbox full",
    "Mailbox Unavailable",
    Fault::Receiver
)]
#[case("bounce", "blocked", "5.1.1", "550 5.1.1 no such user", "", Fault::Receiver)]
#[case(
    "bounce",
    "blocked",
    "5.7.1",
    "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.example",
    "Reputation",
    Fault::Sender
)]
#[case("bounce", "blocked", "5.7.1", "550 5.7.1 denied", "Reputation", Fault::Sender)]
#[case("bounce", "blocked", "5.7.1", "550 5.7.1 denied", "Content", Fault::Receiver)]
#[case(
    "bounce",
    "blocked",
    "5.7.26",
    "550-5.7.26 This mail has been blocked because the sender is unauthenticated",
    "",
    Fault::Sender
)]
#[case("bounce", "blocked", "", "550 no", "Frequency/Volume", Fault::Sender)]
#[case("bounce", "blocked", "4.2.2", "452 4.2.2 mailbox over quota", "", Fault::Transient)]
#[case("bounce", "blocked", "4.0.0", "", "", Fault::Transient)]
#[case("dropped", "", "", "Recipient List over Package Quota", "", Fault::Provider)]
#[case("dropped", "", "", "Spam Content (if Spam Checker app enabled)", "", Fault::Sender)]
#[case("dropped", "", "", "Invalid SMTPAPI header", "", Fault::Sender)]
#[case("dropped", "", "", "Something new", "", Fault::Provider)]
#[case("dropped", "", "", "Bounced Address", "", Fault::Address)]
#[case("dropped", "", "", "Unsubscribed Address", "", Fault::Address)]
#[case("dropped", "", "", "Spam Reporting Address", "", Fault::Address)]
#[case("dropped", "", "", "Invalid", "", Fault::Address)]
fn sendgrid_reports_whose_fault_it_is(
    #[case] event: &str,
    #[case] kind: &str,
    #[case] status: &str,
    #[case] reason: &str,
    #[case] sorted: &str,
    #[case] fault: Fault,
) {
    assert_eq!(sendgrid(event, kind, status, reason, sorted).fault(), fault);
}

#[rstest::rstest]
#[case("recipient", "user unknown", "", true, Fault::Address)]
#[case("recipient", "mailbox inactive", "", true, Fault::Address)]
#[case("recipient", "blacklisted", "", false, Fault::Address)]
#[case("recipient", "spam reporter", "", false, Fault::Address)]
#[case("recipient", "quota exceeded", "", false, Fault::Receiver)]
#[case("domain", "invalid domain", "", true, Fault::Address)]
#[case("domain", "no mail host", "", true, Fault::Address)]
#[case("domain", "typofix", "", true, Fault::Address)]
#[case("domain", "relay/access denied", "", false, Fault::Receiver)]
#[case("domain", "greylisted", "", false, Fault::Transient)]
#[case("content", "content blocked", "", false, Fault::Sender)]
#[case("content", "bad or empty template", "", false, Fault::Sender)]
#[case("content", "error in template language", "", false, Fault::Sender)]
#[case("spam", "sender blocked", "", false, Fault::Sender)]
#[case("spam", "content blocked", "", false, Fault::Sender)]
#[case("spam", "policy issue", "", false, Fault::Sender)]
#[case("policy", "policy issue", "", false, Fault::Sender)]
#[case("mailjet", "preblocked", "", false, Fault::Provider)]
#[case("mailjet", "duplicate in campaign", "", false, Fault::Provider)]
#[case("system", "connection issue", "", false, Fault::Transient)]
#[case("", "", "550 5.1.1 user unknown", true, Fault::Address)]
#[case("", "", "550 5.7.1 blocked using zen.spamhaus.org", false, Fault::Sender)]
#[case("", "user unknown", "", true, Fault::Address)]
#[case("", "", "", true, Fault::Address)]
#[case("", "", "", false, Fault::Receiver)]
fn mailjet_reports_whose_fault_it_is(
    #[case] related_to: &str,
    #[case] error: &str,
    #[case] comment: &str,
    #[case] hard: bool,
    #[case] fault: Fault,
) {
    assert_eq!(Problem::of_mailjet(related_to, error, comment, hard).fault(), fault);
}

#[test]
fn a_text_of_any_kind_is_sorted() {
    for text in ["é", "55", "5é0 x", "—", "550é", "\u{0}", "#", "(#5.)"] {
        assert!(!Problem::of_mailjet("", "", text, false).fault().as_str().is_empty());
        assert!(!sendgrid("bounce", "", text, text, text).fault().as_str().is_empty());
    }
}
