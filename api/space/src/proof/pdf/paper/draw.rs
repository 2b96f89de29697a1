//! Draws what was laid out, and tags it.

use std::num::NonZeroU16;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::configure::ConfigurationBuilder;
use krilla::configure::validate::{Accessibility, Archival};
use krilla::destination::XyzDestination;
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TableHeaderScope, Tag, TagGroup,
    TagTree,
};
use krilla::text::TextDirection;
use krilla::{Document, SerializeSettings};
use qrcode::{Color, QrCode};

use super::super::PdfError;
use super::{CODE, Drawn, HEIGHT, Is, LEADING, MARGIN, Paper, Part, TEXT, WIDTH};

/// The file that goes with a PDF.
pub(in crate::proof) struct Attached {
    pub(in crate::proof) name: &'static str,
    pub(in crate::proof) about: &'static str,
    pub(in crate::proof) bytes: Vec<u8>,
    pub(in crate::proof) at: Timestamp,
    /// Names the document.
    pub(in crate::proof) id: String,
}

impl Paper {
    pub(in crate::proof) fn finish(
        self,
        title: &str,
        footer: &str,
        attached: Attached,
    ) -> Result<Vec<u8>, PdfError> {
        let configuration = ConfigurationBuilder::new()
            .with_archival_validator(Archival::A3_A)
            .with_accessibility_validator(Accessibility::UA1)
            .finish()
            .map_err(|error| PdfError::Written(format!("{error:?}")))?;
        let mut document =
            Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
        let mut found: Vec<Vec<Identifier>> = vec![vec![]; self.contents];
        let (lang, count) = (self.lang, self.pages.len());
        let footer = self.shown(footer);
        for (number, drawn) in self.pages.iter().enumerate() {
            let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or(PdfError::Font)?;
            let mut page = document.start_page_with(size);
            let mut surface = page.surface();
            let numbered = lang.with("space-proof-page", (("page", &(number + 1)), ("of", &count)));
            let foot = format!("{footer} – {}", self.shown(&numbered));
            let foot = Drawn::Text {
                at: (MARGIN, HEIGHT - 40.0),
                size: 8.0,
                bold: false,
                text: foot,
                is: Is::Decoration(ArtifactType::Footer),
            };
            for drawn in drawn.iter().chain([&foot]) {
                self.onto(&mut surface, drawn, &mut found);
            }
            surface.finish();
            for drawn in drawn {
                if let Drawn::Link { at: (x, y), width, to, is: Is::Content(content) } = drawn
                    && let Some(place) = Rect::from_xywh(*x, y - TEXT, *width, TEXT * LEADING)
                {
                    let target = Target::Action(Action::Link(LinkAction::new(to.clone())));
                    let link = LinkAnnotation::new(place, target);
                    let link = Annotation::new_link(link, Some(to.clone()));
                    found[*content].push(page.add_tagged_annotation(link));
                }
            }
            page.finish();
        }
        let mut outline = Outline::new();
        for (text, page, y) in &self.outline {
            let place = XyzDestination::new(*page, Point::from_xy(MARGIN, *y));
            outline.push_child(OutlineNode::new(text.clone(), place));
        }
        document.set_outline(outline);
        document.set_tag_tree(self.tags(found));
        let at = date(attached.at);
        let metadata = Metadata::new()
            .title(title.to_owned())
            .language(lang.code().to_owned())
            .creator("Postulo".to_owned())
            .producer("Postulo".to_owned())
            .document_id(attached.id)
            .creation_date(at);
        document.set_metadata(metadata);
        let file = EmbeddedFile {
            path: attached.name.to_owned(),
            mime_type: MimeType::new("application/json"),
            description: Some(attached.about.to_owned()),
            association_kind: AssociationKind::Source,
            data: attached.bytes.into(),
            modification_date: Some(at),
            // As it is, so that it is found by its place.
            compress: Some(false),
            location: None,
        };
        document.embed_file(file).ok_or(PdfError::Attached)?;
        document.finish().map_err(|error| PdfError::Written(format!("{error:?}")))
    }

    fn onto(&self, surface: &mut Surface<'_>, drawn: &Drawn, found: &mut [Vec<Identifier>]) {
        let is = match drawn {
            Drawn::Text { is, .. } | Drawn::Code { is, .. } => *is,
            Drawn::Rule { .. } => Is::Decoration(ArtifactType::Layout),
            // Drawn with its text; its place is made with the page.
            Drawn::Link { .. } => return,
        };
        let tag = match (is, drawn) {
            (Is::Decoration(kind), _) => ContentTag::Artifact(Artifact::with_kind(kind)),
            (Is::Content(_), Drawn::Code { .. }) => ContentTag::Other,
            (Is::Content(_), _) => ContentTag::Span(SpanTag::empty()),
        };
        let identifier = surface.start_tagged(tag);
        match drawn {
            Drawn::Text { at: (x, y), size, bold, text, .. } => {
                let font = self.fonts[usize::from(*bold)].clone();
                let (at, to) = (Point::from_xy(*x, *y), TextDirection::LeftToRight);
                // A space after each line, so that words of two lines are two.
                surface.draw_text(at, font, *size, &format!("{text} "), false, to);
            }
            Drawn::Rule { from, to } => {
                let mut path = PathBuilder::new();
                path.move_to(from.0, from.1);
                path.line_to(to.0, to.1);
                surface.set_fill(None);
                let paint = rgb::Color::new(150, 150, 150).into();
                surface.set_stroke(Some(Stroke { paint, width: 0.5, ..Stroke::default() }));
                if let Some(path) = path.finish() {
                    surface.draw_path(&path);
                }
                surface.set_stroke(None);
                surface.set_fill(Some(Fill::default()));
            }
            Drawn::Code { at, code, .. } => {
                if let Some(path) = modules(code, *at) {
                    surface.draw_path(&path);
                }
            }
            Drawn::Link { .. } => {}
        }
        surface.end_tagged();
        if let Is::Content(content) = is {
            found[content].push(identifier);
        }
    }

    /// The tag tree, in the order in which it is read.
    fn tags(&self, mut found: Vec<Vec<Identifier>>) -> TagTree {
        let mut take = |content: usize, group: &mut TagGroup| {
            for identifier in std::mem::take(&mut found[content]) {
                group.push(identifier);
            }
        };
        let mut tree = TagTree::new().with_lang(Some(self.lang.code().to_owned()));
        for part in &self.parts {
            let mut group = match part {
                Part::Heading(level, title, _) => {
                    let level = NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN);
                    TagGroup::new(Tag::Hn(level, Some(title.clone())))
                }
                Part::Paragraph(_) | Part::Link(..) => TagGroup::new(Tag::P),
                Part::Figure(alt, _) => TagGroup::new(Tag::Figure(Some(alt.clone()))),
                Part::Table(summary, ..) => {
                    TagGroup::new(Tag::Table.with_summary(Some(summary.clone())))
                }
            };
            match part {
                Part::Heading(_, _, content)
                | Part::Paragraph(content)
                | Part::Figure(_, content) => take(*content, &mut group),
                Part::Link(text, link) => {
                    let mut both = TagGroup::new(Tag::Link);
                    take(*text, &mut both);
                    take(*link, &mut both);
                    group.push(both);
                }
                Part::Table(_, head, rows) => {
                    let mut row = TagGroup::new(Tag::TR);
                    for content in head {
                        let mut cell = TagGroup::new(Tag::TH(TableHeaderScope::Column));
                        take(*content, &mut cell);
                        row.push(cell);
                    }
                    let mut part = TagGroup::new(Tag::THead);
                    part.push(row);
                    group.push(part);
                    let mut body = TagGroup::new(Tag::TBody);
                    for contents in rows {
                        let mut row = TagGroup::new(Tag::TR);
                        for content in contents {
                            let mut cell = TagGroup::new(Tag::TD);
                            take(*content, &mut cell);
                            row.push(cell);
                        }
                        body.push(row);
                    }
                    group.push(body);
                }
            }
            tree.push(group);
        }
        tree
    }
}

/// The dark modules of a QR code as one path, with the quiet zone of four modules around them.
#[expect(clippy::cast_precision_loss, reason = "a code has at most 177 modules a side")]
fn modules(code: &QrCode, (x, y): (f32, f32)) -> Option<krilla::geom::Path> {
    let side = CODE / (code.width() + 8) as f32;
    let mut path = PathBuilder::new();
    for (number, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (column, row) = (number % code.width() + 4, number / code.width() + 4);
            let (left, top) = (x + column as f32 * side, y + row as f32 * side);
            path.push_rect(Rect::from_xywh(left, top, side, side)?);
        }
    }
    path.finish()
}

fn date(at: Timestamp) -> DateTime {
    let at = at.to_zoned(TimeZone::UTC);
    let part = |part: i8| part.unsigned_abs();
    DateTime::new(at.year().unsigned_abs())
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}
