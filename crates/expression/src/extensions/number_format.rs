//! Numbers as text for readers: `format()` and `toLocaleString()`, by locale and Intl's usual options.

use crate::evaluate::{Interpreter, Run};
use crate::js::Js;
use crate::methods::number::fixed;

/// Writes a number as `Intl.NumberFormat(locale, options)` does.
pub(crate) fn format(
    interpreter: &mut Interpreter,
    number: f64,
    locale: &Js,
    options: &Js,
) -> Run<String> {
    let locale = match locale {
        Js::Undefined | Js::Data(itemflow_model::Value::Null) => "en-US".into(),
        value => interpreter.text_of(value)?,
    };
    let mut least = None;
    let mut most = None;
    let mut style = String::new();
    let mut currency = String::new();
    let mut grouping = true;
    if options.is_object() {
        for (key, value) in interpreter.entries(options)? {
            match &*key {
                "minimumFractionDigits" => {
                    least = Some(interpreter.number_of(&value)?.clamp(0.0, 100.0) as usize)
                }
                "maximumFractionDigits" => {
                    most = Some(interpreter.number_of(&value)?.clamp(0.0, 100.0) as usize)
                }
                "style" => style = interpreter.text_of(&value)?.to_string(),
                "currency" => currency = interpreter.text_of(&value)?.to_uppercase(),
                "useGrouping" => grouping = crate::convert::truthy(&value),
                _ => {}
            }
        }
    }
    if number.is_nan() {
        return Ok("NaN".into());
    }
    let (default_least, default_most) = match style.as_str() {
        "currency" if matches!(currency.as_str(), "JPY" | "KRW" | "VND" | "CLP") => (0, 0),
        "currency" => (2, 2),
        "percent" => (0, 0),
        _ => (0, 3),
    };
    let least =
        least.unwrap_or_else(|| most.map_or(default_least, |most: usize| most.min(default_least)));
    let most = most.unwrap_or(default_most).max(least);
    let scaled = if style == "percent" {
        number * 100.0
    } else {
        number
    };
    let separators = Separators::of(&locale);
    let digits = if number.is_infinite() {
        "∞".to_owned()
    } else {
        separators.write(&fixed(scaled.abs(), most), least, grouping)
    };
    let negative = number < 0.0 && digits.chars().any(|c| matches!(c, '1'..='9' | '∞'));
    let text = match style.as_str() {
        "percent" if separators.space_before_sign => format!("{digits}\u{a0}%"),
        "percent" => format!("{digits}%"),
        "currency" => {
            let sign = currency_sign(&currency, &locale);
            if separators.space_before_sign {
                format!("{digits}\u{a0}{sign}")
            } else if sign.chars().count() == 3 && sign.chars().all(|c| c.is_ascii_uppercase()) {
                format!("{sign}\u{a0}{digits}")
            } else {
                format!("{sign}{digits}")
            }
        }
        _ => digits,
    };
    Ok(if negative { format!("-{text}") } else { text })
}

struct Separators {
    group: &'static str,
    decimal: char,
    /// Whether a percent or currency sign follows the number.
    space_before_sign: bool,
    /// Groups of two after the first three digits.
    indian: bool,
    /// The number of digits from which groups are written.
    group_from: usize,
}

impl Separators {
    fn of(locale: &str) -> Self {
        let plain = Self {
            group: ",",
            decimal: '.',
            space_before_sign: false,
            indian: false,
            group_from: 4,
        };
        let european = |group, group_from| Self {
            group,
            decimal: ',',
            space_before_sign: true,
            indian: false,
            group_from,
        };
        match locale {
            "en-IN" | "hi-IN" => Self {
                indian: true,
                ..plain
            },
            "de-CH" => Self {
                group: "’",
                ..plain
            },
            "pt-BR" => Self {
                group: ".",
                decimal: ',',
                ..plain
            },
            _ => match locale.split(['-', '_']).next().unwrap_or_default() {
                "de" | "it" | "nl" | "id" | "tr" | "da" | "el" | "ro" | "hr" | "sl" | "vi" => {
                    european(".", 4)
                }
                "es" | "pt" => european(".", 5),
                "fr" => european("\u{202f}", 4),
                "ru" | "uk" | "cs" | "sv" | "nb" | "no" | "fi" | "sk" => european("\u{a0}", 4),
                "pl" => european("\u{a0}", 5),
                _ => plain,
            },
        }
    }

    fn write(&self, plain: &str, least: usize, grouping: bool) -> String {
        let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
        let mut fraction = fraction;
        while fraction.len() > least && fraction.ends_with('0') {
            fraction = &fraction[..fraction.len() - 1];
        }
        let mut out = String::new();
        let count = whole.len();
        for (i, digit) in whole.chars().enumerate() {
            let left = count - i;
            let boundary = if self.indian {
                left == 3 || (left > 3 && left % 2 == 1)
            } else {
                left.is_multiple_of(3)
            };
            if grouping && i > 0 && boundary && count >= self.group_from {
                out.push_str(self.group);
            }
            out.push(digit);
        }
        if !fraction.is_empty() {
            out.push(self.decimal);
            out.push_str(fraction);
        }
        out
    }
}

fn currency_sign(code: &str, locale: &str) -> String {
    match code {
        "USD" if locale.starts_with("en-CA") || locale.starts_with("en-AU") => "US$".into(),
        "USD" => "$".into(),
        "EUR" => "€".into(),
        "GBP" => "£".into(),
        "JPY" => "¥".into(),
        "CNY" => "CN¥".into(),
        "INR" => "₹".into(),
        "KRW" => "₩".into(),
        "BRL" => "R$".into(),
        "CAD" => "CA$".into(),
        "AUD" => "A$".into(),
        other => other.into(),
    }
}
