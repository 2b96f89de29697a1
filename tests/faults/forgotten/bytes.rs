//! A search of bytes for values of a person, in whatever form they are written: one pass over the bytes for
//! all values in all forms (Aho and Corasick, 1975).

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// Bytes that are read at once.
const BLOCK: usize = 1 << 20;
/// Shorter texts in base64 stand in random ones by chance.
const SHORTEST_BASE64: usize = 10;

/// How a value is written.
pub(crate) type Form = &'static str;

/// The values, in all forms, to be looked for at once.
pub(crate) struct Needles {
    /// Letter case aside, and exactly.
    any_case: Automaton,
    exact: Automaton,
    /// Bytes of the longest form.
    longest: usize,
}

struct Automaton {
    automaton: AhoCorasick,
    /// Which value each pattern is, in which form.
    means: Vec<(usize, Form)>,
}

/// What is looked for, and the number of the value: in which form it is that.
type Patterns = BTreeMap<(Vec<u8>, usize), Form>;

/// What was found: the number of the value, and the form in which it is written.
pub(crate) type Hits = BTreeSet<(usize, Form)>;

impl Automaton {
    fn new(any_case: bool, patterns: &Patterns) -> Self {
        let means = patterns.iter().map(|((_, nth), form)| (*nth, *form)).collect();
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(any_case)
            .build(patterns.keys().map(|(pattern, _)| pattern));
        Self { automaton: automaton.unwrap(), means }
    }

    fn look(&self, bytes: &[u8], hits: &mut Hits) {
        let found = self.automaton.find_overlapping_iter(bytes);
        hits.extend(found.map(|it| self.means[it.pattern().as_usize()]));
    }
}

impl Needles {
    /// A value must be long enough that it occurs nowhere by chance.
    pub(crate) fn new<V: AsRef<str>>(values: &[V]) -> Self {
        let (mut any_case, mut exact) = (Patterns::new(), Patterns::new());
        for (nth, value) in values.iter().enumerate() {
            for text in texts(value.as_ref()) {
                for (form, pattern) in forms(&text) {
                    // Where forms do not differ, it is the first of them.
                    any_case.entry((pattern.to_ascii_lowercase(), nth)).or_insert(form);
                }
                for pattern in base64(text.as_bytes()) {
                    exact.insert((pattern, nth), "base64");
                }
            }
            for (form, pattern) in digests(value.as_ref()) {
                any_case.insert((pattern.to_ascii_lowercase(), nth), form);
            }
        }
        let patterns = any_case.keys().chain(exact.keys());
        let longest = patterns.map(|(pattern, _)| pattern.len()).max().unwrap_or(1);
        Self {
            any_case: Automaton::new(true, &any_case),
            exact: Automaton::new(false, &exact),
            longest,
        }
    }

    /// Looks through some bytes: as they are, and with the ends of lines taken out where a value may have been
    /// folded, as e-mails fold base64 and quoted-printable.
    pub(crate) fn look(&self, bytes: &[u8], hits: &mut Hits) {
        self.any_case.look(bytes, hits);
        self.exact.look(bytes, hits);
        if bytes.contains(&b'\n') {
            let unfolded = unfolded(bytes);
            self.any_case.look(&unfolded, hits);
            self.exact.look(&unfolded, hits);
        }
    }

    /// Looks through all that is read, a block at a time; blocks overlap by more than the longest value.
    pub(crate) fn look_through(&self, mut from: impl Read, hits: &mut Hits) {
        let overlap = 2 * self.longest + 16;
        let mut bytes = vec![];
        loop {
            let kept = bytes.len();
            from.by_ref().take(BLOCK as u64).read_to_end(&mut bytes).unwrap();
            if bytes.len() == kept {
                return;
            }
            self.look(&bytes, hits);
            let rest = bytes.len().saturating_sub(overlap);
            bytes.drain(..rest);
        }
    }
}

/// Without the ends of lines, and without the signs before them that say that a line goes on.
fn unfolded(bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::with_capacity(bytes.len());
    for line in bytes.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        whole.extend_from_slice(line.strip_suffix(b"=").unwrap_or(line));
    }
    whole
}

/// The value as it may be spelled: ASCII letters need no variants, which are looked for in any case.
fn texts(value: &str) -> BTreeSet<String> {
    let mut texts = BTreeSet::from([value.to_owned(), value.to_lowercase(), value.to_uppercase()]);
    texts.insert(value.chars().filter(|c| !c.is_whitespace()).collect());
    texts.insert(value.replace(' ', "_"));
    // A phone number as it is stored (E.164).
    let digits: String = value.chars().filter(|c| !c.is_whitespace()).collect();
    if let Some(national) = digits.strip_prefix('0')
        && digits.len() == 10
        && digits.bytes().all(|byte| byte.is_ascii_digit())
    {
        texts.insert(format!("+33{national}"));
    }
    texts
}

/// A text in every form in which the case of ASCII letters means nothing, or may be lost.
fn forms(text: &str) -> Vec<(Form, Vec<u8>)> {
    let utf16: Vec<u16> = text.encode_utf16().collect();
    let form: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let json = serde_json::to_string(text).unwrap();
    let escaped: String =
        text.chars().map(|c| if c.is_ascii() { c.to_string() } else { escaped(c) }).collect();
    let html = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let numbered =
        |c: char| if c.is_ascii_punctuation() { format!("&#{};", u32::from(c)) } else { c.into() };
    vec![
        ("UTF-8", text.as_bytes().to_vec()),
        ("UTF-16, little end first", utf16.iter().flat_map(|it| it.to_le_bytes()).collect()),
        ("UTF-16, big end first", utf16.iter().flat_map(|it| it.to_be_bytes()).collect()),
        ("percent-encoded", form.replace('+', "%20").into_bytes()),
        ("percent-encoded, as in a form", form.into_bytes()),
        (
            "percent-encoded, every byte",
            text.bytes().flat_map(|it| format!("%{it:02x}").into_bytes()).collect(),
        ),
        ("percent-encoded, the sign of an address", text.replace('@', "%40").into_bytes()),
        ("quoted-printable", quoted_printable(text)),
        ("JSON", json.trim_matches('"').as_bytes().to_vec()),
        ("JSON, in ASCII", escaped.into_bytes()),
        ("HTML", html.replace('"', "&quot;").replace('\'', "&#39;").into_bytes()),
        ("HTML", html.replace('"', "&#34;").replace('\'', "&#x27;").into_bytes()),
        ("HTML, the sign of an address", text.replace('@', "&#64;").into_bytes()),
        ("HTML, in numbers", text.chars().map(numbered).collect::<Vec<_>>().concat().into_bytes()),
        ("HTML, in some numbers", in_some_numbers(text).into_bytes()),
        ("hex", hex::encode(text).into_bytes()),
    ]
}

/// As our pages write it: what could be taken for markup has a number.
fn in_some_numbers(text: &str) -> String {
    let number = |c: char| match c {
        '"' | '&' | '\'' | '<' | '>' => format!("&#{};", u32::from(c)),
        c => c.into(),
    };
    text.chars().map(number).collect::<Vec<_>>().concat()
}

/// A character as JSON may write it (RFC 8259, section 7).
fn escaped(c: char) -> String {
    let mut units = [0; 2];
    let units = c.encode_utf16(&mut units).iter();
    units
        .map(|unit| ["\\u", &hex::encode(unit.to_be_bytes())].concat())
        .collect::<Vec<_>>()
        .concat()
}

/// RFC 2045, section 6.7, on one line.
fn quoted_printable(text: &str) -> Vec<u8> {
    let write = |byte: u8| match byte {
        b'=' | 0x7f.. => format!("={byte:02X}").into_bytes(),
        _ => vec![byte],
    };
    text.bytes().flat_map(write).collect()
}

/// How base64, of either alphabet, writes these bytes wherever they begin: what the bytes beside them change
/// is cut off.
fn base64(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![];
    for before in 0..3 {
        let whole = [&[0; 3][..before], bytes].concat();
        let (first, end) = ((before * 8).div_ceil(6), whole.len() * 8 / 6);
        if end - first < SHORTEST_BASE64 {
            continue;
        }
        for alphabet in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            forms.push(alphabet.encode(&whole).as_bytes()[first..end].to_vec());
        }
    }
    forms
}

/// A digest without a key of what can be guessed tells it, too: of an address under a limit, of a word of a
/// list.
fn digests(value: &str) -> Vec<(Form, Vec<u8>)> {
    let digest = Sha256::digest(value.to_lowercase());
    let number = i64::from_be_bytes(*digest.first_chunk().expect("a digest has 32 bytes"));
    vec![
        ("SHA-256", digest[..16].to_vec()),
        ("SHA-256, hex", hex::encode(&digest[..16]).into_bytes()),
        ("SHA-256, number", number.to_string().into_bytes()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str = "Zénobie \"Quartz-Berg\" <zenobie.quartzberg@example.org>";

    /// Which forms are found of the value in these bytes.
    fn found(bytes: &[u8]) -> BTreeSet<Form> {
        let mut hits = Hits::new();
        Needles::new(&["Somebody else altogether", VALUE]).look_through(bytes, &mut hits);
        assert!(hits.iter().all(|(nth, _)| *nth == 1), "{hits:?}");
        hits.into_iter().map(|(_, form)| form).collect()
    }

    fn page(text: &str) -> String {
        text.replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
    }

    /// Written into the midst of other bytes.
    fn amidst(form: &[u8]) -> Vec<u8> {
        [&b"\0\xff{\"x\""[..], form, &b"\",\xc3\0"[..]].concat()
    }

    #[test]
    fn a_value_is_found_in_every_form_and_in_upper_and_lower_case() {
        let utf16 = |text: &str| text.encode_utf16().collect::<Vec<_>>();
        for text in [VALUE.to_owned(), VALUE.to_lowercase(), VALUE.to_uppercase()] {
            let form: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
            let (little, big) = (utf16(&text), utf16(&text));
            let forms = [
                ("UTF-8", text.clone().into_bytes()),
                (
                    "UTF-16, little end first",
                    little.iter().flat_map(|it| it.to_le_bytes()).collect(),
                ),
                ("UTF-16, big end first", big.iter().flat_map(|it| it.to_be_bytes()).collect()),
                ("percent-encoded, as in a form", form.clone().into_bytes()),
                ("percent-encoded", form.replace('+', "%20").to_lowercase().into_bytes()),
                ("hex", hex::encode(&text).to_uppercase().into_bytes()),
                ("hex", hex::encode(&text).into_bytes()),
                ("quoted-printable", quoted_printable(&text)),
                ("JSON", serde_json::to_string(&text).unwrap().into_bytes()),
                ("HTML, the sign of an address", text.replace('@', "&#64;").into_bytes()),
                ("HTML, in some numbers", in_some_numbers(&text).into_bytes()),
                ("HTML", page(&text).into_bytes()),
            ];
            for (form, bytes) in forms {
                let found = found(&amidst(&bytes));
                assert!(found.contains(form), "{form} in {text}: {found:?}");
            }
            for before in ["", "x", "xx", "xxx"] {
                for behind in ["", "y", "yy"] {
                    let whole = format!("{before}{text}{behind}");
                    for alphabet in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
                        let bytes = amidst(alphabet.encode(&whole).as_bytes());
                        assert!(found(&bytes).contains("base64"), "{whole}");
                    }
                }
            }
        }
        let digest = Sha256::digest(VALUE.to_lowercase());
        assert!(found(&digest).contains("SHA-256"));
        assert!(found(hex::encode(digest).as_bytes()).contains("SHA-256, hex"));
        assert!(found("Zénobie Kwartzberg <zenobie@example.org>".as_bytes()).is_empty());
    }

    #[test]
    fn a_phone_number_is_found_as_it_is_stored() {
        let mut hits = Hits::new();
        Needles::new(&["06 98 76 54 31"]).look(b"tel:+33698765431", &mut hits);
        assert_eq!(hits, Hits::from([(0, "UTF-8")]));
    }

    #[test]
    fn a_value_is_found_where_lines_are_folded() {
        let folded = |text: &str, end: &str| {
            let lines: Vec<_> = text.as_bytes().chunks(20).collect();
            lines.join(end.as_bytes())
        };
        let base64 = STANDARD_NO_PAD.encode(format!("x{VALUE}y"));
        assert!(found(&folded(&base64, "\r\n")).contains("base64"));
        let quoted = String::from_utf8(quoted_printable(VALUE)).unwrap();
        assert!(found(&folded(&quoted, "=\r\n")).contains("quoted-printable"));
    }

    #[test]
    fn a_value_is_found_wherever_it_lies_in_what_is_longer_than_a_block() {
        for at in [0, BLOCK - VALUE.len(), BLOCK - 7, BLOCK, 2 * BLOCK - 1, 3 * BLOCK + 5] {
            let mut bytes = vec![b'.'; at];
            bytes.extend_from_slice(VALUE.as_bytes());
            bytes.resize((at + VALUE.len()).max(BLOCK), b'.');
            assert!(found(&bytes).contains("UTF-8"), "at {at}");
        }
    }
}
