//! What of a text goes to no model: addresses and telephone numbers of people.

/// Stands where something was taken out.
const TAKEN_OUT: &str = "[…]";
/// Digits of the shortest telephone number.
const DIGITS: usize = 9;

/// Characters between the digits of a number, one after another.
const BETWEEN: usize = 2;

/// Digits of a number with the code of its country.
const WITH_CODE: std::ops::RangeInclusive<usize> = 10..=13;
/// The codes of countries that are written without a sign before them, too.
const CODES: [&str; 18] = [
    "31", "32", "33", "34", "39", "41", "44", "49", "212", "213", "216", "262", "351", "352",
    "377", "590", "594", "596",
];
/// What stands for the sign in an address that is spelled, and for its points.
const AT: [&str; 6] = ["(at)", "[at]", "{at}", "(arobase)", "[arobase]", "{arobase}"];
const DOT: [&str; 6] = ["(dot)", "[dot]", "{dot}", "(point)", "[point]", "{point}"];

/// A text without addresses of e-mail and telephone numbers.
pub(super) fn taken_out(text: &str) -> String {
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn line(line: &str) -> String {
    let line = without_spelled(line);
    let words = line.split(' ').map(|word| if is_address(word) { TAKEN_OUT } else { word });
    without_numbers(&words.collect::<Vec<_>>().join(" "))
}

fn is_address(word: &str) -> bool {
    word.contains('@') || word.to_lowercase().contains("mailto:")
}

/// A line without addresses that are spelled: jeanne (at) acme (dot) fr.
fn without_spelled(line: &str) -> String {
    let lower = line.to_ascii_lowercase();
    let (mut kept, mut from) = (String::with_capacity(line.len()), 0);
    for (at, _) in lower.match_indices(['(', '[', '{']) {
        let Some(sign) = AT.iter().find(|sign| at >= from && lower[at..].starts_with(**sign))
        else {
            continue;
        };
        let before = lower[from..at].trim_end();
        let name = before.rfind(char::is_whitespace).map_or(0, |space| space + 1);
        // A space of several bytes ends where the name begins.
        let name = line.ceil_char_boundary(from + name);
        kept.extend([&line[from..name], TAKEN_OUT]);
        from = end_of_host(&lower, at + sign.len());
    }
    kept.push_str(&line[from..]);
    kept
}

/// Where the host ends that stands behind the sign of a spelled address.
fn end_of_host(line: &str, from: usize) -> usize {
    let mut end = from;
    loop {
        let rest = line[end..].trim_start();
        let word = rest.find(char::is_whitespace).map_or(rest, |space| &rest[..space]);
        end = line.len() - rest.len() + word.trim_end_matches(['.', ',', ';', ':', '!', '?']).len();
        let rest = line[end..].trim_start();
        match DOT.iter().find(|dot| rest.starts_with(**dot)) {
            Some(dot) => end = line.len() - rest.len() + dot.len(),
            None => return end,
        }
    }
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
    let length = if is_whole {
        digits(dialled)
    } else {
        international(dialled).or_else(|| north_american(dialled))
    };
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

/// How far a number goes that begins with the code of a country, without a sign: 33 6 12 34 56 78.
fn international(text: &str) -> Option<usize> {
    let is_between = |c: char| is_space(c) || "().-\u{2010}\u{2011}".contains(c);
    let (mut groups, mut digits, mut rest, mut parted) = (vec![], 0, text, None);
    loop {
        let most = WITH_CODE.end() + 1;
        let length = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let group;
        (group, rest) = rest.split_at(length);
        groups.push(group);
        // The zero of (0) is not dialled.
        digits += if group == "0" { 0 } else { length };
        if length == 0 || digits >= *WITH_CODE.start() {
            break;
        }
        let behind = rest.trim_start_matches(is_between);
        let between = &rest[..rest.len() - behind.len()];
        // Two amounts, or two dates, are parted by something else than their own parts.
        let mut signs = between.chars().filter(|c| !"()".contains(*c));
        let sign = signs.next().map(one_space);
        let is_mixed = signs.any(|other| Some(one_space(other)) != sign);
        // Behind the code may stand something else.
        let is_first = groups.len() == 1;
        let is_other = !is_first && parted.is_some() && sign.is_some() && parted != sign;
        if between.len() > 2 * BETWEEN || is_mixed || is_other {
            return None;
        }
        parted = if is_first { None } else { parted.or(sign) };
        rest = behind;
    }
    let is_one = WITH_CODE.contains(&digits) && begins_with_code(&groups);
    (is_one && !is_date(&groups) && !is_amount(&groups, rest)).then(|| text.len() - rest.len())
}

/// Whether a number begins with the code of a country: alone, with one digit more before pairs, or
/// with all others.
fn begins_with_code(groups: &[&str]) -> bool {
    let Some((first, others)) = groups.split_first() else { return false };
    let are_pairs = others.iter().all(|group| group.len() == 2);
    CODES
        .iter()
        .filter_map(|code| first.strip_prefix(code))
        .any(|behind| behind.is_empty() || others.is_empty() || (behind.len() == 1 && are_pairs))
}

/// Whether it is a day with its year, and more.
fn is_date(groups: &[&str]) -> bool {
    let [_, month, year, ..] = groups else { return false };
    month.len() == 2 && year.len() == 4 && year.starts_with("20")
}

/// Whether it is in thousands, and money.
fn is_amount(groups: &[&str], behind: &str) -> bool {
    let behind: String = behind.trim_start_matches(is_space).chars().take(3).collect();
    let behind = behind.to_lowercase();
    let is_money = ["€", "$", "£", "eur", "k€", "m€"].iter().any(|it| behind.starts_with(it));
    is_money && groups.iter().skip(1).all(|group| group.len() == 3)
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

/// Any space as the same.
fn one_space(c: char) -> char {
    if is_space(c) { ' ' } else { c }
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
    #[case("Tél 33 6 12 34 56 78, 35 h", "Tél […], 35 h")]
    #[case("33612345678. (33) 6.12.34.56.78", "[…]. […]")]
    #[case("33 (0)6 12 34 56 78 ou 336 12 34 56 78", "[…] ou […]")]
    #[case("33\u{a0}6\u{a0}12\u{a0}34\u{a0}56\u{a0}78 2026", "[…] 2026")]
    #[case("44 20 7946 0958 / 352 621 123 456 / 32-475-12-34-56", "[…] / […] / […]")]
    fn a_number_is_found_however_it_is_written(#[case] text: &str, #[case] left: &str) {
        assert_eq!(taken_out(text), left);
    }

    #[rstest::rstest]
    #[case("de 100 000-120 000 € à 1 000 000 000 €")]
    #[case("du 01/12/2026 - 31/12/2026, 09:00-18:00")]
    #[case("35 h, 10 000 à 12 500 personnes, (2026), C++ 20, +20 %")]
    #[case("réf. 123-4567-890, 44000 Nantes")]
    #[case("de 44 000 - 49 000 €, 34 000-41 000 €, 34000-41000")]
    #[case("33 600 000 000 € par an, 33600000000 euros")]
    #[case("le 31-12-2026 09 h, 31.12.2026 2027, SIRET 33612345678901, 41 22 personnes")]
    fn what_is_no_number_to_call_stays(#[case] text: &str) {
        assert_eq!(taken_out(text), text);
    }

    #[rstest::rstest]
    #[case("Écrire à jeanne (at) acme.fr.", "Écrire à […].")]
    #[case("jeanne.dupont[AT]acme.fr, Nantes", "[…], Nantes")]
    #[case("à\u{a0}jeanne [arobase] acme (point) co [dot] uk ou à Paul", "à\u{a0}[…] ou à Paul")]
    #[case("(at) acme.fr et paul{at}acme.fr", "[…] et […]")]
    fn an_address_is_found_where_it_is_spelled(#[case] text: &str, #[case] left: &str) {
        assert_eq!(taken_out(text), left);
    }

    #[test]
    fn a_line_of_a_megabyte_takes_no_time() {
        for part in
            ["(", "+", "0 ", "0,;", "1 ", "+0(", "000 ", "33 ", "33-", "(at)", "(at) (dot) "]
        {
            taken_out(&part.repeat(500_000));
        }
    }
}
