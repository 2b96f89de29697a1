//! The chart of a few numbers side by side: a bar across for each, under its name.

use askama::Template;

use super::{WIDTH, share};
use web::lang::Lang;

/// In pixels: a line of words and its bar.
const ROW: i64 = 46;

/// One number with its name.
pub(crate) struct Rank {
    pub(crate) name: &'static str,
    pub(crate) number: i64,
    /// Its part of all, in words.
    pub(crate) share: String,
}

/// Bars across, in the order in which they are given.
#[derive(Template)]
#[template(path = "chart/ranks.html")]
pub(crate) struct Ranks {
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
}

impl Ranks {
    pub(crate) fn new(
        lang: Lang,
        (id, title, names): (&'static str, &'static str, &'static str),
        bars: Vec<Rank>,
        notes: Vec<(&'static str, String)>,
    ) -> Self {
        let most = bars.iter().map(|rank| rank.number).max().unwrap_or_default();
        Self { lang, id, title, names, bars, notes, has_table: false, most }
    }

    /// The same beside a table of the page.
    pub(crate) fn with_table(self) -> Self {
        Self { has_table: true, ..self }
    }

    fn height(&self) -> i64 {
        i64::try_from(self.bars.len()).unwrap_or_default() * ROW
    }

    /// Each with the place of its words and of its bar from above, and how wide it is.
    fn rows(&self) -> Vec<(&Rank, i64, i64, String)> {
        let wide = |number: i64| share(number * WIDTH / self.most.max(1));
        (0..)
            .zip(&self.bars)
            .map(|(nth, rank)| (rank, nth * ROW + 16, nth * ROW + 22, wide(rank.number)))
            .collect()
    }

    /// What somebody hears who does not see the drawing.
    fn told(&self) -> String {
        let told = self.bars.iter().map(|rank| {
            let Rank { name, number, share } = rank;
            format!("{} {number} ({share})", self.lang.colon(name))
        });
        told.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use domain::Language;

    use super::*;

    fn ranks(numbers: &[i64]) -> Ranks {
        let rank = |number: &i64| Rank { name: "a kind", number: *number, share: "9 %".to_owned() };
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
}
