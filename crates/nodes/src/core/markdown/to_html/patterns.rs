//! The patterns of the passes, and how they are applied.

use std::sync::LazyLock;

use fancy_regex::{Captures, Regex, RegexBuilder};

/// Steps that a pattern may go back while it looks for one match.
const MAX_STEPS: usize = 10_000_000;

/// Why a text cannot be converted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Failure {
    TooLong,
    TooDeep,
}

pub(super) type Pattern = LazyLock<Regex>;

macro_rules! patterns {
    ($($name:ident = $pattern:expr;)*) => {
        $(pub(super) static $name: Pattern = LazyLock::new(|| compiled($pattern));)*

        /// All of them.
        #[cfg(test)]
        static ALL: &[&Pattern] = &[$(&$name),*];
    };
}

patterns! {
    METADATA_QUOTES = r"\A\s*«««+(\S*?)\n([\s\S]+?)\n»»»+\n";
    METADATA_DASHES = r"\A\s*---+(\S*?)\n([\s\S]+?)\n---+\n";
    FENCED = r"(?:\A|\n) {0,3}(```+|~~~+) *([^\s`~]*)\n([\s\S]*?)\n {0,3}\1";
    PRE_CODE = r"(?i)\A<pre\b[^>]*>\s*<code\b[^>]*>";
    END_OF_PRE_CODE = r"(?mi)^ {0,3}</code>\s*</pre>";
    SAYS_MARKDOWN = r"\bmarkdown\b";
    QUOTE = r"(?m)(^ {0,3}>[ \t]?.+\n(.+\n)*\n*)+";
    SPLIT_QUOTE = r"(?m)^ {0,3}>[\s\S]*?\n\n";
    SETEXT_1 = r"(?m)^(.+)[ \t]*\n=+[ \t]*\n+";
    SETEXT_2 = r"(?m)^(.+)[ \t]*\n-+[ \t]*\n+";
    SMOOTH_SETEXT_1 = r"(?m)^(.+)[ \t]*\n={2,}[ \t]*\n+";
    SMOOTH_SETEXT_2 = r"(?m)^(.+)[ \t]*\n-{2,}[ \t]*\n+";
    ATX = r"(?m)^(#{1,6})[ \t]*(.+?)[ \t]*#*\n+";
    SPACED_ATX = r"(?m)^(#{1,6})[ \t]+(.+?)[ \t]*#*\n+";
    OWN_ID = r"\s?\{([^{]+?)\}\s*\z";
    RULE_DASH = r"(?m)^ {0,2}( ?-){3,}[ \t]*$";
    RULE_STAR = r"(?m)^ {0,2}( ?\*){3,}[ \t]*$";
    RULE_LINE = r"(?m)^ {0,2}( ?_){3,}[ \t]*$";
    INDENTED_CODE = r"(?:\n\n|\A)((?:(?: {4}|\t).*\n+)+)(\n*[ ]{0,3}[^ \t\n]|(?=¨0))";
    LIST = r"(?m)(\n\n|^\n?)(( {0,3}([*+-]|\d+[.])[ \t]+)[^\r]+?(¨0|\n{2,}(?=\S)(?![ \t]*(?:[*+-]|\d+[.])[ \t]+)))";
    INNER_LIST = r"(?m)^(( {0,3}([*+-]|\d+[.])[ \t]+)[^\r]+?(¨0|\n{2,}(?=\S)(?![ \t]*(?:[*+-]|\d+[.])[ \t]+)))";
    ENTRY = r"(?m)(\n)?(^ {0,3})([*+-]|\d+[.])[ \t]+((\[(x|X| )?\])?[ \t]*[^\r]+?(\n{1,2}))(?=\n*(¨0| {0,3}([*+-]|\d+[.])[ \t]+))";
    FREE_ENTRY = r"(?m)(\n)?(^ {0,3})([*+-]|\d+[.])[ \t]+((\[(x|X| )?\])?[ \t]*[^\r]+?(\n{1,2}))(?=\n*(¨0|\2([*+-]|\d+[.])[ \t]+))";
    APART = r"\n[ \t]*\n(?!¨0)";
    NUMBERED = r"(?m)^ {0,3}\d+\.[ \t]";
    BULLETED = r"(?m)^ {0,3}[*+-][ \t]";
    FREE_NUMBERED = r"(?m)^ ?\d+\.[ \t]";
    FREE_BULLETED = r"(?m)^ ?[*+-][ \t]";
    TASK = r"(?m)^[ \t]*\[(x|X| )?\]";
    SIGN_AGAIN = r"\A([-*+]|\d\.)[ \t]+[\S\n ]*";
    TABLE = r"(?m)^ {0,3}\|?.+\|.+\n {0,3}\|?[ \t]*:?[ \t]*(?:[-=]){2,}[ \t]*:?[ \t]*\|[ \t]*:?[ \t]*(?:[-=]){2,}[\s\S]+?(?:\n\n|¨0)";
    ONE_COLUMN = r"(?m)^ {0,3}\|.+\|[ \t]*\n {0,3}\|[ \t]*:?[ \t]*(?:[-=]){2,}[ \t]*:?[ \t]*\|[ \t]*\n( {0,3}\|.+\|[ \t]*\n)*(?:\n|¨0)";
    REFERENCE = r#"(?m)^ {0,3}\[([^\]]+)\]:[ \t]*\n?[ \t]*<?([^>\s]+)>?(?: =([*\d]+[A-Za-z%]{0,4})x([*\d]+[A-Za-z%]{0,4}))?[ \t]*\n?[ \t]*(?:(\n*)["|'(](.+?)["|')][ \t]*)?(?:\n+|(?=¨0))"#;
    CODE_SPAN = r"(?m)(^|[^\\])(`+)([^\r]*?[^`])\2(?!`)";
    TAG = r"(?i)</?[a-z\d_:-]+(?:[\s]+[\s\S]+?)?>";
    COMMENT = r"<!(--(?:(?:[^>-]|-[^>])(?:[^-]|-[^-])*)--)>";
    IMAGE_REFERENCE = r"!\[([^\]]*?)\] ?(?:\n *)?\[([\s\S]*?)\]";
    IMAGE_DATA = r#"!\[([^\]]*?)\][ \t]*\([ \t]?<?(data:.+?/.+?;base64,[A-Za-z0-9+/=\n]+?)>?(?: =([*\d]+[A-Za-z%]{0,4})x([*\d]+[A-Za-z%]{0,4}))?[ \t]*(?:(["'])([^"]*?)\5)?[ \t]?\)"#;
    IMAGE_CRAZY = r#"!\[([^\]]*?)\][ \t]*\([ \t]?<([^>]*)>(?: =([*\d]+[A-Za-z%]{0,4})x([*\d]+[A-Za-z%]{0,4}))?[ \t]*(?:(?:(["'])([^"]*?)\5))?[ \t]?\)"#;
    IMAGE_INLINE = r#"!\[([^\]]*?)\][ \t]*\([ \t]?<?([\S]+?(?:\([\S]*?\)[\S]*?)?)>?(?: =([*\d]+[A-Za-z%]{0,4})x([*\d]+[A-Za-z%]{0,4}))?[ \t]*(?:(["'])([^"]*?)\5)?[ \t]?\)"#;
    IMAGE_SHORT = r"!\[([^\[\]]+)\]";
    LINK_REFERENCE = r"\[((?:\[[^\]]*\]|[^\[\]])*)\] ?(?:\n *)?\[(.*?)\]";
    LINK_CRAZY = r#"\[((?:\[[^\]]*\]|[^\[\]])*)\][ \t]*\([ \t]?<([^>]*)>(?:[ \t]*((["'])([^"]*?)\4))?[ \t]?\)"#;
    LINK_INLINE = r#"\[((?:\[[^\]]*\]|[^\[\]])*)\][ \t]*\([ \t]?<?([\S]+?(?:\([\S]*?\)[\S]*?)?)>?(?:[ \t]*((["'])([^"]*?)\4))?[ \t]?\)"#;
    LINK_SHORT = r"\[([^\[\]]+)\]";
    EMPTY_ADDRESS = r#"(?m)\(<?\s*>? ?(['"].*['"])?\)$"#;
    MENTION = r"(?mi)(^|\s)(\\)?(@([a-z\d]+(?:[a-z\d.-]+?[a-z\d]+)*))";
    DELIMITED_URL = r#"(?i)<(((https?|ftp|dict)://|www\.)[^'">\s]+)>"#;
    DELIMITED_MAIL = r"(?i)<(?:mailto:)?([-.\w]+@[-a-z0-9]+(\.[-a-z0-9]+)*\.[a-z]+)>";
    PLAIN_URL = r#"(?i)([*~_]+|\b)(((https?|ftp|dict)://|www\.)[^'">\s]+?\.[^'">\s]+?)()(\1)?(?=\s|$)(?!["<>])"#;
    PLAIN_URL_CUT = r#"(?i)([*~_]+|\b)(((https?|ftp|dict)://|www\.)[^'">\s]+\.[^'">\s]+?)([.!?,()\[\]])?(\1)?(?=\s|$)(?!["<>])"#;
    PLAIN_MAIL = r"(?mi)(^|\s)(?:mailto:)?([A-Za-z0-9!#$%&'*+-/=?^_`{|}~.]+@[-a-z0-9]+(\.[-a-z0-9]+)*\.[a-z]+)(?=$|\s)";
    STRUCK = r"~{2}([\s\S]+?)~{2}";
    BARE_AMPERSAND = r"&(?!#?[xX]?(?:[0-9a-fA-F]+|\w+);)";
    SELF_CLOSING = r"<[^>]+?/>";
    PLAIN_ELEMENT = r"<([^>]+?)>[\s\S]*?</\1>";
    ELEMENT = r"<([^>]+?)\s[^>]+?>[\s\S]*?</\1>";
    ANY_TAG = r"<[^>]+?>";
    LINE_3 = r"___(\S[\s\S]*?)___";
    LINE_2 = r"__(\S[\s\S]*?)__";
    LINE_1 = r"_([^\s_][\s\S]*?)_";
    STAR_3 = r"\*\*\*(\S[\s\S]*?)\*\*\*";
    STAR_2 = r"\*\*(\S[\s\S]*?)\*\*";
    STAR_1 = r"\*([^\s*][\s\S]*?)\*";
    WORD_LINE_3 = r"\b___(\S[\s\S]*?)___\b";
    WORD_LINE_2 = r"\b__(\S[\s\S]*?)__\b";
    WORD_LINE_1 = r"\b_(\S[\s\S]*?)_\b";
    WORD_STAR_3 = r"(?m)([^*]|^)\B\*\*\*(\S[\s\S]*?)\*\*\*\B(?!\*)";
    WORD_STAR_2 = r"(?m)([^*]|^)\B\*\*(\S[\s\S]*?)\*\*\B(?!\*)";
    WORD_STAR_1 = r"(?m)([^*]|^)\B\*(\S[\s\S]*?)\*\B(?!\*)";
    STANDALONE_RULE = r"(\n {0,3}(<(hr)\b([^<>])*?/?>)[ \t]*(?=\n{2,}))";
    INSTRUCTION = r"(?:\n\n)( {0,3}(?:<([?%])[^\r]*?\2>)[ \t]*(?=\n{2,}))";
    ESCAPED_TAG = r"\\<(/?[^>]+?)>";
}

/// A pattern of ours, ready to be used.
pub(super) fn compiled(pattern: &str) -> Regex {
    RegexBuilder::new(pattern)
        .backtrack_limit(MAX_STEPS)
        .build()
        .expect("the patterns are fixed, and a test compiles them all")
}

/// The text with every match replaced.
pub(super) fn replace(
    pattern: &Regex,
    text: &str,
    mut change: impl FnMut(&Captures) -> Result<String, Failure>,
) -> Result<String, Failure> {
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for found in pattern.captures_iter(text) {
        let found = found.map_err(|_| Failure::TooLong)?;
        let Some(whole) = found.get(0) else {
            continue;
        };
        out.push_str(&text[end..whole.start()]);
        out.push_str(&change(&found)?);
        end = whole.end();
    }
    out.push_str(&text[end..]);
    Ok(out)
}

/// What a group has matched; empty where it has not.
pub(super) fn group<'a>(found: &'a Captures, number: usize) -> &'a str {
    found.get(number).map_or("", |group| group.as_str())
}

/// Whether a pattern matches anywhere.
pub(super) fn has(pattern: &Regex, text: &str) -> Result<bool, Failure> {
    pattern.is_match(text).map_err(|_| Failure::TooLong)
}

/// The text with its marks (`¨K12K`) replaced where `change` knows them.
pub(super) fn replace_marks(
    text: &str,
    kinds: &[char],
    change: &mut dyn FnMut(char, usize) -> Option<String>,
) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('¨') {
        out.push_str(before);
        match mark(after, kinds).and_then(|(kind, number, end)| Some((change(kind, number)?, end)))
        {
            Some((replacement, end)) => {
                out.push_str(&replacement);
                rest = &after[end..];
            }
            None => {
                out.push('¨');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Kind, number and length of a mark whose `¨` has been read.
fn mark(text: &str, kinds: &[char]) -> Option<(char, usize, usize)> {
    let kind = text.chars().next().filter(|kind| kinds.contains(kind))?;
    let digits = text[1..].bytes().take_while(u8::is_ascii_digit).count();
    let number = text[1..1 + digits].parse().ok()?;
    text[1 + digits..]
        .starts_with(kind)
        .then_some((kind, number, digits + 2))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_pattern_can_be_read() {
        for pattern in super::ALL {
            assert!(!pattern.as_str().is_empty());
        }
    }
}
