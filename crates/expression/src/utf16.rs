//! Text in JavaScript's units: positions and lengths count UTF-16 code units, while the text itself is UTF-8.

/// How many code units a text has.
pub(crate) fn length(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.encode_utf16().count()
    }
}

/// The code unit at `index` as text.
pub(crate) fn unit(text: &str, index: usize) -> Option<String> {
    if text.is_ascii() {
        return text.get(index..=index).map(str::to_owned);
    }
    text.encode_utf16()
        .nth(index)
        .map(|unit| String::from_utf16_lossy(&[unit]))
}

/// The code point at `index`; within a surrogate pair its second half.
pub(crate) fn code_point(text: &str, index: usize) -> Option<u32> {
    let mut units = text.encode_utf16().skip(index);
    let first = units.next()?;
    let second = units.next();
    match (first, second) {
        (0xD800..=0xDBFF, Some(second @ 0xDC00..=0xDFFF)) => {
            Some(0x10000 + (u32::from(first - 0xD800) << 10) + u32::from(second - 0xDC00))
        }
        _ => Some(first.into()),
    }
}

/// The code units from `start` to `end`. Half of a surrogate pair becomes U+FFFD.
pub(crate) fn slice(text: &str, start: usize, end: usize) -> String {
    if start >= end {
        return String::new();
    }
    if text.is_ascii() {
        let end = end.min(text.len());
        return text.get(start..end).unwrap_or_default().to_owned();
    }
    let units: Vec<u16> = text.encode_utf16().skip(start).take(end - start).collect();
    String::from_utf16_lossy(&units)
}

/// The position in code units of a byte offset.
pub(crate) fn from_byte(text: &str, byte: usize) -> usize {
    length(&text[..byte])
}

/// The byte offset of a position in code units; the end of the text for positions beyond it.
pub(crate) fn to_byte(text: &str, position: usize) -> usize {
    if text.is_ascii() {
        return position.min(text.len());
    }
    let mut units = 0;
    for (byte, c) in text.char_indices() {
        if units >= position {
            return byte;
        }
        units += c.len_utf16();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_code_units() {
        assert_eq!(length("aé😀"), 4);
        assert_eq!(slice("aé😀b", 1, 4), "é😀");
        assert_eq!(slice("😀", 0, 1), "\u{FFFD}");
        assert_eq!(to_byte("é😀b", 3), 6);
        assert_eq!(from_byte("é😀b", 6), 3);
    }
}
