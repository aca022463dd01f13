//! ods: an OpenDocument file with one table.

use std::fmt::Write as _;
use std::io::{Cursor, Write};

use quick_xml::escape::escape;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::{Cell, WriteOptions, check_sheet_name, check_size};

/// Rows and columns of a table.
const MAX_ROWS: usize = 1_048_576;
const MAX_COLUMNS: usize = 16_384;

const MIME_TYPE: &str = "application/vnd.oasis.opendocument.spreadsheet";
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
const HEAD: &str = "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
    xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
    xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" office:version=\"1.2\"><office:body><office:spreadsheet>";

/// Writes a document.
pub(super) fn write(grid: &[Vec<Cell>], options: &WriteOptions) -> Result<Vec<u8>, String> {
    check_sheet_name(&options.sheet)?;
    check_size(grid, MAX_ROWS, MAX_COLUMNS, "ods")?;
    pack(&content(grid, &options.sheet), options.compress)
        .map_err(|error| format!("the document cannot be written: {error}"))
}

fn pack(content: &str, compress: bool) -> zip::result::ZipResult<Vec<u8>> {
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let packed = if compress {
        SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)
    } else {
        stored
    };
    let entry = |path: &str, kind: &str| {
        format!(
            "<manifest:file-entry manifest:full-path=\"{path}\" manifest:media-type=\"{kind}\"/>"
        )
    };
    let manifest = format!(
        "{DECLARATION}<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" \
         manifest:version=\"1.2\">{}{}</manifest:manifest>",
        entry("/", MIME_TYPE),
        entry("content.xml", "text/xml")
    );
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    // The kind of document stands first and as it is, so that it can be told from the file's beginning.
    archive.start_file("mimetype", stored)?;
    archive.write_all(MIME_TYPE.as_bytes())?;
    archive.start_file("content.xml", packed)?;
    archive.write_all(content.as_bytes())?;
    archive.start_file("META-INF/manifest.xml", packed)?;
    archive.write_all(manifest.as_bytes())?;
    Ok(archive.finish()?.into_inner())
}

fn content(grid: &[Vec<Cell>], sheet: &str) -> String {
    let mut out = format!(
        "{DECLARATION}{HEAD}<table:table table:name=\"{}\">",
        escape(sheet)
    );
    for row in grid {
        out.push_str("<table:table-row>");
        for cell in row {
            write_cell(cell, &mut out);
        }
        if row.is_empty() {
            out.push_str("<table:table-cell/>");
        }
        out.push_str("</table:table-row>");
    }
    if grid.is_empty() {
        out.push_str("<table:table-row><table:table-cell/></table:table-row>");
    }
    out.push_str("</table:table></office:spreadsheet></office:body></office:document-content>");
    out
}

fn write_cell(cell: &Cell, out: &mut String) {
    let text = clean(&cell.text());
    let attributes = match cell {
        Cell::Empty => {
            out.push_str("<table:table-cell/>");
            return;
        }
        Cell::Bool(flag) => format!("boolean\" office:boolean-value=\"{flag}"),
        Cell::Number(number) if super::exact(*number).is_some() => {
            format!("float\" office:value=\"{number}")
        }
        _ => "string".into(),
    };
    let _ = write!(out, "<table:table-cell office:value-type=\"{attributes}\">");
    for line in text.split('\n') {
        out.push_str("<text:p>");
        write_line(line, out);
        out.push_str("</text:p>");
    }
    out.push_str("</table:table-cell>");
}

/// Blanks that XML would join are written as what they are.
fn write_line(line: &str, out: &mut String) {
    let mut plain = String::new();
    let mut blank_before = true;
    for c in line.chars() {
        let tag = match c {
            '\t' => "<text:tab/>",
            ' ' if blank_before => "<text:s/>",
            _ => {
                blank_before = c == ' ';
                plain.push(c);
                continue;
            }
        };
        out.push_str(&escape(&plain));
        plain.clear();
        out.push_str(tag);
        blank_before = true;
    }
    // A blank at the end of a paragraph would be lost as well.
    let ends_blank = plain.ends_with(' ');
    out.push_str(&escape(plain.strip_suffix(' ').unwrap_or(&plain)));
    if ends_blank {
        out.push_str("<text:s/>");
    }
}

/// The text without characters that XML cannot hold.
fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\t' | '\n'))
        .filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}'))
        .collect()
}
