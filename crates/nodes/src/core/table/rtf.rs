//! rtf: the rows of the tables in a document, and a document with one table.

use std::fmt::Write;

use super::{Cell, Sheet};

/// Columns of a row as wide as Word allows.
const CELL_WIDTH: usize = 2000;

/// Destinations whose text is not shown.
const HIDDEN: &[&str] = &[
    "fonttbl",
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "header",
    "footer",
    "listtable",
    "generator",
    "object",
];

/// Reads the rows of all tables as one. Every cell is text.
pub(super) fn read(bytes: &[u8]) -> Result<Sheet, String> {
    let mut reader = Reader {
        rest: bytes,
        sheet: Sheet::default(),
        row: 0,
        column: 0,
        text: String::new(),
        skipped: 0,
    };
    reader.read()?;
    if reader.sheet.rows.is_empty() {
        return Err("the document has no table".into());
    }
    Ok(reader.sheet)
}

struct Reader<'a> {
    rest: &'a [u8],
    sheet: Sheet,
    row: u32,
    column: u32,
    text: String,
    /// Signs to pass over after a character of Unicode: they stand for it where it is not known.
    skipped: usize,
}

impl Reader<'_> {
    fn read(&mut self) -> Result<(), String> {
        let mut depth = 0_usize;
        // The group whose text is not shown.
        let mut hidden: Option<usize> = None;
        let mut fallback = vec![1_usize];
        while let Some((&byte, rest)) = self.rest.split_first() {
            self.rest = rest;
            match byte {
                b'{' => {
                    depth += 1;
                    fallback.push(*fallback.last().unwrap_or(&1));
                }
                b'}' => {
                    depth = depth.saturating_sub(1);
                    fallback.pop();
                    if hidden.is_some_and(|group| depth < group) {
                        hidden = None;
                    }
                }
                b'\r' | b'\n' => {}
                b'\\' => {
                    let is_hidden = hidden.is_some();
                    match self.control() {
                        Control::Word("*", _) => hidden = hidden.or(Some(depth)),
                        Control::Word("uc", number) => {
                            if let Some(last) = fallback.last_mut() {
                                *last = number.unwrap_or(1).clamp(0, 32) as usize;
                            }
                        }
                        Control::Word(word, _) if HIDDEN.contains(&word) => {
                            hidden = hidden.or(Some(depth))
                        }
                        _ if is_hidden => {}
                        Control::Word("u", Some(number)) => {
                            let unit = (number & 0xFFFF) as u16;
                            self.push_unit(unit);
                            self.skipped = *fallback.last().unwrap_or(&1);
                        }
                        Control::Word("trowd", _) if self.column == 0 => self.text.clear(),
                        Control::Word("cell", _) => self.end_cell()?,
                        Control::Word("row", _) => {
                            self.row += 1;
                            self.column = 0;
                            self.text.clear();
                        }
                        Control::Word("par" | "line", _) => self.text.push('\n'),
                        Control::Word("tab", _) => self.text.push('\t'),
                        Control::Word(_, _) => {}
                        Control::Byte(byte) => self.push_byte(byte),
                    }
                }
                byte if hidden.is_none() => self.push_byte(byte),
                _ => {}
            }
        }
        Ok(())
    }

    /// What follows a backslash.
    fn control(&mut self) -> Control {
        let Some(&first) = self.rest.first() else {
            return Control::Word("", None);
        };
        if !first.is_ascii_alphabetic() {
            self.rest = &self.rest[1..];
            return match first {
                b'\'' => {
                    let digits = self.rest.get(..2).unwrap_or_default();
                    let digits = std::str::from_utf8(digits).unwrap_or_default();
                    let byte = u8::from_str_radix(digits, 16).unwrap_or(b'?');
                    self.rest = self.rest.get(2..).unwrap_or_default();
                    Control::Byte(byte)
                }
                b'*' => Control::Word("*", None),
                b'~' => Control::Byte(b' '),
                b'_' => Control::Byte(b'-'),
                b'\n' | b'\r' => Control::Word("par", None),
                b'\\' | b'{' | b'}' => Control::Byte(first),
                _ => Control::Word("", None),
            };
        }
        let length = self
            .rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        let (word, mut rest) = self.rest.split_at(length);
        let sign = usize::from(rest.first() == Some(&b'-'));
        let digits = rest[sign..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let mut number = None;
        if digits > 0 {
            let text = std::str::from_utf8(&rest[..sign + digits]).unwrap_or_default();
            number = text.parse::<i64>().ok();
            rest = &rest[sign + digits..];
        }
        self.rest = rest.strip_prefix(b" ").unwrap_or(rest);
        Control::Word(known(word), number)
    }

    fn end_cell(&mut self) -> Result<(), String> {
        let text = std::mem::take(&mut self.text);
        let cell = if text.is_empty() {
            Cell::Empty
        } else {
            Cell::Text(text)
        };
        self.sheet.push(self.row, self.column, cell)?;
        self.column += 1;
        Ok(())
    }

    /// A character of the code page that rtf has unless it says otherwise.
    fn push_byte(&mut self, byte: u8) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        let (text, _) =
            encoding_rs::WINDOWS_1252.decode_without_bom_handling(std::slice::from_ref(&byte));
        self.text.push_str(&text);
    }

    /// A unit of UTF-16. The first half of a pair waits at the end of the text as a private character.
    fn push_unit(&mut self, unit: u16) {
        const HALF: u32 = 0xF_0000;
        if (0xD800..0xDC00).contains(&unit) {
            self.text
                .extend(char::from_u32(HALF + u32::from(unit - 0xD800)));
            return;
        }
        let waiting = self
            .text
            .chars()
            .next_back()
            .map(u32::from)
            .filter(|c| (HALF..HALF + 0x400).contains(c));
        match waiting {
            Some(first) if (0xDC00..0xE000).contains(&unit) => {
                self.text.pop();
                let both = 0x1_0000 + ((first - HALF) << 10) + u32::from(unit - 0xDC00);
                self.text.extend(char::from_u32(both));
            }
            _ => self
                .text
                .push(char::from_u32(unit.into()).unwrap_or(char::REPLACEMENT_CHARACTER)),
        }
    }
}

enum Control {
    Word(&'static str, Option<i64>),
    Byte(u8),
}

/// The word, if it means something here.
fn known(word: &[u8]) -> &'static str {
    const WORDS: &[&str] = &["uc", "u", "trowd", "cell", "row", "par", "line", "tab"];
    WORDS
        .iter()
        .chain(HIDDEN)
        .find(|known| known.as_bytes() == word)
        .unwrap_or(&"")
}

/// Writes a document with one table.
pub(super) fn write(grid: &[Vec<Cell>]) -> Vec<u8> {
    let mut out = String::from("{\\rtf1\\ansi\\ansicpg1252\\uc1\n");
    for row in grid {
        out.push_str("\\trowd\\trautofit1");
        for column in 1..=row.len() {
            let _ = write!(out, "\\cellx{}", column * CELL_WIDTH);
        }
        for cell in row {
            out.push_str("\\pard\\intbl ");
            escape(&cell.text(), &mut out);
            out.push_str("\\cell");
        }
        out.push_str("\\pard\\intbl\\row\n");
    }
    out.push('}');
    out.into_bytes()
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '\\' | '{' | '}' => out.extend(['\\', c]),
            '\n' => out.push_str("\\line "),
            '\t' => out.push_str("\\tab "),
            ' '..='~' => out.push(c),
            c if c.is_control() => {}
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{}?", *unit as i16);
                }
            }
        }
    }
}
