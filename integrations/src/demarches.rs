//! The government's form service (demarches-simplifiees.fr, demarche.numerique.gouv.fr): its dossiers.

/// How it is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interface {
    /// Version 2, GraphQL.
    GraphQl,
    /// Version 1, REST.
    Rest,
}
