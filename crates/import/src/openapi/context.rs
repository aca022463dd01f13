//! `Context`: the document under way: its root, what was lost so far, and how much one operation may still cost.

use std::collections::HashMap;

use itemflow_model::Value;

use super::part::Part;
use super::references;
use crate::limits;
use crate::loss::Losses;

/// What all parts of an import share.
pub(crate) struct Context<'a> {
    pub(crate) root: &'a Value,
    pub(crate) losses: Losses,
    /// Where the document came from.
    pub(crate) address: Option<String>,
    /// Schemas of answers that were made already, by the pointer of the shared schema and its depth, and their sizes.
    pub(crate) outputs: HashMap<(String, usize), (Value, usize)>,
    pub(crate) patterns: Patterns,
    /// Whether a list is written by repeating its name, which the service has to say then.
    pub(crate) has_lists: bool,
    /// Callbacks and links that were passed over, and where the first of them stands.
    pub(crate) callbacks: (usize, String),
    pub(crate) links: (usize, String),
    /// Schemas that the operation may still look at.
    budget: usize,
    /// Schemas that all operations together may still look at.
    total: usize,
    operation: String,
}

impl<'a> Context<'a> {
    pub(crate) fn new(root: &'a Value) -> Self {
        Self {
            root,
            losses: Losses::default(),
            address: None,
            outputs: HashMap::new(),
            patterns: Patterns::default(),
            has_lists: false,
            callbacks: Default::default(),
            links: Default::default(),
            budget: limits::SCHEMAS_PER_OPERATION,
            total: limits::SCHEMAS,
            operation: String::new(),
        }
    }

    /// Begins an operation, which has a budget of its own.
    pub(crate) fn begin(&mut self, operation: &str) {
        self.budget = limits::SCHEMAS_PER_OPERATION;
        operation.clone_into(&mut self.operation);
    }

    /// Takes one schema from the budget; false when there is none left.
    pub(crate) fn spend(&mut self) -> bool {
        if self.budget == 0 || self.total == 0 {
            let (count, whose) = match self.total {
                0 => (limits::SCHEMAS, "all operations together hold"),
                _ => (limits::SCHEMAS_PER_OPERATION, "it holds"),
            };
            let why = format!("{whose} more than {count} schemas; any value is taken for the rest");
            self.losses
                .weakened(&self.operation, "schemas of an operation", why);
            return false;
        }
        self.budget -= 1;
        self.total -= 1;
        true
    }

    /// The part itself, or what it refers to.
    pub(crate) fn resolve(&mut self, part: &Part) -> Option<Part> {
        references::resolve(self.root, part, &mut self.losses)
    }
}

/// Regular expressions that were tried already.
#[derive(Default)]
pub(crate) struct Patterns(HashMap<String, bool>);

impl Patterns {
    /// Whether a text is a regular expression.
    pub(crate) fn is_sound(&mut self, pattern: &str) -> bool {
        if let Some(known) = self.0.get(pattern) {
            return *known;
        }
        let schema = serde_json::json!({ "pattern": pattern });
        let is_sound = itemflow_model::schema::fault(&schema).is_none();
        self.0.insert(pattern.to_owned(), is_sound);
        is_sound
    }
}
