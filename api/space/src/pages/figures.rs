//! Figures: how far applications came, what was sent and answered over time, how long answers took.

use std::collections::BTreeMap;

use accounts::CurrentUser;
use askama::Template;
use axum::extract::State;
use jiff::SignedDuration;
use jiff::civil::Date;
use projections::space::{Answered, figures};
use web::Failure;
use web::app::App;
use web::audience::Workplace;
use web::chart::{Count, Days, Rank, Ranks, Words};
use web::lang::Lang;
use web::page::Page;

use super::card::{length, local_day};
use super::whose;

#[derive(Template)]
#[template(path = "pages/figures.html")]
struct FiguresPage {
    lang: Lang,
    frame: Workplace,
    is_empty: bool,
    /// How long half of the answers took; empty where there is none.
    median: String,
    answered: u64,
    sent: usize,
    funnel: Ranks,
    weeks: Days,
    answers: Days,
}

/// What was sent on each day, and how much of it was answered until now.
fn days(sent: &[Answered]) -> Vec<Count> {
    let mut days: Vec<Count> = vec![];
    for one in sent {
        let day = local_day(one.sent_at);
        let answered = i64::from(one.is_answered);
        match days.last_mut().filter(|last| last.day == day) {
            Some(last) => {
                last.all += 1;
                last.part += answered;
            }
            None => days.push(Count { day, all: 1, part: answered }),
        }
    }
    days
}

/// What was answered on each day, as far as that is known, in their order.
fn answers(sent: &[Answered]) -> Vec<Count> {
    let mut days = BTreeMap::new();
    for at in sent.iter().filter_map(|one| one.answered_at) {
        *days.entry(local_day(at)).or_default() += 1;
    }
    days.into_iter().map(|(day, all)| Count { day, all, part: 0 }).collect()
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentUser,
) -> Result<Page<impl Template>, Failure> {
    let lang = signed.lang;
    let found = figures(app.commands.log(), whose(&app, &signed)).await?;
    let sent = found.sent.len();
    let share = |number: u64| {
        let all = u64::try_from(sent).unwrap_or(u64::MAX).max(1);
        lang.with("space-percent", ("percent", number * 100 / all))
    };
    let steps = [
        (lang.t("space-funnel-sent"), u64::try_from(sent).unwrap_or(u64::MAX)),
        (lang.t("space-funnel-answered"), found.answered()),
        (lang.t("space-funnel-interview"), found.reached(3)),
        (lang.t("space-funnel-offer"), found.reached(5)),
        (lang.t("space-funnel-accepted"), found.reached(6)),
    ];
    let bars =
        steps.into_iter().map(|(name, number)| Rank::new(name, count(number), share(number)));
    let named = ("funnel", lang.t("space-funnel"), lang.t("space-funnel-step"));
    let words = Words {
        id: "weeks",
        title: lang.t("space-weeks"),
        all: lang.t("space-weeks-sent"),
        part: Some(lang.t("space-weeks-answered")),
    };
    let answered_words = Words {
        id: "answers",
        title: lang.t("space-answers"),
        all: lang.t("space-answers-told"),
        part: None,
    };
    let answers = answers(&found.sent);
    let days = days(&found.sent);
    let first: Option<Date> = days.first().map(|count| count.day);
    let today = Some(local_day(app.commands.now()));
    let median = found.median_seconds().map(SignedDuration::from_secs);
    Ok(Page::new(FiguresPage {
        lang,
        frame: accounts::frame(&signed, "/me/figures", ""),
        is_empty: sent == 0,
        median: median.map_or_else(String::new, |median| length(median, lang)),
        answered: found.answered(),
        sent,
        funnel: Ranks::new(lang, named, bars.collect(), vec![]),
        weeks: Days::new(words, &days, first, today, lang),
        answers: Days::new(answered_words, &answers, first, today, lang),
    }))
}
