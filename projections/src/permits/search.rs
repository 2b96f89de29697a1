//! `permit_terms`: words under which dossiers are found, as numbers.
//!
//! A term is a whole word of a name or of the employer, an address, a SIRET or the dossier's number,
//! without accents and in lower case; the first 64 bits of its HMAC-SHA256 under the key of the blind index
//! stand for it. Beside it stands when the dossier was created: an index finds and sorts in one go.

use std::collections::BTreeSet;

use domain::permit::{Dossier, FieldKey, Permit, PermitEventKind};
use event_store::{Value, args};

use super::is_erased;
use crate::words::{WORDS, plain, words};
use crate::{Column, History, Index, Kind, Owner, ReadModel, Reads, Removal, Rows, Table};

/// The table.
pub const TABLE: Table = Table {
    name: "permit_terms",
    about: "Words under which dossiers of work permits are found: one row for each word of each dossier.",
    key: &["term", "created_second", "seen_position"],
    of: Owner::begun::<Permit>("seen_position"),
    columns: &[
        Column::new("term", Kind::Integer, "The first 64 bits of the word's HMAC-SHA256.")
            .blind("permit term"),
        Column::new("created_second", Kind::Integer, "When it was handed in, as a Unix time."),
        Column::new(
            "seen_position",
            Kind::Integer,
            "The dossier: where it was first seen, in the log.",
        ),
    ],
    indexes: &[Index::on("permit", &["seen_position"])],
    revision: 1,
};

pub(crate) struct PermitTerms;

impl ReadModel for PermitTerms {
    type Of = Permit;

    fn name(&self) -> &'static str {
        TABLE.name
    }

    fn events(&self) -> &'static [PermitEventKind] {
        PermitEventKind::ALL
    }

    fn reads(&self) -> Reads {
        Reads::Histories
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&TABLE]
    }

    fn rows(&self, histories: &[History<Permit>]) -> Vec<Rows> {
        vec![Rows::new(&TABLE, histories.iter().flat_map(of_history).collect())]
    }

    /// A name that was corrected is not found by what stood there before.
    fn removals(&self, histories: &[History<Permit>]) -> Vec<Removal> {
        let known = histories.iter().filter(|history| history.earlier > 0);
        let first = known.filter_map(|history| history.events.first());
        first
            .map(|first| Removal {
                table: &TABLE,
                equal: vec![("seen_position", first.position.into())],
            })
            .collect()
    }
}

fn of_history(history: &History<Permit>) -> Vec<Vec<Value>> {
    let (Ok(known), Some(first)) = (history.state().known(), history.events.first()) else {
        return vec![];
    };
    if is_erased(history) || known.withdrawn_at.is_some() {
        return vec![];
    }
    let second = known.dossier.dates.created_at.as_second();
    let terms = terms(&known.dossier);
    terms.into_iter().map(|term| args![term, second, first.position]).collect()
}

fn terms(dossier: &Dossier) -> BTreeSet<String> {
    let mut terms = BTreeSet::from([dossier.number.to_string()]);
    let holder = &dossier.holder;
    terms.extend(holder.siret.as_ref().map(ToString::to_string));
    for address in [&holder.email, &holder.worker_email].into_iter().flatten() {
        terms.insert(plain(address.reveal().as_str()));
    }
    let company = holder.company.as_ref().map(|company| company.reveal().as_str());
    let said = [
        FieldKey::FIRST_NAME,
        FieldKey::LAST_NAME,
        FieldKey::EMPLOYER,
        "nom_de_lemployeur",
        "prenom_de_lemployeur",
    ];
    let said = said.into_iter().filter_map(|key| Some(dossier.field(key)?.text()));
    for text in said.chain(company) {
        terms.extend(words(text).take(WORDS));
    }
    terms
}
