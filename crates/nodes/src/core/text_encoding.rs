//! `TextEncoding`: text from bytes and back, under the names of encodings that n8n's nodes offer.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use encoding_rs::{EncoderResult, Encoding};

/// Base64 whose last sign may carry bits that mean nothing.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_encode_padding(true),
);

/// What is put before a text to say how it is encoded.
const BOM: char = '\u{feff}';

/// Other names of encodings that the Web's list of names does not have, without signs and in lower case.
const ALIASES: &[(&str, &str)] = &[
    ("big5hkscs", "big5"),
    ("cp866", "ibm866"),
    ("cp874", "windows-874"),
    ("cp932", "shift_jis"),
    ("cp936", "gbk"),
    ("cp949", "euc-kr"),
    ("cp950", "big5"),
    ("eucjp", "euc-jp"),
    ("euckr", "euc-kr"),
    ("gb2312", "gbk"),
    ("koi8r", "koi8-r"),
    ("koi8u", "koi8-u"),
    ("maccyrillic", "x-mac-cyrillic"),
    ("macroman", "macintosh"),
    ("shiftjis", "shift_jis"),
    ("sjis", "shift_jis"),
    ("tis620", "windows-874"),
    ("win1251", "windows-1251"),
    ("windows31j", "shift_jis"),
];

/// A way to write text as bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum TextEncoding {
    /// UTF-8.
    Utf8,
    /// UTF-16, the low byte first.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
    /// UTF-16, as its first bytes say; written with the low byte first.
    Utf16,
    /// Seven bits.
    Ascii,
    /// ISO 8859-1: each byte is the character of its number.
    Latin1,
    /// Bytes as base64 text.
    Base64,
    /// Bytes as hexadecimal text.
    Hex,
    /// One of the Web's encodings.
    Web(&'static Encoding),
}

impl TextEncoding {
    /// The encoding of a name, whatever its case and signs. An empty name is UTF-8.
    pub(crate) fn find(name: &str) -> Option<Self> {
        let plain: String = name
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        Some(match plain.as_str() {
            "" | "utf8" | "unicode11utf8" | "cesu8" => Self::Utf8,
            "utf16le" | "ucs2" => Self::Utf16Le,
            "utf16be" => Self::Utf16Be,
            "utf16" => Self::Utf16,
            "ascii" | "usascii" | "646" | "ansix341968" => Self::Ascii,
            "latin1" | "binary" | "iso88591" | "88591" | "l1" | "cp819" | "28591" => Self::Latin1,
            "base64" => Self::Base64,
            "hex" => Self::Hex,
            _ => return web(name, &plain).map(Self::Web),
        })
    }

    /// The text that bytes spell; what they do not spell becomes `U+FFFD`. A mark of the encoding at the beginning is
    /// left out with `strip_bom`.
    pub(crate) fn decode(self, bytes: &[u8], strip_bom: bool) -> String {
        let text = match self {
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Self::Utf16Le => whole(encoding_rs::UTF_16LE, bytes),
            Self::Utf16Be => whole(encoding_rs::UTF_16BE, bytes),
            Self::Utf16 if bytes.starts_with(&[0xFE, 0xFF]) => whole(encoding_rs::UTF_16BE, bytes),
            Self::Utf16 => whole(encoding_rs::UTF_16LE, bytes),
            Self::Ascii => bytes.iter().map(|byte| char::from(byte & 0x7F)).collect(),
            Self::Latin1 => bytes.iter().map(|byte| char::from(*byte)).collect(),
            Self::Base64 => to_base64(bytes),
            Self::Hex => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
            Self::Web(encoding) => whole(encoding, bytes),
        };
        match text.strip_prefix(BOM) {
            Some(rest) if strip_bom => rest.to_owned(),
            _ => text,
        }
    }

    /// The bytes of a text; a character that the encoding does not have becomes `?`.
    pub(crate) fn encode(self, text: &str, add_bom: bool) -> Vec<u8> {
        let with_bom;
        let text = if (add_bom || self == Self::Utf16) && !text.starts_with(BOM) {
            with_bom = format!("{BOM}{text}");
            &with_bom
        } else {
            text
        };
        let below = |limit: u32, c: char| {
            if u32::from(c) < limit { c as u8 } else { b'?' }
        };
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Utf16Le | Self::Utf16 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Self::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Self::Ascii => text.chars().map(|c| below(0x80, c)).collect(),
            Self::Latin1 => text.chars().map(|c| below(0x100, c)).collect(),
            Self::Base64 => from_base64(text),
            Self::Hex => from_hex(text),
            Self::Web(encoding) => encode_web(encoding, text),
        }
    }
}

/// Bytes as base64.
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    LENIENT.encode(bytes)
}

/// The bytes of base64 text, read as leniently as Node.js does: both alphabets, blanks and line ends between, padding or
/// none, and what is no base64 is passed over.
pub(crate) fn from_base64(text: &str) -> Vec<u8> {
    let mut signs: Vec<u8> = text
        .bytes()
        .take_while(|byte| *byte != b'=')
        .filter_map(|byte| match byte {
            b'-' => Some(b'+'),
            b'_' => Some(b'/'),
            b'+' | b'/' => Some(byte),
            _ => byte.is_ascii_alphanumeric().then_some(byte),
        })
        .collect();
    if signs.len() % 4 == 1 {
        signs.pop();
    }
    LENIENT
        .decode(signs)
        .expect("only signs of the alphabet are left, and no lone one")
}

/// Up to the first pair that is none, as Node.js does.
fn from_hex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks_exact(2)
        .map_while(|pair| {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            Some((digit(pair[0])? * 16 + digit(pair[1])?) as u8)
        })
        .collect()
}

fn whole(encoding: &'static Encoding, bytes: &[u8]) -> String {
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

fn encode_web(encoding: &'static Encoding, text: &str) -> Vec<u8> {
    let mut encoder = encoding.new_encoder();
    let mut out = Vec::with_capacity(text.len() + 16);
    let mut rest = text;
    loop {
        out.reserve(rest.len() + 16);
        let (result, read) =
            encoder.encode_from_utf8_to_vec_without_replacement(rest, &mut out, true);
        rest = &rest[read..];
        match result {
            EncoderResult::InputEmpty => return out,
            EncoderResult::OutputFull => out.reserve(2 * rest.len() + 64),
            EncoderResult::Unmappable(_) => out.push(b'?'),
        }
    }
}

/// An encoding of the Web by one of its own names, or by a name that others use.
fn web(name: &str, plain: &str) -> Option<&'static Encoding> {
    let by_label = |label: &str| Encoding::for_label_no_replacement(label.as_bytes());
    let numbered = || {
        let part = plain
            .strip_prefix("windows")
            .or_else(|| plain.strip_prefix("win"))
            .or_else(|| plain.strip_prefix("cp"))
            .unwrap_or(plain);
        if part.len() == 4 && part.starts_with("125") {
            return by_label(&format!("windows-{part}"));
        }
        let part = plain.strip_prefix("iso").unwrap_or(plain);
        by_label(&format!("iso-8859-{}", part.strip_prefix("8859")?))
    };
    let alias = || {
        let (_, label) = ALIASES.iter().find(|(alias, _)| *alias == plain)?;
        by_label(label)
    };
    by_label(name.trim()).or_else(numbered).or_else(alias)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_survives_the_way_there_and_back() {
        for (name, text) in [
            ("utf8", "grün ✓ 😀"),
            ("UTF-16LE", "grün ✓ 😀"),
            ("utf16be", "grün ✓ 😀"),
            ("utf-16", "grün ✓ 😀"),
            ("ascii", "plain"),
            ("latin1", "grün ÿ"),
            ("ISO-8859-2", "żółw"),
            ("iso88595", "мир"),
            ("windows-1251", "мир"),
            ("win1251", "мир"),
            ("cp1252", "€ grün"),
            ("koi8-r", "мир"),
            ("Shift_JIS", "日本"),
            ("sjis", "日本"),
            ("EUC-JP", "日本"),
            ("gbk", "中国"),
            ("GB18030", "中国 😀"),
            ("big5", "中國"),
            ("cp949", "한국"),
            ("macintosh", "grün"),
            ("base64", "aGVsbG8="),
            ("hex", "00ff"),
        ] {
            let encoding = TextEncoding::find(name).unwrap_or_else(|| panic!("{name}"));
            let bytes = encoding.encode(text, false);
            assert_eq!(encoding.decode(&bytes, true), text, "{name}");
        }
        assert_eq!(TextEncoding::find("utf-7"), None);
        assert_eq!(TextEncoding::find("no such"), None);
    }

    #[test]
    fn the_mark_of_the_encoding_is_kept_or_left_out() {
        let utf8 = TextEncoding::Utf8;
        assert_eq!(utf8.encode("a", true), b"\xEF\xBB\xBFa");
        assert_eq!(utf8.decode(b"\xEF\xBB\xBFa", true), "a");
        assert_eq!(utf8.decode(b"\xEF\xBB\xBFa", false), "\u{feff}a");
        assert_eq!(
            TextEncoding::Utf16Le.encode("a", true),
            [0xFF, 0xFE, b'a', 0]
        );
        assert_eq!(
            TextEncoding::Utf16.decode(&[0xFE, 0xFF, 0, b'a'], true),
            "a"
        );
    }

    #[test]
    fn what_an_encoding_does_not_have_is_a_question_mark() {
        assert_eq!(TextEncoding::Latin1.encode("a✓", false), b"a?");
        let encoding = TextEncoding::find("windows-1251").unwrap();
        assert_eq!(encoding.encode("✓a", false), b"?a");
        assert_eq!(TextEncoding::Utf8.decode(&[0xFF, b'a'], true), "\u{fffd}a");
    }

    #[test]
    fn base64_is_read_leniently() {
        for (text, expected) in [
            ("aGVsbG8=", &b"hello"[..]),
            ("aGVsbG8", b"hello"),
            (" aGVs\nbG8= ", b"hello"),
            ("_-8", b"\xFF\xEF"),
            ("aGVsbG8=aGVs", b"hello"),
            ("a", b""),
            ("*", b""),
            ("", b""),
        ] {
            assert_eq!(from_base64(text), expected, "{text}");
        }
    }
}
