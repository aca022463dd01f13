//! Emphasis, strong text and underlines.

use fancy_regex::Regex;

use super::Converter;
use super::patterns::{self, Failure, group, replace};

impl Converter<'_> {
    pub(super) fn emphasis(&mut self, text: String) -> Result<String, Failure> {
        let mut text = text;
        let whole_words = self.options.is("literalMidWordUnderscores");
        if text.contains('_') {
            let patterns: [&Regex; 3] = if whole_words {
                [
                    &patterns::WORD_LINE_3,
                    &patterns::WORD_LINE_2,
                    &patterns::WORD_LINE_1,
                ]
            } else {
                [&patterns::LINE_3, &patterns::LINE_2, &patterns::LINE_1]
            };
            if self.options.is("underline") {
                text = surrounded(patterns[0], &text, "<u>", "</u>", whole_words)?;
                text = surrounded(patterns[1], &text, "<u>", "</u>", whole_words)?;
                // what is left means nothing
                text = super::spans::without(&text, &['_']);
            }
            text = surrounded(
                patterns[0],
                &text,
                "<strong><em>",
                "</em></strong>",
                whole_words,
            )?;
            text = surrounded(patterns[1], &text, "<strong>", "</strong>", whole_words)?;
            text = surrounded(patterns[2], &text, "<em>", "</em>", whole_words)?;
        }
        if !text.contains('*') {
            return Ok(text);
        }
        if self.options.is("literalMidWordAsterisks") {
            for (pattern, before, after) in [
                (&patterns::WORD_STAR_3, "<strong><em>", "</em></strong>"),
                (&patterns::WORD_STAR_2, "<strong>", "</strong>"),
                (&patterns::WORD_STAR_1, "<em>", "</em>"),
            ] {
                text = replace(pattern, &text, |found| {
                    Ok(format!(
                        "{}{before}{}{after}",
                        group(found, 1),
                        group(found, 2)
                    ))
                })?;
            }
            return Ok(text);
        }
        text = surrounded(
            &patterns::STAR_3,
            &text,
            "<strong><em>",
            "</em></strong>",
            false,
        )?;
        text = surrounded(&patterns::STAR_2, &text, "<strong>", "</strong>", false)?;
        surrounded(&patterns::STAR_1, &text, "<em>", "</em>", false)
    }
}

/// Signs around a text become tags, unless the text ends with space.
fn surrounded(
    pattern: &Regex,
    text: &str,
    before: &str,
    after: &str,
    may_end_with_space: bool,
) -> Result<String, Failure> {
    replace(pattern, text, |found| {
        let inside = group(found, 1);
        if !may_end_with_space && inside.ends_with(char::is_whitespace) {
            return Ok(group(found, 0).into());
        }
        Ok(format!("{before}{inside}{after}"))
    })
}
