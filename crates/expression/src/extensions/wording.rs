//! Extension methods that write a text differently: by case, without accents, tags or Markdown.

use std::sync::LazyLock;

use fancy_regex::Regex;

/// Words that a title does not begin with a capital, except at its ends.
const SMALL_WORDS: [&str; 38] = [
    "a", "an", "and", "as", "at", "because", "but", "by", "en", "for", "if", "in", "neither",
    "nor", "of", "on", "only", "or", "over", "per", "so", "some", "than", "that", "the", "to",
    "up", "upon", "v", "v.", "versus", "via", "vs", "vs.", "when", "with", "without", "yet",
];

/// The first letter of each sentence is a capital, all others are small.
pub(super) fn sentence_case(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut start = true;
    for c in text.chars() {
        if start && c.is_alphabetic() {
            out.extend(c.to_uppercase());
            start = false;
            continue;
        }
        if matches!(c, '.' | '!' | '?') {
            start = true;
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// `Hello World-x` as `hello_world_x`.
pub(super) fn snake_case(text: &str) -> String {
    let mut out = String::new();
    for c in text.to_lowercase().chars() {
        match c {
            ' ' | '-' => out.push('_'),
            c if c == '_' || c.is_alphanumeric() || !c.is_ascii() => out.push(c),
            _ => {}
        }
    }
    out
}

/// A text as a title: words begin with a capital, small words and words with capitals of their own stay as they are.
pub(super) fn title_case(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let splits = |c: char| c.is_whitespace() || matches!(c, ':' | '–' | '—' | '-');
        if splits(first) {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let end = rest.find(splits).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let at_an_end = rest.len() == text.len() || after.is_empty();
        let mut following = after.chars();
        // What a colon follows without a space is an address.
        let address =
            following.next() == Some(':') && !following.next().is_some_and(char::is_whitespace);
        if has_own_case(word) || (is_small(word) && !at_an_end) || address {
            out.push_str(word);
        } else {
            capitalize(word, &mut out);
        }
        rest = after;
    }
    out
}

/// Whether the word has a capital or a full stop after its first letter.
fn has_own_case(word: &str) -> bool {
    let chars: Vec<char> = word.chars().collect();
    chars
        .iter()
        .enumerate()
        .skip(1)
        .any(|(i, c)| c.is_ascii_uppercase() || (*c == '.' && i + 1 < chars.len()))
}

fn is_small(word: &str) -> bool {
    word.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))
        .any(|part| SMALL_WORDS.contains(&part.to_ascii_lowercase().as_str()))
}

fn capitalize(word: &str, out: &mut String) {
    let mut done = false;
    for c in word.chars() {
        if !done && (c.is_ascii_alphanumeric() || matches!(c, '\u{c0}'..='\u{ff}')) {
            out.extend(c.to_uppercase());
            done = true;
        } else {
            out.push(c);
        }
    }
}

/// Text in ASCII letters; what has none becomes `?`.
pub(super) fn to_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_ascii() => out.push(c),
            // A combining accent belongs to the letter before it.
            '\u{300}'..='\u{36f}' => {}
            '–' => out.push('-'),
            '—' => out.push_str("--"),
            '€' => out.push_str("EU"),
            '£' => out.push_str("PS"),
            '¥' => out.push_str("Y="),
            '½' => out.push_str("1/2"),
            // Pictures have names there, which no reader expects in a text.
            '\u{1f000}'.. => out.push('?'),
            c => match deunicode::deunicode_char(c) {
                Some(ascii) => out.push_str(ascii),
                None => out.push('?'),
            },
        }
    }
    out
}

/// Takes out tags such as `<p>`.
pub(super) fn remove_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        match rest[open..].find('>') {
            // A tag has something in it.
            Some(close) if close > 1 => rest = &rest[open + close + 1..],
            Some(close) => {
                out.push_str(&rest[open..=open + close]);
                rest = &rest[open + close + 1..];
            }
            None => {
                rest = &rest[open..];
                break;
            }
        }
    }
    out.push_str(rest);
    out
}

/// What Markdown puts around text, and what is left of it, in the order in which it is taken off.
static MARKDOWN: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    [
        // Items of lists.
        (r"(?m)^([ \t]*)(?:[*\-+]|\d\.)[ \t]+", "$1"),
        // Underlines of headings, strokes, fences of code.
        (r"\n={2,}", "\n"),
        ("~~", ""),
        (r"`{3}.*\n", ""),
        // Tags, foot notes, the targets of links.
        (r#"<[\w\s='":(),;/0-9.\-]+[>\\]"#, ""),
        (r"\[\^[^\]\n]+\](?:: [^\n]*)?", ""),
        (r"(?m)^ {0,2}\[[^\]\n]*\]: [^\n]*$", ""),
        // Images and links.
        (r"!\[[^\]\n]*\][\[(][^\])\n]*[\])]", ""),
        (r"\[([^\]\n]*)\][\[(][^\])\n]*[\])]", "$1"),
        // Quotes, headings, rules.
        (r"(?m)^[ \t]*>[ \t]?", ""),
        (r"(?m)^#{1,6}[ \t]*([^#\n]*)[ \t]*#{0,6}$", "$1"),
        (r"(?m)^[ \t]*(?:-{3,}|\*{3,}|_{3,})[ \t]*$", ""),
        // Emphasis; of `**x**` one star on each side stays, as with n8n.
        (r"([*_]{1,3})(\S[^\n]*?\S)\1", "$2"),
        (r"(`{3,})([^\n]*?)\1", "$2"),
        (r"`([^`\n]+)`", "$1"),
        (r"\n{2,}", "\n\n"),
    ]
    .into_iter()
    .filter_map(|(pattern, replacement)| Some((Regex::new(pattern).ok()?, replacement)))
    .collect()
});

/// Takes off Markdown's signs. A text on which a pattern takes too long keeps what that pattern would take off.
pub(super) fn remove_markdown(text: &str) -> String {
    let mut out = text.to_owned();
    for (pattern, replacement) in MARKDOWN.iter() {
        if let Ok(replaced) = pattern.try_replacen(&out, 0, *replacement) {
            out = replaced.into_owned();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_by_case() {
        assert_eq!(snake_case("Hello World-x"), "hello_world_x");
        assert_eq!(sentence_case("hello world. foo"), "Hello world. Foo");
        for (text, title) in [
            ("quick! brown FOX", "Quick! Brown FOX"),
            (
                "hello world and iPhone of the DVD",
                "Hello World and iPhone of the DVD",
            ),
            ("a tale of two cities", "A Tale of Two Cities"),
            (
                "one-two three:four http://x.y",
                "One-Two three:Four http://x.y",
            ),
        ] {
            assert_eq!(title_case(text), title);
        }
    }

    #[test]
    fn leaves_plain_text() {
        assert_eq!(MARKDOWN.len(), 16, "every pattern is valid");
        assert_eq!(remove_markdown("**x**"), "*x*");
        assert_eq!(
            remove_markdown("# Title\n\n* one\n* [two](http://x)\n> said **he** `now`"),
            "Title\n\none\ntwo\nsaid he now"
        );
        assert_eq!(remove_tags("<p>a</p> < b"), "a < b");
        assert_eq!(to_ascii("Škoda café 中"), "Skoda cafe Zhong ");
    }
}
