//! A mailbox to which nothing is sent for a while: the suppression list, an entry each.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Decision, EmailAddress, Personal};

/// Why nothing is sent to a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SuppressionReason {
    /// Its owner called one of our e-mails spam.
    Spam,
    /// The mail provider does not pass e-mails on to it.
    Blocked,
    /// It does not exist, or takes no e-mail at all.
    Bounced,
    /// An operator said so.
    Operator,
}

names! {
    SuppressionReason {
        Spam = "spam",
        Blocked = "blocked",
        Bounced = "bounced",
        Operator = "operator",
    }
}

/// A fact about a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum SuppressionEvent {
    /// Nothing is sent to it until a time.
    AddressSuppressed {
        /// The address.
        #[schemars(extend("x-subject" = true))]
        address: Personal<EmailAddress>,
        /// Why.
        reason: SuppressionReason,
        /// Until when.
        until: Timestamp,
        /// When.
        at: Timestamp,
    },
    /// An operator let e-mails through again.
    SuppressionLifted {
        /// When.
        at: Timestamp,
    },
    /// The address was forgotten, with its owner: its key went with this event. The entry stays in
    /// force, without telling whose it is.
    AddressForgotten {
        /// When.
        at: Timestamp,
    },
}

events! {
    MailboxEventKind of SuppressionEvent;
    AddressSuppressed,
    SuppressionLifted,
    AddressForgotten erases,
}

/// The aggregate: what is known of one mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuppressedAddress {
    /// Its suppression, lifted or run out ones aside.
    pub suppression: Option<Suppression>,
    /// Whether its address lies in the log.
    pub ever_suppressed: bool,
}

/// Why and until when nothing is sent to a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Suppression {
    pub address: Personal<EmailAddress>,
    pub reason: SuppressionReason,
    pub since: Timestamp,
    pub until: Timestamp,
}

aggregate_of_decisions!(SuppressedAddress, SuppressionEvent, SuppressionRefusal, "Mailbox");

impl SuppressedAddress {
    /// What the stream of an address is named by, once that is blinded. Letter case does not count.
    pub fn name_of(address: &str) -> String {
        format!("mailbox {}", address.to_ascii_lowercase())
    }

    /// Takes in what happened.
    pub fn apply(&mut self, event: SuppressionEvent) {
        match event {
            SuppressionEvent::AddressSuppressed { address, reason, until, at } => {
                self.ever_suppressed = true;
                self.suppression = Some(Suppression { address, reason, since: at, until });
            }
            SuppressionEvent::SuppressionLifted { .. } => self.suppression = None,
            SuppressionEvent::AddressForgotten { .. } => self.ever_suppressed = false,
        }
    }

    /// The suppression that holds at `now`.
    pub fn suppressed(&self, now: Timestamp) -> Option<&Suppression> {
        self.suppression.as_ref().filter(|suppression| now < suppression.until)
    }
}

/// Why something may not happen to a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SuppressionRefusal {
    /// It is not on the list.
    #[error("This address is not on the suppression list.")]
    NotSuppressed,
}

impl crate::Refused for SuppressionRefusal {}

/// Nothing is to be sent to a mailbox for a while.
#[derive(Clone, Debug)]
pub struct SuppressAddress {
    /// The address.
    pub address: Personal<EmailAddress>,
    /// Why.
    pub reason: SuppressionReason,
    /// Until when.
    pub until: Timestamp,
    /// When.
    pub at: Timestamp,
}

impl Decision for SuppressAddress {
    type Aggregate = SuppressedAddress;

    /// The later end counts: a repeated report does not shorten anything.
    fn decide(
        &self,
        state: &SuppressedAddress,
    ) -> Result<Vec<SuppressionEvent>, SuppressionRefusal> {
        if state.suppression.as_ref().is_some_and(|known| known.until >= self.until) {
            return Ok(vec![]);
        }
        Ok(vec![SuppressionEvent::AddressSuppressed {
            address: self.address.clone(),
            reason: self.reason,
            until: self.until,
            at: self.at,
        }])
    }
}

/// E-mails are let through again.
#[derive(Clone, Copy, Debug)]
pub struct LiftSuppression {
    /// When.
    pub at: Timestamp,
}

impl Decision for LiftSuppression {
    type Aggregate = SuppressedAddress;

    fn decide(
        &self,
        state: &SuppressedAddress,
    ) -> Result<Vec<SuppressionEvent>, SuppressionRefusal> {
        match state.suppression {
            Some(_) => Ok(vec![SuppressionEvent::SuppressionLifted { at: self.at }]),
            None => Err(SuppressionRefusal::NotSuppressed),
        }
    }
}

/// The address is forgotten, with its owner.
#[derive(Clone, Copy, Debug)]
pub struct ForgetAddress {
    /// When.
    pub at: Timestamp,
}

impl Decision for ForgetAddress {
    type Aggregate = SuppressedAddress;

    fn decide(
        &self,
        state: &SuppressedAddress,
    ) -> Result<Vec<SuppressionEvent>, SuppressionRefusal> {
        if !state.ever_suppressed {
            return Ok(vec![]);
        }
        Ok(vec![SuppressionEvent::AddressForgotten { at: self.at }])
    }
}
