//! Names of files that every system can unpack.

use std::collections::BTreeSet;

/// Names that some systems keep for devices, without what follows the first dot.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// The longest name, in bytes; file systems take 255.
const LONGEST: usize = 180;

/// The names that one folder holds; letter case does not tell them apart.
#[derive(Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// A name like this one that a folder can hold and that it does not hold yet.
    pub(super) fn add(&mut self, name: &str) -> String {
        let name = safe(name);
        let (stem, end) = match name.rsplit_once('.') {
            Some((stem, end)) if !stem.is_empty() => (stem, format!(".{end}")),
            _ => (name.as_str(), String::new()),
        };
        let mut free = name.clone();
        let mut count = 1;
        while !self.0.insert(free.to_lowercase()) {
            count += 1;
            free = format!("{stem} ({count}){end}");
        }
        free
    }
}

fn safe(name: &str) -> String {
    let wrong = |c: char| c.is_control() || "/\\:*?\"<>|".contains(c);
    let name: String = name.chars().map(|c| if wrong(c) { '_' } else { c }).collect();
    let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let (stem, end) = match name.rsplit_once('.') {
        Some((stem, end)) if end.len() <= 8 => (stem, format!(".{end}")),
        _ => (name, String::new()),
    };
    let mut cut = LONGEST.min(stem.len());
    while !stem.is_char_boundary(cut) {
        cut -= 1;
    }
    let name = format!("{}{end}", stem[..cut].trim_end());
    let device = name.split('.').next().unwrap_or_default().trim().to_lowercase();
    match name.as_str() {
        "" => "document".to_owned(),
        _ if DEVICES.contains(&device.as_str()) => format!("_{name}"),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[rstest::rstest]
    #[case("CV Zoé.pdf", "CV Zoé.pdf")]
    #[case("../../etc/passwd", "_.._etc_passwd")]
    #[case("C:\\cv.pdf", "C__cv.pdf")]
    #[case("NUL.txt", "_NUL.txt")]
    #[case("...", "document")]
    #[case("cv\n.pdf", "cv_.pdf")]
    fn a_name_becomes_one_that_unpacks_anywhere(#[case] name: &str, #[case] safe: &str) {
        assert_eq!(Names::default().add(name), safe);
    }

    #[test]
    fn no_two_names_of_a_folder_are_alike() {
        let mut names = Names::default();
        let added = ["cv.pdf", "CV.pdf", "cv.pdf", "cv (2).pdf"].map(|name| names.add(name));
        assert_eq!(added, ["cv.pdf", "CV (2).pdf", "cv (3).pdf", "cv (2) (2).pdf"]);
    }

    proptest! {
        #[test]
        fn any_name_stays_in_its_folder(name in "\\PC{0,300}|[\\x00-\\x7f]{0,60}") {
            let safe = Names::default().add(&name);
            prop_assert!(!safe.is_empty() && safe.len() < 255);
            prop_assert!(!safe.contains(['/', '\\', '\0']) && !safe.starts_with('.'));
        }
    }
}
