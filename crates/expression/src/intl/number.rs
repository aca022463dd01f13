//! `Intl.NumberFormat`: numbers as text for readers, by locale and options.

use std::sync::Arc;

use super::decimal::{Decimal, Rounding};
use super::locale::Locale;
use super::options::Options;
use crate::evaluate::{Interpreter, Run, range_error, type_error};
use crate::js::Js;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Decimal,
    Percent,
    Currency,
    Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Notation {
    Standard,
    Scientific,
    Engineering,
    Compact,
}

/// Which digits are written.
#[derive(Clone, Copy, Debug)]
enum Digits {
    Fraction(usize, usize),
    Significant(usize, usize),
    /// Two significant digits, and whole numbers in full.
    Compact,
}

/// How numbers are written.
#[derive(Clone, Debug)]
pub(crate) struct NumberFormat {
    pub(crate) locale: Locale,
    style: Style,
    notation: Notation,
    compact_long: bool,
    currency: Arc<str>,
    currency_display: Arc<str>,
    accounting: bool,
    unit: Arc<str>,
    unit_display: Arc<str>,
    sign: Arc<str>,
    grouping: Arc<str>,
    least_whole: usize,
    digits: Digits,
    rounding: Arc<str>,
    strip_zeros: bool,
}

impl NumberFormat {
    /// The formatter of `new Intl.NumberFormat(locale, options)`.
    pub(crate) fn of(interpreter: &mut Interpreter, locale: &Js, options: &Js) -> Run<Self> {
        let locale = Locale::argument(interpreter, locale)?;
        let options = Options::read(interpreter, options)?;
        let style = match &*options.choice("style", &["decimal", "percent", "currency", "unit"])? {
            "percent" => Style::Percent,
            "currency" => Style::Currency,
            "unit" => Style::Unit,
            _ => Style::Decimal,
        };
        let notation = match &*options.choice(
            "notation",
            &["standard", "scientific", "engineering", "compact"],
        )? {
            "scientific" => Notation::Scientific,
            "engineering" => Notation::Engineering,
            "compact" => Notation::Compact,
            _ => Notation::Standard,
        };
        let currency = options.text("currency").unwrap_or_default().to_uppercase();
        if currency.is_empty() && style == Style::Currency {
            return type_error("a currency needs its code");
        }
        if !currency.is_empty()
            && (currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_alphabetic()))
        {
            return range_error(format!("`{currency}` is no currency code"));
        }
        let unit = options.text("unit").unwrap_or_default();
        if unit.is_empty() && style == Style::Unit {
            return type_error("a unit format needs its unit");
        }
        let digits = digits(interpreter, &options, style, notation, &currency)?;
        let grouping = match options.get("useGrouping") {
            Js::Undefined if notation == Notation::Compact => "min2".into(),
            Js::Undefined => "auto".into(),
            value => match value.as_text() {
                Some(text) if matches!(&**text, "always" | "auto" | "min2") => text.clone(),
                Some(text) if matches!(&**text, "true" | "false") => "auto".into(),
                _ if crate::convert::truthy(value) => "always".into(),
                _ => "never".into(),
            },
        };
        Ok(Self {
            locale,
            style,
            notation,
            compact_long: &*options.choice("compactDisplay", &["short", "long"])? == "long",
            currency: currency.into(),
            currency_display: options.choice(
                "currencyDisplay",
                &["symbol", "narrowSymbol", "code", "name"],
            )?,
            accounting: &*options.choice("currencySign", &["standard", "accounting"])?
                == "accounting",
            unit,
            unit_display: options.choice("unitDisplay", &["short", "narrow", "long"])?,
            sign: options.choice(
                "signDisplay",
                &["auto", "never", "always", "exceptZero", "negative"],
            )?,
            grouping,
            least_whole: options
                .integer(interpreter, "minimumIntegerDigits", 1, 21)?
                .unwrap_or(1),
            digits,
            rounding: options.choice(
                "roundingMode",
                &[
                    "halfExpand",
                    "ceil",
                    "floor",
                    "expand",
                    "trunc",
                    "halfCeil",
                    "halfFloor",
                    "halfTrunc",
                    "halfEven",
                ],
            )?,
            strip_zeros: &*options.choice("trailingZeroDisplay", &["auto", "stripIfInteger"])?
                == "stripIfInteger",
        })
    }

    /// The formatter of a locale without options.
    pub(crate) fn plain(locale: &Locale) -> Self {
        Self {
            locale: locale.clone(),
            style: Style::Decimal,
            notation: Notation::Standard,
            compact_long: false,
            currency: "".into(),
            currency_display: "symbol".into(),
            accounting: false,
            unit: "".into(),
            unit_display: "short".into(),
            sign: "auto".into(),
            grouping: "auto".into(),
            least_whole: 1,
            digits: Digits::Fraction(0, 3),
            rounding: "halfExpand".into(),
            strip_zeros: false,
        }
    }

    /// A number with a unit, as `Intl.NumberFormat` writes it with `style: 'unit'`.
    pub(crate) fn with_unit(locale: &Locale, unit: &str, display: &str) -> Self {
        Self {
            style: Style::Unit,
            unit: unit.into(),
            unit_display: display.into(),
            ..Self::plain(locale)
        }
    }

    /// The text of a number.
    pub(crate) fn format(&self, number: f64) -> String {
        let negative = number.is_sign_negative() && !number.is_nan();
        if !number.is_finite() {
            let text = if number.is_nan() {
                self.locale.get("num.nan").to_owned()
            } else {
                "∞".to_owned()
            };
            return self.finish(&text, negative, false, number.abs());
        }
        self.write(Decimal::of(number), negative)
    }

    /// The text of a whole number of any size, from its digits.
    pub(crate) fn format_digits(&self, digits: &str, negative: bool) -> String {
        self.write(Decimal::of_digits(digits), negative)
    }

    /// The options as `resolvedOptions()` gives them.
    pub(crate) fn resolved(&self) -> Vec<(&'static str, Js)> {
        let style = match self.style {
            Style::Decimal => "decimal",
            Style::Percent => "percent",
            Style::Currency => "currency",
            Style::Unit => "unit",
        };
        let mut resolved = vec![
            ("locale", Js::text(self.locale.tag.clone())),
            ("numberingSystem", Js::text("latn")),
            ("style", Js::text(style)),
        ];
        if self.style == Style::Currency {
            resolved.push(("currency", Js::text(self.currency.clone())));
        }
        if let Digits::Fraction(least, most) = self.digits {
            resolved.push(("minimumFractionDigits", Js::index(least)));
            resolved.push(("maximumFractionDigits", Js::index(most)));
        }
        resolved
    }

    fn write(&self, decimal: Decimal, negative: bool) -> String {
        let mut decimal = if self.style == Style::Percent {
            decimal.shifted(2)
        } else {
            decimal
        };
        let mut exponent = 0;
        let mut compact = None;
        match self.notation {
            Notation::Standard => {}
            Notation::Compact => {
                compact = self.compact_form(&decimal, negative);
                if let Some((shift, _)) = compact {
                    decimal = decimal.shifted(-shift);
                }
            }
            Notation::Scientific | Notation::Engineering => {
                exponent = self.exponent(&decimal);
                let rounded = self.round(decimal.clone().shifted(-exponent), negative);
                // Rounding may add a digit.
                if rounded.magnitude() > decimal.magnitude() - exponent {
                    exponent = self.exponent(&rounded.clone().shifted(exponent));
                }
                decimal = decimal.shifted(-exponent);
            }
        }
        let rounded = self.round(decimal, negative);
        let zero = rounded.is_zero();
        let (mut text, value) = self.digits_text(&rounded);
        if matches!(self.notation, Notation::Scientific | Notation::Engineering) {
            let sign = if exponent < 0 {
                self.locale.get("num.minus")
            } else {
                ""
            };
            text = format!("{text}E{sign}{}", exponent.abs());
        }
        if let Some((_, pattern)) = compact {
            text = pattern.replace("{0}", &text);
        }
        self.finish(&text, negative, zero, value)
    }

    fn exponent(&self, decimal: &Decimal) -> i32 {
        if decimal.is_zero() {
            return 0;
        }
        let exponent = decimal.magnitude() - 1;
        if self.notation == Notation::Engineering {
            exponent.div_euclid(3) * 3
        } else {
            exponent
        }
    }

    /// By how many digits a large number is cut, and the pattern with the word for it.
    fn compact_form(&self, decimal: &Decimal, negative: bool) -> Option<(i32, &'static str)> {
        let key = if self.compact_long {
            "compact.long"
        } else {
            "compact.short"
        };
        let form = |magnitude: i32| {
            let at = usize::try_from(magnitude - 4).ok()?.min(11);
            let mut fields = self.locale.nth(key, at).split(':');
            let whole: i32 = fields.next()?.parse().ok()?;
            let beyond = (magnitude - 15).max(0);
            let shift = magnitude - whole - beyond;
            let one = fields.next()?;
            Some((shift, one, fields.next().unwrap_or(one)))
        };
        let mut found = form(decimal.magnitude());
        let shift = found.map_or(0, |(shift, _, _)| shift);
        let rounded = self.round(decimal.clone().shifted(-shift), negative);
        if rounded.magnitude() > decimal.magnitude() - shift {
            found = form(decimal.magnitude() + 1);
        }
        let (shift, one, other) = found?;
        let is_one = rounded.parts(0) == ("1".into(), String::new());
        Some((shift, if is_one { one } else { other }))
    }

    fn round(&self, decimal: Decimal, negative: bool) -> Decimal {
        let mode = match (&*self.rounding, negative) {
            ("expand", _) | ("ceil", false) | ("floor", true) => Rounding::Expand,
            ("trunc", _) | ("ceil", true) | ("floor", false) => Rounding::Trunc,
            ("halfTrunc", _) | ("halfCeil", true) | ("halfFloor", false) => Rounding::HalfTrunc,
            ("halfEven", _) => Rounding::HalfEven,
            _ => Rounding::HalfExpand,
        };
        match self.digits {
            Digits::Fraction(_, most) => decimal.rounded_to_fraction(most, mode),
            Digits::Significant(_, most) => decimal.rounded_to_digits(most, mode),
            Digits::Compact if decimal.magnitude() >= 2 => decimal.rounded_to_fraction(0, mode),
            Digits::Compact => decimal.rounded_to_digits(2, mode),
        }
    }

    /// The digits with their separators, and the number that they mean, for the plural.
    fn digits_text(&self, rounded: &Decimal) -> (String, f64) {
        let least = match self.digits {
            Digits::Fraction(least, _) => least,
            Digits::Significant(least, _) => {
                let magnitude = if rounded.is_zero() {
                    1
                } else {
                    rounded.magnitude()
                };
                usize::try_from(least as i32 - magnitude).unwrap_or(0)
            }
            Digits::Compact => 0,
        };
        let (mut whole, mut fraction) = rounded.parts(least);
        if self.strip_zeros && fraction.bytes().all(|b| b == b'0') {
            fraction.clear();
        }
        let value: f64 = format!("{whole}.{fraction}0").parse().unwrap_or(0.0);
        while whole.len() < self.least_whole {
            whole.insert(0, '0');
        }
        let mut text = self.grouped(&whole);
        if !fraction.is_empty() {
            text.push_str(self.locale.get("num.decimal"));
            text.push_str(&fraction);
        }
        (text, value)
    }

    fn grouped(&self, whole: &str) -> String {
        let count = whole.len();
        let least = match &*self.grouping {
            "never" => return whole.to_owned(),
            "always" => 4,
            "min2" => 5,
            _ if self.locale.get("num.min") == "2" => 5,
            _ => 4,
        };
        if count < least {
            return whole.to_owned();
        }
        let separator = self.locale.get("num.group");
        let indian = self.locale.get("num.sizes") == "2";
        let mut text = String::with_capacity(count * 2);
        for (i, digit) in whole.chars().enumerate() {
            let left = count - i;
            let boundary = if indian {
                left == 3 || (left > 3 && left % 2 == 1)
            } else {
                left.is_multiple_of(3)
            };
            if i > 0 && boundary {
                text.push_str(separator);
            }
            text.push(digit);
        }
        text
    }

    /// Puts sign, currency, percent sign or unit around the digits.
    fn finish(&self, digits: &str, negative: bool, zero: bool, value: f64) -> String {
        let minus = self.locale.get("num.minus");
        let sign = match (&*self.sign, negative) {
            ("never", _) => "",
            ("negative" | "exceptZero", _) if zero => "",
            ("exceptZero", _) if value.is_nan() => "",
            (_, true) => minus,
            ("always" | "exceptZero", false) => "+",
            _ => "",
        };
        match self.style {
            Style::Decimal => format!("{sign}{digits}"),
            Style::Percent => {
                let pattern = self.locale.get("num.percent");
                format!("{sign}{}", pattern.replace("{0}", digits))
            }
            Style::Currency => self.with_currency(digits, sign, value),
            Style::Unit => format!("{sign}{}", self.unit_text(digits, value)),
        }
    }

    fn with_currency(&self, digits: &str, sign: &str, value: f64) -> String {
        if &*self.currency_display == "name" {
            return format!("{sign}{}", self.currency_name(digits, value));
        }
        let key = match &*self.currency_display {
            "narrowSymbol" => "cur.narrow",
            _ => "cur",
        };
        let symbol = match &*self.currency_display {
            "code" => None,
            _ => self.locale.named(key, &self.currency),
        };
        let symbol = symbol.unwrap_or(&self.currency);
        // Letters keep a distance from digits.
        let spaced = symbol.ends_with(|c: char| c.is_alphabetic());
        let suffix = if spaced { ".code" } else { "" };
        let negative = !sign.is_empty() && sign != "+";
        let pattern = match (negative, self.accounting) {
            (true, true) => self.locale.get("num.currency.accounting").to_owned(),
            (true, false) => self
                .locale
                .get(&format!("num.currency.negative{suffix}"))
                .replace('-', sign),
            (false, _) => {
                let plain = self.locale.get(&format!("num.currency{suffix}"));
                format!("{sign}{plain}")
            }
        };
        pattern.replace('¤', symbol).replace("{0}", digits)
    }

    fn currency_name(&self, digits: &str, value: f64) -> String {
        let decimals = match self.digits {
            Digits::Fraction(least, _) => least,
            _ => 0,
        };
        let category = self.locale.plural(value, decimals);
        let forms = self.locale.named("cur.name", &self.currency);
        let form = |name: &str| {
            forms?
                .split(';')
                .find_map(|entry| entry.strip_prefix(name)?.strip_prefix(':'))
        };
        match form(category).or_else(|| form("other")) {
            Some(pattern) => pattern.replace("{0}", digits),
            None => format!("{digits} {}", self.currency),
        }
    }

    fn unit_text(&self, digits: &str, value: f64) -> String {
        let display = if &*self.unit_display == "long" {
            "long"
        } else {
            "short"
        };
        let decimals = match self.digits {
            Digits::Fraction(least, _) => least,
            _ => 0,
        };
        let category = self.locale.plural(value, decimals);
        let pattern = self
            .locale
            .form(&format!("unit.{display}.{}", self.unit), category);
        if pattern.is_empty() {
            return format!("{digits} {}", self.unit);
        }
        pattern.replace("{0}", digits)
    }
}

fn digits(
    interpreter: &mut Interpreter,
    options: &Options,
    style: Style,
    notation: Notation,
    currency: &str,
) -> Run<Digits> {
    let least_digits = options.integer(interpreter, "minimumSignificantDigits", 1, 21)?;
    let most_digits = options.integer(interpreter, "maximumSignificantDigits", 1, 21)?;
    if least_digits.is_some() || most_digits.is_some() {
        let (least, most) = (least_digits.unwrap_or(1), most_digits.unwrap_or(21));
        if least > most {
            return range_error("maximumSignificantDigits is less than the minimum");
        }
        return Ok(Digits::Significant(least, most));
    }
    let least = options.integer(interpreter, "minimumFractionDigits", 0, 100)?;
    let most = options.integer(interpreter, "maximumFractionDigits", 0, 100)?;
    if notation == Notation::Compact && least.is_none() && most.is_none() {
        return Ok(Digits::Compact);
    }
    let (default_least, default_most) = match style {
        Style::Currency if notation == Notation::Standard => {
            let places = currency_places(currency);
            (places, places)
        }
        Style::Percent => (0, 0),
        _ => (0, 3),
    };
    Ok(match (least, most) {
        (Some(least), Some(most)) if least > most => {
            return range_error("maximumFractionDigits is less than the minimum");
        }
        (Some(least), Some(most)) => Digits::Fraction(least, most),
        (Some(least), None) => Digits::Fraction(least, default_most.max(least)),
        (None, Some(most)) => Digits::Fraction(default_least.min(most), most),
        (None, None) => Digits::Fraction(default_least, default_most),
    })
}

/// How many digits the smallest coin of a currency needs.
fn currency_places(code: &str) -> usize {
    match code {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "UYI" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    }
}
