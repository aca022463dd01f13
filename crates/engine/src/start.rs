//! Where an execution starts, and with what (spec C2).

use itemflow_model::{Item, Items, Value, did_you_mean};
use thiserror::Error;

use crate::plan::Plan;

/// Trigger types that start a run by hand, the first found wins.
const BY_PRIORITY: [&str; 5] = [
    "n8n-nodes-base.manualTrigger",
    "n8n-nodes-base.executeWorkflowTrigger",
    "n8n-nodes-base.errorTrigger",
    "n8n-nodes-base.evaluationTrigger",
    "n8n-nodes-base.formTrigger",
];

/// How a run begins and how far it goes.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// Node to start at; absent, chosen as n8n does.
    pub node: Option<String>,
    /// Items to start with; empty, one empty item.
    pub items: Items,
    /// Last node to run; only it and what leads to it runs.
    pub until: Option<String>,
}

/// Why an execution cannot start.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum StartError {
    /// Neither a trigger nor a single node.
    #[error("the workflow has no node to start at: add a Manual Trigger (type `manualTrigger`)")]
    NoTrigger,
    /// A node named for this run does not exist.
    #[error("the workflow has no node named \"{name}\"")]
    NoSuchNode {
        /// The name as given.
        name: String,
        /// How to mend it.
        help: String,
    },
    /// The last node to run cannot be reached from the first one.
    #[error("node \"{start}\" does not lead to node \"{until}\"")]
    NotReached {
        /// The node to start at.
        start: String,
        /// The last node to run.
        until: String,
    },
}

impl StartError {
    /// How to mend it, where the message does not say so.
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::NoSuchNode { help, .. } => Some(help),
            Self::NoTrigger | Self::NotReached { .. } => None,
        }
    }
}

/// The trigger at which a run by hand starts. They are given in file order, each with the full name of its type.
pub fn first_trigger<T: Copy>(triggers: &[(T, &str)]) -> Option<T> {
    let of_event = triggers
        .iter()
        .find(|(_, type_name)| !BY_PRIORITY.contains(type_name));
    let by_priority = || {
        let mut names = BY_PRIORITY.iter();
        names.find_map(|name| triggers.iter().find(|(_, type_name)| type_name == name))
    };
    of_event.or_else(by_priority).map(|(trigger, _)| *trigger)
}

impl Start {
    pub(crate) fn items(&self) -> Items {
        if self.items.is_empty() {
            Items::from(vec![Item::new(Value::empty_object())])
        } else {
            self.items.clone()
        }
    }
}

impl Plan {
    /// The node at which an execution starts.
    pub(crate) fn start_node(&self, start: &Start) -> Result<u32, StartError> {
        let named = |name: &String| self.index(name).ok_or_else(|| self.no_such_node(name));
        let wanted = match &start.until {
            Some(name) => {
                let until = named(name)?;
                let mut wanted = self.ancestors(until);
                wanted[until as usize] = true;
                wanted
            }
            None => vec![true; self.nodes.len()],
        };
        if let Some(name) = &start.node {
            let first = named(name)?;
            return match &start.until {
                Some(until) if !wanted[first as usize] => Err(StartError::NotReached {
                    start: name.clone(),
                    until: until.clone(),
                }),
                _ => Ok(first),
            };
        }
        let candidates: Vec<u32> = (0..self.nodes.len() as u32)
            .filter(|i| wanted[*i as usize] && !self.node(*i).disabled)
            .collect();
        if let [only] = candidates[..] {
            return Ok(only);
        }
        let triggers: Vec<(u32, &str)> = candidates
            .iter()
            .map(|i| (*i, &self.node(*i).compiled))
            .filter(|(_, compiled)| compiled.is_trigger)
            .map(|(i, compiled)| (i, &*compiled.facts.type_name))
            .collect();
        first_trigger(&triggers).ok_or(StartError::NoTrigger)
    }

    fn no_such_node(&self, name: &str) -> StartError {
        let names: Vec<&str> = self.node_names().map(|name| &**name).collect();
        let help = match did_you_mean(name, names.iter().copied()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("its nodes: {}", names.join(", ")),
        };
        StartError::NoSuchNode {
            name: name.to_owned(),
            help,
        }
    }
}
