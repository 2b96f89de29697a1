//! Charts, drawn here as SVG: no script, no inline style, and text in its own size at any width.
//!
//! A drawing stretches with its page, so places across are shares of its width, and places down are
//! pixels. Each chart has its sums in words beside it and its numbers as a table beneath.

mod days;
mod line;
mod ranks;

pub use days::{Count, Days, Words};
pub use line::Line;
pub use ranks::{Rank, Ranks};

/// A number of people from one to this is told as few: who they are could be guessed.
pub const FEW: i64 = 4;

/// Whether so many people are so few that their number is not told.
pub fn is_few(number: i64) -> bool {
    (1..=FEW).contains(&number)
}

/// The whole width of a drawing, in thousandths of a percent.
const WIDTH: i64 = 100_000;

/// A place across, as an attribute of SVG: `12.345%`.
fn share(thousandths: i64) -> String {
    format!("{}.{:03}%", thousandths / 1000, thousandths % 1000)
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
    use super::*;

    #[test]
    fn there_are_few_lines_and_their_figures_are_round() {
        for (most, expected) in
            [(1, 1), (5, 1), (6, 2), (11, 5), (26, 10), (999, 200), (3_000, 1_000)]
        {
            assert_eq!(step(most), expected, "{most}");
        }
    }

    #[test]
    fn a_share_is_written_as_svg_takes_it() {
        assert_eq!([0, 7, 12_345, WIDTH].map(share), ["0.000%", "0.007%", "12.345%", "100.000%"]);
    }
}
