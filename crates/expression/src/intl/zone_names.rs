//! Names of time zones for readers, such as `CET` or `Central European Standard Time`.

use jiff::Zoned;

use super::locale::Locale;
use crate::luxon::zone::{Style, offset_text};

/// The name of a zone at a moment: `width` is one of the values of Intl's `timeZoneName`.
pub(crate) fn name(locale: &Locale, zoned: &Zoned, width: &str) -> String {
    let long = width.starts_with("long");
    if !width.ends_with("Offset")
        && let Some(known) = known_name(locale, zoned, long)
    {
        return known.to_owned();
    }
    let seconds = zoned.offset().seconds();
    let prefix = locale.get("gmt");
    if seconds == 0 {
        return prefix.to_owned();
    }
    let style = if long { Style::Long } else { Style::Short };
    let offset = offset_text(seconds, style).replace('-', locale.get("num.minus"));
    format!("{prefix}{offset}")
}

/// The name in English as `Date.prototype.toString` writes it.
pub(crate) fn long_english(zoned: &Zoned) -> String {
    name(&Locale::default(), zoned, "long")
}

fn known_name(locale: &Locale, zoned: &Zoned, long: bool) -> Option<&'static str> {
    let field = usize::from(long);
    let found = |key: &str| {
        let name = locale.nth(&format!("zone.{key}"), field);
        (!name.is_empty()).then_some(name)
    };
    let zone = zoned.time_zone();
    let by_place = zone.iana_name().and_then(found);
    if by_place.is_some() {
        return by_place;
    }
    if zone.iana_name().is_none() && zoned.offset().seconds() != 0 {
        return None;
    }
    let abbreviation = zoned.strftime("%Z").to_string();
    let minutes = zoned.offset().seconds() / 60;
    found(&format!("{abbreviation}@{minutes}"))
}
