//! What of a text goes to no model: addresses and telephone numbers of people.

/// Stands where something was taken out.
const TAKEN_OUT: &str = "[…]";
/// Digits of the shortest telephone number.
const DIGITS: usize = 9;

/// Characters between the digits of a number, one after another.
const BETWEEN: usize = 2;

/// A text without addresses of e-mail and telephone numbers.
pub(super) fn taken_out(text: &str) -> String {
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn line(line: &str) -> String {
    let words = line.split(' ').map(|word| if is_address(word) { TAKEN_OUT } else { word });
    without_numbers(&words.collect::<Vec<_>>().join(" "))
}

fn is_address(word: &str) -> bool {
    word.contains('@') || word.to_lowercase().contains("mailto:")
}

/// A line without telephone numbers, whatever stands before them.
fn without_numbers(line: &str) -> String {
    let (mut kept, mut from, mut before) = (String::with_capacity(line.len()), 0, ' ');
    for (at, c) in line.char_indices() {
        let begins =
            matches!(c, '+' | '(' | '[') || (c.is_ascii_digit() && !before.is_ascii_digit());
        before = c;
        if at >= from
            && begins
            && let Some(length) = number(&line[at..])
        {
            kept.extend([&line[from..at], TAKEN_OUT]);
            from = at + length;
        }
    }
    kept.push_str(&line[from..]);
    kept
}

/// How long a telephone number at the beginning is.
fn number(text: &str) -> Option<usize> {
    let lead = text.bytes().take(3).take_while(|c| b"+([".contains(c)).count();
    let (lead, dialled) = text.split_at(lead);
    // What begins with more zeros is the rest of an amount.
    let is_whole = lead.contains('+') || (dialled.starts_with('0') && !dialled.starts_with("000"));
    let length = if is_whole { digits(dialled) } else { north_american(dialled) };
    length.map(|length| lead.len() + length)
}

/// How far a number goes that has digits enough.
fn digits(text: &str) -> Option<usize> {
    let (mut digits, mut end, mut between) = (0, 0, BETWEEN);
    for (at, c) in text.char_indices() {
        if c.is_ascii_digit() {
            (digits, end, between) = (digits + 1, at + 1, 0);
            continue;
        }
        between += 1;
        let is_end = digits >= DIGITS && ",;.:/".contains(c) && {
            // What follows is something else.
            !text[at + 1..].starts_with(|c: char| c.is_ascii_digit())
        };
        if between > BETWEEN || is_end || !(is_space(c) || "+().-/,;:\u{2010}\u{2011}".contains(c))
        {
            break;
        }
    }
    (digits >= DIGITS).then_some(end)
}

/// How far a number goes as it is written in North America, three digits, three and four: (555) 123-4567.
fn north_american(text: &str) -> Option<usize> {
    let is_between = |c: char| is_space(c) || "().-\u{2010}\u{2011}".contains(c);
    let mut rest = text;
    let country = rest.strip_prefix('1').filter(|rest| rest.starts_with(is_between));
    if let Some(behind) = country {
        rest = behind.trim_start_matches(is_between);
    }
    for length in [3, 3, 4] {
        let digits = rest.bytes().take(5).take_while(u8::is_ascii_digit).count();
        if digits != length {
            return None;
        }
        rest = &rest[digits..];
        if length == 3 {
            let behind = rest.trim_start_matches(is_between);
            if !(1..=2 * BETWEEN).contains(&(rest.len() - behind.len())) {
                return None;
            }
            rest = behind;
        }
    }
    Some(text.len() - rest.len())
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{202f}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_can_be_called_by_what_a_model_reads() {
        let text = "Écrivez à jeanne.dupont@acme.example ou au 02 40 12 34 56.\n\
                    Tél : +33 (0)6 12 34 56 78, ou 0612345678 ; 35 000 € par an, réf. 2026-11, 3 ans";
        let left = taken_out(text);
        for gone in ["dupont", "40 12", "12 34", "0612"] {
            assert!(!left.contains(gone), "{left}");
        }
        for kept in ["Écrivez", "35 000 €", "2026-11", "3 ans"] {
            assert!(left.contains(kept), "{left}");
        }
    }

    #[rstest::rstest]
    #[case("Tél:06 12 34 56 78", "Tél:[…]")]
    #[case("Tel.:0612345678, le matin", "Tel.:[…], le matin")]
    #[case("(555) 123-4567", "[…]")]
    #[case("call 1-800-555-0199 or 555.123.4567.", "call […] or […].")]
    #[case("(+33)6.12.34.56.78/0612345678", "[…]")]
    #[case("06\u{a0}12\u{202f}34 56 78 (Jeanne)", "[…] (Jeanne)")]
    #[case("0033 6 12 34 56 78", "[…]")]
    #[case("T0612345678", "T[…]")]
    #[case("2026 0612345678", "2026 […]")]
    fn a_number_is_found_however_it_is_written(#[case] text: &str, #[case] left: &str) {
        assert_eq!(taken_out(text), left);
    }

    #[rstest::rstest]
    #[case("de 100 000-120 000 € à 1 000 000 000 €")]
    #[case("du 01/12/2026 - 31/12/2026, 09:00-18:00")]
    #[case("35 h, 10 000 à 12 500 personnes, (2026), C++ 20, +20 %")]
    #[case("réf. 123-4567-890, 44000 Nantes")]
    fn what_is_no_number_to_call_stays(#[case] text: &str) {
        assert_eq!(taken_out(text), text);
    }

    #[test]
    fn a_line_of_a_megabyte_takes_no_time() {
        for part in ["(", "+", "0 ", "0,;", "1 ", "+0(", "000 "] {
            taken_out(&part.repeat(500_000));
        }
    }
}
