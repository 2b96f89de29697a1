//! What an operator may do, by role.

use domain::operator::Role;

/// What an address of the admin asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Their own account; every operator.
    BeThemselves,
    /// Figures that are nobody's.
    SeeFigures,
    /// Applications, e-mails and answers, with the people's data.
    SeeApplications,
    /// Client platforms, without changing them.
    SeeClients,
    /// Having things tried again, sent again, let through.
    Act,
    /// Work permits, with the people's data, and taking them out.
    SeePermits,
    /// Taking data out.
    Export,
    /// Looking a person up by their address, handing their data out, having them forgotten.
    ManagePeople,
    /// What happened and what operators did, step by step.
    Audit,
    /// Client platforms, operators, read models.
    Administer,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 10] = [
        Self::BeThemselves,
        Self::SeeFigures,
        Self::SeeApplications,
        Self::SeeClients,
        Self::Act,
        Self::SeePermits,
        Self::Export,
        Self::ManagePeople,
        Self::Audit,
        Self::Administer,
    ];

    /// Whether an operator in this role has it.
    pub const fn is_given_to(self, role: Role) -> bool {
        matches!(
            (self, role),
            (_, Role::Admin)
                | (Self::BeThemselves | Self::SeeFigures, _)
                | (Self::SeeApplications | Self::SeeClients, Role::Support | Role::Auditor)
                | (Self::Act | Self::ManagePeople, Role::Support)
                | (Self::SeePermits, Role::Permits | Role::Auditor)
                | (Self::Audit, Role::Auditor)
                | (Self::Export, Role::Analyst)
        )
    }
}
