//! Finds a byte range of a text value in the source that the value was read from, through quotes and escapes.

use std::ops::Range;

use super::positions::Style;

/// The range of `raw` (the value as written, `indent` bytes into its line) that wrote the bytes `range` of the value. `None` where the two cannot be
/// matched byte by byte, for example in folded text.
pub(super) fn range_in_source(
    raw: &str,
    indent: usize,
    style: Style,
    range: Range<usize>,
) -> Option<Range<usize>> {
    let start = offset(raw, indent, style, range.start)?;
    let end = offset(raw, indent, style, range.end)?;
    (start <= end).then_some(start..end)
}

/// Offset in `raw` of byte `target` of the value.
fn offset(raw: &str, indent: usize, style: Style, target: usize) -> Option<usize> {
    match style {
        Style::Literal => literal_offset(raw, indent, target),
        Style::Other => None,
        _ if raw.contains('\n') => None,
        Style::Plain => (target <= raw.len()).then_some(target),
        Style::SingleQuoted => quoted_offset(raw, '\'', target),
        Style::DoubleQuoted => quoted_offset(raw, '"', target),
    }
}

fn quoted_offset(raw: &str, quote: char, target: usize) -> Option<usize> {
    let inner = raw.strip_prefix(quote)?;
    let mut at = quote.len_utf8();
    let mut written = 0;
    let mut rest = inner;
    while written < target {
        let (read, wrote) = unit(rest, quote)?;
        rest = rest.get(read..)?;
        at += read;
        written += wrote;
    }
    Some(at)
}

/// How many bytes the next character takes in the source, and how many in the value.
fn unit(rest: &str, quote: char) -> Option<(usize, usize)> {
    let first = rest.chars().next()?;
    if quote == '\'' && first == '\'' {
        return rest.starts_with("''").then_some((2, 1));
    }
    if quote == '\'' || first != '\\' {
        return (first != quote).then_some((first.len_utf8(), first.len_utf8()));
    }
    let escape = rest.chars().nth(1)?;
    let digits = match escape {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        'N' | '_' => return Some((2, 2)),
        'L' | 'P' => return Some((2, 3)),
        _ => return Some((1 + escape.len_utf8(), 1)),
    };
    let code = u32::from_str_radix(rest.get(2..2 + digits)?, 16).ok()?;
    if (0xd800..0xdc00).contains(&code) {
        return Some((12, 4));
    }
    Some((2 + digits, char::from_u32(code)?.len_utf8()))
}

/// A `|` block, from its first character on: the value's lines are the source's lines, less their indentation.
fn literal_offset(raw: &str, indent: usize, target: usize) -> Option<usize> {
    let mut at = 0;
    let mut written = 0;
    for line in raw.split_inclusive('\n') {
        let blanks = line.len() - line.trim_start_matches(' ').len();
        let skipped = if at == 0 { 0 } else { indent.min(blanks) };
        let length = line.trim_end_matches(['\r', '\n']).len().max(skipped) - skipped;
        if target <= written + length {
            return Some(at + skipped + (target - written));
        }
        written += length + 1;
        at += line.len();
    }
    None
}
