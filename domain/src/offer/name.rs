//! What an offer is called at its source.

use uuid::Uuid;

use crate::Line;

/// The namespace of names for offers whose own are too long (UUIDv5).
const LONG_NAMES: Uuid = Uuid::from_u128(0x5b0c_4c0e_3b1f_4a53_9d62_2f6e_8a37_c0d4);

/// The name of an offer at its source, as offers know it: a long one is a digest of it.
pub fn name_at_source(text: &str) -> Option<Line<500>> {
    let plain: String = text.chars().filter(|c| !c.is_control()).collect();
    let digest = || Uuid::new_v5(&LONG_NAMES, text.as_bytes()).to_string();
    plain.parse().ok().or_else(|| digest().parse().ok())
}
