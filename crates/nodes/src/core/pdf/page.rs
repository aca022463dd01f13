//! The text of a page: what is shown, line by line, in the order in which it is drawn.

use std::collections::HashMap;

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Encoding, Object, ObjectId, Stream};

/// Drawing operations of a document.
const MAX_OPERATIONS: usize = 5_000_000;
/// Bytes of text of a document.
const MAX_TEXT: usize = 64 << 20;
/// How deep drawings lie inside drawings.
const MAX_DEPTH: usize = 8;
/// States that are kept to come back to.
const MAX_SAVED: usize = 256;
/// A step back of this much, in thousandths of the size of the font, is a blank.
const BLANK: f32 = -200.0;

/// Reads pages within limits for the whole document.
pub(super) struct Pages<'a> {
    document: &'a Document,
    operations: usize,
    text: usize,
}

impl<'a> Pages<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        Self {
            document,
            operations: 0,
            text: 0,
        }
    }

    /// The text of a page.
    ///
    /// # Errors
    /// When the document is too large.
    pub(super) fn text(&mut self, page: ObjectId) -> Result<String, String> {
        let content = self.document.get_page_content(page).unwrap_or_default();
        let resources = self.document.get_page_resources(page);
        let mut all: Vec<&Dictionary> = Vec::new();
        if let Ok((own, inherited)) = resources {
            all.extend(own);
            let inherited = inherited.iter();
            all.extend(inherited.filter_map(|id| self.document.get_dictionary(*id).ok()));
        }
        let mut drawing = Drawing::default();
        self.draw(&content, &all, &mut drawing, &mut Vec::new())?;
        Ok(drawing.out)
    }

    fn draw(
        &mut self,
        content: &[u8],
        resources: &[&Dictionary],
        drawing: &mut Drawing,
        open: &mut Vec<&'a Stream>,
    ) -> Result<(), String> {
        let Ok(content) = Content::decode(content) else {
            return Ok(());
        };
        let fonts = self.fonts(resources);
        let encodings: HashMap<&[u8], Encoding<'_>> = fonts
            .iter()
            .filter_map(|(name, font)| {
                Some((name.as_slice(), font.get_font_encoding(self.document).ok()?))
            })
            .collect();
        let mut encoding = None;
        for operation in &content.operations {
            self.operations += 1;
            if self.operations > MAX_OPERATIONS || self.text + drawing.out.len() > MAX_TEXT {
                return Err("the document has too much on its pages".into());
            }
            let operands = operation.operands.as_slice();
            match operation.operator.as_str() {
                "Tf" => {
                    encoding = operands
                        .first()
                        .and_then(|name| name.as_name().ok())
                        .and_then(|name| encodings.get(name));
                }
                "Tj" | "TJ" => drawing.show(operands, encoding),
                "'" => {
                    drawing.next_line();
                    drawing.show(operands, encoding);
                }
                "\"" => {
                    drawing.next_line();
                    drawing.show(operands.get(2..).unwrap_or_default(), encoding);
                }
                "Do" => {
                    let form = operands.first().and_then(|name| self.form(name, resources));
                    if let Some(form) = form
                        && open.len() < MAX_DEPTH
                        && !open.iter().any(|outer| std::ptr::eq(*outer, form))
                    {
                        self.draw_form(form, resources, drawing, open)?;
                    }
                }
                operator => drawing.place(operator, operands),
            }
        }
        if open.is_empty() {
            self.text += drawing.out.len();
        }
        Ok(())
    }

    /// The fonts of a page; one that says which character each code is need not say how it is encoded.
    fn fonts(&self, resources: &[&Dictionary]) -> Vec<(Vec<u8>, Dictionary)> {
        let mut fonts = Vec::new();
        for resources in resources {
            let Ok(Object::Dictionary(named)) = resources.get_deref(b"Font", self.document) else {
                continue;
            };
            for (name, font) in named.iter() {
                let Ok((_, Object::Dictionary(font))) = self.document.dereference(font) else {
                    continue;
                };
                let mut font = font.clone();
                if font.has(b"ToUnicode") {
                    font.remove(b"Encoding");
                }
                fonts.push((name.clone(), font));
            }
        }
        // What a page says itself comes before what it inherits.
        fonts.reverse();
        fonts
    }

    /// Draws a drawing inside the drawing.
    fn draw_form(
        &mut self,
        form: &'a Stream,
        resources: &[&Dictionary],
        drawing: &mut Drawing,
        open: &mut Vec<&'a Stream>,
    ) -> Result<(), String> {
        let content = form.get_plain_content().unwrap_or_default();
        let own = form.dict.get_deref(b"Resources", self.document);
        let own = own.and_then(Object::as_dict).ok();
        let before = drawing.place.clone();
        open.push(form);
        let drawn = match own {
            Some(own) => self.draw(&content, &[own], drawing, open),
            None => self.draw(&content, resources, drawing, open),
        };
        open.pop();
        drawing.place = before;
        drawn
    }

    /// A drawing by its name.
    fn form(&self, name: &Object, resources: &[&Dictionary]) -> Option<&'a Stream> {
        let name = name.as_name().ok()?;
        let document = self.document;
        let found = resources.iter().find_map(|resources| {
            let (_, all) = document.dereference(resources.get(b"XObject").ok()?).ok()?;
            let id = all.as_dict().ok()?.get(name).ok()?.as_reference().ok()?;
            document.get_object(id).ok()
        })?;
        let stream = found.as_stream().ok()?;
        let kind = stream.dict.get(b"Subtype").and_then(Object::as_name).ok()?;
        (kind == b"Form").then_some(stream)
    }
}

/// What has been drawn, and where the next text goes.
#[derive(Default)]
struct Drawing {
    out: String,
    place: Place,
    saved: Vec<[f32; 6]>,
    /// Where the last text stood.
    last: Option<(f32, f32)>,
}

#[derive(Clone)]
struct Place {
    /// From the page to the drawing.
    page: [f32; 6],
    /// From the drawing to the line.
    line: [f32; 6],
    leading: f32,
}

const SAME: [f32; 6] = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

impl Default for Place {
    fn default() -> Self {
        Self {
            page: SAME,
            line: SAME,
            leading: 0.0,
        }
    }
}

impl Drawing {
    fn place(&mut self, operator: &str, operands: &[Object]) {
        let number = |at: usize| {
            operands
                .get(at)
                .and_then(|n| n.as_float().ok())
                .unwrap_or(0.0)
        };
        let matrix = || std::array::from_fn(number);
        match operator {
            "q" if self.saved.len() < MAX_SAVED => self.saved.push(self.place.page),
            "Q" => self.place.page = self.saved.pop().unwrap_or(SAME),
            "cm" => self.place.page = multiply(matrix(), self.place.page),
            "BT" => self.place.line = SAME,
            "Tm" => self.place.line = matrix(),
            "TL" => self.place.leading = number(0),
            "Td" => self.step(number(0), number(1)),
            "TD" => {
                self.place.leading = -number(1);
                self.step(number(0), number(1));
            }
            "T*" => self.next_line(),
            _ => {}
        }
    }

    fn step(&mut self, x: f32, y: f32) {
        self.place.line = multiply([1.0, 0.0, 0.0, 1.0, x, y], self.place.line);
    }

    fn next_line(&mut self) {
        self.step(0.0, -self.place.leading);
    }

    /// Adds a text. On another height it begins a line, further along the same line it stands apart.
    fn show(&mut self, operands: &[Object], encoding: Option<&Encoding<'_>>) {
        let Some(encoding) = encoding else {
            return;
        };
        let at = multiply(self.place.line, self.place.page);
        let at = (at[4], at[5]);
        match self.last {
            Some((_, y)) if (y - at.1).abs() > 0.01 => self.out.push('\n'),
            Some((x, _)) if (x - at.0).abs() > 0.01 => self.blank(),
            _ => {}
        }
        self.last = Some(at);
        for operand in operands {
            match operand {
                Object::Array(parts) => {
                    for part in parts {
                        match part {
                            Object::String(bytes, _) => self.write(bytes, encoding),
                            step if step.as_float().is_ok_and(|step| step < BLANK) => self.blank(),
                            _ => {}
                        }
                    }
                }
                Object::String(bytes, _) => self.write(bytes, encoding),
                _ => {}
            }
        }
    }

    fn write(&mut self, bytes: &[u8], encoding: &Encoding<'_>) {
        // Characters that the font does not explain are left out.
        let text = encoding.bytes_to_string(bytes).unwrap_or_default();
        self.out.extend(text.chars().filter(|c| !c.is_control()));
    }

    fn blank(&mut self) {
        if !self.out.ends_with([' ', '\n']) {
            self.out.push(' ');
        }
    }
}

/// The place that `inner` has inside of `outer`.
fn multiply(inner: [f32; 6], outer: [f32; 6]) -> [f32; 6] {
    let [a, b, c, d, e, f] = inner;
    let [ka, kb, kc, kd, ke, kf] = outer;
    [
        a * ka + b * kc,
        a * kb + b * kd,
        c * ka + d * kc,
        c * kb + d * kd,
        e * ka + f * kc + ke,
        e * kb + f * kd + kf,
    ]
}
