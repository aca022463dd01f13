//! The order of texts for readers: `localeCompare` and `Intl.Collator`.

use std::cmp::Ordering;

use super::options::Options;
use crate::evaluate::{Interpreter, Run};
use crate::js::Js;

/// Signs in their order, before digits and letters.
const SIGNS: &str = "_-‐–—,;:!?.…'‘’\"“”()[]{}§@*/\\&#%`´^¨°©®+±<=>|~¢$£¥€";

/// Which differences count, and how.
#[derive(Clone, Debug)]
pub(crate) struct Collation {
    accents: bool,
    case: bool,
    numeric: bool,
    upper_first: bool,
    ignore_signs: bool,
}

impl Default for Collation {
    fn default() -> Self {
        Self {
            accents: true,
            case: true,
            numeric: false,
            upper_first: false,
            ignore_signs: false,
        }
    }
}

/// One letter: its place, its accents, and whether it is upper case.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Element {
    place: Place,
    accents: Vec<char>,
    upper: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Space,
    Sign(usize),
    OtherSign(char),
    Digit(u32),
    /// A whole number: how many digits, and the digits.
    Number(usize, String),
    Letter(char),
}

impl Collation {
    /// The order that the options ask for.
    pub(crate) fn of(interpreter: &mut Interpreter, locale: &Js, options: &Js) -> Run<Self> {
        super::Locale::argument(interpreter, locale)?;
        let options = Options::read(interpreter, options)?;
        let sensitivity = options
            .optional_choice("sensitivity", &["base", "accent", "case", "variant"])?
            .unwrap_or("variant");
        Ok(Self {
            accents: matches!(sensitivity, "accent" | "variant"),
            case: matches!(sensitivity, "case" | "variant"),
            numeric: options.flag("numeric").unwrap_or(false),
            upper_first: options.text("caseFirst").as_deref() == Some("upper"),
            ignore_signs: options.flag("ignorePunctuation").unwrap_or(false),
        })
    }

    pub(crate) fn compare(&self, a: &str, b: &str) -> Ordering {
        if a == b {
            return Ordering::Equal;
        }
        let (a, b) = (self.elements(a), self.elements(b));
        let places = a
            .iter()
            .map(|element| &element.place)
            .cmp(b.iter().map(|element| &element.place));
        let accents = || {
            a.iter()
                .map(|element| &element.accents)
                .cmp(b.iter().map(|element| &element.accents))
        };
        let case = || {
            let order = a
                .iter()
                .map(|element| element.upper)
                .cmp(b.iter().map(|element| element.upper));
            if self.upper_first {
                order.reverse()
            } else {
                order
            }
        };
        let mut order = places;
        if self.accents {
            order = order.then_with(accents);
        }
        if self.case {
            order = order.then_with(case);
        }
        order
    }

    fn elements(&self, text: &str) -> Vec<Element> {
        let mut elements: Vec<Element> = Vec::with_capacity(text.len());
        for c in super::normalize::decomposed(text) {
            if super::normalize::is_mark(c) {
                if let Some(last) = elements.last_mut() {
                    last.accents.push(c);
                }
                continue;
            }
            if c.is_control() {
                continue;
            }
            if self.numeric
                && let Some(digit) = c.to_digit(10)
            {
                push_digit(&mut elements, digit);
                continue;
            }
            for lower in c.to_lowercase() {
                let Some(place) = self.place(lower) else {
                    continue;
                };
                let ligature = match lower {
                    'ß' => Some("ss"),
                    'æ' => Some("ae"),
                    'œ' => Some("oe"),
                    _ => None,
                };
                let upper = c.is_uppercase();
                match ligature {
                    Some(letters) => {
                        for letter in letters.chars() {
                            elements.push(Element {
                                place: Place::Letter(letter),
                                accents: vec![lower],
                                upper,
                            });
                        }
                    }
                    None => elements.push(Element {
                        place,
                        accents: Vec::new(),
                        upper,
                    }),
                }
            }
        }
        elements
    }

    fn place(&self, c: char) -> Option<Place> {
        if c.is_alphabetic() {
            return Some(Place::Letter(match c {
                'ø' => 'o',
                'đ' | 'ð' => 'd',
                'ł' => 'l',
                'ħ' => 'h',
                'ı' => 'i',
                c => c,
            }));
        }
        if let Some(digit) = c.to_digit(10) {
            return Some(Place::Digit(digit));
        }
        if self.ignore_signs {
            return None;
        }
        if c.is_whitespace() {
            return Some(Place::Space);
        }
        Some(match SIGNS.chars().position(|sign| sign == c) {
            Some(at) => Place::Sign(at),
            None => Place::OtherSign(c),
        })
    }
}

/// Adds a digit to the number at the end, or begins one.
fn push_digit(elements: &mut Vec<Element>, digit: u32) {
    let digit = char::from_digit(digit, 10).unwrap_or('0');
    if let Some(Element {
        place: Place::Number(length, digits),
        ..
    }) = elements.last_mut()
    {
        if digits == "0" {
            digits.clear();
        }
        digits.push(digit);
        *length = digits.len();
        return;
    }
    elements.push(Element {
        place: Place::Number(1, digit.into()),
        accents: Vec::new(),
        upper: false,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_texts_as_readers_expect() {
        let mut words = ["b", "a", "C", "ä", "Z", "z", "1", "_", "A", "é", "e"];
        words.sort_by(|a, b| Collation::default().compare(a, b));
        assert_eq!(
            words,
            ["_", "1", "a", "A", "ä", "b", "C", "e", "é", "z", "Z"]
        );
        let numeric = Collation {
            numeric: true,
            ..Collation::default()
        };
        assert_eq!(numeric.compare("item 10", "item 2"), Ordering::Greater);
        assert_eq!(numeric.compare("007", "7"), Ordering::Equal);
    }
}
