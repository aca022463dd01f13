//! `Locale`: names, patterns and signs by language and region.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use itemflow_model::Value;

use crate::evaluate::{Interpreter, Run, range_error, type_error};
use crate::js::Js;
use crate::list::ListView;

type Table = HashMap<&'static str, &'static str>;

static TABLES: LazyLock<HashMap<&'static str, Table>> = LazyLock::new(|| {
    let mut tables: HashMap<&'static str, Table> = HashMap::new();
    for line in include_str!("../../data/locales.tsv").lines() {
        let mut fields = line.splitn(3, '\t');
        if let (Some(locale), Some(key), Some(value)) =
            (fields.next(), fields.next(), fields.next())
        {
            tables.entry(locale).or_default().insert(key, value);
        }
    }
    tables
});

/// A language and region that texts are written for.
#[derive(Clone, Debug)]
pub(crate) struct Locale {
    /// Its tag as JavaScript writes it, for example `de-CH`.
    pub(crate) tag: Arc<str>,
    /// From the region to English.
    tables: [Option<&'static Table>; 3],
}

impl Default for Locale {
    fn default() -> Self {
        Self::of("en", None, "en-US")
    }
}

impl Locale {
    fn of(language: &str, region: Option<&str>, tag: &str) -> Self {
        let regional =
            region.and_then(|region| TABLES.get(format!("{language}-{region}").as_str()));
        Self {
            tag: tag.into(),
            tables: [regional, TABLES.get(language), TABLES.get("en")],
        }
    }

    /// The locale of a tag; the default one for a language that is not known, `None` for a tag that is none.
    pub(crate) fn find(tag: &str) -> Option<Self> {
        let mut parts = tag.split('-');
        let language = parts.next()?.to_ascii_lowercase();
        let is_language = matches!(language.len(), 2..=3 | 5..=8)
            && language.bytes().all(|b| b.is_ascii_alphabetic());
        let mut script = None;
        let mut region = None;
        for part in parts {
            if part.is_empty() || part.len() > 8 || !part.bytes().all(|b| b.is_ascii_alphanumeric())
            {
                return None;
            }
            match part.len() {
                // What follows a single letter are extensions.
                1 => break,
                2 if region.is_none() => region = Some(part.to_ascii_uppercase()),
                3 if region.is_none() && part.bytes().all(|b| b.is_ascii_digit()) => {
                    region = Some(part.to_owned());
                }
                4 if script.is_none() => script = Some(part.to_ascii_lowercase()),
                _ => {}
            }
        }
        if !is_language {
            return None;
        }
        let known = match language.as_str() {
            "no" | "nn" => "nb",
            language => language,
        };
        if !TABLES.contains_key(known) {
            return Some(Self::default());
        }
        let tag = match &region {
            Some(region) => format!("{language}-{region}"),
            None => language.clone(),
        };
        let place = match (known, region.as_deref()) {
            ("zh", region)
                if script.as_deref() == Some("hant") || matches!(region, Some("HK" | "MO")) =>
            {
                Some("TW")
            }
            ("es", Some("ES" | "GQ" | "EA" | "IC")) => None,
            ("es", Some(region)) if !TABLES.contains_key(format!("es-{region}").as_str()) => {
                Some("MX")
            }
            ("en", Some(region)) if !matches!(region, "US" | "PH" | "PR") => {
                if TABLES.contains_key(format!("en-{region}").as_str()) {
                    Some(region)
                } else {
                    Some("GB")
                }
            }
            ("de", Some("LI")) => Some("CH"),
            ("pt", Some(region)) if region != "BR" => Some("PT"),
            (_, region) => region,
        };
        Some(Self::of(known, place, &tag))
    }

    /// The locale that an argument names: undefined, a tag, or a list of tags.
    pub(crate) fn argument(interpreter: &mut Interpreter, value: &Js) -> Run<Self> {
        let tag = match value {
            Js::Undefined => return Ok(Self::default()),
            Js::Data(Value::Null) => return type_error("a locale is a text, not null"),
            value => match ListView::of(value) {
                Some(list) if list.len() == 0 => return Ok(Self::default()),
                Some(list) => interpreter.text_of(&list.get(0))?,
                None if value.as_text().is_some() => interpreter.text_of(value)?,
                None => return Ok(Self::default()),
            },
        };
        match Self::find(&tag) {
            Some(locale) => Ok(locale),
            None => range_error(format!("`{tag}` is no locale")),
        }
    }

    /// The value of a key; empty for one that is not known.
    pub(crate) fn get(&self, key: &str) -> &'static str {
        self.tables
            .iter()
            .flatten()
            .find_map(|table| table.get(key).copied())
            .unwrap_or_default()
    }

    /// One of the values of a key that has several, split by `|`.
    pub(crate) fn nth(&self, key: &str, index: usize) -> &'static str {
        self.get(key).split('|').nth(index).unwrap_or_default()
    }

    /// The value of `name` in a list of `name=value`, split by `|`.
    pub(crate) fn named(&self, key: &str, name: &str) -> Option<&'static str> {
        self.get(key)
            .split('|')
            .find_map(|entry| entry.strip_prefix(name)?.strip_prefix('='))
    }

    /// The language alone.
    pub(crate) fn language(&self) -> &str {
        self.tag.split('-').next().unwrap_or_default()
    }

    pub(crate) fn is_english(&self) -> bool {
        self.language() == "en"
    }

    /// The category of a count, for the choice between singular and plural.
    pub(crate) fn plural(&self, number: f64, decimals: usize) -> &'static str {
        super::plural::category(self.language(), &self.tag, number, decimals)
    }

    /// The form of a key for a category, from `one=…|other=…`.
    pub(crate) fn form(&self, key: &str, category: &str) -> &'static str {
        let forms = self.get(key);
        let find = |name: &str| {
            forms
                .split('|')
                .find_map(|entry| entry.strip_prefix(name)?.strip_prefix('='))
        };
        find(category)
            .or_else(|| find("other"))
            .or_else(|| find("many"))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_locales_and_falls_back() {
        assert_eq!(Locale::default().nth("month.long", 0), "January");
        let locale = |tag: &str| Locale::find(tag).unwrap();
        assert_eq!(locale("de-AT").nth("month.long", 0), "Jänner");
        assert_eq!(locale("de-DE").nth("month.long", 0), "Januar");
        assert_eq!(locale("xx").nth("month.long", 0), "January");
        assert_eq!(&*locale("fr-fr").tag, "fr-FR");
        assert!(Locale::find("en_US").is_none());
        assert!(Locale::find("").is_none());
    }
}
