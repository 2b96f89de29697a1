//! Which labels of a form are which fields: a file that an operator may replace, so that another
//! procedure is followed without another version of the program.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization as _;

use super::{Field, FieldKey, FieldKind};
use crate::Invalid;

/// The mapping of the procedure of provisional work permits.
const OWN_TEXT: &str = include_str!("fields.toml");

static OWN: LazyLock<FieldMap> = LazyLock::new(|| {
    FieldMap::parse(OWN_TEXT).expect("the mapping that comes along is one: a test sees")
});

/// The fields of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldMap(Vec<FormField>);

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormField {
    /// Which field it is.
    pub key: FieldKey,
    /// Its label in the form.
    pub label: String,
    /// How it is read.
    pub kind: FieldKind,
    /// Its own id at the source, which goes before the label.
    pub id: Option<String>,
    /// Who writes it.
    pub part: Part,
    compared: String,
}

/// Who writes a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Part {
    /// The administration: an annotation, which whoever files the dossier does not see.
    Private,
    /// Whoever files the dossier.
    Public,
}

/// What a form says under a label.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FormAnswer {
    /// The label.
    pub label: String,
    /// The field's own id at the source, where that tells one.
    pub id: Option<String>,
    /// What it says; a day as `2027-05-10` where the source tells it so.
    pub text: String,
}

/// What somebody wrote is nobody else's.
impl std::fmt::Debug for FormAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FormAnswer").field("label", &self.label).finish_non_exhaustive()
    }
}

/// Why a file is no mapping.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FieldMapError {
    /// It is no TOML of this form.
    #[error("it cannot be read: {0}")]
    Syntax(String),
    /// A key is not one.
    #[error(
        "the field {0:?} has a key that is none: use lower-case letters a to z, digits and underscores"
    )]
    Key(String),
    /// A type is not known.
    #[error("the field {key} has the type {kind:?}: use text, date, number, department or choice")]
    Kind {
        /// Of which field.
        key: String,
        /// What stands there.
        kind: String,
    },
    /// Two fields have one key, or one label.
    #[error("the {what} {name:?} stands there twice")]
    Twice {
        /// `key` or `label`.
        what: &'static str,
        /// Which.
        name: String,
    },
    /// There is nothing to be read.
    #[error("it has no field: write them as [[public]] and [[private]] with key, label and type")]
    Empty,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    #[serde(default)]
    private: Vec<GivenField>,
    #[serde(default)]
    public: Vec<GivenField>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenField {
    key: String,
    label: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    id: Option<String>,
}

impl Default for FieldMap {
    fn default() -> Self {
        OWN.clone()
    }
}

impl FieldMap {
    /// Reads a mapping.
    pub fn parse(text: &str) -> Result<Self, FieldMapError> {
        let given: Given = toml::from_str(text)
            .map_err(|error| FieldMapError::Syntax(error.to_string().trim().replace('\n', " ")))?;
        let private = given.private.into_iter().map(|field| (Part::Private, field));
        let public = given.public.into_iter().map(|field| (Part::Public, field));
        let mut fields: Vec<FormField> = vec![];
        for (part, GivenField { key, label, kind, id }) in private.chain(public) {
            let Ok(known) = key.parse::<FieldKey>() else { return Err(FieldMapError::Key(key)) };
            let Ok(kind) = kind.parse() else { return Err(FieldMapError::Kind { key, kind }) };
            let twice = |what, name| FieldMapError::Twice { what, name };
            if fields.iter().any(|field| field.key == known) {
                return Err(twice("key", key));
            }
            let compared = compared(&label);
            if fields.iter().any(|field| field.compared == compared) {
                return Err(twice("label", label));
            }
            fields.push(FormField { key: known, label, kind, id, part, compared });
        }
        if fields.is_empty() { Err(FieldMapError::Empty) } else { Ok(Self(fields)) }
    }

    /// The mapping that comes along.
    pub fn own() -> &'static Self {
        &OWN
    }

    /// The same as an operator may write one.
    pub const fn own_text() -> &'static str {
        OWN_TEXT
    }

    /// The fields that a form with these labels does not have.
    pub fn absent(&self, labels: &[FormAnswer]) -> Vec<&FormField> {
        let told: HashSet<_> = labels.iter().map(|it| compared(&it.label)).collect();
        let ids: HashSet<_> = labels.iter().filter_map(|it| it.id.as_deref()).collect();
        let is_there = |field: &&FormField| {
            told.contains(&field.compared) || field.id.as_deref().is_some_and(|id| ids.contains(id))
        };
        self.0.iter().filter(|field| !is_there(field)).collect()
    }

    /// The fields, private ones first.
    pub fn fields(&self) -> &[FormField] {
        &self.0
    }

    /// Reads what a form says: the administration's annotations first, then what whoever filed it wrote.
    /// Where a label is there twice, the last one counts; where it is not there, its field is absent. The
    /// error names the field whose text is too long to be kept.
    pub fn read(
        &self,
        private: &[FormAnswer],
        public: &[FormAnswer],
    ) -> Result<Vec<Field>, (FieldKey, Invalid)> {
        let (mut by_label, mut by_id) = (HashMap::new(), HashMap::new());
        for answer in private.iter().chain(public) {
            by_label.insert(compared(&answer.label), answer);
            by_id.extend(answer.id.as_deref().map(|id| (id, answer)));
        }
        let mut fields = vec![];
        for FormField { key, kind, id, compared, .. } in &self.0 {
            let named = id.as_deref().and_then(|id| by_id.get(id));
            let Some(answer) = named.or_else(|| by_label.get(compared)) else { continue };
            let field = Field::read(key.clone(), *kind, &answer.text);
            fields.push(field.map_err(|invalid| (key.clone(), invalid))?);
        }
        Ok(fields)
    }
}

/// A label as it is compared: without letters' case, with one kind of apostrophe and of space.
fn compared(label: &str) -> String {
    let composed: String = label.nfc().collect();
    let words: Vec<_> = composed.split_whitespace().collect();
    words.join(" ").replace(['’', '‘', 'ʼ', '`', '´'], "'").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(label: &str, text: &str) -> FormAnswer {
        FormAnswer { label: label.to_owned(), id: None, text: text.to_owned() }
    }

    #[test]
    fn the_mapping_that_comes_along_has_35_fields() {
        let own = FieldMap::default();
        assert_eq!(own.fields().len(), 35);
        assert_eq!(own.fields().iter().filter(|field| field.part == Part::Private).count(), 3);
        for key in FieldKey::OPEN {
            assert!(own.fields().iter().any(|field| field.key.as_str() == key), "{key}");
        }
    }

    #[test]
    fn apostrophes_and_letters_case_compare_alike_and_the_last_of_a_label_counts() {
        let private = [answer("DATE DE FIN APT", "2027-05-10"), answer("Nom", "of the office")];
        let public = [
            answer("Nom de l’employeur", "first"),
            answer("nom  de l'Employeur ", "last"),
            answer("Nom", "Martin"),
        ];
        let fields = FieldMap::default().read(&private, &public).unwrap();
        let said: Vec<_> = fields.iter().map(|it| (it.key.as_str(), it.text())).collect();
        assert_eq!(
            said,
            [("date_de_fin_apt", "2027-05-10"), ("nom_de_lemployeur", "last"), ("nom", "Martin")]
        );
    }

    #[test]
    fn an_id_goes_before_a_label() {
        let map = "[[public]]\nkey = \"nom\"\nlabel = \"Nom\"\ntype = \"text\"\nid = \"Q2\"\n";
        let map = FieldMap::parse(map).unwrap();
        let renamed = FormAnswer { id: Some("Q2".to_owned()), ..answer("Nom de famille", "B") };
        let fields = map.read(&[], &[renamed, answer("Nom", "A")]).unwrap();
        assert_eq!(fields[0].text(), "B");
    }

    #[rstest::rstest]
    #[case("", "it has no field")]
    #[case("[[public]]\nkey = \"nom\"\nlabel = \"Nom\"\ntype = \"words\"", "the type \"words\"")]
    #[case("[[public]]\nkey = \"Nom\"\nlabel = \"Nom\"\ntype = \"text\"", "the field \"Nom\"")]
    #[case("[[publics]]\nkey = \"nom\"", "unknown field `publics`")]
    #[case(
        "[[public]]\nkey = \"a\"\nlabel = \"Nom\"\ntype = \"text\"\n[[public]]\nkey = \"b\"\nlabel = \"NOM\"\ntype = \"text\"",
        "the label \"NOM\" stands there twice"
    )]
    fn a_mapping_that_is_none_is_told_in_one_line(#[case] text: &str, #[case] told: &str) {
        let error = FieldMap::parse(text).unwrap_err().to_string();
        assert!(error.contains(told) && !error.contains('\n'), "{error}");
    }
}
