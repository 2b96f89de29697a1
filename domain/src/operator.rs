//! An operator: someone who runs the service, and what they did besides acting on one application.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Decision, Department, EmailAddress, Line, Personal};

/// What an operator may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees applications and e-mails, and has things tried again.
    Support,
    /// May do all.
    Admin,
    /// Reads histories, changes nothing.
    Auditor,
    /// Reads statistics and exports, and no application.
    Analyst,
    /// Follows work permits, in a prefecture for instance, and sees no application.
    Permits,
}

names! {
    Role {
        Support = "support",
        Admin = "admin",
        Auditor = "auditor",
        Analyst = "analyst",
        Permits = "permits",
    }
}

/// A fact about an operator. Passwords and second factors are no facts: they lie elsewhere, and the
/// log says only that they changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum OperatorEvent {
    /// Someone may sign in from now on.
    OperatorCreated {
        /// Their address, with which they sign in.
        email: Personal<EmailAddress>,
        /// What they may do.
        role: Role,
        /// When.
        at: Timestamp,
    },
    /// They may do something else now.
    OperatorRoleChanged {
        /// What.
        role: Role,
        /// When.
        at: Timestamp,
    },
    /// They see work permits of these departments alone, or of all again where none is named.
    OperatorDepartmentsLimited {
        /// The departments, by their numbers.
        departments: Vec<Department>,
        /// When.
        at: Timestamp,
    },
    /// They may not sign in any more.
    OperatorDisabled {
        /// When.
        at: Timestamp,
    },
    /// They may sign in again.
    OperatorEnabled {
        /// When.
        at: Timestamp,
    },
    /// The refused sign-ins before this count no more: a lock-out was lifted.
    OperatorUnlocked {
        /// When.
        at: Timestamp,
    },
    /// They signed in.
    OperatorSignedIn {
        /// Whether a second factor was asked for.
        second_factor: bool,
        /// When.
        at: Timestamp,
    },
    /// They have another password.
    OperatorPasswordChanged {
        /// When.
        at: Timestamp,
    },
    /// A second factor is asked of them from now on.
    OperatorSecondFactorSet {
        /// When.
        at: Timestamp,
    },
    /// Their second factor was taken away, because it was lost for instance.
    OperatorSecondFactorRemoved {
        /// When.
        at: Timestamp,
    },
    /// They did something to many things at once, or to no single application.
    OperatorActed {
        /// What: `reactions.retry` for instance.
        #[schemars(extend("x-personal" = false))]
        action: Line<64>,
        /// To what: names and numbers, nothing personal.
        #[schemars(extend("x-personal" = false))]
        subject: Line<500>,
        /// When.
        at: Timestamp,
    },
    /// They were shown data of people; recorded before.
    OperatorLooked {
        /// Where: an address of the admin as it is written in the program, such as
        /// `/admin/applications/{id}`, or a command.
        #[schemars(extend("x-personal" = false))]
        page: Line<64>,
        /// At what: ids, states and dates by their names, never what was typed into a search.
        #[schemars(extend("x-personal" = false))]
        subject: Line<500>,
        /// When.
        at: Timestamp,
    },
}

events! {
    OperatorEventKind of OperatorEvent;
    OperatorCreated,
    OperatorRoleChanged,
    OperatorDepartmentsLimited,
    OperatorDisabled,
    OperatorEnabled,
    OperatorUnlocked,
    OperatorSignedIn,
    OperatorPasswordChanged,
    OperatorSecondFactorSet,
    OperatorSecondFactorRemoved,
    OperatorActed,
    OperatorLooked,
}

/// The aggregate: one operator, or the absence of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// What they may do; `None` while they do not exist.
    pub role: Option<Role>,
    /// Whether they may not sign in.
    pub disabled: bool,
    /// The departments whose work permits they see; all where none is named.
    #[serde(default)]
    pub departments: Vec<Department>,
}

aggregate_of_decisions!(Operator, OperatorEvent, OperatorRefusal, "Operator");

impl Operator {
    /// Takes in what happened.
    pub fn apply(&mut self, event: OperatorEvent) {
        match event {
            OperatorEvent::OperatorCreated { role, .. }
            | OperatorEvent::OperatorRoleChanged { role, .. } => self.role = Some(role),
            OperatorEvent::OperatorDepartmentsLimited { departments, .. } => {
                self.departments = departments;
            }
            OperatorEvent::OperatorDisabled { .. } => self.disabled = true,
            OperatorEvent::OperatorEnabled { .. } => self.disabled = false,
            OperatorEvent::OperatorUnlocked { .. }
            | OperatorEvent::OperatorSignedIn { .. }
            | OperatorEvent::OperatorPasswordChanged { .. }
            | OperatorEvent::OperatorSecondFactorSet { .. }
            | OperatorEvent::OperatorSecondFactorRemoved { .. }
            | OperatorEvent::OperatorActed { .. }
            | OperatorEvent::OperatorLooked { .. } => {}
        }
    }
}

/// Why something may not happen to an operator.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OperatorRefusal {
    /// There is one already.
    #[error("There is an operator with this address already.")]
    AlreadyCreated,
    /// There is none.
    #[error("There is no such operator.")]
    NotFound,
    /// Nobody would be left who may let others in.
    #[error("This is the last administrator who may sign in: let another one in first.")]
    LastAdministrator,
}

impl crate::Refused for OperatorRefusal {}

/// What is recorded of an operator.
#[derive(Clone, Debug)]
pub struct RecordOfOperator(pub OperatorEvent);

impl Decision for RecordOfOperator {
    type Aggregate = Operator;

    fn decide(&self, state: &Operator) -> Result<Vec<OperatorEvent>, OperatorRefusal> {
        let nothing_new = match &self.0 {
            OperatorEvent::OperatorCreated { .. } if state.role.is_some() => {
                return Err(OperatorRefusal::AlreadyCreated);
            }
            // The command line acts and looks too, and is no operator.
            OperatorEvent::OperatorCreated { .. }
            | OperatorEvent::OperatorActed { .. }
            | OperatorEvent::OperatorLooked { .. } => false,
            _ if state.role.is_none() => return Err(OperatorRefusal::NotFound),
            OperatorEvent::OperatorRoleChanged { role, .. } => state.role == Some(*role),
            OperatorEvent::OperatorDepartmentsLimited { departments, .. } => {
                state.departments == *departments
            }
            OperatorEvent::OperatorDisabled { .. } => state.disabled,
            OperatorEvent::OperatorEnabled { .. } => !state.disabled,
            _ => false,
        };
        Ok(if nothing_new { vec![] } else { vec![self.0.clone()] })
    }
}
