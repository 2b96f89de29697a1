//! How much memory JSON takes once it is read, before it is.

/// Values that a page's data may have, in all its blocks.
pub(super) const OF_A_PAGE: usize = 300_000;
/// Values that the answer of an interface may have.
pub(super) const OF_A_LIST: usize = 1_500_000;
/// An object takes as much as so many values.
const OBJECT: usize = 4;

/// About how many values JSON has: what begins one, or stands between two, outside of its texts.
pub(super) fn of(json: &[u8]) -> usize {
    let (mut weight, mut in_text, mut is_escaped) = (1, false, false);
    for byte in json {
        if in_text {
            (in_text, is_escaped) = (is_escaped || *byte != b'"', !is_escaped && *byte == b'\\');
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'{' => weight += OBJECT,
            b'[' | b',' => weight += 1,
            _ => {}
        }
    }
    weight
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("1", 1)]
    #[case("[1,2,3]", 4)]
    #[case(r#"{"a": "x,y\"{,[", "b": {"c\\": [1]}}"#, 11)]
    fn values_are_counted_and_texts_are_not(#[case] json: &str, #[case] weight: usize) {
        assert_eq!(of(json.as_bytes()), weight);
    }
}
