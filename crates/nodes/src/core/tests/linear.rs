//! No node takes more than linear time in its items. Every core node is in one of the three tables here.

use std::sync::Arc;

use itemflow_model::{Item, Items, Map, Node as WorkflowNode, Value};
use serde_json::{Value as Json, json};

use super::stopwatch::{MAX_RATIO, ratio};
use super::{host, outcome_on, with_files};
use crate::{Catalog, Host, SeenInMemory};

/// Nodes that are timed with the items of their examples, repeated.
const WITH_EXAMPLES: &[&str] = &[
    "compression",
    "convertToFile",
    "crypto",
    "dateTime",
    "extractFromFile",
    "html",
    "htmlExtract",
    "iCal",
    "if",
    "markdown",
    "moveBinaryData",
    "noOp",
    "splitInBatches",
    "spreadsheetFile",
    "switch",
    "xml",
];

/// Nodes that are not timed, and why.
const NOT_TIMED: &[(&str, &str)] = &[
    ("code", SCRIPT),
    ("cron", TRIGGER),
    ("emailSend", NETWORK),
    ("errorTrigger", TRIGGER),
    ("executeWorkflow", OTHERS),
    ("executeWorkflowTrigger", TRIGGER),
    ("form", OTHERS),
    ("formTrigger", TRIGGER),
    ("function", SCRIPT),
    ("functionItem", SCRIPT),
    ("graphql", NETWORK),
    ("httpRequest", NETWORK),
    ("interval", TRIGGER),
    ("manualTrigger", TRIGGER),
    ("readBinaryFile", DISK),
    ("readBinaryFiles", DISK),
    ("readWriteFile", DISK),
    ("respondToWebhook", "it answers once, whatever its items"),
    ("rssFeedRead", NETWORK),
    ("scheduleTrigger", TRIGGER),
    ("start", TRIGGER),
    ("stickyNote", "it never runs"),
    ("stopAndError", "it ends at the first item"),
    ("wait", OTHERS),
    ("webhook", TRIGGER),
    ("writeBinaryFile", DISK),
];

const DISK: &str = "it waits for a disk";
const NETWORK: &str = "it waits for a network";
const OTHERS: &str = "it waits for what others do";
const SCRIPT: &str =
    "it runs JavaScript in a process of its own, which this thread's time does not show";
const TRIGGER: &str = "it has no input";

/// Makes inputs of a number of items.
type Inputs = dyn Fn(&Host, usize) -> Vec<Items>;

/// A node, its parameters, and its inputs for a number of items.
struct Case {
    node: &'static str,
    version: Option<f64>,
    parameters: Json,
    inputs: Box<Inputs>,
}

/// Nodes that are timed with what could make them slow: keys that are all different or all the same, long lists in one
/// item, names that clash.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(set_and_filter());
    cases.extend(lists());
    cases.extend(groups());
    cases.extend(two_inputs());
    cases.extend(item_lists());
    cases
}

fn set_and_filter() -> Vec<Case> {
    let text = |name: &str, value: &str| json!({ "name": name, "value": value, "type": "string" });
    vec![
        case(
            "set",
            json!({
                "includeOtherFields": true,
                "assignments": { "assignments": [
                    text("a.b", "={{ $json.text }}-{{ $itemIndex }}"),
                    text("c", "={{ $input.first().json.id + $input.all().length }}"),
                ] },
            }),
            one(people),
        ),
        case(
            "set",
            json!({ "mode": "raw", "jsonOutput": "={{ { ...$json, last: $input.last().json.id } }}" }),
            one(people),
        ),
        case(
            "filter",
            json!({ "conditions": {
                "options": { "caseSensitive": false, "typeValidation": "loose", "version": 2 },
                "combinator": "or",
                "conditions": [
                    {
                        "leftValue": "={{ $json.text }}", "rightValue": "7",
                        "operator": { "type": "string", "operation": "contains" },
                    },
                    {
                        "leftValue": "={{ $json.text }}", "rightValue": "^p.*5$",
                        "operator": { "type": "string", "operation": "regex" },
                    },
                ],
            } }),
            one(people),
        ),
        case(
            "renameKeys",
            json!({
                "keys": { "key": [{ "currentKey": "nested.list", "newKey": "list" }] },
                "additionalOptions": { "regexReplacement": { "replacements": [
                    { "searchRegex": "^(.)", "replaceRegex": "new_$1" },
                ] } },
            }),
            one(people),
        ),
        case(
            "renameKeys",
            json!({ "additionalOptions": { "regexReplacement": { "replacements": [
                { "searchRegex": "^f", "replaceRegex": "g" },
            ] } } }),
            one(one_with_fields),
        ),
        case(
            "executionData",
            json!({ "dataToSave": { "values": [
                { "key": "=k{{ $json.id % 20 }}", "value": "={{ 'x'.repeat(600) }}" },
            ] } }),
            one(people),
        ),
        case(
            "debugHelper",
            json!({ "category": "randomData", "randomDataCount": 1, "randomDataSeed": "s" }),
            one(people),
        ),
    ]
}

fn lists() -> Vec<Case> {
    let files = |host: &Host, count: usize| {
        let file = json!({ "$binary": { "data": { "mimeType": "text/plain", "text": "x" } } });
        let item = with_files(&*host.binaries, &file.into());
        vec![(0..count).map(|_| item.clone()).collect()]
    };
    vec![
        case(
            "splitOut",
            json!({ "fieldToSplitOut": "list", "include": "allOtherFields" }),
            one(one_with_list),
        ),
        case(
            "splitOut",
            json!({ "fieldToSplitOut": "nested.list" }),
            one(people),
        ),
        case(
            "aggregate",
            json!({ "fieldsToAggregate": { "fieldToAggregate": [
                { "fieldToAggregate": "text" }, { "fieldToAggregate": "nested.list" },
            ] }, "options": { "mergeLists": true } }),
            one(people),
        ),
        Case {
            inputs: Box::new(files),
            ..case(
                "aggregate",
                json!({ "aggregate": "aggregateAllItemData", "options": { "includeBinaries": true } }),
                one(people),
            )
        },
        case(
            "sort",
            json!({ "sortFieldsUi": { "sortField": [
                { "fieldName": "same" }, { "fieldName": "text", "order": "descending" },
            ] } }),
            one(people),
        ),
        case("sort", json!({ "type": "random" }), one(people)),
        case(
            "limit",
            json!({ "maxItems": 900, "keep": "lastItems" }),
            one(people),
        ),
    ]
}

fn groups() -> Vec<Case> {
    let all = [
        "append",
        "concatenate",
        "count",
        "countUnique",
        "max",
        "min",
    ];
    let entries: Vec<Json> = all
        .iter()
        .map(|aggregation| json!({ "aggregation": aggregation, "field": "text" }))
        .collect();
    let summarize = |split: &str, format: &str| {
        json!({
            "fieldsToSummarize": { "values": entries },
            "fieldsToSplitBy": split,
            "options": { "outputFormat": format },
        })
    };
    let seen = |logic: &str, name: &str| {
        json!({
            "operation": "removeItemsSeenInPreviousExecutions",
            "logic": logic,
            name: "={{ $json.id }}",
        })
    };
    vec![
        case("summarize", summarize("", "separateItems"), one(people)),
        case(
            "summarize",
            summarize("text, id", "separateItems"),
            one(people),
        ),
        case(
            "summarize",
            summarize("same, id", "singleItem"),
            one(people),
        ),
        case("removeDuplicates", json!({}), one(people)),
        case(
            "removeDuplicates",
            json!({ "compare": "selectedFields", "fieldsToCompare": "same", "options": { "removeOtherFields": true } }),
            one(people),
        ),
        case(
            "removeDuplicates",
            json!({ "compare": "allFieldsExcept", "fieldsToExclude": "id" }),
            one(one_with_list),
        ),
        case(
            "removeDuplicates",
            seen("removeItemsWithAlreadySeenKeyValues", "dedupeValue"),
            one(people),
        ),
        case(
            "removeDuplicates",
            seen(
                "removeItemsUpToStoredIncrementalKey",
                "incrementalDedupeValue",
            ),
            one(people),
        ),
    ]
}

fn two_inputs() -> Vec<Case> {
    let by = |field: &str, join: &str, options: Json| json!({ "mode": "combine", "fieldsToMatchString": field, "joinMode": join, "options": options });
    let compare = |field: &str, options: Json, fuzzy: bool| {
        json!({
            "mergeByFields": { "values": [{ "field1": field, "field2": field }] },
            "fuzzyCompare": fuzzy,
            "options": options,
        })
    };
    let old = |mode: &str| {
        let parameters = json!({ "mode": mode, "propertyName1": "id", "propertyName2": "id" });
        Case {
            version: Some(1.0),
            ..case("merge", parameters, both)
        }
    };
    vec![
        case("merge", json!({}), both),
        case("merge", by("id", "keepEverything", json!({})), both),
        case(
            "merge",
            by("text", "enrichInput2", json!({ "fuzzyCompare": true })),
            both,
        ),
        case(
            "merge",
            by("same", "keepMatches", json!({ "multipleMatches": "first" })),
            both,
        ),
        case("merge", by("same", "keepNonMatches", json!({})), both),
        case(
            "merge",
            json!({ "mode": "combine", "combineBy": "combineByPosition" }),
            both,
        ),
        case(
            "merge",
            json!({ "mode": "chooseBranch", "output": "empty" }),
            both,
        ),
        old("mergeByIndex"),
        old("mergeByKey"),
        old("removeKeyMatches"),
        case("compareDatasets", compare("id", json!({}), false), both),
        case("compareDatasets", compare("same", json!({}), true), both),
        case(
            "compareDatasets",
            compare(
                "id",
                json!({ "skipFields": "text, nested.list", "multipleMatches": "all" }),
                true,
            ),
            both,
        ),
    ]
}

fn item_lists() -> Vec<Case> {
    let operation = |name: &str, more: Json| {
        let mut parameters = more;
        parameters["operation"] = name.into();
        case("itemLists", parameters, one(people))
    };
    vec![
        operation("splitOutItems", json!({ "fieldToSplitOut": "nested.list" })),
        operation(
            "concatenateItems",
            json!({ "aggregate": "aggregateAllItemData" }),
        ),
        operation("removeDuplicates", json!({})),
        operation(
            "sort",
            json!({ "sortFieldsUi": { "sortField": [{ "fieldName": "text" }] } }),
        ),
        operation("limit", json!({ "maxItems": 5 })),
        operation(
            "summarize",
            json!({ "fieldsToSummarize": { "values": [{ "field": "text" }] }, "fieldsToSplitBy": "id" }),
        ),
    ]
}

fn case(
    node: &'static str,
    parameters: Json,
    inputs: impl Fn(&Host, usize) -> Vec<Items> + 'static,
) -> Case {
    Case {
        node,
        version: None,
        parameters,
        inputs: Box::new(inputs),
    }
}

/// Objects whose fields are all different, all the same, or nested; no order is theirs by chance.
fn people(count: usize) -> Vec<Value> {
    let person = |i: usize| {
        let n = Value::from(i * 7919 % count.max(1));
        let list = Value::from(vec![n.clone(), "x".into()]);
        Value::from([
            ("id", n.clone()),
            ("text", format!("person {n}").into()),
            ("same", Value::Null),
            ("nested", Value::from([("list", list)])),
        ])
    };
    (0..count).map(person).collect()
}

/// One object with a list.
fn one_with_list(count: usize) -> Vec<Value> {
    let list = Value::from(people(count));
    vec![Value::from([("id", Value::from(1)), ("list", list)])]
}

/// One object with many members.
fn one_with_fields(count: usize) -> Vec<Value> {
    let fields = (0..count).map(|n| (format!("f{n}").into(), Value::from(n)));
    vec![fields.collect::<Map>().into()]
}

fn one(list: fn(usize) -> Vec<Value>) -> impl Fn(&Host, usize) -> Vec<Items> {
    move |_, count| vec![list(count).into_iter().map(Item::new).collect()]
}

/// People on both inputs, on the second from back to front and with another field.
fn both(_: &Host, count: usize) -> Vec<Items> {
    let first = people(count).into_iter().map(Item::new).collect();
    let mut second = people(count);
    second.reverse();
    for item in &mut second {
        item.make_object().insert("more".into(), true.into());
    }
    vec![first, second.into_iter().map(Item::new).collect()]
}

/// The examples of a node, with their items repeated.
fn examples(node: &'static str) -> Vec<Case> {
    let catalog = Catalog::default();
    let Some(node_type) = catalog.find(node) else {
        return Vec::new();
    };
    let definition = node_type.definition();
    let repeated = |inputs: &[Vec<Value>]| {
        let inputs = inputs.to_vec();
        move |host: &Host, count: usize| -> Vec<Items> {
            let of = |list: &Vec<Value>| -> Items {
                let items: Vec<Item> = list
                    .iter()
                    .map(|json| with_files(&*host.binaries, json))
                    .collect();
                items.iter().cycle().take(count).cloned().collect()
            };
            inputs.iter().map(of).collect()
        }
    };
    definition
        .examples
        .iter()
        .map(|example| Case {
            node,
            version: None,
            parameters: serde_json::to_value(&example.parameters).unwrap(),
            inputs: Box::new(repeated(&example.inputs)),
        })
        .collect()
}

/// The cases whose time grows too fast.
fn too_slow(cases: &[Case]) -> Vec<String> {
    cases
        .iter()
        .filter_map(|case| {
            let parameters: Value = case.parameters.clone().into();
            let node = WorkflowNode {
                node_type: case.node.into(),
                type_version: case.version,
                parameters: parameters.as_object().cloned().unwrap_or_default(),
                ..WorkflowNode::default()
            };
            let ratio = ratio(|count| {
                let (node, host) = (&node, host());
                let inputs = (case.inputs)(&host, count);
                move || {
                    let seen = Arc::new(SeenInMemory::default());
                    let host = Host {
                        seen,
                        ..host.clone()
                    };
                    outcome_on(host, node.clone(), &inputs).unwrap();
                }
            });
            (ratio > MAX_RATIO).then(|| {
                format!(
                    "{} {}: ten times the items take {ratio:.0} times the time",
                    case.node, case.parameters
                )
            })
        })
        .collect()
}

#[test]
fn every_core_node_is_timed_or_has_a_reason_not_to_be() {
    let catalog = Catalog::default();
    let cases = cases();
    let listed = cases.iter().map(|case| case.node);
    let listed: Vec<&str> = listed
        .chain(WITH_EXAMPLES.iter().copied())
        .chain(NOT_TIMED.iter().map(|(node, _)| *node))
        .collect();
    for node_type in catalog.all() {
        let name = node_type.definition().name.as_str();
        let short = name.trim_start_matches("n8n-nodes-base.");
        assert!(
            listed.contains(&short),
            "add `{short}` to a table of this file, so that its time is known to grow with its items only"
        );
    }
    assert!(NOT_TIMED.iter().all(|(_, why)| !why.is_empty()));
}

#[test]
fn no_node_that_changes_items_is_quadratic() {
    assert_eq!(too_slow(&set_and_filter()), [""; 0]);
}

#[test]
fn no_node_that_splits_gathers_or_sorts_items_is_quadratic() {
    assert_eq!(too_slow(&lists()), [""; 0]);
    assert_eq!(too_slow(&item_lists()), [""; 0]);
}

#[test]
fn no_node_that_groups_items_is_quadratic() {
    assert_eq!(too_slow(&groups()), [""; 0]);
}

#[test]
fn no_node_that_joins_items_is_quadratic() {
    assert_eq!(too_slow(&two_inputs()), [""; 0]);
}

#[test]
fn no_node_is_quadratic_in_the_items_of_its_examples() {
    let cases: Vec<Case> = WITH_EXAMPLES
        .iter()
        .flat_map(|node| examples(node))
        .collect();
    assert_eq!(too_slow(&cases), [""; 0]);
}
