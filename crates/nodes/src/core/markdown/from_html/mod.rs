//! Writes HTML as Markdown, with the results and the options of node-html-markdown.

mod finishing;
mod loose_html;
mod translate;
mod visitor;

use fancy_regex::Regex;

/// The options.
pub(super) struct Options {
    pub(super) bullet: String,
    pub(super) fence: String,
    pub(super) fenced: bool,
    pub(super) emphasis: String,
    pub(super) strong: String,
    /// Names in capitals.
    pub(super) ignored: Vec<String>,
    /// Names in capitals.
    pub(super) blocks: Vec<String>,
    pub(super) keep_data_images: bool,
    pub(super) link_definitions: bool,
    /// 0 keeps all.
    pub(super) max_newlines: usize,
    pub(super) global_escape: Option<Replacement>,
    pub(super) line_start_escape: Option<Replacement>,
    pub(super) replacements: Vec<Replacement>,
}

/// What is replaced in the texts of a document.
pub(super) struct Replacement {
    pub(super) pattern: Regex,
    /// With `$1` and `$&` as JavaScript has them.
    pub(super) text: String,
}

impl Replacement {
    /// The text with every match replaced.
    ///
    /// # Errors
    /// When the pattern takes too many steps.
    fn apply(&self, text: &str) -> Result<String, String> {
        let mut out = String::with_capacity(text.len());
        let mut end = 0;
        for captures in self.pattern.captures_iter(text) {
            let captures =
                captures.map_err(|_| format!("the pattern `{}` takes too long", self.pattern))?;
            let Some(whole) = captures.get(0) else {
                continue;
            };
            out.push_str(&text[end..whole.start()]);
            end = whole.end();
            let mut chars = self.text.char_indices().peekable();
            while let Some((_, c)) = chars.next() {
                let group = match (c, chars.peek()) {
                    ('$', Some((_, '&'))) => Some(0),
                    ('$', Some((_, digit))) => digit.to_digit(10).filter(|digit| *digit > 0),
                    _ => None,
                };
                match group {
                    Some(group) => {
                        chars.next();
                        let group = captures.get(group as usize);
                        out.push_str(group.map_or("", |group| group.as_str()));
                    }
                    None => {
                        if c == '$' {
                            chars.next_if(|(_, next)| *next == '$');
                        }
                        out.push(c);
                    }
                }
            }
        }
        out.push_str(&text[end..]);
        Ok(out)
    }
}

/// The Markdown of HTML.
///
/// # Errors
/// When the HTML is too long or too deep, or a pattern takes too long.
pub(super) fn markdown(html: &str, options: &Options) -> Result<String, String> {
    let nodes = loose_html::parse(html)?;
    visitor::written(&nodes, options)
}
