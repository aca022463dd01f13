//! Regular expressions: JavaScript's syntax and flags on a bounded engine.

use std::cell::Cell;
use std::sync::Arc;

use fancy_regex::{Regex, RegexBuilder};

/// How often a pattern with look-around or back-references may backtrack.
const BACKTRACK_LIMIT: usize = 100_000;

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    pub(crate) source: Arc<str>,
    pub(crate) flags: Arc<str>,
    pub(crate) regex: Regex,
    pub(crate) global: bool,
    pub(crate) sticky: bool,
}

/// A regular expression as a value: a pattern and where its next match starts.
#[derive(Debug)]
pub(crate) struct RegexObject {
    pub(crate) pattern: Arc<Pattern>,
    /// In UTF-16 code units.
    pub(crate) last_index: Cell<usize>,
}

impl RegexObject {
    pub(crate) fn new(pattern: Arc<Pattern>) -> Self {
        Self {
            pattern,
            last_index: Cell::new(0),
        }
    }
}

impl Pattern {
    /// Compiles a pattern; the error says what is wrong with it.
    pub(crate) fn new(source: &str, flags: &str) -> Result<Self, String> {
        let mut options = String::new();
        let unicode = flags.contains(['u', 'v']);
        for flag in flags.chars() {
            match flag {
                'i' | 'm' | 's' => options.push(flag),
                'g' | 'u' | 'v' | 'y' | 'd' => {}
                other => return Err(format!("`{other}` is not a flag of regular expressions")),
            }
        }
        let mut translated = translate(source, flags.contains('s'), flags.contains('m'), unicode);
        // `s` is spelled out by the translation: JavaScript's dot also stops at U+2028.
        let options: String = options.chars().filter(|c| *c == 'i').collect();
        if !options.is_empty() {
            translated = format!("(?{options}:{translated})");
        }
        let regex = RegexBuilder::new(&translated)
            .backtrack_limit(BACKTRACK_LIMIT)
            .delegate_size_limit(4 << 20)
            .delegate_dfa_size_limit(4 << 20)
            .build()
            .map_err(|error| format!("the regular expression is not valid: {error}"))?;
        Ok(Self {
            source: source.into(),
            flags: flags.into(),
            regex,
            global: flags.contains('g'),
            sticky: flags.contains('y'),
        })
    }
}

/// A pattern as it stands between slashes: those within it are escaped.
pub(crate) fn source_of(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut escaped, mut in_class) = (false, false);
    for c in text.chars() {
        if c == '/' && !escaped && !in_class {
            out.push('\\');
        }
        match c {
            '[' if !escaped => in_class = true,
            ']' if !escaped => in_class = false,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
    out
}

/// Rewrites what JavaScript spells differently from Rust's engines.
fn translate(source: &str, dot_all: bool, multiline: bool, unicode: bool) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len() + 16);
    let groups = Groups::of(&chars);
    let mut in_class = false;
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        match c {
            '\\' => {
                if let Some(taken) = back_reference(&chars[i..], in_class, &groups, &mut out) {
                    i += taken;
                } else {
                    i += escape(&chars[i..], in_class, unicode, &mut out);
                }
            }
            '[' if !in_class => {
                in_class = true;
                match (chars.get(i + 1), chars.get(i + 2)) {
                    // Nothing, and anything.
                    (Some(']'), _) => {
                        out.push_str("(?!)");
                        in_class = false;
                        i += 1;
                    }
                    (Some('^'), Some(']')) => {
                        out.push_str("[\\s\\S]");
                        in_class = false;
                        i += 2;
                    }
                    (Some('^'), _) => {
                        out.push_str("[^");
                        i += 1;
                    }
                    _ => out.push('['),
                }
                i += 1;
            }
            ']' if in_class => {
                in_class = false;
                out.push(']');
                i += 1;
            }
            // Rust nests classes and knows set operations.
            '[' => {
                out.push_str("\\[");
                i += 1;
            }
            '&' | '~' | '-' if in_class && chars.get(i + 1) == Some(&c) => {
                out.push('\\');
                out.push(c);
                i += 1;
            }
            _ if in_class => {
                out.push(c);
                i += 1;
            }
            '.' => {
                out.push_str(if dot_all {
                    "[\\s\\S]"
                } else {
                    "[^\\n\\r\\u2028\\u2029]"
                });
                i += 1;
            }
            '^' => {
                out.push_str(if multiline { "(?m:^)" } else { "\\A" });
                i += 1;
            }
            '$' => {
                out.push_str(if multiline { "(?m:$)" } else { "\\z" });
                i += 1;
            }
            // A brace that is no quantifier is itself.
            '{' if !is_quantifier(&chars[i..]) => {
                out.push_str("\\{");
                i += 1;
            }
            '}' if !closes_quantifier(&chars[..i]) => {
                out.push_str("\\}");
                i += 1;
            }
            '(' if chars.get(i + 1) == Some(&'?')
                && chars.get(i + 2) == Some(&'<')
                && !matches!(chars.get(i + 3), Some('=' | '!')) =>
            {
                out.push_str("(?P<");
                i += 3;
            }
            // White space and `#` never need care, as the verbose mode is never on.
            _ => {
                out.push(c);
                i += 1;
            }
        }
    }
    out
}

/// The groups of a pattern.
struct Groups {
    count: usize,
    named: bool,
}

impl Groups {
    fn of(chars: &[char]) -> Self {
        let mut groups = Self {
            count: 0,
            named: false,
        };
        let mut in_class = false;
        let mut i = 0;
        while i < chars.len() {
            match chars[i] {
                '\\' => i += 1,
                '[' => in_class = true,
                ']' => in_class = false,
                '(' if !in_class => {
                    let named = chars.get(i + 1) == Some(&'?')
                        && chars.get(i + 2) == Some(&'<')
                        && !matches!(chars.get(i + 3), Some('=' | '!'));
                    groups.named |= named;
                    groups.count += usize::from(named || chars.get(i + 1) != Some(&'?'));
                }
                _ => {}
            }
            i += 1;
        }
        groups
    }
}

/// Writes a back-reference; a group that has not matched matches nothing. Returns how many characters it took, `None`
/// when this is another escape.
fn back_reference(
    chars: &[char],
    in_class: bool,
    groups: &Groups,
    out: &mut String,
) -> Option<usize> {
    if in_class {
        return None;
    }
    match chars.get(1)? {
        'k' if groups.named && chars.get(2) == Some(&'<') => {
            let end = chars.iter().position(|c| *c == '>')?;
            let name: String = chars[3..end].iter().collect();
            out.push_str(&format!("(?(<{name}>)\\k<{name}>|)"));
            Some(end + 1)
        }
        'k' if !groups.named => {
            out.push('k');
            Some(2)
        }
        '1'..='9' => {
            let digits: String = chars[1..]
                .iter()
                .take_while(|c| c.is_ascii_digit())
                .collect();
            let number: usize = digits.get(..digits.len().min(4))?.parse().ok()?;
            if number <= groups.count {
                out.push_str(&format!("(?({number})\\{number}|)"));
                return Some(1 + digits.len());
            }
            // Beyond the last group it is the code of a character, in octal digits.
            let octal: String = digits
                .chars()
                .take_while(|c| ('0'..='7').contains(c))
                .take(3)
                .collect();
            match u32::from_str_radix(&octal, 8) {
                Ok(code) if code < 256 => {
                    out.push_str(&format!("\\x{{{code:X}}}"));
                    Some(1 + octal.len())
                }
                _ => {
                    out.push(chars[1]);
                    Some(2)
                }
            }
        }
        _ => None,
    }
}

/// Writes one escape; returns how many characters it took.
fn escape(chars: &[char], in_class: bool, unicode: bool, out: &mut String) -> usize {
    let Some(&next) = chars.get(1) else {
        out.push_str("\\\\");
        return 1;
    };
    match next {
        'd' => out.push_str(if in_class { "0-9" } else { "[0-9]" }),
        'D' => out.push_str("[^0-9]"),
        'w' => out.push_str(if in_class {
            "0-9A-Za-z_"
        } else {
            "[0-9A-Za-z_]"
        }),
        'W' => out.push_str("[^0-9A-Za-z_]"),
        's' => out.push_str(if in_class {
            "\\s\\x{FEFF}"
        } else {
            "[\\s\\x{FEFF}]"
        }),
        'S' => out.push_str("[^\\s\\x{FEFF}]"),
        'b' if in_class => out.push_str("\\x08"),
        // The engine's word boundaries know letters beyond ASCII, too.
        'b' => out.push_str("\\b"),
        'B' => out.push_str("\\B"),
        '/' => out.push('/'),
        '0' if !chars.get(2).is_some_and(char::is_ascii_digit) => out.push_str("\\x00"),
        'c' => {
            let letter = chars.get(2).filter(|c| c.is_ascii_alphabetic());
            if let Some(letter) = letter {
                out.push_str(&format!("\\x{:02X}", *letter as u32 % 32));
                return 3;
            }
            out.push_str("\\\\c");
        }
        'x' => {
            if let Some(code) = hex(chars, 2, 2) {
                out.push_str(&format!("\\x{{{code:X}}}"));
                return 4;
            }
            out.push('x');
        }
        'u' => {
            if unicode && chars.get(2) == Some(&'{') {
                if let Some(end) = chars.iter().position(|c| *c == '}') {
                    let digits: String = chars[3.min(end)..end].iter().collect();
                    out.push_str(&format!("\\x{{{digits}}}"));
                    return end + 1;
                }
            } else if let Some(high) = hex(chars, 2, 4) {
                // A surrogate pair is one character.
                if (0xD800..0xDC00).contains(&high)
                    && chars.get(6) == Some(&'\\')
                    && chars.get(7) == Some(&'u')
                    && let Some(low) = hex(chars, 8, 4)
                    && (0xDC00..0xE000).contains(&low)
                {
                    let code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                    out.push_str(&format!("\\x{{{code:X}}}"));
                    return 12;
                }
                if (0xD800..0xE000).contains(&high) {
                    out.push_str("\\x{FFFD}");
                } else {
                    out.push_str(&format!("\\x{{{high:X}}}"));
                }
                return 6;
            }
            out.push('u');
        }
        'p' | 'P' if chars.get(2) == Some(&'{') => {
            let end = chars
                .iter()
                .position(|c| *c == '}')
                .unwrap_or(chars.len() - 1);
            // JavaScript names the property, Rust takes its value alone.
            let name: String = chars[3..end].iter().collect();
            let name = name
                .trim_start_matches("Script=")
                .trim_start_matches("General_Category=");
            out.push_str(&format!("\\{next}{{{name}}}"));
            return end + 1;
        }
        't' | 'n' | 'r' | 'f' | 'v' => {
            out.push('\\');
            out.push(next);
        }
        // Any other letter stands for itself; punctuation stays escaped.
        c if c.is_alphanumeric() || !c.is_ascii() || c == ' ' => out.push(c),
        c => {
            out.push('\\');
            out.push(c);
        }
    }
    2
}

fn hex(chars: &[char], from: usize, count: usize) -> Option<u32> {
    let digits: String = chars.get(from..from + count)?.iter().collect();
    u32::from_str_radix(&digits, 16).ok()
}

fn is_quantifier(chars: &[char]) -> bool {
    let Some(end) = chars.iter().position(|c| *c == '}') else {
        return false;
    };
    let inner = &chars[1..end];
    inner.first().is_some_and(char::is_ascii_digit)
        && inner.iter().all(|c| c.is_ascii_digit() || *c == ',')
        && inner.iter().filter(|c| **c == ',').count() <= 1
}

fn closes_quantifier(before: &[char]) -> bool {
    match before.iter().rposition(|c| *c == '{') {
        Some(open) => {
            let mut chars: Vec<char> = before[open..].to_vec();
            chars.push('}');
            is_quantifier(&chars) && (open == 0 || before[open - 1] != '\\')
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(source: &str, flags: &str, text: &str) -> bool {
        let pattern =
            Pattern::new(source, flags).unwrap_or_else(|error| panic!("{source}: {error}"));
        pattern.regex.is_match(text).unwrap()
    }

    #[test]
    fn javascript_syntax_is_understood() {
        for (source, flags, text, expected) in [
            (r"^\d+$", "", "123", true),
            (r"^\d+$", "", "123\n", false),
            (r"a.c", "", "a\nc", false),
            (r"a.c", "s", "a\nc", true),
            (r"(?<year>\d{4})-\k<year>", "", "2024-2024", true),
            (r"[^]", "", "\n", true),
            (r"[[a]", "", "[", true),
            (r"a{", "", "a{", true),
            (r"x{2,3}", "", "xx", true),
            (r"\/", "", "/", true),
            (r"(?<=a)b", "", "ab", true),
            (r"\u00e9", "", "é", true),
            (r"\u{1F600}", "u", "😀", true),
            (r"[\w.-]+@", "", "a.b-c@", true),
            (r"\p{L}", "u", "é", true),
            (r"{{(.+?)}}", "", "{{a}}", true),
            (r"\bfoo\b", "", "a foo b", true),
            (r"a\Bb", "", "ab", true),
            (r"HELLO", "i", "hello", true),
            (r"^b", "m", "a\nb", true),
        ] {
            assert_eq!(
                matches(source, flags, text),
                expected,
                "/{source}/{flags} on {text:?}"
            );
        }
    }

    #[test]
    fn a_hostile_pattern_ends() {
        let pattern = Pattern::new(r"^(?=(a+)+$)\1b", "").unwrap();
        assert!(pattern.regex.is_match(&"a".repeat(40)).is_err());
        assert!(Pattern::new("(a{1000}){1000}", "").is_err());
    }
}
