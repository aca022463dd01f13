//! Reads selectors.

use super::{Combinator, Complex, Position, SelectorList, Simple, Test};

/// The longest selector.
const MAX_LENGTH: usize = 10_000;
/// How deep selectors may stand inside others.
const MAX_NESTING: usize = 10;

/// Reads a list of selectors; an empty text matches nothing.
///
/// # Errors
/// A sentence that says what is wrong.
pub(crate) fn parse(text: &str) -> Result<SelectorList, String> {
    if text.len() > MAX_LENGTH {
        return Err(format!("the selector is longer than {MAX_LENGTH} bytes"));
    }
    if text.trim().is_empty() {
        return Ok(SelectorList::default());
    }
    let mut reader = Reader { rest: text };
    let list = reader
        .list(0, false)
        .map_err(|why| format!("the selector `{text}` cannot be read: {why}"))?;
    if !reader.rest.is_empty() {
        return Err(format!(
            "the selector `{text}` cannot be read: `{}` is out of place",
            reader.rest
        ));
    }
    Ok(list)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn list(&mut self, nesting: usize, relative: bool) -> Result<SelectorList, String> {
        if nesting > MAX_NESTING {
            return Err(format!("it is nested more than {MAX_NESTING} deep"));
        }
        let mut list = Vec::new();
        loop {
            list.push(self.complex(nesting, relative)?);
            if !self.take(',') {
                return Ok(SelectorList(list));
            }
        }
    }

    fn complex(&mut self, nesting: usize, relative: bool) -> Result<Complex, String> {
        let mut parts = Vec::new();
        self.skip_space();
        let mut joint = match self.sign() {
            Some(joint) if relative => joint,
            Some(_) => return Err("nothing stands before the combinator".into()),
            None => Combinator::Descendant,
        };
        loop {
            self.skip_space();
            let compound = self.compound(nesting)?;
            if compound.is_empty() {
                return Err(match self.rest.chars().next() {
                    Some(c) => format!("`{c}` is out of place"),
                    None => "it ends too early".into(),
                });
            }
            parts.push((joint, compound));
            let spaced = self.skip_space();
            match (self.sign(), self.rest.chars().next()) {
                (Some(sign), _) => joint = sign,
                (None, None | Some(',' | ')')) => return Ok(Complex(parts)),
                (None, Some(_)) if spaced => joint = Combinator::Descendant,
                (None, Some(c)) => return Err(format!("`{c}` is out of place")),
            }
        }
    }

    fn compound(&mut self, nesting: usize) -> Result<Vec<Simple>, String> {
        let mut simples = Vec::new();
        loop {
            let Some(c) = self.rest.chars().next() else {
                return Ok(simples);
            };
            let simple = match c {
                '*' => {
                    self.skip(1);
                    Simple::Any
                }
                '#' => {
                    self.skip(1);
                    Simple::Id(self.name()?)
                }
                '.' => {
                    self.skip(1);
                    Simple::Class(self.name()?)
                }
                '[' => {
                    self.skip(1);
                    self.attribute()?
                }
                ':' => {
                    self.skip(1);
                    if self.take(':') {
                        return Err("pseudo-elements such as `::text` name no element".into());
                    }
                    self.pseudo(nesting)?
                }
                c if simples.is_empty() && is_name(c) => Simple::Tag(self.name()?.to_lowercase()),
                _ => return Ok(simples),
            };
            simples.push(simple);
        }
    }

    fn attribute(&mut self) -> Result<Simple, String> {
        self.skip_space();
        let name = self.name()?.to_lowercase();
        self.skip_space();
        if self.take(']') {
            return Ok(Simple::Attribute {
                name,
                test: Test::Exists,
                value: String::new(),
                ignore_case: false,
            });
        }
        let test = match self.rest.chars().next() {
            Some('=') => Test::Equals,
            Some('!') => Test::Differs,
            Some('~') => Test::Word,
            Some('|') => Test::Dash,
            Some('^') => Test::Starts,
            Some('$') => Test::Ends,
            Some('*') => Test::Contains,
            _ => return Err(format!("`]` is missing after `[{name}`")),
        };
        self.skip(1);
        if test != Test::Equals && !self.take('=') {
            return Err(format!("`=` is missing after `[{name}`"));
        }
        self.skip_space();
        let value = self.text("]")?;
        self.skip_space();
        let ignore_case = self.take('i') || self.take('I');
        if !ignore_case {
            let _ = self.take('s') || self.take('S');
        }
        self.skip_space();
        if !self.take(']') {
            return Err(format!("`]` is missing after `[{name}`"));
        }
        Ok(Simple::Attribute {
            name,
            test,
            value,
            ignore_case,
        })
    }

    fn pseudo(&mut self, nesting: usize) -> Result<Simple, String> {
        let name = self.name()?.to_lowercase();
        let nth = |offset, from_end, of_type| Simple::Nth {
            step: 0,
            offset,
            from_end,
            of_type,
        };
        if self.take('(') {
            let simple = self.function(&name, nesting)?;
            self.skip_space();
            if !self.take(')') {
                return Err(format!("`)` is missing after `:{name}(`"));
            }
            return Ok(simple);
        }
        Ok(match name.as_str() {
            "first-child" => nth(1, false, false),
            "last-child" => nth(1, true, false),
            "first-of-type" => nth(1, false, true),
            "last-of-type" => nth(1, true, true),
            "only-child" => Simple::Only { of_type: false },
            "only-of-type" => Simple::Only { of_type: true },
            "root" | "scope" => Simple::Root,
            "empty" => Simple::Empty,
            "parent" => Simple::Parent,
            "checked" => Simple::Checked,
            "selected" => Simple::Selected,
            "disabled" => Simple::Disabled,
            "enabled" => Simple::Enabled,
            "header" => Simple::Header,
            "button" => Simple::Button,
            "input" => Simple::Input,
            "text" => Simple::Field("text"),
            "checkbox" => Simple::Field("checkbox"),
            "radio" => Simple::Field("radio"),
            "file" => Simple::Field("file"),
            "image" => Simple::Field("image"),
            "password" => Simple::Field("password"),
            "reset" => Simple::Field("reset"),
            "submit" => Simple::Field("submit"),
            "link" | "any-link" => Simple::Link,
            "hover" | "active" | "visited" | "focus" | "target" => Simple::Never,
            "first" => Simple::Position(Position::At(0)),
            "last" => Simple::Position(Position::Last),
            "even" => Simple::Position(Position::Even),
            "odd" => Simple::Position(Position::Odd),
            _ => return Err(format!("there is no `:{name}`")),
        })
    }

    fn function(&mut self, name: &str, nesting: usize) -> Result<Simple, String> {
        let nth = |(step, offset), from_end, of_type| Simple::Nth {
            step,
            offset,
            from_end,
            of_type,
        };
        Ok(match name {
            "nth-child" => nth(self.formula()?, false, false),
            "nth-last-child" => nth(self.formula()?, true, false),
            "nth-of-type" => nth(self.formula()?, false, true),
            "nth-last-of-type" => nth(self.formula()?, true, true),
            "has" => Simple::Has(self.list(nesting + 1, true)?),
            "is" | "where" | "matches" | "any" => Simple::Is(self.list(nesting + 1, false)?),
            "not" => Simple::Not(self.list(nesting + 1, false)?),
            "contains" => {
                self.skip_space();
                Simple::Contains(self.text(")")?)
            }
            "eq" | "nth" => Simple::Position(Position::At(self.number()?)),
            "gt" => Simple::Position(Position::After(self.number()?)),
            "lt" => Simple::Position(Position::Before(self.number()?)),
            _ => return Err(format!("there is no `:{name}()`")),
        })
    }

    /// `2n+1`, `odd`, `-n+3`, `4`.
    fn formula(&mut self) -> Result<(i64, i64), String> {
        let end = self.rest.find(')').ok_or("`)` is missing")?;
        let text: String = self.rest[..end]
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect::<String>()
            .to_lowercase();
        self.skip(end);
        let wrong = || format!("`{text}` is no formula such as 2n+1");
        match text.as_str() {
            "odd" => return Ok((2, 1)),
            "even" => return Ok((2, 0)),
            _ => {}
        }
        let number = |text: &str| text.strip_prefix('+').unwrap_or(text).parse::<i64>();
        let Some((step, offset)) = text.split_once('n') else {
            return Ok((0, number(&text).map_err(|_| wrong())?));
        };
        let step = match step {
            "" | "+" => 1,
            "-" => -1,
            step => number(step).map_err(|_| wrong())?,
        };
        let offset = match offset {
            "" => 0,
            offset => number(offset).map_err(|_| wrong())?,
        };
        Ok((step, offset))
    }

    fn number(&mut self) -> Result<i64, String> {
        let end = self.rest.find(')').ok_or("`)` is missing")?;
        let text = self.rest[..end].trim();
        let number = text.parse().map_err(|_| format!("`{text}` is no number"));
        self.skip(end);
        number
    }

    /// A text in quotes, or all up to a closing character.
    fn text(&mut self, until: &str) -> Result<String, String> {
        let Some(quote @ ('"' | '\'')) = self.rest.chars().next() else {
            let end = self
                .rest
                .find(until)
                .ok_or_else(|| format!("`{until}` is missing"))?;
            let text = self.rest[..end].trim();
            let text = text.strip_suffix(" i").unwrap_or(text);
            let text = unescaped(text.trim_end());
            self.skip(end);
            return Ok(text);
        };
        self.skip(1);
        let mut escaped = false;
        let end = self
            .rest
            .char_indices()
            .find(|(_, c)| {
                let ends = *c == quote && !escaped;
                escaped = *c == '\\' && !escaped;
                ends
            })
            .map(|(at, _)| at)
            .ok_or("a quote is missing")?;
        let text = unescaped(&self.rest[..end]);
        self.skip(end + 1);
        Ok(text)
    }

    fn name(&mut self) -> Result<String, String> {
        let mut end = 0;
        let mut chars = self.rest.char_indices();
        while let Some((at, c)) = chars.next() {
            if c == '\\' {
                let Some((next, after)) = chars.next() else {
                    break;
                };
                end = next + after.len_utf8();
            } else if is_name(c) {
                end = at + c.len_utf8();
            } else {
                break;
            }
        }
        if end == 0 {
            return Err("a name is missing".into());
        }
        let name = unescaped(&self.rest[..end]);
        self.skip(end);
        Ok(name)
    }

    fn sign(&mut self) -> Option<Combinator> {
        let sign = match self.rest.chars().next()? {
            '>' => Combinator::Child,
            '+' => Combinator::Next,
            '~' => Combinator::Sibling,
            _ => return None,
        };
        self.skip(1);
        Some(sign)
    }

    fn skip_space(&mut self) -> bool {
        let trimmed = self.rest.trim_start();
        let any = trimmed.len() < self.rest.len();
        self.rest = trimmed;
        any
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }

    fn take(&mut self, c: char) -> bool {
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '\\') || !c.is_ascii()
}

/// The text with CSS escapes replaced: `\:` and `\3a `.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let mut code = String::new();
        while code.len() < 6
            && let Some(digit) = chars.next_if(char::is_ascii_hexdigit)
        {
            code.push(digit);
        }
        if code.is_empty() {
            out.extend(chars.next());
            continue;
        }
        chars.next_if(|c| c.is_whitespace());
        let escaped = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32);
        out.push(escaped.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    out
}
