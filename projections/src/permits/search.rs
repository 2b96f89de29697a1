//! `permit_terms`: words under which dossiers are found, as numbers.
//!
//! A term is a whole word of a name or of the employer, an address, a SIRET or the dossier's number,
//! without accents and in lower case; the first 64 bits of its HMAC-SHA256 under the key of the blind index
//! stand for it. Beside it stands when the dossier was created: an index finds and sorts in one go.

use std::collections::BTreeSet;

use domain::Siret;
use domain::permit::{FieldKey, Permit, PermitEventKind};
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
        let changed = histories.iter().filter(|history| is_changed(history));
        vec![Rows::new(&TABLE, changed.flat_map(of_history).collect())]
    }

    /// A name that was corrected is not found by what stood there before.
    fn removals(&self, histories: &[History<Permit>]) -> Vec<Removal> {
        let known = histories.iter().filter(|history| history.earlier > 0 && is_changed(history));
        let first = known.filter_map(|history| history.events.first());
        first
            .map(|first| Removal {
                table: &TABLE,
                equal: vec![("seen_position", first.position.into())],
            })
            .collect()
    }
}

/// Whether a dossier is found by something else than before. Of most changes it is not: what stands there
/// stays, as it lies all over the table.
fn is_changed(history: &History<Permit>) -> bool {
    is_erased(history) || FoundBy::of(history.state()) != FoundBy::of(history.state_before())
}

fn of_history(history: &History<Permit>) -> Vec<Vec<Value>> {
    let (Some(found), Some(first)) = (FoundBy::of(history.state()), history.events.first()) else {
        return vec![];
    };
    if is_erased(history) {
        return vec![];
    }
    found.terms().into_iter().map(|term| args![term, found.second, first.position]).collect()
}

/// What a dossier is found by.
#[derive(PartialEq)]
struct FoundBy<'a> {
    /// When it was created.
    second: i64,
    number: u64,
    siret: Option<&'a Siret>,
    addresses: Vec<&'a str>,
    /// Whose words are looked for.
    texts: Vec<&'a str>,
}

impl<'a> FoundBy<'a> {
    /// `None` where nobody is to find it.
    fn of(permit: &'a Permit) -> Option<Self> {
        let known = permit.known().ok().filter(|known| known.withdrawn_at.is_none())?;
        let dossier = &known.dossier;
        let holder = &dossier.holder;
        let addresses = [&holder.email, &holder.worker_email].into_iter().flatten();
        let said = [
            FieldKey::FIRST_NAME,
            FieldKey::LAST_NAME,
            FieldKey::EMPLOYER,
            "nom_de_lemployeur",
            "prenom_de_lemployeur",
        ];
        let said = said.into_iter().filter_map(|key| Some(dossier.field(key)?.text()));
        let company = holder.company.as_ref().map(|company| company.reveal().as_str());
        Some(Self {
            second: dossier.dates.created_at.as_second(),
            number: dossier.number,
            siret: holder.siret.as_ref(),
            addresses: addresses.map(|address| address.reveal().as_str()).collect(),
            texts: said.chain(company).collect(),
        })
    }

    fn terms(&self) -> BTreeSet<String> {
        let mut terms = BTreeSet::from([self.number.to_string()]);
        terms.extend(self.siret.map(ToString::to_string));
        terms.extend(self.addresses.iter().map(|address| plain(address)));
        terms.extend(self.texts.iter().flat_map(|text| words(text).take(WORDS)));
        terms
    }
}
