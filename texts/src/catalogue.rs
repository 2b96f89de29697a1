//! Catalogues: what people read, by key and language, from `locales/<language>/<context>.ftl`, in
//! the syntax of Fluent (<https://projectfluent.org/fluent/guide/>). Plurals follow the rules of the
//! language (CLDR).
//!
//! Besides Fluent's own there are two functions: `DE($name)` is a name after a French "de", which
//! becomes "d’" before a vowel, and `CLOCK12($hour)` the hour on a clock of twelve.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use domain::Language;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast::Entry;

/// Each language's code and the texts of its files.
const LOCALES: &[(&str, &[&str])] = include!(concat!(env!("OUT_DIR"), "/locales.rs"));

/// The values of a message's `$names`: `("day", 3)`, or several such pairs in a tuple or a slice.
pub trait Arguments {
    /// Hands them over.
    fn give<'a>(&'a self, into: &mut FluentArgs<'a>);
}

impl<T: Arguments + ?Sized> Arguments for &T {
    fn give<'a>(&'a self, into: &mut FluentArgs<'a>) {
        (**self).give(into);
    }
}

impl<T: Argument> Arguments for (&str, T) {
    fn give<'a>(&'a self, into: &mut FluentArgs<'a>) {
        into.set(self.0, self.1.value());
    }
}

impl<T: Argument> Arguments for [(&str, T)] {
    fn give<'a>(&'a self, into: &mut FluentArgs<'a>) {
        for pair in self {
            pair.give(into);
        }
    }
}

macro_rules! pairs {
    ($($value:ident $at:tt),+) => {
        impl<$($value: Argument),+> Arguments for ($((&str, $value),)+) {
            fn give<'a>(&'a self, into: &mut FluentArgs<'a>) {
                $(self.$at.give(into);)+
            }
        }
    };
}

pairs!(A 0, B 1);
pairs!(A 0, B 1, C 2);
pairs!(A 0, B 1, C 2, D 3);

/// A value that a message can show or choose by.
pub trait Argument {
    /// The value, as Fluent takes it: by a number's plural form a message can choose.
    fn value(&self) -> FluentValue<'_>;
}

impl<T: Argument + ?Sized> Argument for &T {
    fn value(&self) -> FluentValue<'_> {
        (**self).value()
    }
}

macro_rules! arguments {
    (texts: $($text:ty),+; numbers: $($number:ty),+) => {
        $(impl Argument for $text {
            fn value(&self) -> FluentValue<'_> {
                FluentValue::String(Cow::Borrowed(self))
            }
        })+
        $(impl Argument for $number {
            fn value(&self) -> FluentValue<'_> {
                FluentValue::from(*self)
            }
        })+
    };
}

arguments!(texts: str, String, Cow<'_, str>; numbers: i8, i16, i32, i64, u8, u16, u32, u64, usize);

/// The one door to the catalogues: `language.t("words-status-sent")`.
pub trait Wording: Copy {
    /// The language that is spoken.
    fn language(self) -> Language;

    /// The text called `key`, which takes no arguments. A key without a text stands for itself; a
    /// test refuses such a key.
    fn t(self, key: &'static str) -> &'static str {
        let found = find(self.language(), key);
        debug_assert!(found.is_some(), "there is no text {key:?} without arguments");
        found.unwrap_or(key)
    }

    /// The text called `key` with its `arguments` in their places.
    fn with(self, key: &'static str, arguments: impl Arguments) -> String {
        let filled = fill(self.language(), key, &arguments);
        debug_assert!(filled.is_some(), "there is no text {key:?} with these arguments");
        filled.unwrap_or_else(|| key.to_owned())
    }
}

impl Wording for Language {
    fn language(self) -> Language {
        self
    }
}

/// The text called `key`, if there is one that takes no arguments.
pub(crate) fn find(language: Language, key: &str) -> Option<&'static str> {
    of(language).plain.get(key).map(String::as_str)
}

/// The text called `key` with its `arguments`, if there is one and it misses none.
pub(crate) fn fill(language: Language, key: &str, arguments: &dyn Arguments) -> Option<String> {
    of(language).fill(key, arguments)
}

/// What is said in one language.
pub(crate) struct Catalogue {
    bundle: FluentBundle<FluentResource>,
    /// The texts without arguments, by key.
    plain: HashMap<String, String>,
}

/// A change to every piece of text of a catalogue, arguments aside.
pub(crate) type Transform = fn(&str) -> Cow<'_, str>;

impl Catalogue {
    /// The catalogue of the language of `code`, each of its texts changed by `transform`.
    pub(crate) fn new(code: &str, transform: Option<Transform>) -> Self {
        let (_, files) = LOCALES
            .iter()
            .find(|(locale, _)| *locale == code)
            .expect("a test refuses a language without a folder");
        let tag = code.parse().expect("the code of a language is a tag");
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        bundle.set_use_isolating(false); // every name in a text is shown in the text's direction
        bundle.set_transform(transform);
        for (name, function) in FUNCTIONS {
            bundle
                .add_function(name, move |positional, _| function(positional))
                .expect("named once");
        }
        let mut keys = vec![];
        #[cfg(any(test, feature = "testing"))]
        let more = crate::testing::of(code);
        #[cfg(not(any(test, feature = "testing")))]
        let more = None;
        for file in files.iter().copied().chain(more) {
            let resource = FluentResource::try_new(file.to_owned())
                .map_err(|(_, errors)| errors)
                .expect("the files are compiled in, and a test reads them");
            keys.extend(resource.entries().filter_map(|entry| match entry {
                Entry::Message(message) => Some(message.id.name.to_owned()),
                _ => None,
            }));
            bundle.add_resource(resource).expect("a test refuses a key that comes twice");
        }
        let mut catalogue = Self { bundle, plain: HashMap::new() };
        for key in keys {
            if let Some(text) = catalogue.fill(&key, &NONE) {
                catalogue.plain.insert(key, text);
            }
        }
        catalogue
    }

    fn fill(&self, key: &str, arguments: &dyn Arguments) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut given = FluentArgs::new();
        arguments.give(&mut given);
        let mut missing = vec![];
        let text = self.bundle.format_pattern(pattern, Some(&given), &mut missing);
        missing.is_empty().then(|| text.into_owned())
    }
}

/// The catalogue of `language`, which is read when it is first asked for.
fn of(language: Language) -> &'static Catalogue {
    static CATALOGUES: [OnceLock<Catalogue>; Language::ALL.len()] =
        [const { OnceLock::new() }; Language::ALL.len()];
    #[cfg(any(test, feature = "testing"))]
    if let Some(pseudo) = crate::pseudo::spoken() {
        return pseudo;
    }
    CATALOGUES[language as usize].get_or_init(|| Catalogue::new(language.code(), None))
}

/// No arguments.
const NONE: &[(&str, &str)] = &[];

type Function = fn(&[FluentValue<'_>]) -> FluentValue<'static>;

const FUNCTIONS: [(&str, Function); 2] = [("DE", de), ("CLOCK12", clock12)];

fn de(values: &[FluentValue<'_>]) -> FluentValue<'static> {
    match values {
        [FluentValue::String(name)] if begins_with_vowel(name) => format!("d’{name}").into(),
        [FluentValue::String(name)] => format!("de {name}").into(),
        _ => FluentValue::Error,
    }
}

/// Whether French elides before `name`. An h may be silent or not, a y too: both count as not.
fn begins_with_vowel(name: &str) -> bool {
    let first = name.chars().next().and_then(|first| first.to_lowercase().next());
    first.is_some_and(|first| "aàâäæeéèêëiîïoôöœuùûü".contains(first))
}

fn clock12(values: &[FluentValue<'_>]) -> FluentValue<'static> {
    match values {
        [FluentValue::Number(hour)] => {
            let hour = hour.value.rem_euclid(12.0);
            FluentValue::from(if hour == 0.0 { 12.0 } else { hour })
        }
        _ => FluentValue::Error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_its_folder_and_every_folder_its_language() {
        let folders: Vec<_> = LOCALES.iter().map(|(code, _)| *code).collect();
        let mut languages = Language::ALL.map(Language::code);
        languages.sort_unstable();
        assert_eq!(folders, languages);
        for language in Language::ALL {
            assert!(of(language).plain.len() > 100, "{language:?}");
        }
    }

    #[test]
    fn a_value_is_not_filled_again() {
        let filled = Language::En.with("calendar-with", ("recruiter", &"{ $recruiter } {a}"));
        assert_eq!(filled, "Interview with { $recruiter } {a}");
    }

    #[test]
    fn a_text_that_misses_an_argument_is_none() {
        assert_eq!(fill(Language::En, "calendar-with", &NONE), None);
        assert_eq!(find(Language::En, "calendar-with"), None);
        assert_eq!(find(Language::En, "no-such-text"), None);
    }

    #[test]
    fn a_french_name_is_elided_before_a_vowel() {
        let of =
            |name: &str| Language::Fr.with("letters-candidate-answer-message", ("name", &name));
        assert_eq!(of("Élodie Roux"), "Message d’Élodie Roux");
        assert_eq!(of("Camille Martin"), "Message de Camille Martin");
    }

    #[test]
    fn a_clock_of_twelve_knows_no_zero() {
        for (hour, shown) in [(0, 12), (1, 1), (12, 12), (13, 1), (23, 11)] {
            let clock = clock12(&[FluentValue::from(hour)]);
            assert_eq!(clock, FluentValue::from(f64::from(shown)));
        }
    }
}
