//! What `SendGrid` reports of an e-mail that did not arrive: `status`, `reason`, `type` and
//! `bounce_classification` of its events `bounce`, `blocked`, `deferred` and `dropped`.

use super::{Fault, Problem, Stage};

/// The fields of an event that say why.
#[derive(Clone, Copy, Debug, Default)]
#[expect(missing_docs, reason = "the names are SendGrid's")]
pub struct SendGridReport<'a> {
    pub event: &'a str,
    pub kind: &'a str,
    pub status: &'a str,
    pub reason: &'a str,
    pub bounce_classification: &'a str,
}

impl Problem {
    /// What such an event says.
    pub fn of_sendgrid(report: &SendGridReport<'_>) -> Self {
        if report.event == "dropped" {
            return dropped(report.reason);
        }
        let problem = said(report);
        // SendGrid itself goes on sending to an address that it reports as blocked.
        if report.kind == "blocked" && problem.fault() == Fault::Address {
            return Self::RefusedByPolicy;
        }
        problem
    }
}

/// It did not even try: for what it knows of the address, or for what it holds against us.
fn dropped(reason: &str) -> Problem {
    let reason = reason.trim().to_lowercase();
    let of_address = [
        ("bounced", Problem::NoSuchMailbox),
        ("spam reporting", Problem::Complained),
        ("unsubscribed", Problem::Unsubscribed),
        ("group unsubscribe", Problem::Unsubscribed),
        ("invalid address", Problem::InvalidAddress),
    ];
    let known = of_address.iter().find(|(begin, _)| reason.starts_with(begin));
    match known {
        Some((_, problem)) => *problem,
        None if reason == "invalid" => Problem::InvalidAddress,
        None if reason.contains("quota") || reason.contains("credit") => Problem::SendingLimit,
        None if reason.contains("spam content") || reason.contains("smtpapi") => {
            Problem::OwnContent
        }
        None => Problem::HeldBack,
    }
}

/// The receiving server's reply counts most, then its code alone, then how `SendGrid` sorts it.
fn said(report: &SendGridReport<'_>) -> Problem {
    let (code, text) = reply(report);
    let problem = Problem::of_smtp(Stage::Content, code, &text);
    let vague = matches!(problem, Problem::Refused | Problem::TryAgain | Problem::RefusedByPolicy);
    let sorted = report.bounce_classification.to_lowercase();
    match sorted.as_str() {
        "invalid address" if problem == Problem::Refused => Problem::NoSuchMailbox,
        "reputation" | "frequency/volume" | "frequency or volume too high" if vague => {
            Problem::SenderReputation
        }
        "content" if vague => Problem::ContentRefused,
        "mailbox unavailable" if problem == Problem::Refused => Problem::MailboxDisabled,
        _ => problem,
    }
}

/// The code and the text of the reply that an event quotes; where it quotes none, the class of its
/// status.
fn reply(report: &SendGridReport<'_>) -> (u16, String) {
    let reason = report.reason.trim();
    let leading = reason.get(..3).and_then(|digits| digits.parse::<u16>().ok());
    let quoted = leading.filter(|code| (400..600).contains(code));
    let rest = quoted.map_or(reason, |_| reason[3..].trim_start_matches(['-', ' ']));
    let class = if report.status.starts_with('4') { 4 } else { 5 };
    let code = quoted.unwrap_or(if class == 4 { 450 } else { 550 });
    let told = super::EnhancedStatus::of_text(code / 100, rest);
    let text = match told {
        None if !report.status.is_empty() => format!("{} {rest}", report.status),
        _ => rest.to_owned(),
    };
    (code, text)
}
