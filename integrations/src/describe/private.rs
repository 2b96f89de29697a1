//! What of a text goes to no model: addresses and telephone numbers of people.

/// Stands where something was taken out.
const TAKEN_OUT: &str = "[…]";
/// Digits of the shortest telephone number.
const DIGITS: usize = 9;

/// A text without addresses of e-mail and telephone numbers.
pub(super) fn taken_out(text: &str) -> String {
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn line(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let (mut kept, mut at) = (Vec::with_capacity(words.len()), 0);
    while at < words.len() {
        if is_address(words[at]) {
            kept.push(TAKEN_OUT);
            at += 1;
        } else if let Some(length) = number(&words[at..]) {
            kept.push(TAKEN_OUT);
            at += length;
        } else {
            kept.push(words[at]);
            at += 1;
        }
    }
    kept.join(" ")
}

fn is_address(word: &str) -> bool {
    word.contains('@') || word.to_lowercase().contains("mailto:")
}

/// How many words a telephone number at the beginning takes.
fn number(words: &[&str]) -> Option<usize> {
    let first = words.first()?.trim_start_matches(['(', '[']);
    if !first.starts_with('+') && !first.starts_with('0') {
        return None;
    }
    let (mut digits, mut length) = (0, 0);
    for word in words {
        let is_part = word.chars().all(|c| c.is_ascii_digit() || "+().-/,;:\u{a0}".contains(c));
        if !is_part || !word.contains(|c: char| c.is_ascii_digit()) {
            break;
        }
        digits += word.chars().filter(char::is_ascii_digit).count();
        length += 1;
        // What follows is something else.
        if digits >= DIGITS && word.ends_with([',', ';', '.', ':', '/']) {
            break;
        }
    }
    (digits >= DIGITS).then_some(length)
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
}
