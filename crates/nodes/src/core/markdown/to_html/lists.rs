//! Lists.

use fancy_regex::Regex;

use super::Converter;
use super::patterns::{self, Failure, group, has, replace};
use super::spans;

impl Converter<'_> {
    pub(super) fn lists(&mut self, text: String) -> Result<String, Failure> {
        let text = text + "¨0";
        let text = if self.list_level > 0 {
            replace(&patterns::INNER_LIST, &text, |found| {
                let ordered = !group(found, 2).contains(['*', '+', '-']);
                self.consecutive(group(found, 1), ordered, true)
            })?
        } else {
            replace(&patterns::LIST, &text, |found| {
                let ordered = !group(found, 3).contains(['*', '+', '-']);
                self.consecutive(group(found, 2), ordered, false)
            })?
        };
        Ok(text.replacen("¨0", "", 1))
    }

    /// A list, and lists of the other kind that follow without an empty line.
    fn consecutive(&mut self, list: &str, ordered: bool, trim: bool) -> Result<String, Failure> {
        let free = self.options.is("disableForced4SpacesIndentedSublists");
        let other = |ordered: bool| -> &'static Regex {
            match (ordered, free) {
                (true, false) => &patterns::BULLETED,
                (true, true) => &patterns::FREE_BULLETED,
                (false, false) => &patterns::NUMBERED,
                (false, true) => &patterns::FREE_NUMBERED,
            }
        };
        let mut out = String::new();
        let (mut rest, mut ordered) = (list, ordered);
        loop {
            let next = other(ordered).find(rest).map_err(|_| Failure::TooLong)?;
            let next = next.map(|next| next.start()).filter(|next| *next > 0);
            let part = &rest[..next.unwrap_or(rest.len())];
            let tag = if ordered { "ol" } else { "ul" };
            let start = if ordered {
                start_number(list)
            } else {
                String::new()
            };
            let entries = self.entries(part, trim)?;
            out.push_str(&format!("\n\n<{tag}{start}>\n{entries}</{tag}>\n"));
            match next {
                Some(next) => rest = &rest[next..],
                None => return Ok(out),
            }
            ordered = !ordered;
        }
    }

    fn entries(&mut self, list: &str, trim: bool) -> Result<String, Failure> {
        self.depth += 1;
        if self.depth > super::MAX_DEPTH {
            return Err(Failure::TooDeep);
        }
        self.list_level += 1;
        let trimmed = list.trim_end_matches('\n');
        let list = if list.len() - trimmed.len() >= 2 {
            format!("{trimmed}\n¨0")
        } else {
            format!("{list}¨0")
        };
        let apart = has(&patterns::APART, &list)?;
        let pattern = if self.options.is("disableForced4SpacesIndentedSublists") {
            &patterns::FREE_ENTRY
        } else {
            &patterns::ENTRY
        };
        let html = replace(pattern, &list, |found| {
            let has_line_before = found.get(1).is_some();
            let task = found.get(5).map(|_| !group(found, 6).trim().is_empty());
            self.entry(group(found, 4), has_line_before, task, apart)
        })?;
        self.list_level -= 1;
        self.depth -= 1;
        let html = html.replace("¨0", "");
        Ok(if trim { html.trim_end().into() } else { html })
    }

    fn entry(
        &mut self,
        text: &str,
        has_line_before: bool,
        task: Option<bool>,
        apart: bool,
    ) -> Result<String, Failure> {
        let mut item = spans::outdented(text);
        let mut style = "";
        if let (Some(checked), true) = (task, self.options.is("tasklists")) {
            style = " class=\"task-list-item\" style=\"list-style-type: none;\"";
            let checked = if checked { " checked" } else { "" };
            let mut first = true;
            item = replace(&patterns::TASK, &item, |found| {
                if !std::mem::take(&mut first) {
                    return Ok(group(found, 0).into());
                }
                Ok(format!(
                    "<input type=\"checkbox\" disabled style=\"margin: 0px 0.35em 0.25em -1.6em; vertical-align: middle;\"{checked}>"
                ))
            })?;
        }
        // `- - a` is one entry with a dash in it
        if has(&patterns::SIGN_AGAIN, &item)? {
            item.insert_str(0, "¨A");
        }
        if has_line_before || item.contains("\n\n") {
            item = self.fenced_code(&item)?;
            item = self.block_passes(item)?;
        } else {
            item = self.lists(item)?;
            item = item.strip_suffix('\n').map_or(item.clone(), str::to_owned);
            item = self.put_aside_html_blocks(item)?;
            while item.contains("\n\n\n") {
                item = item.replace("\n\n\n", "\n\n");
            }
            item = if apart {
                self.paragraphs(&item)?
            } else {
                self.span_passes(&item)?
            };
        }
        let item = item.replacen("¨A", "", 1);
        Ok(format!("<li{style}>{item}</li>\n"))
    }
}

/// The number of the first entry, where it is not 1.
fn start_number(list: &str) -> String {
    let number = list.trim_start_matches(' ');
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    match &number[..digits] {
        "" | "1" => String::new(),
        number => format!(" start=\"{number}\""),
    }
}
