//! E-mail addresses, as pages show them to readers.

use domain::EmailAddress;

/// The address for a reader ([`EmailAddress::readable`]): an international domain in its own letters.
/// What is no address is shown as it is. Fields of forms, links and files keep the form of the wire.
pub fn readable(address: &str) -> String {
    let parsed = EmailAddress::try_from(address.to_owned());
    parsed.map_or_else(|_| address.to_owned(), |address| address.readable().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("rh@xn--socit-esab.example", "rh@société.example")]
    #[case("rh@example.org", "rh@example.org")]
    // A Cyrillic letter among Latin ones stays visible as what it is.
    #[case("rh@xn--pple-43d.example", "rh@xn--pple-43d.example")]
    #[case("no address", "no address")]
    #[case("", "")]
    fn an_address_is_shown_in_its_letters(#[case] stored: &str, #[case] shown: &str) {
        assert_eq!(readable(stored), shown);
    }
}
