//! What programs may ask of a profile.

use axum::Json;
use axum::extract::{Path, State};
use domain::space::{ProfileEdit, ProfileFields, SpaceRefusal};
use serde_json::{Map, Value};
use uuid::Uuid;
use web::App;
use web::api::{Bearer, Body};
use web::problem::Problem;

use super::openapi::{
    ChangedEducation, ChangedExperience, ChangedProfile, ChangedSkill, NewEducation, NewExperience,
    NewSkill, ProfileProblems,
};
use super::read;
use super::wire::{EducationTold, ExperienceTold, ProfileTold, Removed, SkillTold, refused};
use crate::fields::Fields;
use crate::place::id as read_id;

type Sent = Body<Map<String, Value>>;

async fn fields_of(app: &App, bearer: &Bearer) -> Result<ProfileFields, Problem> {
    let known = app.commands.space().profile(bearer.account.id).await;
    let known = known.map_err(|error| refused(error, bearer.lang))?;
    Ok(known.map(|it| it.profile.reveal().fields().clone()).unwrap_or_default())
}

async fn edit(app: &App, bearer: &Bearer, edit: ProfileEdit) -> Result<(), Problem> {
    let (owner, cause) = (bearer.account.id, bearer.cause());
    let changed = app.commands.space().change_profile(owner, edit, &cause).await;
    changed.map(drop).map_err(|error| refused(error, bearer.lang))
}

fn absent(bearer: &Bearer) -> Problem {
    let refusal = commands::CommandError::Refused(SpaceRefusal::NoSuchEntry);
    refused(refusal, bearer.lang)
}

/// The one of this id, where it is there.
fn named<'a, T>(
    text: &str,
    items: &'a [T],
    id: impl Fn(&T) -> Uuid,
    bearer: &Bearer,
) -> Result<&'a T, Problem> {
    let asked = read_id(text);
    let found = items.iter().find(|item| Some(id(item)) == asked);
    found.ok_or_else(|| absent(bearer))
}

async fn told(app: &App, bearer: &Bearer) -> Result<Json<ProfileTold>, Problem> {
    let (space, owner) = (app.commands.space(), bearer.account.id);
    let wrong = |error| refused(error, bearer.lang);
    let known = space.profile(owner).await.map_err(wrong)?;
    let cv = space.known_cv(owner).await.map_err(wrong)?;
    Ok(Json(ProfileTold::of(app, owner, known.as_ref(), cv.as_ref())))
}

async fn remove(
    app: &App,
    bearer: &Bearer,
    text: &str,
    of: fn(Uuid) -> ProfileEdit,
) -> Result<Json<Removed>, Problem> {
    let id = read_id(text).ok_or_else(|| absent(bearer))?;
    edit(app, bearer, of(id)).await?;
    Ok(Json(Removed { message: bearer.lang.t("profile-removed") }))
}

#[utoipa::path(
    get,
    path = "/api/candidates/profile",
    operation_id = "getProfile",
    tag = "profile",
    responses((status = 200, description = "The profile; empty where nothing was written", body = ProfileTold), ProfileProblems),
    security(("bearer" = []))
)]
pub(crate) async fn find(
    State(app): State<App>,
    bearer: Bearer,
) -> Result<Json<ProfileTold>, Problem> {
    told(&app, &bearer).await
}

#[utoipa::path(
    put,
    path = "/api/candidates/profile",
    operation_id = "changeProfile",
    tag = "profile",
    request_body = ChangedProfile,
    responses((status = 200, description = "The profile", body = ProfileTold), ProfileProblems),
    security(("bearer" = []))
)]
pub(crate) async fn change(
    State(app): State<App>,
    bearer: Bearer,
    Body(body): Sent,
) -> Result<Json<ProfileTold>, Problem> {
    let before = fields_of(&app, &bearer).await?.about;
    let about = read::about(&Fields::new(body, bearer.lang), before)?;
    edit(&app, &bearer, ProfileEdit::About(Box::new(about))).await?;
    told(&app, &bearer).await
}

#[utoipa::path(
    post,
    path = "/api/candidates/profile/experiences",
    operation_id = "addExperience",
    tag = "profile",
    request_body = NewExperience,
    responses((status = 200, description = "The post", body = ExperienceTold), ProfileProblems),
    security(("bearer" = []))
)]
pub(crate) async fn add_experience(
    State(app): State<App>,
    bearer: Bearer,
    Body(body): Sent,
) -> Result<Json<ExperienceTold>, Problem> {
    let fields = Fields::new(body, bearer.lang);
    let new = read::experience(&fields, app.commands.fresh_id(), None)?;
    let told = ExperienceTold::from(&new);
    edit(&app, &bearer, ProfileEdit::Experience(Box::new(new))).await?;
    Ok(Json(told))
}

#[utoipa::path(
    put,
    path = "/api/candidates/profile/experiences/{id}",
    operation_id = "changeExperience",
    tag = "profile",
    params(("id" = Uuid, Path, description = "Which post")),
    request_body = ChangedExperience,
    responses((status = 200, description = "The post", body = ExperienceTold), ProfileProblems),
    security(("bearer" = []))
)]
pub(crate) async fn change_experience(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
    Body(body): Sent,
) -> Result<Json<ExperienceTold>, Problem> {
    let before = fields_of(&app, &bearer).await?.experiences;
    let before = named(&text, &before, |it| it.id, &bearer)?;
    let fields = Fields::new(body, bearer.lang);
    let changed = read::experience(&fields, before.id, Some(before))?;
    let told = ExperienceTold::from(&changed);
    edit(&app, &bearer, ProfileEdit::Experience(Box::new(changed))).await?;
    Ok(Json(told))
}

#[utoipa::path(
    delete,
    path = "/api/candidates/profile/experiences/{id}",
    operation_id = "removeExperience",
    tag = "profile",
    params(("id" = Uuid, Path, description = "Which post")),
    responses((status = 200, description = "It is not there any more", body = Removed), ProfileProblems),
    security(("bearer" = []))
)]
pub(crate) async fn remove_experience(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> Result<Json<Removed>, Problem> {
    remove(&app, &bearer, &text, ProfileEdit::RemoveExperience).await
}

#[utoipa::path(
    post,
    path = "/api/candidates/profile/education",
    operation_id = "addEducation",
    tag = "profile",
    request_body = NewEducation,
    responses((status = 200, description = "The course", body = EducationTold), ProfileProblems),
    security(("bearer" = []))
)]
pub(crate) async fn add_education(
    State(app): State<App>,
    bearer: Bearer,
    Body(body): Sent,
) -> Result<Json<EducationTold>, Problem> {
    let fields = Fields::new(body, bearer.lang);
    let new = read::education(&fields, app.commands.fresh_id(), None)?;
    let told = EducationTold::from(&new);
    edit(&app, &bearer, ProfileEdit::Education(Box::new(new))).await?;
    Ok(Json(told))
}

#[utoipa::path(
    put,
    path = "/api/candidates/profile/education/{id}",
    operation_id = "changeEducation",
    tag = "profile",
    params(("id" = Uuid, Path, description = "Which course")),
    request_body = ChangedEducation,
    responses((status = 200, description = "The course", body = EducationTold), ProfileProblems),
    security(("bearer" = []))
)]
pub(crate) async fn change_education(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
    Body(body): Sent,
) -> Result<Json<EducationTold>, Problem> {
    let before = fields_of(&app, &bearer).await?.educations;
    let before = named(&text, &before, |it| it.id, &bearer)?;
    let fields = Fields::new(body, bearer.lang);
    let changed = read::education(&fields, before.id, Some(before))?;
    let told = EducationTold::from(&changed);
    edit(&app, &bearer, ProfileEdit::Education(Box::new(changed))).await?;
    Ok(Json(told))
}

#[utoipa::path(
    delete,
    path = "/api/candidates/profile/education/{id}",
    operation_id = "removeEducation",
    tag = "profile",
    params(("id" = Uuid, Path, description = "Which course")),
    responses((status = 200, description = "It is not there any more", body = Removed), ProfileProblems),
    security(("bearer" = []))
)]
pub(crate) async fn remove_education(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> Result<Json<Removed>, Problem> {
    remove(&app, &bearer, &text, ProfileEdit::RemoveEducation).await
}

#[utoipa::path(
    post,
    path = "/api/candidates/profile/skills",
    operation_id = "addSkill",
    tag = "profile",
    request_body = NewSkill,
    responses((status = 200, description = "The skill", body = SkillTold), ProfileProblems),
    security(("bearer" = []))
)]
pub(crate) async fn add_skill(
    State(app): State<App>,
    bearer: Bearer,
    Body(body): Sent,
) -> Result<Json<SkillTold>, Problem> {
    let fields = Fields::new(body, bearer.lang);
    let new = read::skill(&fields, app.commands.fresh_id(), None)?;
    let told = SkillTold::from(&new);
    edit(&app, &bearer, ProfileEdit::Skill(Box::new(new))).await?;
    Ok(Json(told))
}

#[utoipa::path(
    put,
    path = "/api/candidates/profile/skills/{id}",
    operation_id = "changeSkill",
    tag = "profile",
    params(("id" = Uuid, Path, description = "Which skill")),
    request_body = ChangedSkill,
    responses((status = 200, description = "The skill", body = SkillTold), ProfileProblems),
    security(("bearer" = []))
)]
pub(crate) async fn change_skill(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
    Body(body): Sent,
) -> Result<Json<SkillTold>, Problem> {
    let before = fields_of(&app, &bearer).await?.skills;
    let before = named(&text, &before, |it| it.id, &bearer)?;
    let changed = read::skill(&Fields::new(body, bearer.lang), before.id, Some(before))?;
    let told = SkillTold::from(&changed);
    edit(&app, &bearer, ProfileEdit::Skill(Box::new(changed))).await?;
    Ok(Json(told))
}

#[utoipa::path(
    delete,
    path = "/api/candidates/profile/skills/{id}",
    operation_id = "removeSkill",
    tag = "profile",
    params(("id" = Uuid, Path, description = "Which skill")),
    responses((status = 200, description = "It is not there any more", body = Removed), ProfileProblems),
    security(("bearer" = []))
)]
pub(crate) async fn remove_skill(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> Result<Json<Removed>, Problem> {
    remove(&app, &bearer, &text, ProfileEdit::RemoveSkill).await
}
