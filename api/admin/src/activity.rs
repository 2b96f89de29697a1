//! What happened in a period, by day: applications, answers, e-mails; and the charts of it, which the
//! front page and the statistics share.

use event_store::{Db, DbError, Period};
use jiff::ToSpan as _;
use jiff::civil::Date;
use projections::emails::{self, EmailFigures};
use projections::statistics::{self, DayOfAnswers, DayOfApplications};

use super::chart::{Count, Days, Words};
use web::lang::Lang;

/// Days of a period that nobody asked for, today included.
const DAYS: i64 = 30;

/// The period of a page on which no other one is asked for.
pub(super) fn usual(today: Date) -> Period {
    Period { from: today.checked_sub((DAYS - 1).days()).ok(), to: Some(today) }
}

/// The period in words, as the title of its figures.
pub(super) fn in_words(period: &Period, lang: Lang) -> String {
    let day = |day: Date| texts::day(day, lang.0);
    match (period.from, period.to) {
        (None, None) => lang.t("admin-since-beginning").to_owned(),
        (Some(from), None) => lang.with("admin-figures-since-day", ("day", &day(from))),
        (None, Some(to)) => lang.with("admin-figures-until-day", ("day", &day(to))),
        (Some(from), Some(to)) if from == to => {
            lang.with("admin-figures-on-day", ("day", &day(from)))
        }
        (Some(from), Some(to)) => {
            lang.with("admin-figures-from-day-to-day", (("from", &day(from)), ("to", &day(to))))
        }
    }
}

/// The numbers of each day of a period; days of the default zone.
pub(super) struct Activity {
    period: Period,
    applications: Vec<DayOfApplications>,
    answers: Vec<DayOfAnswers>,
    /// By platform, too.
    pub(super) emails: Vec<EmailFigures>,
}

impl Activity {
    pub(super) async fn load(db: &Db, period: Period) -> Result<Self, DbError> {
        let zone = texts::default_zone();
        let interval = period.interval(&zone);
        Ok(Self {
            period,
            applications: statistics::by_day(db, interval, &zone).await?,
            answers: statistics::answers_by_day(db, interval, &zone).await?,
            emails: emails::figures(db, interval, &zone).await?,
        })
    }

    /// How many applications were submitted, in all and on one day.
    pub(super) fn applications(&self, today: Date) -> (i64, i64) {
        let of = |it: &DayOfApplications| (it.day, it.applications);
        sum(self.applications.iter().map(of), today)
    }

    /// The same of answers that were given.
    pub(super) fn answers(&self, today: Date) -> (i64, i64) {
        sum(self.answers.iter().map(|it| (it.day, it.answers)), today)
    }

    /// The same of e-mails that left, or of what became of them.
    pub(super) fn emails(&self, of: fn(&EmailFigures) -> i64, today: Date) -> (i64, i64) {
        sum(self.emails.iter().map(|it| (it.day, of(it))), today)
    }

    /// Applications, answers and e-mails over time.
    pub(super) fn charts(&self, lang: Lang) -> Vec<Days> {
        let Period { from, to } = self.period;
        let chart = |words: Words, days: Vec<Count>| Days::new(words, &days, from, to, lang);
        let applications = Words {
            id: "chart-applications",
            title: lang.t("admin-applications"),
            all: lang.t("admin-submitted"),
            part: Some(lang.t("admin-which-answered-by-now")),
        };
        let answers = Words {
            id: "chart-answers",
            title: lang.t("admin-answers-employers"),
            all: lang.t("admin-given"),
            part: None,
        };
        let emails = Words {
            id: "chart-emails",
            title: lang.t("admin-emails"),
            all: lang.t("admin-sent"),
            part: Some(lang.t("admin-which-known-as-delivered")),
        };
        let day_of_applications =
            |it: &DayOfApplications| Count { day: it.day, all: it.applications, part: it.answered };
        let day_of_answers = |it: &DayOfAnswers| Count { day: it.day, all: it.answers, part: 0 };
        let sent = statistics::emails_by_day(&self.emails).into_iter();
        let sent = sent.map(|it| Count { day: it.day, all: it.sent, part: it.delivered });
        vec![
            chart(applications, self.applications.iter().map(day_of_applications).collect()),
            chart(answers, self.answers.iter().map(day_of_answers).collect()),
            chart(emails, sent.collect()),
        ]
    }
}

/// The sum of all days, and the number of one.
fn sum(days: impl Iterator<Item = (Date, i64)>, day: Date) -> (i64, i64) {
    days.fold((0, 0), |(all, of_day), (at, number)| {
        (all + number, of_day + if at == day { number } else { 0 })
    })
}

#[cfg(test)]
mod tests {
    use domain::Language;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_usual_period_is_thirty_days_and_named() {
        let period = usual(date(2026, 11, 26));
        let named = in_words(&period, Lang(Language::En));
        assert_eq!(named, "From Wednesday 28 October 2026 to Thursday 26 November 2026");
        let one = Period { from: period.to, to: period.to };
        assert_eq!(in_words(&one, Lang(Language::Fr)), "Le jeudi 26 novembre 2026");
    }

    #[test]
    fn a_day_counts_in_the_sum_and_by_itself() {
        let (first, last) = (date(2026, 11, 25), date(2026, 11, 26));
        assert_eq!(sum([(first, 2), (last, 3), (last, 1)].into_iter(), last), (6, 4));
    }
}
