//! An application as a partner sends it: what each field takes, from the rules of the domain.

use std::borrow::Cow;

use commands::{MAX_BYTES, MAX_FILES};
use domain::application::SubmissionDraft;
use domain::{Invalid, Language};
use utoipa::openapi::schema::{KnownFormat, SchemaFormat, SchemaType};
use utoipa::openapi::{ArrayBuilder, Object, ObjectBuilder, Ref, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// Characters that people do not see around a text: they are taken away from both ends.
const SPACE: &str = r"[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*";
/// A character that is seen.
const SEEN: &str = r"[^\u0000-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8]";
/// A character of a line, spaces aside; and with them.
const IN_LINE: [&str; 2] = [
    r"[^\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]",
    r"[^\u0000-\u001f\u007f-\u009f\u2028\u2029]",
];
/// A character of prose, spaces aside; and with them.
const IN_PROSE: [&str; 2] = [
    r"[^\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]",
    r"[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]",
];

/// Each field, with what it is and an example.
const FIELDS: [(&str, &str, &str); 13] = [
    ("candidate_email", "Where the candidate is written to.", "camille.martin@example.org"),
    ("candidate_first_name", "First name.", "Camille"),
    ("candidate_last_name", "Last name.", "Martin"),
    (
        "candidate_phone",
        "A number that exists; without a country prefix it is French.",
        "06 12 34 56 78",
    ),
    ("candidate_address", "Postal address.", "12 rue des Lilas, 75020 Paris"),
    ("candidate_peid", "The candidate's id at your side.", "1234567A"),
    ("candidate_rome_code", "The occupation looked for: one letter and four digits.", "D1102"),
    (
        "candidate_peam_access_token",
        "Encrypted with Fernet under the key shared with you; kept as it is.",
        "",
    ),
    ("employer_email", "Where the application is sent.", "recrutement@boulangerie.example"),
    ("employer_description", "The employer's name, as you show it.", "Boulangerie Dupont"),
    ("siret", "14 digits with their check digit.", "73282932000074"),
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
            .description(Some("An application as a partner sends it."));
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

/// What an empty application lacks.
fn required() -> Vec<&'static str> {
    let client = "any".parse().expect("a plain word is a client id");
    let wrong = SubmissionDraft::default().parse(client, Language::default(), vec![]);
    let wrong = wrong.expect_err("an empty application is not whole");
    let missing = wrong.into_iter().filter(|error| error.invalid == Invalid::Missing);
    missing.map(|error| error.field).collect()
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
        "siret" => field
            .format(Some(SchemaFormat::Custom("siret".to_owned())))
            .pattern(Some(format!("^{SPACE}(?:[0-9]{SPACE}){{14}}$"))),
        "candidate_rome_code" => {
            field.pattern(Some(format!("^{SPACE}(?:[A-Za-z][0-9]{{4}}{SPACE})?$")))
        }
        "message" => field.pattern(Some(visible(IN_PROSE, required))),
        _ => field.pattern(Some(visible(IN_LINE, required))),
    }
    .build()
}

/// A text that holds something to see, with spaces around it.
fn visible([plain, any]: [&str; 2], required: bool) -> String {
    let text = format!("{SEEN}(?:{any}*{plain})?{SPACE}");
    if required { format!("^{SPACE}{text}$") } else { format!("^{SPACE}(?:{text})?$") }
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
