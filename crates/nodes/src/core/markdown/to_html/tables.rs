//! Tables.

use super::Converter;
use super::patterns::{self, Failure, group, replace};

impl Converter<'_> {
    pub(super) fn tables(&mut self, text: String) -> Result<String, Failure> {
        if !self.options.is("tables") || !text.contains('|') {
            return Ok(text);
        }
        let text = text.replace("\\|", "¨E124E");
        let text = replace(&patterns::TABLE, &text, |found| self.table(group(found, 0)))?;
        replace(&patterns::ONE_COLUMN, &text, |found| {
            self.table(group(found, 0))
        })
    }

    fn table(&mut self, raw: &str) -> Result<String, Failure> {
        let mut lines = Vec::new();
        for line in raw.split('\n') {
            let inner = line.trim_start_matches(' ');
            let line = match inner.strip_prefix('|') {
                Some(rest) if line.len() - inner.len() <= 3 => rest,
                _ => line,
            };
            let line = line
                .trim_end_matches([' ', '\t'])
                .strip_suffix('|')
                .unwrap_or(line);
            lines.push(self.code_spans(line)?);
        }
        let cells = |line: &String| -> Vec<String> {
            line.split('|').map(|cell| cell.trim().to_owned()).collect()
        };
        let (Some(headers), Some(styles)) = (lines.first().map(cells), lines.get(1).map(cells))
        else {
            return Ok(raw.into());
        };
        if headers.len() < styles.len() {
            return Ok(raw.into());
        }
        let style = |n: usize| styles.get(n).map_or("", |rule| alignment(rule));
        let has_ids = self.options.is("tablesHeaderId") || self.options.is("tableHeaderId");
        let mut html = String::from("<table>\n<thead>\n<tr>\n");
        for (n, header) in headers.iter().enumerate() {
            let id = if has_ids {
                format!(" id=\"{}\"", header.replace(' ', "_").to_lowercase())
            } else {
                String::new()
            };
            let content = self.span_passes(header)?;
            html.push_str(&format!("<th{id}{}>{content}</th>\n", style(n)));
        }
        html.push_str("</tr>\n</thead>\n<tbody>\n");
        for line in lines.iter().skip(2).filter(|line| !line.trim().is_empty()) {
            let row = cells(line);
            html.push_str("<tr>\n");
            for n in 0..headers.len() {
                let content = match row.get(n) {
                    Some(cell) => self.span_passes(cell)?,
                    None => String::new(),
                };
                html.push_str(&format!("<td{}>{content}</td>\n", style(n)));
            }
            html.push_str("</tr>\n");
        }
        html.push_str("</tbody>\n</table>\n");
        Ok(html)
    }
}

/// How a column is aligned, by the line below its header.
fn alignment(rule: &str) -> &'static str {
    let dashes = |text: &str| {
        let text = text.trim_matches([' ', '\t']);
        !text.is_empty() && text.bytes().all(|byte| byte == b'-')
    };
    let (left, rest) = match rule.strip_prefix(':') {
        Some(rest) => (true, rest),
        None => (false, rule),
    };
    let (right, rest) = match rest.strip_suffix(':') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    match (left, right) {
        _ if !dashes(rest) => "",
        (true, true) => " style=\"text-align:center;\"",
        (true, false) => " style=\"text-align:left;\"",
        (false, true) => " style=\"text-align:right;\"",
        (false, false) => "",
    }
}
