//! Sheets of paper: text is laid out first, page by page, then drawn and tagged. What is real content is in the
//! tag tree in its order; footers, rules and repeated heads of tables are artifacts.

mod draw;

use krilla::tagging::ArtifactType;
use krilla::text::Font;
use qrcode::QrCode;
use ttf_parser::Face;
use web::lang::Lang;

use super::PdfError;
pub(super) use draw::Attached;

const REGULAR: &[u8] = include_bytes!("../../../assets/DejaVuSans.ttf");
const BOLD: &[u8] = include_bytes!("../../../assets/DejaVuSans-Bold.ttf");

/// A4, in points.
const WIDTH: f32 = 595.276;
const HEIGHT: f32 = 841.89;
const MARGIN: f32 = 54.0;
/// Where the text ends.
const BOTTOM: f32 = HEIGHT - 72.0;
const TEXT: f32 = 10.0;
/// From one line of text to the next, as a part of its size.
const LEADING: f32 = 1.45;
/// The side of the QR code.
const CODE: f32 = 110.0;
/// What stands for a character that the fonts lack; the attached file has it.
const LACKING: char = '\u{fffd}';

/// A table of three columns.
pub(super) struct Table {
    pub(super) summary: &'static str,
    /// The columns' parts of the width.
    pub(super) widths: [f32; 3],
    pub(super) head: [&'static str; 3],
    pub(super) rows: Vec<[String; 3]>,
}

/// What a thing on a page is to those who have it read to them.
#[derive(Clone, Copy)]
enum Is {
    Content(usize),
    Decoration(ArtifactType),
}

enum Drawn {
    Text { at: (f32, f32), size: f32, bold: bool, text: String, is: Is },
    Rule { from: (f32, f32), to: (f32, f32) },
    Code { at: (f32, f32), code: QrCode, is: Is },
    Link { at: (f32, f32), width: f32, to: String, is: Is },
}

/// A part of the tag tree; numbers name the places of content.
enum Part {
    Heading(u16, String, usize),
    Paragraph(usize),
    Figure(String, usize),
    Link(usize, usize),
    Table(String, [usize; 3], Vec<[usize; 3]>),
}

/// A document under way.
pub(super) struct Paper {
    lang: Lang,
    fonts: [Font; 2],
    faces: [Face<'static>; 2],
    pages: Vec<Vec<Drawn>>,
    y: f32,
    contents: usize,
    parts: Vec<Part>,
    /// Headings with their pages and heights.
    outline: Vec<(String, usize, f32)>,
}

impl Paper {
    pub(super) fn new(lang: Lang) -> Result<Self, PdfError> {
        let font = |bytes: &'static [u8]| Font::new(bytes.into(), 0).ok_or(PdfError::Font);
        let face = |bytes| Face::parse(bytes, 0).map_err(|_| PdfError::Font);
        Ok(Self {
            lang,
            fonts: [font(REGULAR)?, font(BOLD)?],
            faces: [face(REGULAR)?, face(BOLD)?],
            pages: vec![vec![]],
            y: MARGIN,
            contents: 0,
            parts: vec![],
            outline: vec![],
        })
    }

    fn content(&mut self) -> usize {
        self.contents += 1;
        self.contents - 1
    }

    fn draw(&mut self, drawn: Drawn) {
        if let Some(page) = self.pages.last_mut() {
            page.push(drawn);
        }
    }

    /// Begins another page where so much does not fit on this one; says whether it did.
    fn room(&mut self, height: f32) -> bool {
        let full = self.y + height > BOTTOM;
        if full {
            self.pages.push(vec![]);
            self.y = MARGIN;
        }
        full
    }

    /// The width of a text.
    fn width(&self, text: &str, size: f32, bold: bool) -> f32 {
        let face = &self.faces[usize::from(bold)];
        let advance = |c| face.glyph_hor_advance(face.glyph_index(c)?);
        let units: u32 = text.chars().filter_map(advance).map(u32::from).sum();
        #[expect(clippy::cast_precision_loss, reason = "a line has few units")]
        let units = units as f32;
        units * size / f32::from(face.units_per_em())
    }

    /// What the fonts can show of a text: without breaks, controls, and characters that they lack.
    fn shown(&self, text: &str) -> String {
        let one = |c: char| match c {
            c if c.is_whitespace() && c != '\u{a0}' && c != '\u{202f}' => ' ',
            c if self.faces[0].glyph_index(c).is_some() => c,
            _ => LACKING,
        };
        text.chars().filter(|c| !c.is_control() || c.is_whitespace()).map(one).collect()
    }

    /// The lines of a text in this width; a word that is wider is cut.
    fn lines(&self, text: &str, width: f32, size: f32, bold: bool) -> Vec<String> {
        let (mut lines, mut line) = (vec![], String::new());
        for word in self.shown(text).split(' ').filter(|word| !word.is_empty()) {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.width(&longer, size, bold) <= width {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for c in word.chars() {
                line.push(c);
                if self.width(&line, size, bold) > width && line.chars().count() > 1 {
                    line.pop();
                    lines.push(std::mem::replace(&mut line, c.to_string()));
                }
            }
        }
        if !line.is_empty() || lines.is_empty() {
            lines.push(line);
        }
        lines
    }

    fn text(&mut self, text: &str, size: f32, bold: bool) -> usize {
        let content = self.content();
        for line in self.lines(text, WIDTH - 2.0 * MARGIN, size, bold) {
            self.room(size * LEADING);
            let at = (MARGIN, self.y + size);
            self.draw(Drawn::Text { at, size, bold, text: line, is: Is::Content(content) });
            self.y += size * LEADING;
        }
        content
    }

    pub(super) fn heading(&mut self, level: u16, text: &str) {
        let size = if level == 1 { 18.0 } else { 13.0 };
        if level > 1 {
            self.y += 10.0;
        }
        // Not alone at the foot of a page.
        self.room(size * LEADING + 4.0 * TEXT * LEADING);
        let place = (self.shown(text), self.pages.len() - 1, self.y);
        self.outline.push(place);
        let content = self.text(text, size, true);
        self.parts.push(Part::Heading(level, self.shown(text), content));
        self.y += 4.0;
    }

    pub(super) fn paragraph(&mut self, text: &str) {
        let content = self.text(text, TEXT, false);
        self.parts.push(Part::Paragraph(content));
        self.y += 5.0;
    }

    pub(super) fn strong(&mut self, text: &str) {
        let content = self.text(text, TEXT + 1.0, true);
        self.parts.push(Part::Paragraph(content));
        self.y += 5.0;
    }

    pub(super) fn table(&mut self, table: &Table) {
        self.room(6.0 * TEXT * LEADING);
        let head = [self.content(), self.content(), self.content()];
        self.row(table, table.head, true, head.map(Is::Content));
        let mut rows = vec![];
        for row in &table.rows {
            let row = [row[0].as_str(), &row[1], &row[2]];
            if self.room(self.row_height(table, row, false)) {
                self.row(
                    table,
                    table.head,
                    true,
                    [Is::Decoration(ArtifactType::PaginationOther); 3],
                );
            }
            let contents = [self.content(), self.content(), self.content()];
            self.row(table, row, false, contents.map(Is::Content));
            rows.push(contents);
        }
        self.parts.push(Part::Table(table.summary.to_owned(), head, rows));
        self.y += 8.0;
    }

    fn cells(&self, table: &Table, row: [&str; 3], bold: bool) -> [Vec<String>; 3] {
        let whole = WIDTH - 2.0 * MARGIN;
        [0, 1, 2].map(|it| self.lines(row[it], whole * table.widths[it] - 8.0, TEXT - 1.0, bold))
    }

    fn row_height(&self, table: &Table, row: [&str; 3], bold: bool) -> f32 {
        let most = self.cells(table, row, bold).iter().map(Vec::len).max().unwrap_or(1);
        (0..most).map(|_| (TEXT - 1.0) * LEADING).sum::<f32>() + 5.0
    }

    fn row(&mut self, table: &Table, row: [&str; 3], bold: bool, is: [Is; 3]) {
        let (size, top) = (TEXT - 1.0, self.y);
        let height = self.row_height(table, row, bold);
        let mut x = MARGIN;
        for (number, cell) in self.cells(table, row, bold).into_iter().enumerate() {
            let mut y = top;
            for text in cell {
                let at = (x, y + size + 1.0);
                self.draw(Drawn::Text { at, size, bold, text, is: is[number] });
                y += size * LEADING;
            }
            x += (WIDTH - 2.0 * MARGIN) * table.widths[number];
        }
        self.y = top + height;
        self.draw(Drawn::Rule { from: (MARGIN, self.y - 1.5), to: (WIDTH - MARGIN, self.y - 1.5) });
    }

    /// A QR code that leads to an address, and the address as a link beneath it.
    pub(super) fn code_with_link(&mut self, address: &str, alt: &str) -> Result<(), PdfError> {
        let code = QrCode::new(address)?;
        self.room(CODE + 3.0 * TEXT * LEADING);
        let content = self.content();
        self.draw(Drawn::Code { at: (MARGIN, self.y), code, is: Is::Content(content) });
        self.parts.push(Part::Figure(alt.to_owned(), content));
        self.y += CODE + 6.0;
        let width = self.width(address, TEXT, false);
        let (text, link) = (self.content(), self.content());
        let at = (MARGIN, self.y + TEXT);
        let shown = Drawn::Text {
            at,
            size: TEXT,
            bold: false,
            text: self.shown(address),
            is: Is::Content(text),
        };
        self.draw(shown);
        self.draw(Drawn::Link { at, width, to: address.to_owned(), is: Is::Content(link) });
        self.parts.push(Part::Link(text, link));
        self.y += TEXT * LEADING + 5.0;
        Ok(())
    }
}
