//! How the domain's events go into the log and come out of it.

use domain::{AGGREGATES, Described, schema};
use event_store::seal::{Declared, MasterKeys, PersonalField};
use event_store::{Codec, Upcasters};

/// Seals what the house's aggregates declare personal under these keys, and reads their events of every
/// version. Without keys nothing is sealed, and what is sealed cannot be read.
pub fn codec(keys: Option<MasterKeys>) -> Codec {
    codec_of(AGGREGATES, keys)
}

/// The same for these aggregates.
pub fn codec_of(aggregates: &[Described], keys: Option<MasterKeys>) -> Codec {
    codec_with(aggregates, keys, Upcasters::new(domain::upcasters(aggregates)))
}

/// The same with other upcasters than theirs.
pub fn codec_with(
    aggregates: &[Described],
    keys: Option<MasterKeys>,
    upcasters: Upcasters,
) -> Codec {
    let Some(keys) = keys else { return Codec::without_keys(upcasters) };
    let field = |field: schema::PersonalField| PersonalField {
        event_type: field.event,
        path: field.path,
        placeholder: field.placeholder,
    };
    let declared = Declared {
        fields: schema::personal_fields(aggregates).into_iter().map(field).collect(),
        erasing: schema::erasing(aggregates).map(str::to_owned).collect(),
    };
    Codec::new(keys, declared, upcasters)
}
