//! The chart of a number over time: bars of days, weeks or months.

use std::borrow::Borrow;

use askama::Template;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

use super::{FEW, WIDTH, is_few, share, step};
use crate::lang::Lang;

/// In pixels: the bars, what is free above the highest, and the words below.
const BARS: i64 = 150;
const ABOVE: i64 = 20;
const BELOW: i64 = 26;
/// Labels below the bars, at the most; a phone shows every other one.
const LABELS: usize = 5;
/// The widest bar.
const WIDEST: i64 = WIDTH / 8;
/// So few bars have their number above them.
const SHORT: usize = 7;

/// The number of one day, and the part of it that is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The day.
    pub day: Date,
    /// The number.
    pub all: i64,
    /// The part of it.
    pub part: i64,
}

/// What a chart says beside its numbers.
pub struct Words {
    /// What its ids in the page begin with.
    pub id: &'static str,
    /// What is counted.
    pub title: &'static str,
    /// What all of them are called.
    pub all: &'static str,
    /// `None` where no part is told apart.
    pub part: Option<&'static str>,
}

/// Bars over time, with the number of each.
#[derive(Template)]
#[template(path = "chart/days.html")]
pub struct Days {
    lang: Lang,
    words: Words,
    unit: Unit,
    bars: Vec<Bar>,
    /// Lines across, with their figures: where they are, and how many that is.
    lines: Vec<(i64, i64)>,
    all: i64,
    part: i64,
    /// Whether a number of few people is told as that.
    hides_few: bool,
}

/// What a bar stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Day,
    Week,
    Month,
}

struct Bar {
    /// In full, for the table.
    label: String,
    /// What stands below the bar; empty for most.
    tick: Tick,
    /// Its room from side to side, and itself within it, in thousandths of a percent.
    room: (i64, i64),
    x: i64,
    width: i64,
    all: i64,
    part: i64,
    /// How high it is, in pixels: the whole, and the part.
    height: (i64, i64),
}

/// The label of an axis: its text, where it is, and how it is shown.
#[derive(Default)]
struct Tick {
    text: String,
    x: i64,
    class: &'static str,
}

impl Bar {
    fn left(&self) -> String {
        share(self.x)
    }

    fn wide(&self) -> String {
        share(self.width)
    }

    fn room_left(&self) -> String {
        share(self.room.0)
    }

    fn room_wide(&self) -> String {
        share(self.room.1 - self.room.0)
    }

    fn middle(&self) -> String {
        share(i64::midpoint(self.room.0, self.room.1))
    }

    fn tick_at(&self) -> String {
        share(self.tick.x)
    }

    /// From above: the whole, the part, and the number.
    const fn tops(&self) -> (i64, i64, i64) {
        let bottom = ABOVE + BARS;
        (bottom - self.height.0, bottom - self.height.1, bottom - self.height.0 - 5)
    }
}

impl Days {
    /// The chart from one day to another, both counted: days without a number are zero. There are no
    /// bars where nothing was counted.
    pub fn new(
        words: Words,
        days: &[Count],
        from: Option<Date>,
        to: Option<Date>,
        lang: Lang,
    ) -> Self {
        let (unit, sums) = sums(days, from, to, None).unwrap_or((Unit::Day, vec![]));
        Self::of(words, unit, &sums, lang)
    }

    /// The same, a bar a month however many days there are.
    pub fn by_month(words: Words, days: &[Count], lang: Lang) -> Self {
        let month = Unit::Month;
        let (_, sums) = sums(days, None, None, Some(month)).unwrap_or((month, vec![]));
        Self::of(words, month, &sums, lang)
    }

    /// With numbers of one to four people told and drawn alike, and without the sum that would tell them.
    #[must_use]
    pub fn hiding_few(mut self) -> Self {
        let top = self.lines.last().map_or(1, |(_, number)| *number).max(1);
        for bar in self.bars.iter_mut().filter(|bar| is_few(bar.all)) {
            bar.height.0 = FEW.min(top) * BARS / top;
        }
        self.hides_few = true;
        self
    }

    /// A number as it is told.
    fn shown(&self, number: impl Borrow<i64>) -> String {
        let number = *number.borrow();
        if self.hides_few && is_few(number) {
            self.lang.t("chart-few").to_owned()
        } else {
            number.to_string()
        }
    }

    /// Whether the sum is told: not where a number that is hidden follows from it.
    fn has_sum(&self) -> bool {
        !self.hides_few || !self.bars.iter().any(|bar| is_few(bar.all))
    }

    fn of(words: Words, unit: Unit, sums: &[Count], lang: Lang) -> Self {
        let most = sums.iter().map(|sum| sum.all).max().unwrap_or_default();
        let sums = if most > 0 { sums } else { &[] };
        let step = step(most);
        let top = (most + step - 1) / step * step;
        // One at least can be seen, and nothing cannot.
        let height = |number: i64| if number > 0 { (number * BARS / top).max(1) } else { 0 };
        let ends = |nth: usize| edges(nth, sums.len());
        let bars = sums.iter().enumerate().map(|(nth, sum)| {
            let room = ends(nth);
            let width = ((room.1 - room.0) * 4 / 5).min(WIDEST);
            Bar {
                label: unit.label(sum.day, lang),
                tick: tick(nth, sums.len(), room, || unit.short(sum.day, lang)),
                room,
                x: i64::midpoint(room.0, room.1) - width / 2,
                width,
                all: sum.all,
                part: sum.part,
                height: (height(sum.all), height(sum.part)),
            }
        });
        let bars: Vec<Bar> = bars.collect();
        let line = |nth: i64| (ABOVE + BARS - nth * step * BARS / top.max(1), nth * step);
        Self {
            lang,
            words,
            unit,
            lines: (0..=top / step).map(line).collect(),
            all: bars.iter().map(|bar| bar.all).sum(),
            part: bars.iter().map(|bar| bar.part).sum(),
            bars,
            hides_few: false,
        }
    }

    const fn height() -> i64 {
        ABOVE + BARS + BELOW
    }

    /// Where the labels below the bars stand.
    const fn foot() -> i64 {
        ABOVE + BARS + 18
    }

    /// Whether there is room for the number of each bar.
    fn is_short(&self) -> bool {
        self.bars.len() <= SHORT
    }

    /// The bar that is the highest, the first of several.
    fn most(&self) -> Option<&Bar> {
        self.bars.iter().rev().max_by_key(|bar| bar.all)
    }

    fn by_unit(&self) -> &'static str {
        match self.unit {
            Unit::Day => self.lang.t("chart-by-day"),
            Unit::Week => self.lang.t("chart-by-week"),
            Unit::Month => self.lang.t("chart-by-month"),
        }
    }

    fn most_of_unit(&self) -> &'static str {
        match self.unit {
            Unit::Day => self.lang.t("chart-most-in-day"),
            Unit::Week => self.lang.t("chart-most-in-week"),
            Unit::Month => self.lang.t("chart-most-in-month"),
        }
    }

    fn unit(&self) -> &'static str {
        match self.unit {
            Unit::Day => self.lang.t("chart-day"),
            Unit::Week => self.lang.t("chart-week-of"),
            Unit::Month => self.lang.t("chart-month"),
        }
    }
}

/// The number of each day, week or month from one day to another.
fn sums(
    days: &[Count],
    from: Option<Date>,
    to: Option<Date>,
    unit: Option<Unit>,
) -> Option<(Unit, Vec<Count>)> {
    let from = from.or_else(|| days.first().map(|it| it.day))?;
    let to = to.or_else(|| days.last().map(|it| it.day))?;
    let unit = match (unit, from.until(to).ok()?.get_days()) {
        (Some(unit), _) => unit,
        (None, ..=62) => Unit::Day,
        (None, 63..=400) => Unit::Week,
        (None, _) => Unit::Month,
    };
    let mut sums: Vec<Count> = vec![];
    let mut first = unit.first(from)?;
    while first <= to {
        sums.push(Count { day: first, all: 0, part: 0 });
        first = unit.next(first)?;
    }
    for day in days {
        let at = sums.partition_point(|sum| sum.day <= day.day).checked_sub(1);
        if let Some(sum) = at.and_then(|at| sums.get_mut(at)) {
            sum.all += day.all;
            sum.part += day.part;
        }
    }
    Some((unit, sums))
}

/// Where the room of a bar begins and ends.
fn edges(nth: usize, count: usize) -> (i64, i64) {
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let edge = |nth: usize| number(nth).saturating_mul(WIDTH) / number(count).max(1);
    (edge(nth), edge(nth + 1))
}

/// What stands below bar number `nth`: the first, the last and some between have a label.
fn tick(nth: usize, count: usize, room: (i64, i64), text: impl FnOnce() -> String) -> Tick {
    let middle = i64::midpoint(room.0, room.1);
    if count <= LABELS {
        // A phone has room for three.
        let class = if count > 3 && nth % 2 == 1 { "minor" } else { "" };
        return Tick { text: text(), x: middle, class };
    }
    let last = count - 1;
    let place = (0..LABELS).find(|place| place * last / (LABELS - 1) == nth);
    match place {
        None => Tick::default(),
        Some(0) => Tick { text: text(), x: room.0, class: "start" },
        Some(place) if place == LABELS - 1 => Tick { text: text(), x: room.1, class: "end" },
        Some(place) => {
            Tick { text: text(), x: middle, class: if place % 2 == 1 { "minor" } else { "" } }
        }
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
            Self::Month => lang.t("chart-month-format"),
            Self::Day | Self::Week => lang.t("common-short-date"),
        };
        texts::by_pattern(first, format, lang.0)
    }

    /// As short as it can be told apart from the others.
    fn short(self, first: Date, lang: Lang) -> String {
        let format = match self {
            Self::Day => lang.t("chart-short-day-format"),
            Self::Week => lang.t("chart-short-week-format"),
            Self::Month => lang.t("chart-short-month-format"),
        };
        texts::by_pattern(first, format, lang.0)
    }
}

#[cfg(test)]
mod tests {
    use domain::Language;
    use jiff::civil::date;

    use super::*;

    fn day(day: Date, all: i64, part: i64) -> Count {
        Count { day, all, part }
    }

    fn words() -> Words {
        Words { id: "x", title: "Applications", all: "submitted", part: Some("answered") }
    }

    fn chart(days: &[Count], from: Date, to: Date) -> Days {
        Days::new(words(), days, Some(from), Some(to), Lang(Language::En))
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
            let chart = chart(&days, date(2026, 1, 1), to);
            assert_eq!(chart.bars.len(), bars);
            assert_eq!(chart.bars.iter().map(|bar| bar.all).sum::<i64>(), 12);
            assert_eq!(chart.bars.iter().map(|bar| bar.part).sum::<i64>(), 5);
            assert_eq!((chart.all, chart.part), (12, 5));
            let right = chart.bars.last().map(|bar| bar.x + bar.width).unwrap();
            assert!(right <= WIDTH && chart.bars.iter().all(|bar| bar.tops().1 >= bar.tops().0));
            assert!(chart.bars.iter().all(|bar| bar.tops().2 >= 0 && bar.width > 0));
        }
    }

    #[test]
    fn days_without_a_number_are_bars_of_zero() {
        let days = [day(date(2026, 3, 1), 2, 0), day(date(2026, 3, 5), 10, 1)];
        let chart = chart(&days, date(2026, 2, 27), date(2026, 3, 6));
        let numbers: Vec<_> = chart.bars.iter().map(|bar| bar.all).collect();
        assert_eq!(numbers, [0, 0, 2, 0, 0, 0, 10, 0]);
        let heights: Vec<_> = chart.bars.iter().map(|bar| bar.height.0).collect();
        assert_eq!(heights, [0, 0, 30, 0, 0, 0, 150, 0]);
        let lines = [(170, 0), (140, 2), (110, 4), (80, 6), (50, 8), (20, 10)];
        assert_eq!(chart.lines, lines, "the axis begins at zero");
        assert_eq!(chart.most().unwrap().label, "2026-03-05");
        let html = chart.render().unwrap();
        assert_eq!(html.matches("<td>0</td>").count(), 13, "the table has them, too: {html}");
    }

    #[test]
    fn one_day_is_a_bar_in_the_middle_with_its_number() {
        let today = date(2026, 11, 26);
        let chart = chart(&[day(today, 3, 1)], today, today);
        let [only] = chart.bars.as_slice() else { panic!("one bar") };
        assert_eq!((only.x, only.width), (43_750, 12_500));
        assert_eq!((only.tick.text.as_str(), only.tick.x), ("26 Nov", 50_000));
        assert!(chart.is_short());
    }

    #[test]
    fn labels_are_few_and_stand_at_the_ends_and_between() {
        let first = date(2026, 10, 28);
        for length in 1..=400 {
            let to = first.checked_add((length - 1).days()).unwrap();
            let chart = chart(&[day(first, 1, 0)], first, to);
            let ticks = chart.bars.iter().filter(|bar| !bar.tick.text.is_empty());
            let ticks: Vec<_> = ticks.collect();
            assert!(ticks.len() <= LABELS && ticks.len() >= chart.bars.len().min(3), "{length}");
            let on_phones = ticks.iter().filter(|bar| bar.tick.class != "minor").count();
            assert!(on_phones <= 3, "{length}");
            assert!(!chart.bars.last().unwrap().tick.text.is_empty(), "{length}");
        }
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        let none = [
            chart(&[], date(2026, 1, 1), date(2026, 2, 1)),
            chart(&[day(date(2026, 1, 2), 0, 0)], date(2026, 1, 1), date(2026, 2, 1)),
            Days::new(words(), &[], None, None, Lang(Language::Fr)),
        ];
        for chart in none {
            assert!(chart.bars.is_empty());
            let html = chart.render().unwrap();
            assert!(!html.contains("<svg") && html.contains("Applications"), "{html}");
        }
    }

    #[test]
    fn few_people_are_told_as_few_and_no_sum_tells_how_many() {
        let days = [day(date(2026, 1, 1), 3, 0), day(date(2026, 1, 2), 20, 0)];
        let all = Words { part: None, ..words() };
        let chart = Days::new(all, &days, None, None, Lang(Language::En)).hiding_few();
        let page = chart.render().unwrap();
        assert!(page.contains("#60;\u{a0}5</td>") || page.contains("&lt;\u{a0}5</td>"), "{page}");
        assert!(page.contains("<td>20</td>") && !page.contains(">3<"), "{page}");
        assert!(!page.contains("23"), "the sum would tell: {page}");
        let many = [day(date(2026, 1, 1), 0, 0), day(date(2026, 2, 2), 20, 0)];
        let months = Days::by_month(words(), &many, Lang(Language::En)).hiding_few();
        assert_eq!(months.bars.len(), 2);
        assert!(months.has_sum(), "nothing is hidden");
    }
}
