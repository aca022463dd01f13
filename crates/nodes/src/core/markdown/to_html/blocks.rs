//! Quotes, headers, rules, code blocks, paragraphs, and definitions of references.

use super::patterns::{self, Failure, group, replace};
use super::{Converter, spans};

impl Converter<'_> {
    pub(super) fn quotes(&mut self, text: String) -> Result<String, Failure> {
        let text = text + "\n\n";
        if !text.contains('>') {
            return Ok(text);
        }
        let pattern = if self.options.is("splitAdjacentBlockquotes") {
            &patterns::SPLIT_QUOTE
        } else {
            &patterns::QUOTE
        };
        replace(pattern, &text, |found| {
            let lines: Vec<&str> = group(found, 0)
                .split('\n')
                .map(|line| {
                    let line = match line.trim_start_matches([' ', '\t']).strip_prefix('>') {
                        Some(rest) => rest.strip_prefix([' ', '\t']).unwrap_or(rest),
                        None => line,
                    };
                    if line.trim_matches([' ', '\t']).is_empty() {
                        ""
                    } else {
                        line
                    }
                })
                .collect();
            let inner = self.fenced_code(&lines.join("\n"))?;
            let inner = self.block_passes(inner)?;
            let mut indented = String::with_capacity(inner.len() + 16);
            let mut preformatted = false;
            for (n, line) in inner.split('\n').enumerate() {
                if n > 0 {
                    indented.push('\n');
                }
                let starts = line.trim_start().starts_with("<pre>");
                if !(preformatted || starts) {
                    indented.push_str("  ");
                }
                preformatted = (preformatted || line.contains("<pre>")) && !line.contains("</pre>");
                indented.push_str(line);
            }
            Ok(self.block(&format!("<blockquote>\n{indented}\n</blockquote>")))
        })
    }

    pub(super) fn headers(&mut self, text: &str) -> Result<String, Failure> {
        let start = match self.options.0.get("headerLevelStart") {
            Some(level) => crate::core::javascript::text(level)
                .trim()
                .parse()
                .unwrap_or(1),
            None => 1_i64,
        };
        let setext = if self.options.is("smoothLivePreview") {
            [&patterns::SMOOTH_SETEXT_1, &patterns::SMOOTH_SETEXT_2]
        } else {
            [&patterns::SETEXT_1, &patterns::SETEXT_2]
        };
        let mut text = text.to_owned();
        for (n, pattern) in setext.into_iter().enumerate() {
            text = replace(pattern, &text, |found| {
                let title = group(found, 1);
                self.header(title, title, start.saturating_add(n as i64))
            })?;
        }
        let atx = if self.options.is("requireSpaceBeforeHeadingText") {
            &patterns::SPACED_ATX
        } else {
            &patterns::ATX
        };
        replace(atx, &text, |found| {
            let title = group(found, 2);
            let shown = if self.options.is("customizedHeaderId") {
                replace(&patterns::OWN_ID, title, |_| Ok(String::new()))?
            } else {
                title.to_owned()
            };
            let level = start.saturating_add(group(found, 1).len() as i64 - 1);
            self.header(title, &shown, level)
        })
    }

    fn header(&mut self, title: &str, shown: &str, level: i64) -> Result<String, Failure> {
        let html = self.span_passes(shown)?;
        let id = if self.options.is("noHeaderId") {
            String::new()
        } else {
            format!(" id=\"{}\"", self.header_id(title)?)
        };
        Ok(self.block(&format!("<h{level}{id}>{html}</h{level}>")))
    }

    fn header_id(&mut self, title: &str) -> Result<String, Failure> {
        let mut title = title.to_owned();
        if self.options.is("customizedHeaderId") {
            let found = patterns::OWN_ID
                .captures(&title)
                .map_err(|_| Failure::TooLong)?
                .map(|found| group(&found, 1).to_owned());
            title = found.unwrap_or(title);
        }
        let prefix = match self.options.text("prefixHeaderId") {
            Some(prefix) => prefix.to_owned(),
            None if self.options.is("prefixHeaderId") => "section-".into(),
            None => String::new(),
        };
        let raw_prefix = self.options.is("rawPrefixHeaderId");
        if !raw_prefix {
            title = prefix.clone() + &title;
        }
        title = if self.options.is("ghCompatibleHeaderId") {
            title
                .replace(' ', "-")
                .replace("&amp;", "")
                .replace("¨T", "")
                .replace("¨D", "")
                .replace(
                    |c: char| "&+$,/:;=?@\"#{}|^¨~[]`\\*)(%.!'<>".contains(c),
                    "",
                )
        } else if self.options.is("rawHeaderId") {
            title
                .replace(' ', "-")
                .replace("&amp;", "&")
                .replace("¨T", "¨")
                .replace("¨D", "$")
                .replace(['"', '\''], "-")
        } else {
            title.replace(|c: char| !(c.is_ascii_alphanumeric() || c == '_'), "")
        }
        .to_lowercase();
        if raw_prefix {
            title = prefix + &title;
        }
        match self.header_ids.get_mut(&title) {
            Some(count) => {
                let id = format!("{title}-{count}");
                *count += 1;
                Ok(id)
            }
            None => {
                self.header_ids.insert(title.clone(), 1);
                Ok(title)
            }
        }
    }

    pub(super) fn rules(&mut self, text: String) -> Result<String, Failure> {
        let mut text = text;
        for (sign, pattern) in [
            ('-', &patterns::RULE_DASH),
            ('*', &patterns::RULE_STAR),
            ('_', &patterns::RULE_LINE),
        ] {
            if text.contains(sign) {
                text = replace(pattern, &text, |_| Ok(self.block("<hr />")))?;
            }
        }
        Ok(text)
    }

    pub(super) fn fenced_code(&mut self, text: &str) -> Result<String, Failure> {
        if !self.options.is("ghCodeBlocks") || !(text.contains("```") || text.contains("~~~")) {
            return Ok(text.into());
        }
        replace(&patterns::FENCED, text, |found| {
            let code = spans::without_tabs(&spans::escaped_code(group(found, 3)));
            let end = self.end_of_code();
            let class = match group(found, 2) {
                "" => String::new(),
                language => format!(" class=\"{language} language-{language}\""),
            };
            let code = code.trim_matches('\n');
            let html = self.block(&format!("<pre><code{class}>{code}{end}</code></pre>"));
            Ok(self.code_mark(group(found, 0), html))
        })
    }

    /// Puts a code block aside, both as it is and as HTML.
    pub(super) fn code_mark(&mut self, whole: &str, html: String) -> String {
        self.code.push((whole.into(), html));
        format!("\n\n¨G{}G\n\n", self.code.len() - 1)
    }

    fn end_of_code(&self) -> &'static str {
        if self.options.is("omitExtraWLInCodeBlocks") {
            ""
        } else {
            "\n"
        }
    }

    pub(super) fn indented_code(&mut self, text: String) -> Result<String, Failure> {
        if !text.contains("    ") {
            return Ok(text);
        }
        let text = text + "¨0";
        let text = replace(&patterns::INDENTED_CODE, &text, |found| {
            let code = spans::escaped_code(&spans::outdented(group(found, 1)));
            let code = spans::without_tabs(&code);
            let (code, end) = (code.trim_matches('\n'), self.end_of_code());
            let html = self.block(&format!("<pre><code>{code}{end}</code></pre>"));
            Ok(html + group(found, 2))
        })?;
        Ok(text.replacen("¨0", "", 1))
    }

    pub(super) fn paragraphs(&mut self, text: &str) -> Result<String, Failure> {
        let mut out: Vec<String> = Vec::new();
        for part in text.trim_matches('\n').split("\n\n") {
            let part = part.trim_matches('\n');
            if part.is_empty() {
                continue;
            }
            if has_block(part) {
                out.push(self.with_blocks(part, &mut false));
            } else if !part.trim().is_empty() {
                let html = self.span_passes(part)?;
                let html = html.trim_start_matches([' ', '\t']);
                out.push(self.with_blocks(&format!("<p>{html}</p>"), &mut false));
            }
        }
        Ok(out.join("\n").trim_matches('\n').to_owned())
    }

    /// The text with the blocks that were put aside. `in_code` says whether it begins with a code block: a fence in
    /// there is none.
    fn with_blocks(&self, text: &str, in_code: &mut bool) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('¨') {
            let marked = after
                .chars()
                .next()
                .filter(|kind| matches!(kind, 'K' | 'G'));
            let digits = after.get(1..).unwrap_or_default();
            let count = digits.bytes().take_while(u8::is_ascii_digit).count();
            let number: Option<usize> = digits[..count].parse().ok();
            let (Some(kind), Some(number)) = (marked, number) else {
                out.push_str(before);
                out.push('¨');
                rest = after;
                continue;
            };
            let html = match (kind, *in_code) {
                ('K', _) => self.blocks.get(number).cloned(),
                (_, false) => self.code.get(number).map(|(_, html)| html.clone()),
                (_, true) => self
                    .code
                    .get(number)
                    .map(|(whole, _)| spans::escaped_code(whole)),
            };
            out.push_str(before.strip_suffix("\n\n").unwrap_or(before));
            let html = html.unwrap_or_default();
            *in_code |= out.is_empty() && patterns::PRE_CODE.is_match(&html).unwrap_or_default();
            out.push_str(&self.with_blocks(&html, in_code));
            rest = &digits[(count + 1).min(digits.len())..];
            rest = rest.strip_prefix("\n\n").unwrap_or(rest);
        }
        out.push_str(rest);
        out
    }

    pub(super) fn take_references(&mut self, text: &str) -> Result<String, Failure> {
        if !text.contains("]:") {
            return Ok(text.into());
        }
        let lower = text.to_lowercase();
        let text = format!("{text}¨0");
        let text = replace(&patterns::REFERENCE, &text, |found| {
            let id = group(found, 1).to_lowercase();
            // what nothing refers to is no definition
            if lower.matches(&id).nth(1).is_none() {
                return Ok(group(found, 0).into());
            }
            let url = group(found, 2);
            let (blank, title) = (group(found, 5), group(found, 6));
            let reference = self.references.entry(id).or_default();
            reference.url = if url.starts_with("data:") {
                url.to_owned()
            } else {
                spans::escaped_signs(url)?
            };
            if !blank.is_empty() {
                return Ok(format!("{blank}{title}"));
            }
            if !title.is_empty() {
                reference.title = Some(title.replace(['"', '\''], "&quot;"));
            }
            let (width, height) = (group(found, 3), group(found, 4));
            if self.options.is("parseImgDimensions") && !width.is_empty() && !height.is_empty() {
                reference.size = Some((width.into(), height.into()));
            }
            Ok(String::new())
        })?;
        Ok(text.replacen("¨0", "", 1))
    }
}

/// Whether a block was put aside here.
fn has_block(text: &str) -> bool {
    let mut any = false;
    patterns::replace_marks(text, &['K', 'G'], &mut |_, _| {
        any = true;
        None
    });
    any
}
