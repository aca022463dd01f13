//! `Pattern`: a JavaScript regular expression, also as `/source/flags`, run with a limit on its work.

use std::fmt::Write as _;
use std::iter::Peekable;
use std::str::Chars;
use std::sync::{Arc, Mutex, PoisonError};

use fancy_regex::{Captures, Match, Regex, RegexBuilder};

/// Steps of backtracking after which a match is given up.
const BACKTRACK_LIMIT: usize = 500_000;
/// Bytes that one compiled pattern may take.
const SIZE_LIMIT: usize = 1 << 20;
/// Longest pattern that is read.
const MAX_LENGTH: usize = 10_000;

/// A compiled pattern.
pub(crate) struct Pattern(Regex);

impl Pattern {
    /// Reads a pattern without slashes around it.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub(crate) fn new(source: &str, flags: &str) -> Result<Self, String> {
        if source.len() > MAX_LENGTH {
            return Err(format!(
                "a regular expression may have at most {MAX_LENGTH} bytes"
            ));
        }
        let mut translated = String::with_capacity(source.len() + 8);
        let inline: String = flags.chars().filter(|flag| "ims".contains(*flag)).collect();
        if !inline.is_empty() {
            let _ = write!(translated, "(?{inline})");
        }
        translate(source, &mut translated);
        RegexBuilder::new(&translated)
            .backtrack_limit(BACKTRACK_LIMIT)
            .delegate_size_limit(SIZE_LIMIT)
            .build()
            .map(Self)
            .map_err(|_| format!("`{source}` is not a regular expression"))
    }

    /// Whether it matches anywhere in the text.
    ///
    /// # Errors
    /// When the match takes more work than allowed.
    pub(crate) fn is_match(&self, text: &str) -> Result<bool, String> {
        self.0.is_match(text).map_err(|_| stopped())
    }

    /// The text with the first match replaced, `$1`, `$<name>`, `$&` and the like filled in as JavaScript does; `None`
    /// when there is no match.
    ///
    /// # Errors
    /// When the match takes more work than allowed.
    pub(crate) fn replace_first(
        &self,
        text: &str,
        replacement: &str,
    ) -> Result<Option<String>, String> {
        let Some(captures) = self.0.captures(text).map_err(|_| stopped())? else {
            return Ok(None);
        };
        let Some(whole) = captures.get(0) else {
            return Ok(None);
        };
        let (before, after) = (&text[..whole.start()], &text[whole.end()..]);
        let mut out = before.to_owned();
        let mut rest = replacement;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            let reference = &rest[at + 1..];
            rest = match reference.chars().next() {
                Some('$') => {
                    out.push('$');
                    &reference[1..]
                }
                Some('&') => {
                    out.push_str(whole.as_str());
                    &reference[1..]
                }
                Some('`') => {
                    out.push_str(before);
                    &reference[1..]
                }
                Some('\'') => {
                    out.push_str(after);
                    &reference[1..]
                }
                _ => match group(&captures, reference) {
                    Some((value, taken)) => {
                        out.push_str(value);
                        &reference[taken..]
                    }
                    None => {
                        out.push('$');
                        reference
                    }
                },
            };
        }
        out.push_str(rest);
        out.push_str(after);
        Ok(Some(out))
    }
}

fn stopped() -> String {
    "the regular expression was stopped: it takes too many steps for this text".to_owned()
}

/// What the group that `1`, `12` or `<name>` refers to has matched, and how long the reference is.
fn group<'t>(captures: &Captures<'t>, reference: &str) -> Option<(&'t str, usize)> {
    let text = |group: Option<Match<'t>>| group.map_or("", |group| group.as_str());
    if let Some(named) = reference.strip_prefix('<') {
        let (name, _) = named.split_once('>')?;
        return Some((text(captures.name(name)), name.len() + 2));
    }
    let digits = reference.bytes().take(2).take_while(u8::is_ascii_digit);
    (1..=digits.count()).rev().find_map(|length| {
        let number: usize = reference[..length].parse().ok()?;
        let known = (1..captures.len()).contains(&number);
        known.then(|| (text(captures.get(number)), length))
    })
}

/// The pattern that was used last, because most items ask for the same one.
#[derive(Default)]
pub(crate) struct LastPattern(Mutex<Option<Kept>>);

struct Kept {
    source: Arc<str>,
    flags: Arc<str>,
    pattern: Arc<Pattern>,
}

impl LastPattern {
    /// The pattern of a text, bare or `/source/flags`.
    ///
    /// # Errors
    /// As [`Pattern::new`].
    pub(crate) fn read(&self, text: &str) -> Result<Arc<Pattern>, String> {
        let (source, flags) = split(text);
        self.of(source, flags)
    }

    /// The pattern of a source without slashes around it.
    ///
    /// # Errors
    /// As [`Pattern::new`].
    pub(crate) fn of(&self, source: &str, flags: &str) -> Result<Arc<Pattern>, String> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = &*last
            && *kept.source == *source
            && *kept.flags == *flags
        {
            return Ok(kept.pattern.clone());
        }
        let pattern = Arc::new(Pattern::new(source, flags)?);
        *last = Some(Kept {
            source: source.into(),
            flags: flags.into(),
            pattern: pattern.clone(),
        });
        Ok(pattern)
    }
}

/// `/source/flags` as its parts; any other text is a source without flags.
fn split(text: &str) -> (&str, &str) {
    let Some(inner) = text.strip_prefix('/').filter(|_| !text.contains('\n')) else {
        return (text, "");
    };
    inner
        .match_indices('/')
        .map(|(at, _)| (&inner[..at], &inner[at + 1..]))
        .find(|(_, flags)| flags.chars().all(|flag| "gimusy".contains(flag)))
        .unwrap_or((text, ""))
}

/// Writes JavaScript's syntax in the words of the regex crate where the two differ.
fn translate(source: &str, out: &mut String) {
    let mut chars = source.chars().peekable();
    let mut in_class = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => escape(&mut chars, in_class, out),
            '[' if in_class => out.push_str("\\["),
            '[' => open_class(&mut chars, &mut in_class, out),
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            '&' | '~' if in_class => {
                out.push('\\');
                out.push(c);
            }
            '{' if !in_class && !is_quantifier(&chars) => out.push_str("\\{"),
            _ => out.push(c),
        }
    }
}

/// After a `[`: JavaScript's `[]` matches nothing and `[^]` everything.
fn open_class(chars: &mut Peekable<Chars<'_>>, in_class: &mut bool, out: &mut String) {
    let negated = chars.next_if_eq(&'^').is_some();
    if chars.next_if_eq(&']').is_some() {
        out.push_str(if negated { "[\\s\\S]" } else { "[^\\s\\S]" });
        return;
    }
    *in_class = true;
    out.push_str(if negated { "[^" } else { "[" });
}

/// After a `{`: whether a quantifier such as `{2,}` follows rather than plain text.
fn is_quantifier(chars: &Peekable<Chars<'_>>) -> bool {
    let mut rest = chars.clone();
    let mut digits = 0;
    while rest.next_if(char::is_ascii_digit).is_some() {
        digits += 1;
    }
    if rest.next_if_eq(&',').is_some() {
        while rest.next_if(char::is_ascii_digit).is_some() {}
    }
    digits > 0 && rest.next() == Some('}')
}

fn escape(chars: &mut Peekable<Chars<'_>>, in_class: bool, out: &mut String) {
    let Some(c) = chars.next() else {
        out.push_str("\\\\");
        return;
    };
    match c {
        'd' => out.push_str(if in_class { "0-9" } else { "[0-9]" }),
        'D' => out.push_str("[^0-9]"),
        'w' => out.push_str(if in_class {
            "A-Za-z0-9_"
        } else {
            "[A-Za-z0-9_]"
        }),
        'W' => out.push_str("[^A-Za-z0-9_]"),
        'b' if in_class => out.push_str("\\x08"),
        'u' | 'x' => code_point(c, chars, out),
        '0' => out.push_str("\\x00"),
        '/' | '<' | '>' | '"' | '\'' | '`' | ' ' | ',' | ':' | ';' | '=' | '!' | '@' | '%'
        | '_' => {
            out.push(c);
        }
        _ => {
            out.push('\\');
            out.push(c);
        }
    }
}

/// `\u00e9`, `\u{1f600}` and `\xe9`; what is none of them is the letter itself.
fn code_point(letter: char, chars: &mut Peekable<Chars<'_>>, out: &mut String) {
    let braced = letter == 'u' && chars.peek() == Some(&'{');
    let rest: String = chars.clone().take(10).collect();
    let (digits, taken) = if braced {
        let digits = rest[1..].split('}').next().unwrap_or_default();
        (digits.to_owned(), digits.chars().count() + 2)
    } else {
        let count = if letter == 'u' { 4 } else { 2 };
        (rest.chars().take(count).collect(), count)
    };
    let is_hex = !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_hexdigit());
    if !is_hex || (!braced && digits.len() < taken) {
        out.push(letter);
        return;
    }
    let _ = write!(out, "\\x{{{digits}}}");
    for _ in 0..taken {
        chars.next();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Arc<Pattern>, String> {
        LastPattern::default().read(text)
    }

    #[test]
    fn matches_as_javascript_does() {
        for (pattern, text, expected) in [
            ("b+", "abbc", true),
            ("/ABC/i", "xabcx", true),
            ("/ABC/", "xabcx", false),
            ("/a/b/", "a/b", true),
            (r"https?:\/\/\w+", "see http://a", true),
            (r"^\d{2,3}$", "123", true),
            (r"^\d$", "\u{0663}", false),
            ("[^]", "\n", true),
            ("[]", "a", false),
            ("[[&&a]", "[", true),
            ("{a}", "{a}", true),
            (r"^\u00e9\x41\u{1f600}$", "éA😀", true),
            (r"(?<year>\d{4})-\k<year>", "2024-2024", true),
            ("(?=a)a(?!b)", "ab ac", true),
            (r"[\w.\-]+@[\w\-]+", "me@here", true),
            ("", "", true),
        ] {
            let compiled = parse(pattern).unwrap();
            assert_eq!(compiled.is_match(text), Ok(expected), "{pattern} on {text}");
        }
    }

    #[test]
    fn the_first_match_is_replaced_as_javascript_does() {
        for (source, text, replacement, expected) in [
            ("a", "banana", "o", Some("bonana")),
            ("(.)(.)", "xyz", "$2$1-$3$10$0", Some("yx-$3x0$0z")),
            ("(?<first>.)b", "zab", "[$<first>$<none>]$$", Some("z[a]$")),
            ("b", "abc", "<$`|$&|$'>", Some("a<a|b|c>c")),
            ("(x)?b", "b", "$1!", Some("!")),
            ("b", "ab$", "$", Some("a$$")),
            ("é", "caféà", "$'é", Some("cafàéà")),
            ("q", "abc", "x", None),
        ] {
            let pattern = Pattern::new(source, "").unwrap();
            let actual = pattern.replace_first(text, replacement).unwrap();
            assert_eq!(actual.as_deref(), expected, "{source} on {text}");
        }
        let pattern = Pattern::new("B", "i").unwrap();
        assert_eq!(
            pattern.replace_first("abc", "x").unwrap().as_deref(),
            Some("axc")
        );
    }

    #[test]
    fn a_bad_pattern_is_refused_and_an_endless_one_is_stopped() {
        assert!(parse("(a").is_err());
        assert!(parse(&"a{1000}".repeat(500)).is_err());
        let pattern = parse(r"^(a|aa)+\1$").unwrap();
        assert!(pattern.is_match(&("a".repeat(200) + "b")).is_err());
    }
}
