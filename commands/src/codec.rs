//! How the domain's events go into the log and come out of it.

use domain::schema;
use event_store::seal::{Declared, MasterKeys, PersonalField};
use event_store::{Codec, Upcasters};

/// Seals what the domain declares personal under these keys, and reads events of every version.
/// Without keys nothing is sealed, and what is sealed cannot be read.
pub fn codec(keys: Option<MasterKeys>) -> Codec {
    codec_with(keys, Upcasters::new(domain::upcasters()))
}

/// The same with other upcasters than the domain's.
pub fn codec_with(keys: Option<MasterKeys>, upcasters: Upcasters) -> Codec {
    let Some(keys) = keys else { return Codec::without_keys(upcasters) };
    let field = |field: schema::PersonalField| PersonalField {
        event_type: field.event,
        path: field.path,
        placeholder: field.placeholder,
    };
    let declared = Declared {
        fields: schema::personal_fields().into_iter().map(field).collect(),
        erasing: schema::erasing().map(str::to_owned).collect(),
    };
    Codec::new(keys, declared, upcasters)
}
