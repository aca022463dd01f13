//! Finds the elements that a selector matches: for each compound from left to right, a flag for every element.

use super::{Combinator, Complex, Position, SelectorList, Simple, Test};
use crate::core::html_tree::{Data, Element, Elements};

/// A flag for every element.
type Flags = Vec<bool>;

pub(super) fn matched(list: &SelectorList, elements: &Elements) -> Flags {
    let mut all = vec![false; elements.len()];
    for complex in &list.0 {
        let found = forwards(complex, elements);
        join(&mut all, &found);
    }
    all
}

fn join(all: &mut Flags, more: &Flags) {
    for (flag, more) in all.iter_mut().zip(more) {
        *flag |= *more;
    }
}

fn forwards(complex: &Complex, elements: &Elements) -> Flags {
    let mut found: Option<Flags> = None;
    for (combinator, compound) in &complex.0 {
        let candidates = match &found {
            None => vec![true; elements.len()],
            Some(before) => related(*combinator, before, elements),
        };
        found = Some(filtered(compound, candidates, elements));
    }
    found.unwrap_or_else(|| vec![false; elements.len()])
}

/// The elements that stand so to one that is flagged.
fn related(combinator: Combinator, before: &Flags, elements: &Elements) -> Flags {
    let mut flags = vec![false; elements.len()];
    for index in 0..elements.len() {
        flags[index] = match combinator {
            Combinator::Child => elements.parents[index].is_some_and(|parent| before[parent]),
            Combinator::Descendant => {
                elements.parents[index].is_some_and(|parent| before[parent] || flags[parent])
            }
            Combinator::Next => elements.previous[index].is_some_and(|previous| before[previous]),
            Combinator::Sibling => {
                elements.previous[index].is_some_and(|previous| before[previous] || flags[previous])
            }
        };
    }
    flags
}

/// The elements to which one that is flagged stands so.
fn origins(combinator: Combinator, after: &Flags, elements: &Elements) -> Flags {
    let mut flags = vec![false; elements.len()];
    for index in (0..elements.len()).rev() {
        let target = match combinator {
            Combinator::Child | Combinator::Descendant => elements.parents[index],
            Combinator::Next | Combinator::Sibling => elements.previous[index],
        };
        let reaches = match combinator {
            Combinator::Child | Combinator::Next => after[index],
            Combinator::Descendant | Combinator::Sibling => after[index] || flags[index],
        };
        if let (Some(target), true) = (target, reaches) {
            flags[target] = true;
        }
    }
    flags
}

/// The elements in which something matches, selectors being read from the right.
fn having(list: &SelectorList, elements: &Elements) -> Flags {
    let mut all = vec![false; elements.len()];
    for complex in &list.0 {
        let mut found: Option<(Combinator, Flags)> = None;
        for (combinator, compound) in complex.0.iter().rev() {
            let candidates = match &found {
                None => vec![true; elements.len()],
                Some((joint, after)) => origins(*joint, after, elements),
            };
            found = Some((*combinator, filtered(compound, candidates, elements)));
        }
        if let Some((joint, after)) = found {
            join(&mut all, &origins(joint, &after, elements));
        }
    }
    all
}

fn filtered(compound: &[Simple], mut candidates: Flags, elements: &Elements) -> Flags {
    for simple in compound {
        match simple {
            Simple::Has(list) => keep(&mut candidates, &having(list, elements), true),
            Simple::Is(list) => keep(&mut candidates, &matched(list, elements), true),
            Simple::Not(list) => keep(&mut candidates, &matched(list, elements), false),
            Simple::Contains(text) => keep(&mut candidates, &elements.containing(text), true),
            Simple::Nth {
                step,
                offset,
                from_end,
                of_type,
            } => {
                let places = places(elements, *from_end, *of_type);
                for (flag, place) in candidates.iter_mut().zip(places) {
                    *flag &= is_nth(place, *step, *offset);
                }
            }
            Simple::Only { of_type } => {
                for from_end in [false, true] {
                    let places = places(elements, from_end, *of_type);
                    for (flag, place) in candidates.iter_mut().zip(places) {
                        *flag &= place == 1;
                    }
                }
            }
            Simple::Position(position) => choose(*position, &mut candidates),
            simple => {
                for (index, flag) in candidates.iter_mut().enumerate() {
                    *flag = *flag && holds(simple, elements, index);
                }
            }
        }
    }
    candidates
}

fn keep(flags: &mut Flags, others: &Flags, wanted: bool) {
    for (flag, other) in flags.iter_mut().zip(others) {
        *flag &= *other == wanted;
    }
}

/// The place from 1 of every element among its siblings.
fn places(elements: &Elements, from_end: bool, of_type: bool) -> Vec<i64> {
    let mut places = vec![0; elements.len()];
    let mut counts = std::collections::HashMap::new();
    let mut place = |index: usize| {
        let name = of_type.then(|| elements.element(index).name());
        let count = counts.entry((elements.parents[index], name)).or_insert(0);
        *count += 1;
        places[index] = *count;
    };
    if from_end {
        (0..elements.len()).rev().for_each(&mut place);
    } else {
        (0..elements.len()).for_each(&mut place);
    }
    places
}

fn is_nth(place: i64, step: i64, offset: i64) -> bool {
    let rest = place.saturating_sub(offset);
    match step {
        0 => rest == 0,
        step => rest % step == 0 && rest / step >= 0,
    }
}

fn choose(position: Position, flags: &mut Flags) {
    let count = flags.iter().filter(|flag| **flag).count() as i64;
    let from_end = |at: i64| if at < 0 { count + at } else { at };
    let mut place = -1;
    for flag in flags.iter_mut().filter(|flag| **flag) {
        place += 1;
        *flag = match position {
            Position::Last => place == count - 1,
            Position::At(at) => place == from_end(at),
            Position::After(at) => place > from_end(at),
            Position::Before(at) => place < from_end(at),
            Position::Even => place % 2 == 0,
            Position::Odd => place % 2 == 1,
        };
    }
}

fn holds(simple: &Simple, elements: &Elements, index: usize) -> bool {
    let element = elements.element(index);
    let has = |name: &str| element.attribute(name).is_some();
    let named = |names: &[&str]| names.contains(&element.name());
    let tree = elements.tree;
    match simple {
        Simple::Any => true,
        Simple::Tag(name) => element.name().eq_ignore_ascii_case(name),
        Simple::Id(id) => element.attribute("id") == Some(id),
        Simple::Class(class) => element
            .attribute("class")
            .is_some_and(|own| own.split_ascii_whitespace().any(|own| own == class)),
        Simple::Attribute {
            name,
            test,
            value,
            ignore_case,
        } => compares(element.attribute(name), *test, value, *ignore_case),
        Simple::Root => elements.parents[index].is_none(),
        Simple::Empty => tree
            .children(elements.ids[index])
            .all(|child| matches!(tree.node(child).data, Data::Comment(_))),
        Simple::Parent => tree.children(elements.ids[index]).next().is_some(),
        Simple::Checked => (named(&["input"]) && has("checked")) || is_selected(elements, index),
        Simple::Selected => is_selected(elements, index),
        Simple::Disabled => is_field(element) && has("disabled"),
        Simple::Enabled => is_field(element) && !has("disabled"),
        Simple::Header => named(&["h1", "h2", "h3", "h4", "h5", "h6"]),
        Simple::Button => named(&["button"]) || is_input(element, "button"),
        Simple::Input => named(&["input", "textarea", "select", "button"]),
        Simple::Field("text") => {
            named(&["input"]) && element.attribute("type").is_none_or(|kind| kind == "text")
        }
        Simple::Field("submit") => {
            is_input(element, "submit") || (named(&["button"]) && !has("type"))
        }
        Simple::Field(kind) => is_input(element, kind),
        Simple::Link => named(&["a", "area", "link"]) && has("href"),
        _ => false,
    }
}

fn is_field(element: &Element) -> bool {
    [
        "button", "fieldset", "input", "optgroup", "option", "select", "textarea",
    ]
    .contains(&element.name())
}

fn is_input(element: &Element, kind: &str) -> bool {
    element.name() == "input" && element.attribute("type") == Some(kind)
}

/// An option is selected when it says so, or as the first of a list of which only one can be.
pub(crate) fn is_selected(elements: &Elements, index: usize) -> bool {
    let element = elements.element(index);
    if element.name() != "option" {
        return false;
    }
    if element.attribute("selected").is_some() {
        return true;
    }
    let Some(parent) = elements.parents[index] else {
        return false;
    };
    let list = elements.element(parent);
    list.name() == "select"
        && list.attribute("multiple").is_none()
        && elements.previous[index].is_none()
        && !std::iter::successors(elements.next[index], |at| elements.next[*at])
            .any(|at| elements.element(at).attribute("selected").is_some())
}

fn compares(own: Option<&str>, test: Test, value: &str, ignore_case: bool) -> bool {
    let Some(own) = own else {
        return test == Test::Differs;
    };
    let (lower_own, lower_value);
    let (own, value) = if ignore_case {
        (lower_own, lower_value) = (own.to_lowercase(), value.to_lowercase());
        (lower_own.as_str(), lower_value.as_str())
    } else {
        (own, value)
    };
    match test {
        Test::Exists => true,
        Test::Equals => own == value,
        Test::Differs => own != value,
        Test::Word => !value.is_empty() && own.split_ascii_whitespace().any(|word| word == value),
        Test::Dash => {
            own == value
                || own
                    .strip_prefix(value)
                    .is_some_and(|rest| rest.starts_with('-'))
        }
        Test::Starts => !value.is_empty() && own.starts_with(value),
        Test::Ends => !value.is_empty() && own.ends_with(value),
        Test::Contains => !value.is_empty() && own.contains(value),
    }
}
