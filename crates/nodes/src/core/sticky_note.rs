//! Sticky Note: a note on the canvas. It has no connections and never runs.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use serde_json::json;

use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::Parameters;
use crate::run::NodeRun;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let literal = |property: Property| Property {
        no_data_expression: true,
        ..property
    };
    NodeDefinition::new(
        "n8n-nodes-base.stickyNote",
        "Sticky Note",
        "A note for the people who read the workflow. It does nothing.",
    )
    .inputs(&[])
    .outputs(&[])
    .property(
        "content",
        literal(Property::of(PropertyType::String, "The note, in Markdown.")),
    )
    .property(
        "height",
        literal(Property::of(
            PropertyType::Number,
            "Height on the canvas in pixels.",
        ))
        .default_value(160),
    )
    .property(
        "width",
        literal(Property::of(
            PropertyType::Number,
            "Width on the canvas in pixels.",
        ))
        .default_value(240),
    )
    .property(
        "color",
        literal(Property::of(
            PropertyType::Color,
            "Number or hexadecimal code of its colour.",
        ))
        .default_value(1),
    )
    .example(
        "a note",
        json!({ "content": "## To do" }),
        json!([]),
        json!([]),
    )
});

pub(crate) struct StickyNote;

impl NodeType for StickyNote {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, _: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        Ok(Box::new(Note))
    }

    fn is_trigger(&self) -> bool {
        false
    }
}

struct Note;

impl Node for Note {
    fn execute(&self, _: &NodeRun) -> Step {
        Step::Done(Ok(Outcome::default()))
    }

    fn outputs(&self) -> usize {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_execution_never_starts_at_a_note() {
        assert!(!StickyNote.is_trigger());
    }
}
