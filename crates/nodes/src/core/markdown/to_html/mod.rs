//! Writes Markdown as HTML, with the results and the options of Showdown.
//!
//! Markdown of this kind has no grammar: it is what a series of replacements makes of a text. The passes and their
//! patterns are those of Showdown (MIT), and their order matters. What is finished is put aside and stands in the text
//! as a mark: `¨K1K` a block, `¨G1G` a code block, `¨C1C` a span, `¨E42E` a character. A `¨` of the text is `¨T`.

mod blocks;
mod emphasis;
mod html;
mod links;
mod lists;
mod patterns;
mod spans;
mod tables;

use std::collections::HashMap;

use itemflow_model::Map;

use self::patterns::{Failure, replace};

/// How deep quotes and lists may stand in each other.
const MAX_DEPTH: usize = 64;
/// How often Markdown in an element in Markdown is read.
const MAX_NESTING: usize = 4;
/// The most space at the beginning that is taken for indentation.
const MAX_INDENT: usize = 200;
/// A longer run of spaces or line breaks is cut, one of another sign refused: patterns try each place in it.
const MAX_RUN: usize = 1000;
/// The longest text that is converted.
const MAX_LENGTH: usize = 16 << 20;

/// The options, under Showdown's names.
#[derive(Clone, Debug, Default)]
pub(super) struct Options(pub(super) Map);

impl Options {
    fn is(&self, name: &str) -> bool {
        match self.0.get(name) {
            None => matches!(name, "ghCodeBlocks" | "encodeEmails" | "ellipsis"),
            value => crate::core::javascript::truthy(value),
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }
}

/// What is known while a text is converted.
struct Converter<'a> {
    options: &'a Options,
    blocks: Vec<String>,
    /// Code blocks as they were written, and as HTML.
    code: Vec<(String, String)>,
    spans: Vec<String>,
    references: HashMap<String, Reference>,
    header_ids: HashMap<String, usize>,
    metadata: Vec<(String, String)>,
    list_level: usize,
    depth: usize,
    /// How many elements with Markdown there are around the text.
    nesting: usize,
}

/// What `[id]: url "title"` says.
#[derive(Clone, Debug, Default)]
struct Reference {
    url: String,
    title: Option<String>,
    size: Option<(String, String)>,
}

/// The HTML of Markdown.
///
/// # Errors
/// When the text is too long, nested too deep, or takes too long.
pub(super) fn html(markdown: &str, options: &Options) -> Result<String, String> {
    if markdown.len() > MAX_LENGTH {
        return Err(format!(
            "the markdown is longer than {} MiB: split it before",
            MAX_LENGTH >> 20
        ));
    }
    if markdown.is_empty() {
        return Ok(String::new());
    }
    let mut converter = Converter::new(options, 0);
    converter
        .converted(markdown)
        .map_err(|failure| match failure {
            Failure::TooLong => "the markdown takes too long to convert".into(),
            Failure::TooDeep => format!("quotes or lists are nested more than {MAX_DEPTH} deep"),
        })
}

impl<'a> Converter<'a> {
    fn new(options: &'a Options, nesting: usize) -> Self {
        Self {
            options,
            blocks: Vec::new(),
            code: Vec::new(),
            spans: Vec::new(),
            references: HashMap::new(),
            header_ids: HashMap::new(),
            metadata: Vec::new(),
            list_level: 0,
            depth: 0,
            nesting,
        }
    }
}

impl Converter<'_> {
    fn converted(&mut self, markdown: &str) -> Result<String, Failure> {
        let mut text = markdown
            .replace('¨', "¨T")
            .replace('$', "¨D")
            .replace("\r\n", "\n")
            .replace('\r', "\n")
            .replace('\u{a0}', "&nbsp;");
        if self.options.is("smartIndentationFix") {
            let indent = text.chars().take_while(|c| c.is_whitespace()).count();
            let indent = format!(r"(?m)^\s{{0,{}}}", indent.min(MAX_INDENT));
            text = replace(&patterns::compiled(&indent), &text, |_| Ok(String::new()))?;
        }
        text = spans::without_tabs(&format!("\n\n{text}\n\n"));
        let lines: Vec<&str> = text
            .split('\n')
            .map(|line| {
                if line.trim_matches([' ', '\t']).is_empty() {
                    ""
                } else {
                    line
                }
            })
            .collect();
        text = lines.join("\n");
        text = shorter_runs(&text)?;
        text = self.take_metadata(text)?;
        text = self.put_aside_code_elements(&text)?;
        text = self.fenced_code(&text)?;
        text = self.put_aside_html_blocks(text)?;
        text = self.put_aside_code_tags(&text)?;
        text = self.take_references(&text)?;
        text = self.block_passes(text)?;
        text = self.with_spans(&text, 0);
        text = spans::with_characters(&text);
        text = text.replace("¨D", "$").replace("¨T", "¨");
        Ok(self.document(text))
    }

    /// The passes that make blocks.
    fn block_passes(&mut self, text: String) -> Result<String, Failure> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Failure::TooDeep);
        }
        let mut text = self.quotes(text)?;
        text = self.headers(&text)?;
        text = self.rules(text)?;
        text = self.lists(text)?;
        text = self.indented_code(text)?;
        text = self.tables(text)?;
        text = self.put_aside_html_blocks(text)?;
        text = self.paragraphs(&text)?;
        self.depth -= 1;
        Ok(text)
    }

    /// Puts a finished block aside.
    fn block(&mut self, html: &str) -> String {
        self.blocks.push(html.trim_matches('\n').to_owned());
        format!("\n\n¨K{}K\n\n", self.blocks.len() - 1)
    }

    /// Puts a block aside as it is.
    fn raw_block(&mut self, html: &str) -> String {
        self.blocks.push(html.to_owned());
        format!("\n\n¨K{}K\n\n", self.blocks.len() - 1)
    }

    fn span(&mut self, html: String) -> String {
        self.spans.push(html);
        format!("¨C{}C", self.spans.len() - 1)
    }

    /// The text with the spans that were put aside.
    fn with_spans(&self, text: &str, nesting: usize) -> String {
        const MAX_NESTED_SPANS: usize = 10;
        patterns::replace_marks(text, &['C'], &mut |_, number| {
            let span = self.spans.get(number)?;
            Some(if nesting < MAX_NESTED_SPANS {
                self.with_spans(span, nesting + 1)
            } else {
                span.clone()
            })
        })
    }

    fn take_metadata(&mut self, text: String) -> Result<String, Failure> {
        if !self.options.is("metadata") {
            return Ok(text);
        }
        let mut found = Vec::new();
        let mut take = |content: &str| {
            let content = content
                .replace('&', "&amp;")
                .replace('"', "&quot;")
                .replace("\n    ", " ");
            for line in content.split('\n') {
                if let Some((key, value)) = line.split_once(": ") {
                    found.push((key.trim().to_owned(), value.trim().to_owned()));
                }
            }
            Ok(String::new())
        };
        let text = replace(&patterns::METADATA_QUOTES, &text, |found| take(&found[2]))?;
        let text = replace(&patterns::METADATA_DASHES, &text, |found| take(&found[2]))?;
        self.metadata = found;
        Ok(text)
    }

    /// The whole document, where that is asked for.
    fn document(&self, text: String) -> String {
        if !self.options.is("completeHTMLDocument") {
            return text;
        }
        let mut doctype = "<!DOCTYPE HTML>\n".to_owned();
        let (mut title, mut language, mut more) = (String::new(), String::new(), String::new());
        let mut charset = "<meta charset=\"utf-8\">\n".to_owned();
        for (key, value) in &self.metadata {
            let mut add = || more.push_str(&format!("<meta name=\"{key}\" content=\"{value}\">\n"));
            match key.to_lowercase().as_str() {
                "doctype" => doctype = format!("<!DOCTYPE {value}>\n"),
                "title" => title = format!("<title>{value}</title>\n"),
                "charset" => charset = format!("<meta charset=\"{value}\">\n"),
                "language" | "lang" => {
                    language = format!(" lang=\"{value}\"");
                    add();
                }
                _ => add(),
            }
        }
        let text = text.trim();
        format!(
            "{doctype}<html{language}>\n<head>\n{title}{charset}{more}</head>\n<body>\n{text}\n</body>\n</html>"
        )
    }
}

/// The text with its longest runs of space cut.
fn shorter_runs(text: &str) -> Result<String, Failure> {
    let mut out = String::with_capacity(text.len());
    let (mut last, mut run) = ('\0', 0);
    for c in text.chars() {
        run = if c == last { run + 1 } else { 1 };
        last = c;
        if run <= MAX_RUN || c.is_alphanumeric() {
            out.push(c);
        } else if !c.is_whitespace() {
            return Err(Failure::TooLong);
        }
    }
    Ok(out)
}
