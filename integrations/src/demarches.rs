//! The government's form service (demarches-simplifiees.fr, demarche.numerique.gouv.fr): its dossiers.
//!
//! It speaks two interfaces: `graphql` lists whole dossiers by when they changed, and those that were
//! deleted; `rest` lists numbers, and tells each dossier by itself. `door` asks politely and sorts what
//! goes wrong; `form` reads a dossier, or says where it cannot be read.

mod door;
mod form;
mod graphql;
mod rest;

use std::fmt;
use std::sync::Arc;

use domain::Line;
use domain::permit::{Dossier, FieldMap, FormAnswer};
use jiff::Timestamp;
use url::Url;

use crate::SetUpError;
pub use door::DemarchesError;
use door::Door;
pub use form::NotRead;

/// How it is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interface {
    /// Version 2, GraphQL.
    GraphQl,
    /// Version 1, REST.
    Rest,
}

/// The service at an address, asked with a token.
#[derive(Clone)]
pub struct Demarches {
    door: Arc<Door>,
    interface: Interface,
}

/// The token is a secret.
impl fmt::Debug for Demarches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Demarches").field("interface", &self.interface).finish_non_exhaustive()
    }
}

/// Where a list goes on, in the service's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next(String);

/// A part of a list.
#[derive(Debug)]
pub struct Page<T> {
    /// What it lists.
    pub items: Vec<T>,
    /// Where it goes on; `None` at its end.
    pub next: Option<Next>,
    /// What time it was there.
    pub at: Option<Timestamp>,
}

/// A dossier in a list.
#[derive(Debug)]
pub enum Item {
    /// All of it.
    Whole(Box<Dossier>),
    /// That there is one: it is asked for by itself.
    Listed {
        /// Its number.
        number: u64,
        /// When it last changed, where that can be read.
        updated_at: Option<Timestamp>,
    },
    /// It cannot be read.
    NotRead(NotRead),
}

/// A dossier that was asked for by its number.
#[derive(Debug)]
pub enum Found {
    /// All of it.
    Whole(Box<Dossier>),
    /// It cannot be read.
    NotRead(NotRead),
    /// There is none any more.
    Gone,
}

/// A dossier that was deleted.
#[derive(Debug)]
pub struct Deletion {
    /// Its number.
    pub number: u64,
    /// Why, in the service's word.
    pub reason: Option<Line<64>>,
    /// When.
    pub at: Option<Timestamp>,
}

/// Which of the lists of deleted dossiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// Those that may still come back.
    Pending,
    /// Those that are gone.
    ForGood,
}

impl Deleted {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Pending, Self::ForGood];
}

impl Demarches {
    /// The service at `url`, which `token` opens.
    pub fn new(url: Url, token: &str, interface: Interface) -> Result<Self, SetUpError> {
        let url = match interface {
            Interface::GraphQl => graphql::address(url),
            Interface::Rest => rest::address(url),
        };
        let most = match interface {
            Interface::GraphQl => Some(graphql::A_MINUTE),
            Interface::Rest => None,
        };
        Ok(Self { door: Arc::new(Door::new(url, token, most)?), interface })
    }

    /// Whether it lists the dossiers that were deleted. Otherwise its list of dossiers is always that of
    /// all, and they are missing there.
    pub const fn lists_deleted(&self) -> bool {
        matches!(self.interface, Interface::GraphQl)
    }

    /// How many requests were made until now.
    pub fn requests(&self) -> u64 {
        self.door.requests()
    }

    /// A page of a procedure's dossiers: of those that changed since a time, where it can choose.
    pub async fn dossiers(
        &self,
        procedure: u32,
        since: Option<Timestamp>,
        after: Option<&Next>,
        fields: &FieldMap,
    ) -> Result<Page<Item>, DemarchesError> {
        match self.interface {
            Interface::GraphQl => {
                graphql::dossiers(&self.door, procedure, since, after, fields).await
            }
            Interface::Rest => rest::dossiers(&self.door, procedure, after).await,
        }
    }

    /// The dossier of this number.
    pub async fn dossier(
        &self,
        procedure: u32,
        number: u64,
        fields: &FieldMap,
    ) -> Result<Found, DemarchesError> {
        match self.interface {
            Interface::GraphQl => graphql::dossier(&self.door, procedure, number, fields).await,
            Interface::Rest => rest::dossier(&self.door, procedure, number, fields).await,
        }
    }

    /// A page of the dossiers of a procedure that were deleted since a time; empty where it does not tell.
    pub async fn deleted(
        &self,
        procedure: u32,
        which: Deleted,
        since: Option<Timestamp>,
        after: Option<&Next>,
    ) -> Result<Page<Deletion>, DemarchesError> {
        match self.interface {
            Interface::GraphQl => {
                graphql::deleted(&self.door, procedure, which, since, after).await
            }
            Interface::Rest => Ok(Page { items: vec![], next: None, at: None }),
        }
    }

    /// The labels of a procedure's form, without what anybody wrote there; `None` where the service tells
    /// them with a dossier alone, and there is none. That it answers says that the token opens the procedure.
    pub async fn labels(&self, procedure: u32) -> Result<Option<Vec<FormAnswer>>, DemarchesError> {
        match self.interface {
            Interface::GraphQl => graphql::labels(&self.door, procedure).await.map(Some),
            Interface::Rest => rest::labels(&self.door, procedure).await,
        }
    }
}
