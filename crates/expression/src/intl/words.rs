//! `Intl.RelativeTimeFormat` and `Intl.ListFormat`: `in 3 days`; `a, b, and c`.

use super::decimal::{Decimal, Rounding};
use super::locale::Locale;
use super::number::NumberFormat;

/// How distances of time are written.
#[derive(Clone, Debug)]
pub(crate) struct RelativeFormat {
    pub(crate) locale: Locale,
    /// `long`, `short` or `narrow`.
    pub(crate) style: String,
    /// Whether `1 day ago` is `yesterday`.
    pub(crate) auto: bool,
}

impl RelativeFormat {
    /// The text for so many units; `unit` is singular. `None` for a unit that has none.
    pub(crate) fn format(&self, number: f64, unit: &str) -> Option<String> {
        let style = if self.style == "long" {
            "long"
        } else {
            "short"
        };
        let key = format!("rel.{style}.{unit}");
        if self.auto && number.fract() == 0.0 {
            let number = format!("{}", number as i64);
            if let Some(word) = self.locale.named(&format!("{key}.auto"), &number) {
                return Some(word.to_owned());
            }
        }
        let digits = Decimal::of(number).rounded_to_fraction(3, Rounding::HalfExpand);
        let (_, fraction) = digits.parts(0);
        let category = self.locale.plural(number.abs(), fraction.len());
        let forms = self.locale.form(&key, category);
        let past = number.is_sign_negative();
        let pattern = forms.split(';').nth(usize::from(past))?;
        if pattern.is_empty() {
            return None;
        }
        let text = NumberFormat::plain(&self.locale).format(number.abs());
        Some(pattern.replace("{0}", &text))
    }
}

/// How lists are written.
#[derive(Clone, Debug)]
pub(crate) struct ListFormat {
    pub(crate) locale: Locale,
    /// `conjunction`, `disjunction` or `unit`.
    pub(crate) kind: String,
    /// `long`, `short` or `narrow`.
    pub(crate) style: String,
}

impl ListFormat {
    pub(crate) fn format(&self, texts: &[String]) -> String {
        let style = if self.style == "long" {
            "long"
        } else {
            "short"
        };
        let key = format!("list.{}.{style}", self.kind);
        match texts {
            [] => String::new(),
            [only] => only.clone(),
            [first, second] => {
                let pattern = self.locale.nth(&key, 0);
                fill(pattern, first, second)
            }
            [first, middle @ .., last] => {
                let pattern = self.locale.nth(&key, 1);
                // `{0}, {1}, {2}, and {3}`: what stands between the first, the middle and the last two.
                let between = |from: &str, to: &str| {
                    let start = pattern.find(from).map_or(0, |at| at + from.len());
                    let end = pattern.find(to).unwrap_or(start).max(start);
                    &pattern[start..end]
                };
                let mut text = first.clone();
                for (i, part) in middle.iter().enumerate() {
                    text.push_str(if i == 0 {
                        between("{0}", "{1}")
                    } else {
                        between("{1}", "{2}")
                    });
                    text.push_str(part);
                }
                text.push_str(between("{2}", "{3}"));
                text.push_str(last);
                text.push_str(pattern.rsplit_once("{3}").map_or("", |(_, after)| after));
                text
            }
        }
    }
}

fn fill(pattern: &str, first: &str, second: &str) -> String {
    // The texts may hold what looks like a place.
    let (before, rest) = pattern.split_once("{0}").unwrap_or(("", pattern));
    let (between, after) = rest.split_once("{1}").unwrap_or((rest, ""));
    format!("{before}{first}{between}{second}{after}")
}
