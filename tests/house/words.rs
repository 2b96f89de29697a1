//! The words that people read stand in the catalogues, whole and in every language.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{
    CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement, Resource,
};

use super::{files_below, files_of_pages, root};

/// What a message needs: the arguments that it shows, and those by which it only chooses.
#[derive(Debug, Default)]
struct Message {
    context: String,
    shows: BTreeSet<String>,
    chooses: BTreeSet<String>,
    /// Its text, each argument as "}"; of each choice the text of its own.
    texts: Vec<String>,
}

impl Message {
    fn of(context: &str, pattern: &Pattern<String>) -> Self {
        let mut message = Self { context: context.to_owned(), ..Self::default() };
        message.read(pattern);
        message
    }

    fn read(&mut self, pattern: &Pattern<String>) {
        let mut text = String::new();
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => text.push_str(value),
                PatternElement::Placeable { expression } => match expression {
                    Expression::Inline(InlineExpression::StringLiteral { value }) => {
                        text.push_str(value);
                    }
                    Expression::Inline(inline) => {
                        names(inline, &mut self.shows);
                        text.push('}');
                    }
                    Expression::Select { selector, variants } => {
                        names(selector, &mut self.chooses);
                        for variant in variants {
                            self.read(&variant.value);
                        }
                        text.push('}');
                    }
                },
            }
        }
        self.texts.push(text);
    }
}

fn names(inline: &InlineExpression<String>, into: &mut BTreeSet<String>) {
    let mut call = |arguments: &CallArguments<String>| {
        for argument in &arguments.positional {
            names(argument, into);
        }
        for argument in &arguments.named {
            names(&argument.value, into);
        }
    };
    match inline {
        InlineExpression::VariableReference { id } => {
            into.insert(id.name.clone());
        }
        InlineExpression::FunctionReference { arguments, .. } => call(arguments),
        InlineExpression::Placeable { expression } => {
            if let Expression::Inline(inline) = &**expression {
                names(inline, into);
            }
        }
        _ => {}
    }
}

type Messages = BTreeMap<String, Message>;

/// The messages of each language, by its code.
fn catalogues() -> BTreeMap<String, Messages> {
    let mut catalogues = BTreeMap::<String, Messages>::new();
    for path in files_below(root().join("texts/locales"), &[".ftl"]) {
        let source = fs::read_to_string(&path).unwrap();
        let resource: Resource<String> = fluent_syntax::parser::parse(source)
            .unwrap_or_else(|(_, wrong)| panic!("{}: {wrong:?}", path.display()));
        let context = path.file_stem().unwrap().to_str().unwrap();
        let language = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
        for entry in &resource.body {
            match entry {
                Entry::Message(message) => {
                    let key = &message.id.name;
                    let pattern =
                        message.value.as_ref().unwrap_or_else(|| panic!("{key} is empty"));
                    let messages = catalogues.entry(language.to_owned()).or_default();
                    let known = messages.insert(key.clone(), Message::of(context, pattern));
                    assert!(known.is_none(), "{language}: {key} stands twice");
                }
                Entry::Junk { content } => panic!("{}: {content}", path.display()),
                _ => {}
            }
        }
    }
    catalogues
}

/// A use of a message in the code or in a template: its key and the arguments that it is given.
struct Use {
    place: String,
    key: String,
    given: BTreeSet<String>,
}

/// What stands between the parenthesis that `source` follows and the one that closes it.
fn inside(source: &str) -> &str {
    let (mut open, mut quoted, mut escaped) = (1, false, false);
    for (at, c) in source.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '(' if !quoted => open += 1,
            ')' if !quoted => open -= 1,
            _ => {}
        }
        if open == 0 {
            return &source[..at];
        }
    }
    source
}

/// The names of arguments in a call: `("name", value)` in Rust, `name=value` in a letter's template.
fn given(call: &str) -> BTreeSet<String> {
    let call = call.split_whitespace().collect::<Vec<_>>().join(" ").replace("( \"", "(\"");
    let word = |text: &str, end: char| {
        let (name, rest) = text.split_once(end)?;
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        (!name.is_empty() && name.chars().all(is_name)).then(|| (name.to_owned(), rest.to_owned()))
    };
    let in_rust = call.split("(\"").skip(1).filter_map(|part| {
        let (name, rest) = word(part, '"')?;
        rest.starts_with(',').then_some(name)
    });
    let in_template = call.split(',').filter_map(|part| {
        let (name, value) = word(part.trim(), '=')?;
        (!value.starts_with('=')).then_some(name)
    });
    in_rust.chain(in_template).collect()
}

/// The files that may use a text: code, pages, letters.
fn files_with_texts() -> Vec<PathBuf> {
    const ENDINGS: &[&str] = &[".rs", ".html", ".txt", ".mjml"];
    let rooms = ["texts/src", "workers/src", "src"].into_iter();
    let rooms = rooms.flat_map(|room| files_below(root().join(room), ENDINGS));
    files_of_pages(ENDINGS).into_iter().chain(rooms).collect()
}

fn uses() -> Vec<Use> {
    let mut uses = vec![];
    for path in files_with_texts() {
        let source = fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for mark in ["t(", "with("] {
            for (at, _) in source.match_indices(mark) {
                let before = source[..at].chars().next_back();
                let after = &source[at + mark.len()..];
                let Some(text) = after.trim_start().strip_prefix('"') else { continue };
                let Some((key, _)) = text.split_once('"') else { continue };
                let is_call = before.is_none_or(|c| !c.is_alphanumeric() && c != '_');
                let is_key = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
                if is_call && key.contains('-') && key.chars().all(is_key) {
                    let place = path.strip_prefix(root()).unwrap().display().to_string();
                    uses.push(Use { place, key: key.to_owned(), given: given(inside(after)) });
                }
            }
        }
    }
    assert!(uses.len() > 900, "{} uses were found: the search has gone blind", uses.len());
    uses
}

#[test]
fn every_text_that_is_used_is_there_and_is_given_its_arguments() {
    let catalogues = catalogues();
    let mut wrong = vec![];
    for Use { place, key, given } in uses() {
        for (language, messages) in &catalogues {
            let Some(message) = messages.get(&key) else {
                wrong.push(format!("{place}: {language} has no {key}"));
                continue;
            };
            let needs = message.shows.union(&message.chooses).filter(|name| !given.contains(*name));
            let needs: Vec<_> = needs.collect();
            if !needs.is_empty() {
                wrong.push(format!("{place}: {key} in {language} needs {needs:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_text_is_used() {
    let mut sources = String::new();
    for path in files_with_texts() {
        sources.push_str(&fs::read_to_string(path).unwrap());
    }
    let quoted: BTreeSet<&str> = sources.split('"').collect();
    let mut unused = BTreeSet::new();
    for messages in catalogues().values() {
        unused.extend(messages.keys().filter(|key| !quoted.contains(key.as_str())).cloned());
    }
    assert!(unused.is_empty(), "nothing uses these texts: {unused:#?}");
}

#[test]
fn every_language_has_the_same_texts_and_shows_the_same_in_them() {
    let catalogues = catalogues();
    let (first, all) = catalogues.first_key_value().unwrap();
    for (language, messages) in &catalogues {
        let keys = |of: &Messages| of.keys().cloned().collect::<BTreeSet<_>>();
        let differ: Vec<_> = keys(all).symmetric_difference(&keys(messages)).cloned().collect();
        assert!(differ.is_empty(), "{first} and {language} do not both have {differ:#?}");
        for (key, message) in messages {
            assert_eq!(message.shows, all[key].shows, "{key} in {language} and in {first}");
        }
    }
}

#[test]
fn a_key_says_in_which_file_its_text_is() {
    let catalogues = catalogues();
    for messages in catalogues.values() {
        let contexts: BTreeSet<&str> = messages.values().map(|it| it.context.as_str()).collect();
        for (key, message) in messages {
            let of = contexts.iter().filter(|context| key.starts_with(&format!("{context}-")));
            let context = of.max_by_key(|context| context.len());
            assert_eq!(context, Some(&message.context.as_str()), "{key}");
        }
    }
}

/// The texts of the French catalogues, by key.
fn french() -> Vec<(String, String)> {
    let mut catalogues = catalogues();
    let messages = catalogues.remove("fr").unwrap().into_iter();
    messages
        .flat_map(|(key, message)| message.texts.into_iter().map(move |it| (key.clone(), it)))
        .collect()
}

#[test]
fn french_keeps_its_signs_at_its_words() {
    let wrong: Vec<_> = french()
        .into_iter()
        .filter(|(_, text)| super::breaks(text) || super::lacks_its_space(text))
        .map(|(key, text)| format!("{key}: {text}"))
        .collect();
    assert!(wrong.is_empty(), "a no-break space (U+00A0) belongs here:\n{}", wrong.join("\n"));
}

#[test]
fn no_text_shouts_or_is_set_with_a_typewriter() {
    for (language, messages) in catalogues() {
        for (key, message) in messages {
            for text in &message.texts {
                assert!(!text.contains(['!', '\'']), "{language}: {key}: {text}");
            }
        }
    }
}

/// A choice between languages beside the catalogues would be missed by the next language.
#[test]
fn only_the_catalogues_know_which_languages_there_are() {
    let mut wrong = vec![];
    for path in super::production_files() {
        let inside = path.strip_prefix(root()).unwrap();
        let aside = [Path::new("domain"), Path::new("src/seed"), Path::new("src/seed.rs")];
        if super::is_tests(inside) || aside.iter().any(|it| inside.starts_with(it)) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let production = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for word in
            ["Language::Fr =>", "Language::En =>", "Language::Fr,", "Language::Fr)", ".say("]
        {
            if production.contains(word) {
                wrong.push(format!("{} says {word}", inside.display()));
            }
        }
    }
    for path in files_of_pages(&[".html", ".txt"]) {
        if fs::read_to_string(&path).unwrap().contains(".say(") {
            wrong.push(format!("{} holds a text", path.display()));
        }
    }
    assert!(wrong.is_empty(), "what people read belongs into texts/locales:\n{}", wrong.join("\n"));
}
