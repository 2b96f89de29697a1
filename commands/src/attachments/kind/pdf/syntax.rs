//! As much of the objects of a PDF (ISO 32000-1, 7.3) as the dictionary of a lock needs.

/// How deep objects may lie in each other.
const DEEPEST: u32 = 8;
/// How many objects are read from one place; a lock has some thirty.
const MOST: u32 = 500;

/// An object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Object {
    /// A whole number.
    Number(i64),
    /// A string, in either notation.
    Text(Vec<u8>),
    /// A name, without its slash.
    Name(Vec<u8>),
    /// Any other word: `true`, `R`, `obj`.
    Word(Vec<u8>),
    Array(Vec<Object>),
    Dictionary(Vec<(Vec<u8>, Object)>),
}

/// The value under `key`.
pub(super) fn get<'a>(dictionary: &'a [(Vec<u8>, Object)], key: &str) -> Option<&'a Object> {
    dictionary.iter().find(|(name, _)| name == key.as_bytes()).map(|(_, value)| value)
}

/// Objects, one after the other.
pub(super) struct Tokens<'a> {
    rest: &'a [u8],
    depth: u32,
    left: u32,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(rest: &'a [u8]) -> Self {
        Self { rest, depth: 0, left: MOST }
    }

    /// The next object; nothing where what follows is none.
    pub(super) fn object(&mut self) -> Option<Object> {
        self.left = self.left.checked_sub(1)?;
        self.skip_blanks();
        match self.rest {
            [b'<', b'<', rest @ ..] => self.within(rest, Self::dictionary),
            [b'[', rest @ ..] => self.within(rest, Self::array),
            [b'<', rest @ ..] => self.hexadecimal(rest),
            [b'(', rest @ ..] => self.literal(rest),
            [b'/', rest @ ..] => {
                self.rest = rest;
                Some(Object::Name(self.regular().to_vec()))
            }
            _ => {
                let word = self.regular();
                let number = std::str::from_utf8(word).ok().and_then(|text| text.parse().ok());
                (!word.is_empty())
                    .then(|| number.map_or_else(|| Object::Word(word.to_vec()), Object::Number))
            }
        }
    }

    fn skip_blanks(&mut self) {
        loop {
            let blanks = self.rest.iter().take_while(|byte| is_blank(**byte)).count();
            self.rest = &self.rest[blanks..];
            if self.rest.first() != Some(&b'%') {
                return;
            }
            let comment = self.rest.iter().take_while(|byte| !matches!(byte, b'\n' | b'\r'));
            self.rest = &self.rest[comment.count()..];
        }
    }

    /// The characters up to one that parts objects.
    fn regular(&mut self) -> &'a [u8] {
        let ends = |byte: &u8| is_blank(*byte) || b"()<>[]{}/%".contains(byte);
        let length = self.rest.iter().position(ends).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(length);
        self.rest = rest;
        word
    }

    fn within(
        &mut self,
        rest: &'a [u8],
        read: impl FnOnce(&mut Self) -> Option<Object>,
    ) -> Option<Object> {
        if self.depth == DEEPEST {
            return None;
        }
        (self.rest, self.depth) = (rest, self.depth + 1);
        let object = read(self);
        self.depth -= 1;
        object
    }

    fn array(&mut self) -> Option<Object> {
        let mut items = vec![];
        loop {
            self.skip_blanks();
            if let [b']', rest @ ..] = self.rest {
                self.rest = rest;
                return Some(Object::Array(items));
            }
            items.push(self.object()?);
        }
    }

    /// Names and values; the second and third word of a reference are no names and are passed over.
    fn dictionary(&mut self) -> Option<Object> {
        let mut entries = vec![];
        loop {
            self.skip_blanks();
            if let [b'>', b'>', rest @ ..] = self.rest {
                self.rest = rest;
                return Some(Object::Dictionary(entries));
            }
            if let Object::Name(name) = self.object()? {
                entries.push((name, self.object()?));
            }
        }
    }

    fn hexadecimal(&mut self, rest: &'a [u8]) -> Option<Object> {
        let end = rest.iter().position(|byte| *byte == b'>')?;
        let mut digits: Vec<u8> =
            rest[..end].iter().copied().filter(u8::is_ascii_hexdigit).collect();
        if digits.len() % 2 == 1 {
            digits.push(b'0');
        }
        self.rest = &rest[end + 1..];
        hex::decode(digits).ok().map(Object::Text)
    }

    fn literal(&mut self, rest: &'a [u8]) -> Option<Object> {
        let (mut text, mut open, mut at) = (vec![], 0_u32, 0);
        loop {
            let byte = *rest.get(at)?;
            at += 1;
            match byte {
                b'(' => open += 1,
                b')' if open == 0 => break,
                b')' => open -= 1,
                b'\\' => {
                    let (meaning, length) = escaped(&rest[at..])?;
                    text.extend(meaning);
                    at += length;
                    continue;
                }
                _ => {}
            }
            text.push(byte);
        }
        self.rest = &rest[at..];
        Some(Object::Text(text))
    }
}

/// What an escape sequence stands for, and its length after the backslash.
fn escaped(rest: &[u8]) -> Option<(Option<u8>, usize)> {
    let octal = rest.iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    if octal > 0 {
        let value =
            rest[..octal].iter().fold(0_u32, |sum, digit| sum * 8 + u32::from(digit - b'0'));
        return Some((Some(value.to_le_bytes()[0]), octal));
    }
    Some(match rest {
        [b'\r', b'\n', ..] => (None, 2),
        [b'\r' | b'\n', ..] => (None, 1),
        [b'n', ..] => (Some(b'\n'), 1),
        [b'r', ..] => (Some(b'\r'), 1),
        [b't', ..] => (Some(b'\t'), 1),
        [b'b', ..] => (Some(8), 1),
        [b'f', ..] => (Some(12), 1),
        [other, ..] => (Some(*other), 1),
        [] => return None,
    })
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_dictionary_is_read_with_all_that_lies_in_it() {
        let text = b"<</V 4/CF<</StdCF<</Length 16>>>>/O(a\\)\\101(b)\\\r\nc)/U <4 1 4>% x\n/M true/R 5 0 R/K[1 /A]>>";
        let Some(Object::Dictionary(read)) = Tokens::new(text).object() else {
            panic!("it is a dictionary");
        };
        assert_eq!(get(&read, "V"), Some(&Object::Number(4)));
        assert_eq!(get(&read, "O"), Some(&Object::Text(b"a)A(b)c".to_vec())));
        assert_eq!(get(&read, "U"), Some(&Object::Text(b"A@".to_vec())));
        assert_eq!(get(&read, "M"), Some(&Object::Word(b"true".to_vec())));
        assert_eq!(get(&read, "R"), Some(&Object::Number(5)));
        let items = vec![Object::Number(1), Object::Name(b"A".to_vec())];
        assert_eq!(get(&read, "K"), Some(&Object::Array(items)));
    }

    #[test]
    fn objects_that_lie_in_each_other_without_end_are_given_up() {
        assert_eq!(Tokens::new(&b"[".repeat(100_000)).object(), None);
        assert_eq!(Tokens::new(&b"[1 ".repeat(3)).object(), None);
        assert_eq!(Tokens::new(&[&b"["[..], &b"1 ".repeat(1000), b"]"].concat()).object(), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in "[<>(\\[\\])/ \\\\0-9a-z%\n]{0,80}") {
            let _ = Tokens::new(bytes.as_bytes()).object();
        }
    }
}
