//! Notices a line of YAML whose indentation fits none of the lines before it, the most common slip of all.

/// The line at fault (from 1) and what is odd about its indentation. Looks at `line` and the one before it, since a
/// parser often notices the slip only on the next line, and for tabs also at the one after it.
pub(super) fn hint(text: &str, line: usize) -> Option<(usize, String)> {
    let line = line.max(1);
    let mut levels: Vec<usize> = Vec::new();
    let mut may_nest = true;
    for (number, content) in text.lines().enumerate().map(|(i, l)| (i + 1, l)) {
        if number > line + 1 {
            return None;
        }
        let trimmed = content.trim_start_matches(' ');
        if trimmed.starts_with('\t') && !trimmed.trim().is_empty() {
            if number + 1 >= line {
                return Some((
                    number,
                    "indent with spaces: YAML does not allow tabs there".into(),
                ));
            }
            continue;
        }
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let indent = content.len() - trimmed.len();
        if let Some(expected) = odd(&levels, indent, may_nest, trimmed.starts_with("- "))
            && (line - 1..=line).contains(&number)
        {
            return Some((
                number,
                format!("this line is indented by {indent}, its siblings by {expected}"),
            ));
        }
        levels.retain(|level| *level < indent);
        levels.push(indent);
        let mut rest = trimmed;
        let mut column = indent;
        while let Some(after) = rest.strip_prefix("- ") {
            let inner = after.trim_start_matches(' ');
            column += rest.len() - inner.len();
            levels.push(column);
            rest = inner;
        }
        may_nest = opens_a_block(rest);
    }
    None
}

/// The indentation that a line should have had, when the one it has fits neither a sibling nor a child.
fn odd(levels: &[usize], indent: usize, may_nest: bool, is_element: bool) -> Option<usize> {
    let deepest = *levels.last()?;
    if levels.contains(&indent) || (indent > deepest && may_nest) {
        return None;
    }
    levels.iter().copied().min_by_key(|level| {
        let on_tie = if is_element {
            *level
        } else {
            usize::MAX - level
        };
        (level.abs_diff(indent), on_tie)
    })
}

/// Whether deeper lines may follow: a member without a value yet, a block of text, an open bracket or quote.
fn opens_a_block(line: &str) -> bool {
    let line = line.split(" #").next().unwrap_or(line).trim_end();
    let value = line.split_once(": ").map_or("", |(_, value)| value.trim());
    line.ends_with([':', '[', '{', ',', '-'])
        || value.starts_with(['|', '>', '[', '{', '"', '\'', '&', '!'])
        || !line.contains(": ")
}
