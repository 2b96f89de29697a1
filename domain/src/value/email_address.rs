use std::borrow::Cow;
use std::str::FromStr;

use email_address::Options;
use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use serde::{Deserialize, Serialize};
use unicode_normalization::char::is_combining_mark;

use crate::value::typed;
use crate::{Forgettable, Invalid};

/// An e-mail address: RFC 5321 limits (local part 64, whole 254 octets), RFC 5322 dot-atom as the
/// local part, a domain name with at least two labels, in ASCII. No address literal is taken.
///
/// The door mends what has one meaning: what comes along when an address is pasted (invisible
/// characters, `mailto:`, `Name <address>`, a full stop behind it), typographic hyphens and
/// apostrophes, quotation marks that are no part of the address (RFC 5321 4.1.2), and an
/// international domain, which is kept in its `xn--` form (RFC 5890). Otherwise the address is kept
/// as typed. Addresses that are equal may still be several spellings of one mailbox: see
/// [`EmailAddress::mailbox`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

super::text_value!(EmailAddress, { "type": "string", "format": "email", "maxLength": 254 }, EmailAddress::stored);

impl Forgettable for EmailAddress {
    /// No mail server has it (RFC 2606 2).
    const PLACEHOLDER: &'static str = "erased@erased.invalid";
}

impl EmailAddress {
    /// The longest address, in octets (RFC 5321 4.5.3.1.3, less the angle brackets).
    pub const MAX: usize = 254;

    /// Whether both are the same address when letter case does not count.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }

    /// The part after the last `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The mailbox that this address counts as, for limits and the suppression list: in lower case,
    /// without needless quotation marks (RFC 5322 3.2.4), without a `+tag` (RFC 5233), the domain as
    /// A-labels. It names the mailbox and is nothing to write to.
    pub fn mailbox(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or((&self.0, ""));
        let local = match unquoted(local) {
            Some(content) if is_dot_atom(&content) => content,
            Some(content) => quoted(&content),
            None => local.to_owned(),
        };
        let tagged = local.split_once('+').filter(|(user, _)| !user.is_empty());
        let user = tagged.map_or(local.as_str(), |(user, _)| user);
        let domain = a_labels(domain).unwrap_or_else(|| domain.to_owned());
        format!("{user}@{domain}").to_ascii_lowercase()
    }

    /// The address for a reader: an international domain in its own letters, unless these could be
    /// taken for others, as where a domain mixes Latin letters with those of another script.
    pub fn readable(&self) -> Cow<'_, str> {
        let domain = self.domain();
        let (unicode, valid) =
            Uts46::new().to_unicode(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::Allow);
        let plain = unicode.chars().all(|c| !c.is_alphabetic() || is_latin(c));
        let foreign = unicode.chars().all(|c| !is_latin(c));
        if valid.is_err() || unicode == domain || !(plain || foreign) {
            return Cow::Borrowed(&self.0);
        }
        let local = &self.0[..self.0.len() - domain.len()];
        Cow::Owned(format!("{local}{unicode}"))
    }

    /// An address that was taken before, as it is: quotation marks that are needed stay readable.
    fn stored(text: &str) -> Result<Self, Invalid> {
        if text.len() > Self::MAX {
            return Err(Invalid::TooLong { max: Self::MAX });
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Invalid::Email);
        }
        let options =
            Options::default().with_required_tld().without_domain_literal().without_display_text();
        email_address::EmailAddress::parse_with_options(text, options)
            .map(|_| Self(text.to_owned()))
            .map_err(|_| Invalid::Email)
    }
}

impl FromStr for EmailAddress {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let typed = typed::keyboard(text);
        let typed = typed.trim();
        if typed.chars().any(|c| c.is_control() || typed::ends_a_line(c)) {
            return Err(Invalid::Email);
        }
        let bare = bare(typed);
        // Before the domain is converted, which takes longer than its length.
        if bare.chars().count() > 2 * Self::MAX {
            return Err(Invalid::TooLong { max: Self::MAX });
        }
        let (local, domain) = bare.rsplit_once('@').ok_or(Invalid::Email)?;
        let (local, domain) = (local.trim_end(), domain.trim_start());
        if !local.is_ascii() {
            return Err(Invalid::EmailLetters);
        }
        let local = match unquoted(local) {
            Some(content) if is_dot_atom(&content) => Cow::Owned(content),
            Some(_) => return Err(Invalid::EmailQuotes),
            None => Cow::Borrowed(local),
        };
        let domain = if domain.is_ascii() {
            Cow::Borrowed(domain)
        } else {
            let in_letters = a_labels(domain).filter(|domain| is_of_letters(domain));
            Cow::Owned(in_letters.ok_or(Invalid::Email)?)
        };
        Self::stored(&format!("{local}@{domain}"))
    }
}

/// The address out of what is copied around it: a link, a display name, the end of a sentence.
fn bare(text: &str) -> &str {
    let end_of_sentence = |c: char| matches!(c, '.' | ',' | ';' | ':') || c.is_whitespace();
    let text = text.trim_end_matches(end_of_sentence);
    let text = text
        .strip_suffix('>')
        .and_then(|text| text.rsplit_once('<'))
        .map_or(text, |(_, address)| address)
        .trim();
    match text.split_at_checked("mailto:".len()) {
        Some((scheme, address)) if scheme.eq_ignore_ascii_case("mailto:") => {
            address.split_once('?').map_or(address, |(address, _)| address).trim()
        }
        _ => text,
    }
    .trim_end_matches(end_of_sentence)
}

/// What stands between the quotation marks of a quoted local part; nothing where it is not one.
fn unquoted(local: &str) -> Option<String> {
    let inner = local.strip_prefix('"')?.strip_suffix('"')?;
    let (mut content, mut chars) = (String::new(), inner.chars());
    while let Some(c) = chars.next() {
        match c {
            '\\' => content.push(chars.next()?),
            '"' => return None,
            c => content.push(c),
        }
    }
    Some(content)
}

fn quoted(content: &str) -> String {
    format!("\"{}\"", content.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Whether `text` may be a local part without quotation marks (RFC 5322 3.2.3).
fn is_dot_atom(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    text.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(allowed))
}

/// The domain in the form of the wire (UTS 46, RFC 5891).
fn a_labels(domain: &str) -> Option<String> {
    Uts46::new()
        .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::Allow, DnsLength::Verify)
        .ok()
        .map(Cow::into_owned)
}

/// Whether the labels of a domain hold letters, digits and hyphens alone, as RFC 5892 asks for: UTS 46
/// takes dashes and pictures, too, which no registry does.
fn is_of_letters(domain: &str) -> bool {
    let (unicode, valid) =
        Uts46::new().to_unicode(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::Allow);
    let fits = |c: char| {
        c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '-' | '.' | '·' | '・')
    };
    valid.is_ok() && unicode.chars().all(|c| fits(c) || typed::attaches(c))
}

/// Whether `c` is a letter of the Latin script, with or without accents.
const fn is_latin(c: char) -> bool {
    matches!(c, 'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[rstest::rstest]
    #[case("camille.martin@example.org", true)]
    #[case("a+tag@sub.example.co.uk", true)]
    #[case("o'neil@example.org", true)]
    #[case("x@xn--bcher-kva.example", true)]
    #[case("", false)]
    #[case("camille", false)]
    #[case("@example.org", false)]
    #[case("a@b", false)]
    #[case("a@@example.org", false)]
    #[case("a b@example.org", false)]
    #[case("a@example.org\r\nBcc: x@example.org", false)]
    #[case("a@[127.0.0.1]", false)]
    #[case("é@example.org", false)]
    #[case(".a@example.org", false)]
    #[case("a@-example.org", false)]
    #[case(&format!("{}@example.org", "a".repeat(65)), false)]
    fn an_address_follows_rfc_5321(#[case] text: &str, #[case] valid: bool) {
        assert_eq!(text.parse::<EmailAddress>().is_ok(), valid, "{text}");
    }

    #[rstest::rstest]
    #[case("\u{202d}a@example.org\u{202c}", "a@example.org")]
    #[case("\u{feff}a@exam\u{200b}ple.org\u{a0}", "a@example.org")]
    #[case("Camille Martin <a@example.org>", "a@example.org")]
    #[case("<a@example.org>,", "a@example.org")]
    #[case("mailto:a@example.org?subject=CV", "a@example.org")]
    #[case("MAILTO:a@example.org", "a@example.org")]
    #[case("a@example.org.", "a@example.org")]
    #[case("a@example.org ;", "a@example.org")]
    #[case("a\u{ff20}example\u{ff0e}org", "a@example.org")]
    #[case("a @ example.org", "a@example.org")]
    #[case("jean\u{2011}luc@saint\u{2013}malo.example", "jean-luc@saint-malo.example")]
    #[case("o\u{2019}neil@example.org", "o'neil@example.org")]
    #[case("\"blocked\"@boul.example", "blocked@boul.example")]
    #[case("\"bloc\\ked\"@boul.example", "blocked@boul.example")]
    #[case("\u{201c}a.b\u{201d}@example.org", "a.b@example.org")]
    #[case("camille@société.example", "camille@xn--socit-esab.example")]
    #[case("camille@SOCIE\u{301}TE\u{301}.example", "camille@xn--socit-esab.example")]
    #[case("info@почта。рф", "info@xn--80a1acny.xn--p1ai")]
    fn what_has_one_meaning_is_mended(#[case] typed: &str, #[case] kept: &str) {
        assert_eq!(typed.parse::<EmailAddress>().map(String::from), Ok(kept.to_owned()));
    }

    #[rstest::rstest]
    #[case("\"rh,paris\"@example.org", Invalid::EmailQuotes)]
    #[case("\"a b\"@example.org", Invalid::EmailQuotes)]
    #[case("\"a@b\"@example.org", Invalid::EmailQuotes)]
    #[case("\".a\"@example.org", Invalid::EmailQuotes)]
    #[case("\"\"@example.org", Invalid::EmailQuotes)]
    #[case("émile@example.org", Invalid::EmailLetters)]
    #[case("a@b.example, c@d.example", Invalid::Email)]
    #[case("a@exa\u{2014}mple.org", Invalid::Email)]
    #[case("a@☕.example", Invalid::Email)]
    #[case("x@\u{200b}", Invalid::Email)]
    fn an_address_that_cannot_be_written_to_says_why(#[case] typed: &str, #[case] why: Invalid) {
        assert_eq!(typed.parse::<EmailAddress>(), Err(why));
    }

    #[rstest::rstest]
    #[case("Victim@Example.org", "victim@example.org")]
    #[case("victim+1@example.org", "victim@example.org")]
    #[case("victim+a+b@example.org", "victim@example.org")]
    #[case("+victim@example.org", "+victim@example.org")]
    #[case("\"victim\"@example.org", "victim@example.org")]
    #[case("\"vic\\tim+1\"@example.org", "victim@example.org")]
    #[case("a@XN--SOCIT-ESAB.example", "a@xn--socit-esab.example")]
    #[case("a@société.example", "a@xn--socit-esab.example")]
    fn spellings_of_one_mailbox_count_as_one(#[case] typed: &str, #[case] mailbox: &str) {
        let taken: EmailAddress = typed.parse().unwrap();
        assert_eq!(taken.mailbox(), mailbox);
        if typed.is_ascii() {
            let stored = EmailAddress::try_from(typed.to_owned()).unwrap();
            assert_eq!(stored.mailbox(), mailbox);
        }
    }

    #[test]
    fn what_was_taken_before_stays_readable_as_it_is() {
        for text in ["\"rh,paris\"@example.org", "\"blocked\"@boul.example"] {
            let json = format!("{text:?}");
            let stored: EmailAddress = serde_json::from_str(&json).unwrap();
            assert_eq!(serde_json::to_string(&stored).unwrap(), json);
        }
        let stored = EmailAddress::try_from("\"a\\ b+c\"@example.org".to_owned());
        assert!(stored.is_err(), "spaces were never taken");
        let stored = EmailAddress::try_from("\"rh,p\\aris\"@Example.org".to_owned()).unwrap();
        assert_eq!(stored.mailbox(), "\"rh,paris\"@example.org");
    }

    #[rstest::rstest]
    #[case("camille@société.example", "camille@société.example")]
    #[case("info@почта.рф", "info@почта.рф")]
    #[case("a@xn--pple-43d.com", "a@xn--pple-43d.com")] // a Cyrillic a among Latin letters
    #[case("a@example.org", "a@example.org")]
    fn a_reader_sees_letters_that_cannot_be_taken_for_others(
        #[case] typed: &str,
        #[case] read: &str,
    ) {
        assert_eq!(typed.parse::<EmailAddress>().unwrap().readable(), read);
    }

    #[test]
    fn letter_case_does_not_count_in_a_comparison() {
        let typed: EmailAddress = "Camille@Example.org".parse().unwrap();
        assert!(typed.matches(&"camille@example.ORG".parse().unwrap()));
        assert_eq!(typed.domain(), "Example.org");
    }

    proptest! {
        #[test]
        fn what_was_taken_is_taken_again_as_it_is(text in "\\PC{0,300}|[\\x00-\\x7f]{0,60}|[a-z\"\\\\+.<> é\u{200b}]{1,9}@[a-zéß.\u{2011}]{1,9}\\.[a-z]{2,5}") {
            if let Ok(address) = text.parse::<EmailAddress>() {
                prop_assert!(address.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
                prop_assert_eq!(&address.to_string().parse(), &Ok(address.clone()));
                prop_assert_eq!(&address.readable().parse::<EmailAddress>().unwrap().mailbox(), &address.mailbox());
            }
        }
    }
}
