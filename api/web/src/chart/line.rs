//! A small line of numbers in their order, such as what the last runs of a task counted.

use askama::Template;

/// How large it is drawn, in pixels.
const WIDE: u64 = 240;
const HIGH: u64 = 32;
/// Room for a mark at its edges.
const EDGE: u64 = 4;

/// A line of numbers.
#[derive(Template)]
#[template(path = "chart/line.html")]
pub struct Line {
    /// The corners, as SVG takes them.
    points: String,
    /// Where something went wrong.
    wrong: Vec<(u64, u64)>,
    /// The newest.
    last: Option<(u64, u64)>,
    /// The same in words.
    told: String,
}

impl Line {
    /// The numbers from the oldest on, each with whether something went wrong there; `told` says the
    /// same in words.
    pub fn new(numbers: &[(u64, bool)], told: String) -> Self {
        let most = numbers.iter().map(|(number, _)| *number).max().unwrap_or_default().max(1);
        let steps = (numbers.len() as u64).saturating_sub(1).max(1);
        let place = |(nth, (number, wrong)): (usize, &(u64, bool))| {
            let x = EDGE + nth as u64 * (WIDE - 2 * EDGE) / steps;
            let share = u128::from(*number) * u128::from(HIGH - 2 * EDGE) / u128::from(most);
            let y = HIGH - EDGE - u64::try_from(share).unwrap_or_default();
            ((x, y), *wrong)
        };
        let places: Vec<_> = numbers.iter().enumerate().map(place).collect();
        let points = places.iter().map(|((x, y), _)| format!("{x},{y}"));
        Self {
            points: points.collect::<Vec<_>>().join(" "),
            wrong: places.iter().filter(|(_, wrong)| *wrong).map(|(at, _)| *at).collect(),
            last: places.last().filter(|(_, wrong)| !wrong).map(|(at, _)| *at),
            told,
        }
    }

    const fn size() -> (u64, u64) {
        (WIDE, HIGH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_is_at_the_top_and_nothing_at_the_bottom() {
        let line = Line::new(&[(0, false), (10, true), (5, false)], String::new());
        assert_eq!(line.points, "4,28 120,4 236,16");
        assert_eq!((line.wrong, line.last), (vec![(120, 4)], Some((236, 16))));
    }

    #[test]
    fn one_number_is_a_point_and_none_is_nothing() {
        let line = Line::new(&[(0, false)], String::new());
        assert_eq!((line.points.as_str(), line.last), ("4,28", Some((4, 28))));
        assert_eq!(Line::new(&[], String::new()).last, None);
        assert_eq!(Line::new(&[(u64::MAX, true)], String::new()).wrong, [(4, 4)]);
    }
}
