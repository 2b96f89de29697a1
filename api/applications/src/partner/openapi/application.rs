//! An application as a partner sends it: what each field takes, from the rules of the domain.

use std::borrow::Cow;

use commands::{MAX_BYTES, MAX_FILES};
use domain::application::SubmissionDraft;
use domain::{Invalid, Language};
use serde_json::json;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::schema::{KnownFormat, SchemaFormat, SchemaType};
use utoipa::openapi::{ArrayBuilder, Object, ObjectBuilder, Ref, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// What the classes of characters below are made of. They end at U+FFFF: many engines have no range of
/// characters beyond it, where some invisible ones are.
const SPACES: &str = r"\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000";
/// What nobody sees, and what is nothing without the character before it.
const UNSEEN: &str = r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb";
/// Controls that are no spaces.
const CONTROLS: &str = r"\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f";
/// Spaces that a line may hold.
const GAPS: &str = r"\t \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000";
/// Spaces that a line cannot hold between its ends.
const LINE_ENDS: &str = r"\n-\r\u0085\u2028\u2029";
/// A blank that counts as a character where others are.
const BLANK: &str = r"\u2800";
/// Signs that people write where they have no name.
const SIGNS: &str = r"!-/:-@\[-`{-~\u00a1-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u2190-\u22ff\u2500-\u25ff\u3001-\u3003\u3008-\u3020\u30fb\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65";
const LETTERS: &str = r"A-Za-z\uff21-\uff3a\uff41-\uff5a";
const DIGITS: &str = r"0-9\uff10-\uff19\u0660-\u0669\u06f0-\u06f9\u0966-\u096f";

/// The largest whole number that every program reads as it was written (RFC 8259, section 6).
pub(crate) const MAX_INTEGER: u64 = 9_007_199_254_740_991;

/// Each field, with what it is and an example.
const FIELDS: [(&str, &str, &str); 13] = [
    ("candidate_email", "Where the candidate is written to.", "camille.martin@example.org"),
    ("candidate_first_name", "First name; empty where the last name is the only one.", "Camille"),
    ("candidate_last_name", "Last name; empty where the first name is the only one.", "Martin"),
    (
        "candidate_phone",
        "A number that exists; without a country prefix it is French. A whole number is taken as its digits.",
        "06 12 34 56 78",
    ),
    (
        "candidate_address",
        "Postal address; its lines become one, parted by commas.",
        "12 rue des Lilas, 75020 Paris",
    ),
    (
        "candidate_peid",
        "The candidate's id at your side. A whole number is taken as its digits.",
        "1234567A",
    ),
    ("candidate_rome_code", "The occupation looked for: one letter and four digits.", "D1102"),
    (
        "candidate_peam_access_token",
        "Encrypted with Fernet under the key shared with you; kept as it is.",
        "",
    ),
    ("employer_email", "Where the application is sent.", "recrutement@boulangerie.example"),
    ("employer_description", "The employer's name, as you show it.", "Boulangerie Dupont"),
    (
        "siret",
        "14 digits with their check digit; spaces, dots and hyphens may stand between them. A whole number is taken as its digits.",
        "73282932000074",
    ),
    ("job", "The title of the job.", "Boulanger (H/F)"),
    (
        "message",
        "The candidate's message to the employer, in any number of lines.",
        "Bonjour, votre fournil me plaît.",
    ),
];

/// An application as a partner sends it.
pub(crate) struct ApplicationBody;

impl ToSchema for ApplicationBody {
    fn name() -> Cow<'static, str> {
        "ApplicationBody".into()
    }
}

impl PartialSchema for ApplicationBody {
    fn schema() -> RefOr<Schema> {
        let required = required();
        let mut body = ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("An application as a partner sends it, by a person with one name at least. In every text invisible characters, spaces around it and the like are mended; the patterns say what cannot be."))
            .extensions(Some(Extensions::from_iter([("anyOf", one_name())])));
        for (name, about, example) in FIELDS {
            let must = required.contains(&name);
            body = body.property(name, field(name, about, example, must));
            if must {
                body = body.required(name);
            }
        }
        let about = "Whether the candidate gets a copy by e-mail; no unless asked for.";
        let confirmation =
            ObjectBuilder::new().schema_type(or_null(Type::Boolean)).description(Some(about));
        let about =
            "Your client's language unless told. A tag such as fr-FR counts as its language.";
        let tags = Language::ALL.map(|language| serde_json::Value::from(language.code()));
        let language = ObjectBuilder::new()
            .schema_type(or_null(Type::String))
            .description(Some(about))
            .enum_values(Some(tags.into_iter().chain([serde_json::Value::Null])));
        let body = body.property("send_confirmation", confirmation).property("language", language);
        Schema::Object(body.build()).into()
    }
}

/// The two names, of which a person has one at least.
const NAMES: [&str; 2] = ["candidate_first_name", "candidate_last_name"];

/// What an empty application lacks, its names aside.
fn required() -> Vec<&'static str> {
    let partner = "any".parse().expect("a plain word is a client id");
    let wrong = SubmissionDraft::default().parse(partner, Language::default(), vec![]);
    let wrong = wrong.expect_err("an empty application is not whole");
    let missing = wrong.into_iter().filter(|error| error.invalid == Invalid::Missing);
    missing.map(|error| error.field).filter(|name| !NAMES.contains(name)).collect()
}

/// That one of the names is there, and more than signs.
fn one_name() -> serde_json::Value {
    let branch = |name: &str| json!({ "required": [name], "properties": { name: { "type": "string", "pattern": a_name() } } });
    NAMES.map(branch).to_vec().into()
}

fn or_null(kind: Type) -> SchemaType {
    SchemaType::from_iter([kind, Type::Null])
}

fn field(name: &str, about: &str, example: &str, required: bool) -> Object {
    let longest = SubmissionDraft::longest(name);
    let field = ObjectBuilder::new()
        .description(Some(about))
        .schema_type(if required { Type::String.into() } else { or_null(Type::String) })
        .min_length(required.then_some(1))
        .max_length(longest)
        .examples((!example.is_empty()).then_some(example));
    match name {
        "candidate_email" | "employer_email" => {
            field.format(Some(SchemaFormat::KnownFormat(KnownFormat::Email)))
        }
        "candidate_phone" => field.format(Some(SchemaFormat::Custom("phone".to_owned()))),
        "siret" => {
            let between = format!("[^!-,/-~{DIGITS}]*");
            field
                .format(Some(SchemaFormat::Custom("siret".to_owned())))
                .pattern(Some(format!("^{between}(?:[{DIGITS}]{between}){{14}}$")))
        }
        "candidate_peid" => field
            .schema_type(SchemaType::from_iter([Type::String, Type::Integer]))
            .minimum(Some(0_u64))
            .maximum(Some(MAX_INTEGER))
            .pattern(Some(format!("^{}$", line()))),
        "candidate_rome_code" => {
            let (nothing, edge) = (nothing(), edge());
            field.pattern(Some(format!(
                "^(?:{nothing}|{edge}[{LETTERS}](?:{edge}[{DIGITS}]){{4}}{edge})$"
            )))
        }
        "candidate_address" => field.pattern(Some(format!(
            "^[,{SPACES}{UNSEEN}{BLANK}]*[^,{SPACES}{UNSEEN}{BLANK}{CONTROLS}][^{CONTROLS}]*$"
        ))),
        "message" => field.pattern(Some(format!(
            r"^[\u0001-\u001f\u007f-\u009f{SPACES}{UNSEEN}{BLANK}]*[^{SPACES}{UNSEEN}{BLANK}{CONTROLS}][^\u0000]*$"
        ))),
        "candidate_first_name" | "candidate_last_name" => {
            field.pattern(Some(format!("^(?:[{SPACES}{UNSEEN}{BLANK}{SIGNS}]*|{})$", line())))
        }
        _ if required => field.pattern(Some(format!("^{}$", line()))),
        _ => field.pattern(Some(format!("^(?:{}|{})$", nothing(), line()))),
    }
    .build()
}

/// What is taken away at both ends of a text.
fn edge() -> String {
    format!("[{SPACES}{UNSEEN}]*")
}

/// A text of nothing that is seen.
fn nothing() -> String {
    format!("[{SPACES}{UNSEEN}{BLANK}]*")
}

/// A line that holds something to see.
fn line() -> String {
    line_from("", BLANK)
}

/// A line that holds more than signs.
fn a_name() -> String {
    format!("^{}$", line_from(SIGNS, &format!("{BLANK}{SIGNS}")))
}

/// A line that holds a character which is seen and not among `signs`. `blank` are those before it
/// that stay where they begin a line.
fn line_from(signs: &str, blank: &str) -> String {
    let edge = edge();
    let seen = format!("[^{SPACES}{UNSEEN}{BLANK}{CONTROLS}{signs}]");
    format!(
        r"{edge}(?:[{blank}][{GAPS}{UNSEEN}{blank}]*)?{seen}[^{LINE_ENDS}{CONTROLS}]*(?:[{LINE_ENDS}]{edge})?"
    )
}

/// An application with documents.
pub(crate) struct ApplicationForm;

impl ToSchema for ApplicationForm {
    fn name() -> Cow<'static, str> {
        "ApplicationForm".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((ApplicationBody::name().into(), ApplicationBody::schema()));
    }
}

impl PartialSchema for ApplicationForm {
    fn schema() -> RefOr<Schema> {
        let about = format!(
            "Documents: PDF, DOC, DOCX, ODT, RTF, TXT, JPEG or PNG, {MAX_FILES} files and {} MiB together.",
            MAX_BYTES / 1024 / 1024
        );
        let file = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
        let files =
            ArrayBuilder::new().items(file).max_items(Some(MAX_FILES)).description(Some(about));
        let form = ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("An application with documents."))
            .property("application", Ref::from_schema_name(ApplicationBody::name()))
            .required("application")
            .property("attachments", files);
        Schema::Object(form.build()).into()
    }
}
