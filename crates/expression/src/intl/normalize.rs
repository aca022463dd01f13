//! Unicode normalisation: `normalize('NFD')` and its kin.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// The text in a normal form; `None` for a form that there is not.
pub(crate) fn normalize(text: &str, form: &str) -> Option<String> {
    if text.is_ascii() && matches!(form, "NFC" | "NFD" | "NFKC" | "NFKD") {
        return Some(text.to_owned());
    }
    Some(match form {
        "NFC" => ComposingNormalizerBorrowed::new_nfc()
            .normalize(text)
            .into_owned(),
        "NFKC" => ComposingNormalizerBorrowed::new_nfkc()
            .normalize(text)
            .into_owned(),
        "NFD" => DecomposingNormalizerBorrowed::new_nfd()
            .normalize(text)
            .into_owned(),
        "NFKD" => DecomposingNormalizerBorrowed::new_nfkd()
            .normalize(text)
            .into_owned(),
        _ => return None,
    })
}

/// The characters of a text with accents apart from their letters.
pub(crate) fn decomposed(text: &str) -> Vec<char> {
    if text.is_ascii() {
        return text.chars().collect();
    }
    DecomposingNormalizerBorrowed::new_nfd()
        .normalize(text)
        .chars()
        .collect()
}

/// Whether the character is an accent that belongs to the letter before it.
pub(crate) fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}')
}
