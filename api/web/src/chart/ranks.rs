//! The chart of a few numbers side by side: a bar across for each, under its name.

use std::borrow::Cow;

use askama::Template;

use super::{FEW, WIDTH, is_few, share};
use crate::lang::Lang;

/// In pixels: a line of words and its bar.
const ROW: i64 = 46;

/// One number with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rank {
    name: Cow<'static, str>,
    number: i64,
    /// Its part of all, in words; empty where that is not told.
    share: String,
    /// What is told instead of the number.
    told: Option<&'static str>,
}

impl Rank {
    /// A number, and its part of all in words: empty where that is not told.
    pub fn new(name: impl Into<Cow<'static, str>>, number: i64, share: impl Into<String>) -> Self {
        Self { name: name.into(), number, share: share.into(), told: None }
    }

    /// A number of people, which is not told where they are few.
    pub fn people(name: impl Into<Cow<'static, str>>, number: i64, lang: Lang) -> Self {
        let few = is_few(number);
        let told = few.then(|| lang.t("chart-few"));
        Self { told, ..Self::new(name, if few { FEW } else { number }, "") }
    }

    /// A number that is about so many people, which is not told where they are few.
    pub fn about(name: impl Into<Cow<'static, str>>, number: i64, people: i64, lang: Lang) -> Self {
        let told = is_few(people).then(|| lang.t("chart-few"));
        Self { told, ..Self::new(name, if told.is_some() { 0 } else { number }, "") }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number as it is told.
    pub fn shown(&self) -> String {
        self.told.map_or_else(|| self.number.to_string(), str::to_owned)
    }
}

/// Bars across, in the order in which they are given.
#[derive(Template)]
#[template(path = "chart/ranks.html")]
pub struct Ranks {
    lang: Lang,
    /// What its ids in the page begin with.
    id: &'static str,
    title: &'static str,
    /// What the names are.
    names: &'static str,
    bars: Vec<Rank>,
    /// Sums that belong to it, in words.
    notes: Vec<(&'static str, String)>,
    /// Whether the page has the numbers as a table of its own.
    has_table: bool,
    most: i64,
    /// How many of them are drawn; the table has all.
    drawn: usize,
}

impl Ranks {
    /// What they are: what its ids begin with, its title, and what the names are; then the numbers, and
    /// sums that belong to it.
    pub fn new(
        lang: Lang,
        (id, title, names): (&'static str, &'static str, &'static str),
        bars: Vec<Rank>,
        notes: Vec<(&'static str, String)>,
    ) -> Self {
        let most = bars.iter().map(|rank| rank.number).max().unwrap_or_default();
        let drawn = bars.len();
        Self { lang, id, title, names, bars, notes, has_table: false, most, drawn }
    }

    /// With so many of them drawn; the table has all.
    #[must_use]
    pub fn drawing(self, drawn: usize) -> Self {
        Self { drawn: drawn.min(self.bars.len()), ..self }
    }

    /// Whether anything is known of what is drawn.
    fn is_empty(&self) -> bool {
        self.most == 0 && self.bars.iter().all(|rank| rank.told.is_none())
    }

    fn has_shares(&self) -> bool {
        self.bars.iter().any(|rank| !rank.share.is_empty())
    }

    /// What stands beside a name: its number, with its part of all.
    fn beside(rank: &Rank) -> String {
        let number = rank.shown();
        if rank.share.is_empty() { number } else { format!("{number} ({})", rank.share) }
    }

    /// The same beside a table of the page.
    #[must_use]
    pub fn with_table(self) -> Self {
        Self { has_table: true, ..self }
    }

    fn height(&self) -> i64 {
        i64::try_from(self.drawn).unwrap_or_default() * ROW
    }

    /// Each with the place of its words and of its bar from above, and how wide it is.
    fn rows(&self) -> Vec<(&Rank, i64, i64, String)> {
        let wide = |number: i64| share(number * WIDTH / self.most.max(1));
        (0..)
            .zip(self.bars.iter().take(self.drawn))
            .map(|(nth, rank)| (rank, nth * ROW + 16, nth * ROW + 22, wide(rank.number)))
            .collect()
    }

    /// What somebody hears who does not see the drawing.
    fn told(&self) -> String {
        let told = self
            .bars
            .iter()
            .take(self.drawn)
            .map(|rank| format!("{} {}", self.lang.colon(&rank.name), Self::beside(rank)));
        told.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use domain::Language;

    use super::*;

    fn ranks(numbers: &[i64]) -> Ranks {
        let rank = |number: &i64| Rank::new("a kind", *number, "9 %");
        let ranks = numbers.iter().map(rank).collect();
        Ranks::new(Lang(Language::En), ("kinds", "By kind", "Kind"), ranks, vec![])
    }

    #[test]
    fn the_largest_is_as_wide_as_the_drawing_and_the_others_in_proportion() {
        let widths: Vec<_> = ranks(&[3, 12, 0]).rows().into_iter().map(|row| row.3).collect();
        assert_eq!(widths, ["25.000%", "100.000%", "0.000%"]);
    }

    #[test]
    fn nothing_is_drawn_of_nothing_and_what_is_drawn_is_told() {
        let none = ranks(&[0, 0]).render().unwrap();
        assert!(!none.contains("<svg") && none.contains("By kind"), "{none}");
        let some = ranks(&[1, 0]).render().unwrap();
        assert!(some.contains("a kind: 1 (9 %), a kind: 0 (9 %)"), "{some}");
    }

    #[test]
    fn few_people_are_told_as_few_also_where_the_number_is_about_them() {
        let lang = Lang(Language::En);
        let bars = vec![Rank::people("many", 70, lang), Rank::people("few", 3, lang)];
        let months = vec![Rank::about("one", 61, 5, lang), Rank::about("two", 33, 4, lang)];
        for (bars, hidden) in [(bars, ">3<"), (months, "33")] {
            let page = Ranks::new(lang, ("x", "By kind", "Kind"), bars, vec![]).drawing(1);
            assert_eq!(page.rows().len(), 1);
            let page = page.render().unwrap();
            assert!(page.contains("\u{a0}5</td>") && !page.contains(hidden), "{page}");
        }
    }
}
