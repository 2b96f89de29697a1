//! The profile of somebody who looks for work.

use domain::Decision;
use domain::examples::{minutes, valid};
use domain::space::{
    CandidateProfile, ChangeProfile, Education, EraseProfile, Experience, MAX_SKILLS, ProfileAbout,
    ProfileEdit, ProfileSkill, SpaceRefusal,
};
use uuid::Uuid;

const OWNER: Uuid = Uuid::from_u128(1);
const OTHER: Uuid = Uuid::from_u128(2);

fn change(owner: Uuid, edit: ProfileEdit) -> ChangeProfile {
    ChangeProfile { owner, edit, at: minutes(1) }
}

/// Decides, takes in what happened, and says how much that is.
fn decide(
    state: &mut CandidateProfile,
    decision: &dyn Decision<Aggregate = CandidateProfile>,
) -> Result<usize, SpaceRefusal> {
    let decided = decision.decide(state)?;
    decided.iter().cloned().for_each(|event| state.apply(event));
    Ok(decided.len())
}

fn skill(id: u128, name: &str) -> ProfileSkill {
    ProfileSkill { id: Uuid::from_u128(id), name: valid(name), level: None, category: None }
}

fn about(title: &str) -> ProfileEdit {
    let about = ProfileAbout {
        title: Some(valid(title)),
        salary_expectation_min: Some(40_000),
        salary_expectation_max: Some(30_000),
        ..ProfileAbout::default()
    };
    ProfileEdit::About(Box::new(about))
}

#[test]
fn a_profile_changes_by_its_owner_alone_and_only_where_something_is_otherwise() {
    let mut state = CandidateProfile::default();
    let baker = change(OWNER, about("Boulangère"));
    assert_eq!(decide(&mut state, &baker), Ok(1));
    assert_eq!(decide(&mut state, &baker), Ok(0), "the same again");
    assert_eq!(decide(&mut state, &change(OTHER, about("Chef"))), Err(SpaceRefusal::NotYours));
    let about = state.fields().about;
    let bounds = (about.salary_expectation_min, about.salary_expectation_max);
    assert_eq!(bounds, (Some(30_000), Some(40_000)), "they were the wrong way round");
    assert!(!format!("{state:?}").contains("Boulang"), "it is printed nowhere");

    let post = Experience {
        id: Uuid::from_u128(3),
        title: valid("Ouvrière"),
        company: valid("Fournil"),
        location: None,
        start: Some(valid("2019-03")),
        end: None,
        current: true,
        description: None,
    };
    let course = Education {
        id: Uuid::from_u128(4),
        degree: valid("CAP boulanger"),
        school: valid("CFA"),
        location: None,
        start: None,
        end: Some(valid("2018-06")),
        description: None,
    };
    let put = change(OWNER, ProfileEdit::Experience(Box::new(post.clone())));
    assert_eq!(decide(&mut state, &put), Ok(1));
    assert_eq!(decide(&mut state, &put), Ok(0));
    let ended = Experience { current: false, end: Some(valid("2024-06")), ..post.clone() };
    let put = change(OWNER, ProfileEdit::Experience(Box::new(ended.clone())));
    assert_eq!(decide(&mut state, &put), Ok(1));
    let put = change(OWNER, ProfileEdit::Education(Box::new(course)));
    assert_eq!(decide(&mut state, &put), Ok(1));
    assert_eq!(state.fields().experiences, [ended]);
    let remove = change(OWNER, ProfileEdit::RemoveExperience(post.id));
    assert_eq!(decide(&mut state, &remove), Ok(1));
    assert_eq!(decide(&mut state, &remove), Err(SpaceRefusal::NoSuchEntry));
}

#[test]
fn skills_keep_what_is_known_of_them_and_there_are_so_many_at_most() {
    let mut state = CandidateProfile::default();
    let known = ProfileSkill { level: Some(valid("expert")), ..skill(1, "Levain") };
    decide(&mut state, &change(OWNER, ProfileEdit::Skill(Box::new(known.clone())))).unwrap();
    let skills = vec![skill(7, "HACCP"), skill(8, "Levain")];
    let about = Box::new(ProfileAbout::default());
    let whole = change(OWNER, ProfileEdit::Whole { about: about.clone(), skills });
    assert_eq!(decide(&mut state, &whole), Ok(1));
    assert_eq!(decide(&mut state, &whole), Ok(0), "their ids stay");
    assert_eq!(state.fields().skills, [skill(7, "HACCP"), known]);
    let many: Vec<_> = (0..=MAX_SKILLS as u128).map(|n| skill(n, &format!("skill {n}"))).collect();
    let whole = ProfileEdit::Whole { about, skills: many.clone() };
    let refused = Err(SpaceRefusal::TooManyEntries { max: MAX_SKILLS });
    assert_eq!(decide(&mut state, &change(OWNER, whole)), refused);
    let added = (100..).map(|n| skill(n, &format!("skill {n}"))).take(MAX_SKILLS - 2);
    for skill in added {
        let put = change(OWNER, ProfileEdit::Skill(Box::new(skill)));
        assert_eq!(decide(&mut state, &put), Ok(1));
    }
    let one_more = change(OWNER, ProfileEdit::Skill(Box::new(skill(900, "Neuf"))));
    assert_eq!(decide(&mut state, &one_more), refused);
}

#[test]
fn whoever_is_forgotten_has_no_profile_any_more() {
    let mut state = CandidateProfile::default();
    let erase = EraseProfile { at: minutes(2) };
    assert_eq!(decide(&mut state, &erase), Err(SpaceRefusal::NotFound));
    decide(&mut state, &change(OWNER, about("Boulangère"))).unwrap();
    assert_eq!(decide(&mut state, &erase), Ok(1));
    assert_eq!(decide(&mut state, &erase), Ok(0));
    assert_eq!(state, CandidateProfile::Erased { owner: OWNER });
    assert_eq!(decide(&mut state, &change(OWNER, about("Chef"))), Err(SpaceRefusal::Erased));
}
