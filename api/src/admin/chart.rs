//! The chart of applications over time: bars of days, weeks or months, drawn here as SVG.

use askama::Template;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use projections::statistics::DayOfApplications;

use crate::lang::Lang;

/// In units of the drawing.
const WIDTH: i64 = 720;
const HEIGHT: i64 = 200;
/// Room for the words of the axes.
const LEFT: i64 = 64;
const BOTTOM: i64 = 24;
/// Words below the bars, at the most.
const LABELS: usize = 5;

/// Bars over time, with the figures of each.
#[derive(Template)]
#[template(path = "admin/chart.html")]
pub(crate) struct Chart {
    lang: Lang,
    unit: Unit,
    bars: Vec<Bar>,
    /// Lines across, with their figures: where they are, and how many that is.
    lines: Vec<(i64, i64)>,
}

/// What a bar stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Day,
    Week,
    Month,
}

struct Bar {
    label: String,
    /// Whether the label stands below the bar.
    labelled: bool,
    x: i64,
    width: i64,
    applications: i64,
    answered: i64,
    /// Where the bar begins from above, and how high it is: of all, and of those that are answered.
    all: (i64, i64),
    part: (i64, i64),
}

impl Chart {
    /// The chart from one day to another, both counted; days without an application have no bar.
    /// `None` where there is nothing to draw.
    pub(crate) fn new(
        days: &[DayOfApplications],
        from: Option<Date>,
        to: Option<Date>,
        lang: Lang,
    ) -> Option<Self> {
        let from = from.or_else(|| days.first().map(|it| it.day))?;
        let to = to.or_else(|| days.last().map(|it| it.day))?;
        let length = from.until(to).ok()?.get_days();
        let unit = match length {
            ..=62 => Unit::Day,
            63..=400 => Unit::Week,
            _ => Unit::Month,
        };
        let mut sums: Vec<(Date, i64, i64)> = vec![];
        let mut first = unit.first(from)?;
        while first <= to {
            sums.push((first, 0, 0));
            first = unit.next(first)?;
        }
        for day in days {
            let at = sums.partition_point(|(first, ..)| *first <= day.day).checked_sub(1);
            if let Some((_, applications, answered)) = at.and_then(|at| sums.get_mut(at)) {
                *applications += day.applications;
                *answered += day.answered;
            }
        }
        let most = sums.iter().map(|it| it.1).max().filter(|most| *most > 0)?;
        let step = step(most);
        let top = most.div_euclid(step) * step + if most % step == 0 { 0 } else { step };
        let height = |number: i64| number * (HEIGHT - BOTTOM - 8) / top;
        let from_above = |number: i64| HEIGHT - BOTTOM - height(number);
        let count = i64::try_from(sums.len()).ok()?;
        let every = sums.len().div_ceil(LABELS);
        let left = |nth: i64| LEFT + nth * (WIDTH - LEFT) / count;
        let bars = (0..).zip(&sums).zip(0_usize..).map(|((nth, sum), index)| {
            let room = left(nth + 1) - left(nth);
            Bar {
                label: unit.label(sum.0, lang),
                labelled: index % every == 0 && sums.len() - index > every / 3,
                x: left(nth),
                width: (room - if room > 3 { 2 } else { 0 }).max(1),
                applications: sum.1,
                answered: sum.2,
                all: (from_above(sum.1), height(sum.1)),
                part: (from_above(sum.2), height(sum.2)),
            }
        });
        let bars = bars.collect();
        let lines = (0..=top / step).map(|nth| (from_above(nth * step), nth * step)).collect();
        Some(Self { lang, unit, bars, lines })
    }

    fn unit(&self) -> &'static str {
        match self.unit {
            Unit::Day => self.lang.t("admin-figures-day"),
            Unit::Week => self.lang.t("admin-figures-week"),
            Unit::Month => self.lang.t("admin-figures-month"),
        }
    }

    fn title(&self) -> &'static str {
        match self.unit {
            Unit::Day => self.lang.t("admin-figures-applications-by-day"),
            Unit::Week => self.lang.t("admin-figures-applications-by-week"),
            Unit::Month => self.lang.t("admin-figures-applications-by-month"),
        }
    }

    /// What somebody hears who does not see the drawing.
    fn description(&self) -> String {
        let sum: i64 = self.bars.iter().map(|bar| bar.applications).sum();
        let answered: i64 = self.bars.iter().map(|bar| bar.answered).sum();
        let most = self.bars.iter().max_by_key(|bar| bar.applications);
        let (label, most) = most.map_or(("", 0), |bar| (bar.label.as_str(), bar.applications));
        self.lang.with(
            "admin-figures-chart-in-words",
            (("sum", &sum), ("answered", &answered), ("most", &most), ("label", &label)),
        )
    }
}

impl Unit {
    /// The first day of the bar that this day belongs to.
    fn first(self, day: Date) -> Option<Date> {
        match self {
            Self::Day => Some(day),
            Self::Week if day.weekday() == Weekday::Monday => Some(day),
            Self::Week => day.nth_weekday(-1, Weekday::Monday).ok(),
            Self::Month => Some(day.first_of_month()),
        }
    }

    fn next(self, first: Date) -> Option<Date> {
        match self {
            Self::Day => first.tomorrow().ok(),
            Self::Week => first.checked_add(1.week()).ok(),
            Self::Month => first.checked_add(1.month()).ok(),
        }
    }

    fn label(self, first: Date, lang: Lang) -> String {
        let format = match self {
            Self::Month => "%m/%Y",
            Self::Day | Self::Week => lang.t("common-short-date"),
        };
        first.strftime(format).to_string()
    }
}

/// Between two lines across: 1, 2 or 5 times a power of ten, so that there are five lines at most.
fn step(most: i64) -> i64 {
    let mut power = 1;
    loop {
        for times in [1, 2, 5] {
            if most <= 5 * times * power {
                return times * power;
            }
        }
        power *= 10;
    }
}

#[cfg(test)]
mod tests {
    use domain::Language;
    use jiff::civil::date;

    use super::*;

    fn day(day: Date, applications: i64, answered: i64) -> DayOfApplications {
        DayOfApplications { day, applications, answered }
    }

    fn chart(days: &[DayOfApplications], from: Date, to: Date) -> Option<Chart> {
        Chart::new(days, Some(from), Some(to), Lang(Language::En))
    }

    #[test]
    fn every_application_is_in_one_bar_whatever_its_unit() {
        let days = [
            day(date(2026, 1, 1), 3, 1),
            day(date(2026, 1, 31), 4, 4),
            day(date(2026, 2, 1), 5, 0),
        ];
        for (to, bars) in [(date(2026, 2, 10), 41), (date(2026, 6, 1), 23), (date(2027, 12, 1), 24)]
        {
            let chart = chart(&days, date(2026, 1, 1), to).unwrap();
            assert_eq!(chart.bars.len(), bars);
            assert_eq!(chart.bars.iter().map(|bar| bar.applications).sum::<i64>(), 12);
            assert_eq!(chart.bars.iter().map(|bar| bar.answered).sum::<i64>(), 5);
            let right = chart.bars.last().map(|bar| bar.x + bar.width).unwrap();
            assert!(right <= WIDTH && chart.bars.iter().all(|bar| bar.all.0 >= 0));
        }
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert!(chart(&[], date(2026, 1, 1), date(2026, 2, 1)).is_none());
        assert!(Chart::new(&[], None, None, Lang(Language::Fr)).is_none());
    }

    #[test]
    fn there_are_few_lines_and_their_figures_are_round() {
        for (most, expected) in
            [(1, 1), (5, 1), (6, 2), (11, 5), (26, 10), (999, 200), (3_000, 1_000)]
        {
            assert_eq!(step(most), expected, "{most}");
        }
    }
}
