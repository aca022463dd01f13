//! Plural categories: which form of a word a count takes.

/// The category of a number of which `decimals` digits after the point are written.
pub(crate) fn category(language: &str, tag: &str, number: f64, decimals: usize) -> &'static str {
    let n = number.abs();
    let whole = n.trunc();
    let integer = n.fract() == 0.0 && decimals == 0;
    let last = whole % 10.0;
    let last_two = whole % 100.0;
    let teens = (11.0..=14.0).contains(&last_two);
    let few = (2.0..=4.0).contains(&last) && !(12.0..=14.0).contains(&last_two);
    let million = integer && whole != 0.0 && whole % 1_000_000.0 == 0.0;
    match language {
        "ja" | "zh" | "ko" | "id" | "vi" | "th" => "other",
        "fr" if whole <= 1.0 => "one",
        "fr" if million => "many",
        "pt" if tag == "pt-PT" && n == 1.0 && decimals == 0 => "one",
        "pt" if tag != "pt-PT" && whole <= 1.0 => "one",
        "es" if n == 1.0 => "one",
        "it" if integer && n == 1.0 => "one",
        "pt" | "es" | "it" if million => "many",
        "fr" | "pt" | "es" | "it" => "other",
        "hi" if whole == 0.0 || n == 1.0 => "one",
        "da" if n == 1.0 || (n.fract() != 0.0 && whole <= 1.0) => "one",
        "tr" | "el" | "bg" | "hu" if n == 1.0 => "one",
        "hi" | "da" | "tr" | "el" | "bg" | "hu" => "other",
        "ru" | "uk" => match integer {
            false => "other",
            true if last == 1.0 && last_two != 11.0 => "one",
            true if few => "few",
            true => "many",
        },
        "pl" => match integer {
            false => "other",
            true if n == 1.0 => "one",
            true if few => "few",
            true => "many",
        },
        "cs" | "sk" => match integer {
            false => "many",
            true if n == 1.0 => "one",
            true if (2.0..=4.0).contains(&n) => "few",
            true => "other",
        },
        "hr" if integer && last == 1.0 && !teens => "one",
        "hr" if integer && few => "few",
        "hr" => "other",
        "ro" if integer && n == 1.0 => "one",
        "ro" if !integer || n == 0.0 || (1.0..=19.0).contains(&last_two) => "few",
        _ if integer && n == 1.0 => "one",
        _ => "other",
    }
}

/// The category of an ordinal number in English; other languages have one form here.
pub(crate) fn ordinal(language: &str, number: f64) -> &'static str {
    let n = number.abs();
    match (language, n % 10.0, n % 100.0) {
        ("en", last, last_two) if last == 1.0 && last_two != 11.0 => "one",
        ("en", last, last_two) if last == 2.0 && last_two != 12.0 => "two",
        ("en", last, last_two) if last == 3.0 && last_two != 13.0 => "few",
        ("fr", _, _) if n == 1.0 => "one",
        ("it", _, _) if matches!(n as u32, 8 | 11 | 80 | 800) => "many",
        _ => "other",
    }
}
