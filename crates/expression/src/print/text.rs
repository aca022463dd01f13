//! Prints names and texts.

/// The name of the variable with this number: `a` to `z`, then `a1`.
pub(super) fn name(number: usize) -> String {
    let letter = char::from(b'a' + (number % 26) as u8);
    match number / 26 {
        0 => letter.to_string(),
        round => format!("{letter}{round}"),
    }
}

/// Whether a name can be written after a dot.
pub(super) fn is_identifier(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$')
}

/// A text in quotes.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text, &['"']))
}

/// A fixed part of a template literal.
pub(super) fn template(text: &str) -> String {
    escaped(text, &['`', '$'])
}

fn escaped(text: &str, special: &[char]) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            // Two of them would end the code.
            '}' => out.push_str("\\x7d"),
            c if special.contains(&c) => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                out.push_str(&format!("\\u{{{:x} ", u32::from(c)).replace(' ', "}"));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_never_end() {
        assert_eq!([0, 25, 26, 701].map(name), ["a", "z", "a1", "z26"]);
    }

    #[test]
    fn a_text_never_closes_the_code() {
        assert_eq!(quoted("}}\"\\\u{7}"), "\"\\x7d\\x7d\\\"\\\\\\u{7}\"");
        assert_eq!(template("${a}`"), "\\${a\\x7d\\`");
    }
}
