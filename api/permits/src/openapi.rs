//! The description of what programs may ask here (OpenAPI 3.1).

use std::borrow::Cow;
use std::collections::BTreeMap;

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{KnownFormat, SchemaFormat, SchemaType};
use utoipa::openapi::{
    ArrayBuilder, Content, Object, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Schema,
    Type,
};
use utoipa::{IntoResponses, OpenApi, PartialSchema, ToSchema};
use web::problem::{Kind, Problem};

#[derive(OpenApi)]
#[openapi(
    paths(crate::check::api::answer, crate::statistics::json),
    components(schemas(Problem, CheckedPermit, StatisticsFile)),
    tags((name = "permits", description = "Check a work permit; the figures of all"))
)]
struct Description;

/// The description, to be merged with those of the other audiences.
pub fn description() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// The number of a dossier, in an address.
pub(crate) struct Digits;

impl PartialSchema for Digits {
    fn schema() -> RefOr<Schema> {
        let digits = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[0-9]+$"));
        Schema::Object(digits.max_length(Some(100)).build()).into()
    }
}

/// A day, in an address.
pub(crate) struct Day;

impl PartialSchema for Day {
    fn schema() -> RefOr<Schema> {
        let day = text("A day.").pattern(Some("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"));
        Schema::Object(day.build()).into()
    }
}

fn text(about: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(about))
}

fn day(about: &str) -> ObjectBuilder {
    text(about).format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
}

fn or_null(object: ObjectBuilder) -> Object {
    object.schema_type(SchemaType::from_iter([Type::String, Type::Null])).build()
}

/// The answer of the check.
pub(crate) struct CheckedPermit;

impl ToSchema for CheckedPermit {
    fn name() -> Cow<'static, str> {
        "CheckedPermit".into()
    }
}

impl PartialSchema for CheckedPermit {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(Type::Integer);
        let expired = ObjectBuilder::new().schema_type(Type::Boolean);
        let expired = expired.description(Some("Whether it is over: never in this answer."));
        let members = [
            ("ds_id", number.description(Some("The dossier's number.")).build()),
            ("siret", or_null(text("The employer's establishment, 14 digits."))),
            ("prenom", text("The first name, masked.").build()),
            ("nom", text("The last name, masked.").build()),
            ("date_de_naissance", day("The date of birth.").build()),
            ("has_expired", expired.build()),
            ("date_de_debut_apt", or_null(day("The permit's first day."))),
            ("date_de_fin_apt", day("The permit's last day.").build()),
        ];
        let mut permit = ObjectBuilder::new().schema_type(Type::Object);
        for (name, member) in members {
            permit = permit.property(name, member).required(name);
        }
        let status = text("Whether there is such a permit that holds today.")
            .enum_values(Some(["valid", "invalid"]));
        let about = "The permit, where it holds; nothing otherwise.";
        let data = ArrayBuilder::new().items(permit).max_items(Some(1)).description(Some(about));
        let answer = ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("Whether a permit holds."))
            .property("status", status)
            .required("status")
            .property("data", data)
            .required("data");
        Schema::Object(answer.build()).into()
    }
}

/// The figures.
pub(crate) struct StatisticsFile;

impl ToSchema for StatisticsFile {
    fn name() -> Cow<'static, str> {
        "PermitStatistics".into()
    }
}

impl PartialSchema for StatisticsFile {
    fn schema() -> RefOr<Schema> {
        let number = || ObjectBuilder::new().schema_type(Type::Integer);
        let days = number().schema_type(SchemaType::from_iter([Type::Integer, Type::Null]));
        let at = text("When they were counted.");
        let at = at.format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
        let totals = [
            ("last_update", at.build()),
            ("time_to_process", days.description(Some("Whole days, on average.")).build()),
            ("total_dossiers_closed", number().description(Some("Permits granted.")).build()),
            ("total_dossiers", number().description(Some("All dossiers.")).build()),
        ];
        let totals = object("Totals.", totals.map(|(name, member)| (name, member.into())));
        let chart = |about| {
            let labels = ArrayBuilder::new().items(ObjectBuilder::new().schema_type(Type::String));
            let values = ArrayBuilder::new().items(number());
            let dataset = object(
                "Numbers, one for each label.",
                [("name", text("What is counted.").into()), ("values", values.into())],
            );
            let datasets = ArrayBuilder::new().items(dataset);
            object(about, [("labels", labels.into()), ("datasets", datasets.into())]).into()
        };
        let charts = [
            ("data", totals.into()),
            ("data_num_dossiers_day", chart("Dossiers of each of the last 31 days.")),
            ("data_num_dossiers_month", chart("Dossiers by month of the last 365 days.")),
            ("data_num_by_status", chart("Dossiers by where they stand.")),
            ("data_num_by_contry", chart("Dossiers by nationality.")),
            ("data_time_to_process_by_month", chart("Days that permits took, by month.")),
        ];
        Schema::from(object("The figures of all dossiers.", charts)).into()
    }
}

/// An object of these members, all of them always there.
fn object<const N: usize>(about: &str, members: [(&str, Schema); N]) -> ObjectBuilder {
    let mut object = ObjectBuilder::new().schema_type(Type::Object).description(Some(about));
    for (name, member) in members {
        object = object.property(name, member).required(name);
    }
    object
}

/// What can go wrong with a check.
pub(crate) struct CheckProblems;

impl IntoResponses for CheckProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[
            Kind::MalformedRequest,
            Kind::TooManyRequests,
            Kind::Internal,
            Kind::Unavailable,
        ])
    }
}

/// What can go wrong with the figures: they are a file, and say so as pages do.
pub(crate) struct FileProblems;

impl IntoResponses for FileProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let kinds = [Kind::TooManyRequests, Kind::Unavailable];
        let response = |kind: Kind| {
            let response = ResponseBuilder::new()
                .description(kind.title())
                .header("Retry-After", retry_after())
                .build();
            (kind.status().as_str().to_owned(), RefOr::T(response))
        };
        kinds.map(response).into()
    }
}

fn problems(kinds: &[Kind]) -> BTreeMap<String, RefOr<Response>> {
    let response = |kind: &Kind| {
        let problem = Content::new(Some(Ref::from_schema_name(Problem::name())));
        let mut response = ResponseBuilder::new()
            .description(kind.title())
            .content("application/problem+json", problem);
        if matches!(kind, Kind::TooManyRequests | Kind::Unavailable) {
            response = response.header("Retry-After", retry_after());
        }
        (kind.status().as_str().to_owned(), RefOr::T(response.build()))
    };
    kinds.iter().map(response).collect()
}

fn retry_after() -> utoipa::openapi::Header {
    let seconds = ObjectBuilder::new().schema_type(Type::Integer).build();
    HeaderBuilder::new().schema(Some(seconds)).description(Some("How many seconds to wait")).build()
}
