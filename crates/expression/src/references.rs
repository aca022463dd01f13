//! Which fields of which items an expression reads, as far as its text tells.

use std::ops::Range;

/// A field of an item, read by fixed names: `$json.a.b`, `$('A').item.json.list[0].x`.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldPath {
    /// Whose item it is.
    pub of: ItemsOf,
    /// The names and indexes that lead to the field, as far as they are fixed.
    pub steps: Vec<FieldStep>,
}

/// Whose items an expression reads.
#[derive(Clone, Debug, PartialEq)]
pub enum ItemsOf {
    /// Those that come in.
    Input,
    /// Those of the node of this name.
    Node(String),
}

/// One step towards a field.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldStep {
    /// The name of a member; `None` for an element of a list.
    pub name: Option<String>,
    /// Its byte range in the text.
    pub range: Range<usize>,
}

/// A member that an object of the language, such as `$input`, does not have.
#[derive(Clone, Debug, PartialEq)]
pub struct UnknownMember {
    /// The object as it is written: `$input`, `$('…')`.
    pub object: &'static str,
    /// The member.
    pub name: String,
    /// Its byte range in the text.
    pub range: Range<usize>,
    /// The known member most like it.
    pub near: Option<&'static str>,
}

/// A node that an expression names.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeReference {
    /// Its name.
    pub name: String,
    /// The byte range of the name, quotes included.
    pub range: Range<usize>,
    /// Whether its items are asked for, and not only whether it ran, or its parameters.
    pub reads_items: bool,
}
