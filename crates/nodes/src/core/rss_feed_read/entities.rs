//! Character references of XML and HTML: `&amp;`, `&#233;`, `&eacute;`.

use quick_xml::escape::resolve_html5_entity;

/// Longest name of an entity.
const LONGEST: usize = 32;

/// Names that HTML knows without a semicolon too.
const BARE: [&str; 106] = [
    "AElig", "AMP", "Aacute", "Acirc", "Agrave", "Aring", "Atilde", "Auml", "COPY", "Ccedil",
    "ETH", "Eacute", "Ecirc", "Egrave", "Euml", "GT", "Iacute", "Icirc", "Igrave", "Iuml", "LT",
    "Ntilde", "Oacute", "Ocirc", "Ograve", "Oslash", "Otilde", "Ouml", "QUOT", "REG", "THORN",
    "Uacute", "Ucirc", "Ugrave", "Uuml", "Yacute", "aacute", "acirc", "acute", "aelig", "agrave",
    "amp", "aring", "atilde", "auml", "brvbar", "ccedil", "cedil", "cent", "copy", "curren", "deg",
    "divide", "eacute", "ecirc", "egrave", "eth", "euml", "frac12", "frac14", "frac34", "gt",
    "iacute", "icirc", "iexcl", "igrave", "iquest", "iuml", "laquo", "lt", "macr", "micro",
    "middot", "nbsp", "not", "ntilde", "oacute", "ocirc", "ograve", "ordf", "ordm", "oslash",
    "otilde", "ouml", "para", "plusmn", "pound", "quot", "raquo", "reg", "sect", "shy", "sup1",
    "sup2", "sup3", "szlig", "thorn", "times", "uacute", "ucirc", "ugrave", "uml", "uuml",
    "yacute", "yen", "yuml",
];

/// What HTML means by the numbers from 128 to 159.
const WINDOWS: [u16; 32] = [
    0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
    0x0152, 0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
];

/// The text with every reference of HTML resolved, also those without a semicolon where HTML allows it.
pub(super) fn decode_html(text: &str) -> String {
    decode(text, true)
}

/// The text with the references resolved that end in a semicolon.
pub(super) fn decode_strict(text: &str) -> String {
    decode(text, false)
}

/// Adds what `&name;` stands for; an unknown name stays as it was written.
pub(super) fn push_named(text: &mut String, name: &str) {
    match resolve(name) {
        Some(resolved) => text.push_str(&resolved),
        None => {
            text.push('&');
            text.push_str(name);
            text.push(';');
        }
    }
}

fn decode(text: &str, bare: bool) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = name_at(&rest[1..]);
        let after = &rest[1 + name.len()..];
        if let (Some(after), Some(resolved)) = (after.strip_prefix(';'), resolve(name)) {
            decoded.push_str(&resolved);
            rest = after;
            continue;
        }
        let known = bare.then(|| bare_name(name)).flatten();
        match known.and_then(|known| Some((known.len(), resolve(known)?))) {
            Some((length, resolved)) => {
                decoded.push_str(&resolved);
                rest = &rest[1 + length..];
            }
            None => {
                decoded.push('&');
                rest = &rest[1..];
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

/// What may be the name of an entity, or its number with the `#`.
fn name_at(text: &str) -> &str {
    let is_part = |(at, c): (usize, char)| {
        at < LONGEST && (c.is_ascii_alphanumeric() || (at == 0 && c == '#'))
    };
    let end = text.char_indices().take_while(|part| is_part(*part)).last();
    &text[..end.map_or(0, |(at, _)| at + 1)]
}

/// The longest beginning of a text that is a reference without its semicolon.
fn bare_name(text: &str) -> Option<&str> {
    if let Some(number) = text.strip_prefix('#') {
        let (prefix, is_digit): (usize, fn(&char) -> bool) = match number.strip_prefix(['x', 'X']) {
            Some(_) => (2, char::is_ascii_hexdigit),
            None => (1, char::is_ascii_digit),
        };
        let digits = text[prefix..].chars().take_while(is_digit).count();
        return (digits > 0).then(|| &text[..prefix + digits]);
    }
    (2..=text.len().min(6))
        .rev()
        .map(|length| &text[..length])
        .find(|name| BARE.binary_search(name).is_ok())
}

fn resolve(name: &str) -> Option<String> {
    let Some(number) = name.strip_prefix('#') else {
        return resolve_html5_entity(name).map(str::to_owned);
    };
    let (digits, radix) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let number = u32::from_str_radix(digits, radix).unwrap_or(u32::MAX);
    let number = match number {
        0 => 0xFFFD,
        128..=159 => u32::from(WINDOWS[number as usize - 128]),
        other => other,
    };
    Some(char::from_u32(number).unwrap_or('\u{fffd}').to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_as_html_does() {
        assert!(BARE.is_sorted());
        for (text, expected) in [
            ("a &amp; b &lt;", "a & b <"),
            ("&eacute;&#233;&#xE9;&#XE9;", "éééé"),
            ("&amp;amp; &ampx", "&amp; &x"),
            ("&notit; &notin;", "¬it; ∉"),
            (
                "&#150;&#0;&#xD800;&#99999999999;",
                "–\u{fffd}\u{fffd}\u{fffd}",
            ),
            ("&#65 &#x41g", "A Ag"),
            ("& &; &# &#x; &nope; &hellip", "& &; &# &#x; &nope; &hellip"),
            ("&é;&", "&é;&"),
        ] {
            assert_eq!(decode_html(text), expected, "{text}");
        }
        assert_eq!(decode_strict("?a=1&copy=2&amp;b"), "?a=1&copy=2&b");
    }

    #[test]
    fn many_ampersands_take_no_longer() {
        let text = "&".repeat(1_000_000);
        assert_eq!(decode_html(&text).len(), text.len());
    }
}
