//! Zip archives that are documents: Office Open XML (ECMA-376 part 2) and `OpenDocument` (OASIS ODF 1.3
//! part 2). Little is unpacked: what the archive says of itself, up to a bound.

use std::io::{Cursor, Read as _};

use domain::{Invalid, MediaType};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

/// A zipped document may unpack to this many bytes: beyond is a bomb.
pub(super) const MAX_UNPACKED: u64 = 512 * 1024 * 1024;
/// What an archive says of itself is read up to here, in bytes.
const MAX_READ: u64 = 1024 * 1024;

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.";

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// DOCX or ODT, or why it is neither.
pub(super) fn kind(bytes: &[u8]) -> Result<MediaType, Invalid> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Invalid::FileType)?;
    let mut unpacked: u64 = 0;
    let mut encrypted = false;
    let mut names = Vec::with_capacity(archive.len());
    for place in 0..archive.len() {
        let entry = archive.by_index_raw(place).map_err(|_| Invalid::FileType)?;
        unpacked = unpacked.saturating_add(entry.size());
        encrypted |= entry.encrypted();
        // Some programs write the separators of Windows.
        let name = entry.name().map_err(|_| Invalid::FileType)?;
        names.push(name.replace('\\', "/"));
    }
    if unpacked > MAX_UNPACKED {
        return Err(Invalid::FileBomb);
    }
    if encrypted {
        return Err(Invalid::FilePassword);
    }
    let mut package = Package { archive, names };
    if let Some(types) = package.read("[Content_Types].xml") {
        return package.office_open_xml(&types);
    }
    package.open_document()
}

/// The part that is the document, of a DOCX or an ODT, up to so many bytes.
pub(crate) fn document_part(kind: MediaType, bytes: &[u8], most: u64) -> Option<String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut names = Vec::with_capacity(archive.len());
    for place in 0..archive.len() {
        names.push(archive.by_index_raw(place).ok()?.name().ok()?.replace('\\', "/"));
    }
    let mut package = Package { archive, names };
    let name = match kind {
        MediaType::Docx => main_part(&package.read("_rels/.rels")?)?,
        _ => "content.xml".to_owned(),
    };
    package.read_up_to(&name, most)
}

struct Package<'a> {
    archive: Archive<'a>,
    names: Vec<String>,
}

impl Package<'_> {
    /// The text of the part of this name, whose letter case does not count (ECMA-376 part 2, 6.2.2).
    fn read(&mut self, name: &str) -> Option<String> {
        self.read_up_to(name, MAX_READ)
    }

    /// The same up to so many bytes.
    fn read_up_to(&mut self, name: &str, most: u64) -> Option<String> {
        let place = self.names.iter().position(|known| known.eq_ignore_ascii_case(name))?;
        let mut content = vec![];
        let entry = self.archive.by_index(place).ok()?;
        entry.take(most).read_to_end(&mut content).ok()?;
        Some(decoded(&content))
    }

    /// By the content type of the main part, which is the one that the relationships of the package
    /// call the office document, wherever it lies.
    fn office_open_xml(&mut self, types: &str) -> Result<MediaType, Invalid> {
        let relationships = self.read("_rels/.rels").ok_or(Invalid::FileType)?;
        let main = main_part(&relationships).ok_or(Invalid::FileType)?;
        let known = self.names.iter().any(|name| name.eq_ignore_ascii_case(&main));
        let declared = content_types(types);
        let main_type = declared.of(&main).ok_or(Invalid::FileType)?;
        if !known {
            return Err(Invalid::FileType);
        }
        // Macros are in a part of their own; a document may carry one that its type does not tell of.
        let hidden = |name: &String| name.to_ascii_lowercase().ends_with("vbaproject.bin");
        if main_type.contains("macroenabled")
            || declared.any("application/vnd.ms-office.vbaproject")
            || self.names.iter().any(hidden)
        {
            return Err(Invalid::FileMacro);
        }
        match main_type.strip_prefix(WORD) {
            Some("document.main+xml") => Ok(MediaType::Docx),
            Some("template.main+xml") => Err(Invalid::FileTemplate),
            _ => Err(Invalid::FileType),
        }
    }

    /// By the entry `mimetype`, up to 100 bytes.
    fn open_document(&mut self) -> Result<MediaType, Invalid> {
        let declared = self.read("mimetype").ok_or(Invalid::FileType)?;
        let kind = declared.trim().strip_prefix(MediaType::Odt.mime()).ok_or(Invalid::FileType)?;
        if self.read("META-INF/manifest.xml").is_some_and(|manifest| is_encrypted(&manifest)) {
            return Err(Invalid::FilePassword);
        }
        if self.names.iter().any(|name| name.starts_with("Basic/") || name.starts_with("Scripts/"))
        {
            return Err(Invalid::FileMacro);
        }
        match kind {
            "" => Ok(MediaType::Odt),
            "-template" => Err(Invalid::FileTemplate),
            _ => Err(Invalid::FileType),
        }
    }
}

/// XML as text: in UTF-8, or in UTF-16, which the standard allows as well.
fn decoded(content: &[u8]) -> String {
    super::text::utf16(content)
        .unwrap_or_else(|| String::from_utf8_lossy(content).into_owned())
        .trim_start_matches('\u{feff}')
        .to_owned()
}

/// Calls `seen` with each element, until it is told enough or the text is none.
fn elements(xml: &str, mut seen: impl FnMut(&BytesStart<'_>)) {
    let mut reader = Reader::from_str(xml);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(element) | Event::Empty(element) => seen(&element),
            Event::Eof => return,
            _ => {}
        }
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    // Names that come twice are not looked for: with very many of them that takes their square.
    let mut all = element.attributes();
    let found = all
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.as_ref() == name.as_bytes())?;
    let raw = std::str::from_utf8(&found.value).ok()?;
    quick_xml::escape::unescape(raw).ok().map(std::borrow::Cow::into_owned)
}

/// The part that is the document, under its name in the archive.
fn main_part(relationships: &str) -> Option<String> {
    let mut main = None;
    elements(relationships, |element| {
        let of_document = attribute(element, "Type").is_some_and(|kind| {
            kind.ends_with("/officeDocument") // transitional and strict differ before that
        });
        let external = attribute(element, "TargetMode").is_some_and(|mode| mode == "External");
        if main.is_none() && of_document && !external {
            main = attribute(element, "Target");
        }
    });
    let path = main?.replace('\\', "/");
    Some(path.trim_start_matches("./").trim_start_matches('/').to_owned())
}

/// The content types of the parts, all in lower case.
#[derive(Default)]
struct ContentTypes {
    parts: Vec<(String, String)>,
    extensions: Vec<(String, String)>,
}

fn content_types(xml: &str) -> ContentTypes {
    let mut types = ContentTypes::default();
    elements(xml, |element| {
        let lower = |name: &str| attribute(element, name).map(|text| text.to_ascii_lowercase());
        let Some(kind) = lower("ContentType") else { return };
        if let Some(part) = lower("PartName") {
            types.parts.push((part.replace('\\', "/").trim_start_matches('/').to_owned(), kind));
        } else if let Some(extension) = lower("Extension") {
            types.extensions.push((extension, kind));
        }
    });
    types
}

impl ContentTypes {
    /// That of a part, or else that of its extension.
    fn of(&self, part: &str) -> Option<&str> {
        let part = part.to_ascii_lowercase();
        let extension = part.rsplit_once('.').map_or("", |(_, extension)| extension);
        let find = |list: &[(String, String)], name: &str| {
            list.iter().position(|(known, _)| known == name)
        };
        match find(&self.parts, &part) {
            Some(place) => Some(&self.parts[place].1),
            None => {
                find(&self.extensions, extension).map(|place| self.extensions[place].1.as_str())
            }
        }
    }

    /// Whether anything has this type.
    fn any(&self, kind: &str) -> bool {
        self.parts.iter().chain(&self.extensions).any(|(_, known)| known == kind)
    }
}

/// Whether parts of an `OpenDocument` are encrypted (ODF 1.3 part 2, 3.4).
fn is_encrypted(manifest: &str) -> bool {
    let mut encrypted = false;
    elements(manifest, |element| {
        encrypted |= element.local_name().as_ref() == b"encryption-data";
    });
    encrypted
}

#[cfg(test)]
pub(in crate::attachments) mod tests;
