//! CSS selectors with jQuery's additions, as cheerio has them: found for the whole document at once, so that no
//! selector takes more than a few passes over it.

mod matching;
mod parse;

use super::Elements;

pub(crate) use matching::is_selected;
pub(crate) use parse::parse;

/// Selectors of which one must match.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SelectorList(Vec<Complex>);

/// Compounds from left to right, each with what joins it to the one before.
#[derive(Clone, Debug, PartialEq)]
struct Complex(Vec<(Combinator, Vec<Simple>)>);

/// How an element must stand to the one before.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Combinator {
    Descendant,
    Child,
    Next,
    Sibling,
}

/// One condition on an element.
#[derive(Clone, Debug, PartialEq)]
enum Simple {
    Any,
    Tag(String),
    Id(String),
    Class(String),
    Attribute {
        name: String,
        test: Test,
        value: String,
        ignore_case: bool,
    },
    Nth {
        step: i64,
        offset: i64,
        from_end: bool,
        of_type: bool,
    },
    Only {
        of_type: bool,
    },
    Root,
    Empty,
    Parent,
    Contains(String),
    Has(SelectorList),
    Is(SelectorList),
    Not(SelectorList),
    Checked,
    Selected,
    Disabled,
    Enabled,
    Header,
    Button,
    Input,
    /// A form field of this type.
    Field(&'static str),
    Link,
    /// States that no document has, such as `:hover`.
    Never,
    Position(Position),
}

/// How an attribute must compare.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Test {
    Exists,
    Equals,
    Differs,
    Word,
    Dash,
    Starts,
    Ends,
    Contains,
}

/// A choice among the elements found so far.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Position {
    Last,
    At(i64),
    After(i64),
    Before(i64),
    Even,
    Odd,
}

impl SelectorList {
    /// The elements that match, in document order.
    pub(crate) fn select(&self, elements: &Elements) -> Vec<usize> {
        let matched = matching::matched(self, elements);
        (0..elements.len())
            .filter(|index| matched[*index])
            .collect()
    }
}
