//! Patterns of file names: `*`, `**`, `?`, `{a,b}`, and on request `[…]` and `(a|b)`.

use std::io;

use glob::MatchOptions;

/// Most alternatives that braces may spell.
const MAX_ALTERNATIVES: usize = 1000;

/// As shells do it: `*` stays within a folder, and hidden files are named, not guessed.
const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

/// Which signs of a pattern have a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// `[` and `(` are part of names.
    LiteralBrackets,
    /// `[a-z]` is one of these characters, `(a|b)` one of these texts.
    Brackets,
}

/// A pattern, ready to be compared with paths.
#[derive(Debug)]
pub(super) struct Globs(Vec<glob::Pattern>);

impl Globs {
    /// Reads a pattern whose parts are below the folder.
    ///
    /// # Errors
    /// What cannot be read in it.
    pub(super) fn read(text: &str, syntax: Pattern) -> io::Result<Self> {
        let refuse =
            |why: &str| io::Error::new(io::ErrorKind::InvalidInput, format!("the pattern {why}"));
        let mut done = Vec::new();
        let mut pending = vec![text.to_owned()];
        while let Some(text) = pending.pop() {
            match first_group(&text, syntax).map_err(refuse)? {
                None => done.push(text),
                Some(group) => {
                    let (before, after) = (&text[..group.start], &text[group.end..]);
                    // The last one is taken first from the end of the list.
                    for choice in group.choices.iter().rev() {
                        pending.push(format!("{before}{choice}{after}"));
                    }
                }
            }
            if pending.len() + done.len() > MAX_ALTERNATIVES {
                return Err(refuse("spells too many alternatives"));
            }
        }
        let patterns = done.iter().map(|text| {
            glob::Pattern::new(&escaped(text, syntax))
                .map_err(|error| refuse(&format!("cannot be read: {}", error.msg)))
        });
        Ok(Self(patterns.collect::<io::Result<_>>()?))
    }

    /// Whether a path below the folder is meant.
    pub(super) fn matches(&self, path: &str) -> bool {
        self.0
            .iter()
            .any(|pattern| pattern.matches_with(path, OPTIONS))
    }
}

struct Group {
    start: usize,
    end: usize,
    choices: Vec<String>,
}

/// The first `{a,b}` (or `(a|b)`) of a text, its choices as they stand.
fn first_group(text: &str, syntax: Pattern) -> Result<Option<Group>, &'static str> {
    let mut start = None;
    let mut depth = 0_usize;
    let mut choices = Vec::new();
    let mut begin = 0;
    let mut is_brace = true;
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        if std::mem::take(&mut is_escaped) {
            continue;
        }
        match c {
            '\\' => is_escaped = true,
            '{' | '(' if c == '{' || syntax == Pattern::Brackets => {
                if depth == 0 {
                    is_brace = c == '{';
                    if !is_brace && text[..at].ends_with(['!', '+', '*', '?']) {
                        return Err(
                            "has one of the forms `!(…)`, `+(…)`, `*(…)`, `?(…)`, which are not supported: spell the choices as `{a,b}`",
                        );
                    }
                    let sign = usize::from(!is_brace && text[..at].ends_with('@'));
                    start = Some(at - sign);
                    begin = at + 1;
                }
                depth += 1;
            }
            ',' if depth == 1 && is_brace => {
                choices.push(text[begin..at].to_owned());
                begin = at + 1;
            }
            '|' if depth == 1 && !is_brace => {
                choices.push(text[begin..at].to_owned());
                begin = at + 1;
            }
            '}' | ')' if depth > 0 && (c == '}' || syntax == Pattern::Brackets) => {
                depth -= 1;
                if depth > 0 {
                    continue;
                }
                choices.push(text[begin..at].to_owned());
                let (start, end) = (start.unwrap_or_default(), at + 1);
                if choices.len() == 1 && is_brace {
                    // `{a}` is a name: shells leave braces without a choice alone.
                    let choice = choices[0].replace('{', "\\{").replace('}', "\\}");
                    choices[0] = format!("\\{{{choice}\\}}");
                }
                return Ok(Some(Group {
                    start,
                    end,
                    choices,
                }));
            }
            _ => {}
        }
    }
    Ok(None)
}

/// The pattern in the words of the matcher, which writes a literal sign as `[sign]`.
fn escaped(text: &str, syntax: Pattern) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(c @ ('*' | '?' | '[' | ']')) => out.extend(['[', c, ']']),
                Some(c) => out.push(c),
                None => {}
            },
            '[' if syntax == Pattern::LiteralBrackets => out.push_str("[[]"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(pattern: &str, syntax: Pattern, paths: &[&'a str]) -> Vec<&'a str> {
        let globs = Globs::read(pattern, syntax).unwrap();
        paths
            .iter()
            .copied()
            .filter(|path| globs.matches(path))
            .collect()
    }

    #[test]
    fn signs_mean_what_they_mean_in_shells() {
        let paths = [
            "a.csv",
            "b.txt",
            ".hidden.csv",
            "x/a.csv",
            "x/y/c.csv",
            "a[1].csv",
        ];
        for (pattern, expected) in [
            ("*.csv", &["a.csv", "a[1].csv"][..]),
            ("**/*.csv", &["a.csv", "x/a.csv", "x/y/c.csv", "a[1].csv"]),
            ("?.{csv,txt}", &["a.csv", "b.txt"]),
            ("{a,x/{a,y/c}}.csv", &["a.csv", "x/a.csv", "x/y/c.csv"]),
            ("x/*", &["x/a.csv"]),
            ("a[1].csv", &["a[1].csv"]),
            (".*", &[".hidden.csv"]),
            ("nothing", &[]),
        ] {
            let found = found(pattern, Pattern::LiteralBrackets, &paths);
            assert_eq!(found, expected, "{pattern}");
        }
        assert_eq!(
            found("[ab].*", Pattern::Brackets, &paths),
            ["a.csv", "b.txt"]
        );
        assert_eq!(
            found("@(a|b).*", Pattern::Brackets, &paths),
            ["a.csv", "b.txt"]
        );
        assert_eq!(
            found(r"a\[1\].csv", Pattern::Brackets, &paths),
            ["a[1].csv"]
        );
        assert_eq!(found("{a}", Pattern::Brackets, &["{a}", "a"]), ["{a}"]);
    }

    #[test]
    fn a_pattern_without_an_end_is_refused() {
        let many = "{a,b}".repeat(20);
        assert!(Globs::read(&many, Pattern::LiteralBrackets).is_err());
        assert!(Globs::read("[a", Pattern::Brackets).is_err());
        assert!(Globs::read("!(a)", Pattern::Brackets).is_err());
        assert!(Globs::read("{a", Pattern::LiteralBrackets).is_ok());
    }

    #[test]
    fn stars_that_could_pair_in_many_ways_end_soon() {
        let globs = Globs::read(&format!("{}b", "*a".repeat(60)), Pattern::Brackets).unwrap();
        assert!(!globs.matches(&"a".repeat(250)));
        let globs = Globs::read(&format!("{}b", "**/".repeat(40)), Pattern::Brackets).unwrap();
        assert!(!globs.matches(&"a/".repeat(64)));
    }
}
