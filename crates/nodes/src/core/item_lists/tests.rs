//! How strict each version of Item Lists is; what its operations do is tested at the nodes they belong to.

use itemflow_model::{Link, Value};
use serde_json::{Value as Json, json};

use crate::core::tests::{list, outcome, run};

const VERSIONS: [f64; 6] = [1.0, 2.0, 2.1, 2.2, 3.0, 3.1];

fn listed(version: f64, parameters: &Json, items: &Json) -> Result<Json, String> {
    let outputs = run(
        "itemLists",
        Some(version),
        &parameters.clone().into(),
        &[list(items.clone())],
    )?;
    Ok(serde_json::to_value(&outputs[0]).unwrap())
}

/// The result in each version, `!` for an error.
fn by_version(parameters: &Json, items: &Json) -> Vec<Json> {
    VERSIONS
        .iter()
        .map(|version| listed(*version, parameters, items).unwrap_or_else(|_| json!("!")))
        .collect()
}

#[test]
fn what_can_be_split_out_in_each_version() {
    let error = json!("!");
    for (value, first, second, third, rest) in [
        (json!({}), &error, &error, &json!([]), &json!([])),
        (
            json!({ "v": { "a": 1, "b": 2 } }),
            &error,
            &json!([{ "v": 1 }, { "v": 2 }]),
            &json!([{ "v": 1 }, { "v": 2 }]),
            &json!([{ "v": 1 }, { "v": 2 }]),
        ),
        (
            json!({ "v": "x" }),
            &error,
            &error,
            &error,
            &json!([{ "v": "x" }]),
        ),
        (
            json!({ "v": null }),
            &error,
            &error,
            &error,
            &json!([{ "v": null }]),
        ),
        (
            json!({ "v": [null, { "a": 1 }, 5, [7]] }),
            &json!([{}, { "a": 1 }, { "v": 5 }, { "0": 7 }]),
            &json!([{ "v": null }, { "a": 1 }, { "v": 5 }, { "0": 7 }]),
            &json!([{ "v": null }, { "a": 1 }, { "v": 5 }, { "0": 7 }]),
            &json!([{ "v": null }, { "a": 1 }, { "v": 5 }, { "0": 7 }]),
        ),
    ] {
        let actual = by_version(&json!({ "fieldToSplitOut": "v" }), &json!([value]));
        let expected = [first, second, third, rest, rest, rest].map(Clone::clone);
        assert_eq!(actual, expected, "{value}");
    }
}

#[test]
fn a_comma_is_part_of_the_name_in_version_1_and_separates_fields_later() {
    let items = json!([{ "a": [1, 2], "b": [3], "a,b": [4] }]);
    let actual = by_version(&json!({ "fieldToSplitOut": "a,b" }), &items);
    let later = json!([{ "a": 1, "b": 3 }, { "a": 2 }]);
    assert_eq!(actual[0], json!([{ "a,b": 4 }]));
    assert!(
        actual[1..].iter().all(|result| *result == later),
        "{actual:?}"
    );
}

#[test]
fn fields_are_named_in_a_collection_before_version_3_and_in_a_text_since() {
    let items = json!([{ "l": [1], "a": 2, "b,c": 3, "d": 4 }]);
    let parameters = |fields: Json| json!({ "fieldToSplitOut": "l", "include": "selectedOtherFields", "fieldsToInclude": fields });
    let old = parameters(json!({ "fields": [{ "fieldName": "a" }, { "fieldName": "b,c" }] }));
    let new = parameters(json!("a, d"));
    for version in [1.0, 2.0, 2.1, 2.2] {
        let result = listed(version, &old, &items).unwrap();
        assert_eq!(result, json!([{ "a": 2, "b,c": 3, "l": 1 }]), "{version}");
    }
    for version in [3.0, 3.1] {
        let result = listed(version, &new, &items).unwrap();
        assert_eq!(result, json!([{ "a": 2, "d": 4, "l": 1 }]), "{version}");
    }
}

#[test]
fn a_field_that_no_item_has_cannot_be_gathered_before_2_1() {
    let gather = |options: Json, field: &str| {
        json!({
            "operation": "aggregateItems",
            "fieldsToAggregate": { "fieldToAggregate": [{ "fieldToAggregate": field }] },
            "options": options,
        })
    };
    let items = json!([{ "a": { "b": 1 } }]);
    let all = |parameters: Json| by_version(&parameters, &items);
    assert_eq!(
        all(gather(json!({}), "x"))[..3],
        [json!("!"), json!("!"), json!([{ "x": [] }])]
    );
    let kept = all(gather(json!({ "keepMissing": true }), "x"));
    assert!(
        kept.iter()
            .all(|result| *result == json!([{ "x": [null] }]))
    );
    let options = json!({ "keepMissing": true, "disableDotNotation": true });
    let dotted = all(gather(options, "a.b"));
    assert_eq!(
        dotted[..3],
        [json!("!"), json!("!"), json!([{ "a.b": [null] }])]
    );
}

#[test]
fn whole_items_are_linked_to_those_in_the_list_since_version_2() {
    let parameters: Value = json!({
        "operation": "aggregateItems",
        "aggregate": "aggregateAllItemData",
        "include": "specifiedFields",
        "fieldsToInclude": { "fields": [{ "fieldName": "a" }] },
    })
    .into();
    let inputs = [list(json!([{ "b": 1 }, { "a": 2, "b": 2 }, { "a": 3 }]))];
    for (version, link) in [(1.0, Link::None), (2.0, Link::all([1, 2]))] {
        let outcome = outcome("itemLists", Some(version), &parameters, &inputs).unwrap();
        let items = outcome.outputs[0].clone().unwrap();
        assert_eq!(items.link(0), link, "{version}");
        let data: Value = json!({ "data": [{ "a": 2 }, { "a": 3 }] }).into();
        assert_eq!(items.get(0).unwrap().json, data);
    }
}

#[test]
fn values_of_mixed_types_can_be_compared_since_3_1() {
    let parameters = json!({ "operation": "removeDuplicates" });
    let mixed = json!([{ "v": 1 }, { "v": "1" }, { "v": null }, { "v": 1 }, { "v": {} }, { "v": [] }, { "v": {} }]);
    let results = by_version(&parameters, &mixed);
    assert_eq!(results[..5], vec![json!("!"); 5]);
    assert_eq!(
        results[5],
        json!([{ "v": 1 }, { "v": "1" }, { "v": null }, { "v": {} }, { "v": [] }])
    );
    let old = json!({
        "operation": "removeDuplicates",
        "compare": "selectedFields",
        "fieldsToCompare": { "fields": [{ "fieldName": "v" }] },
    });
    assert_eq!(
        listed(1.0, &old, &json!([{ "v": 1 }, { "v": 1, "w": 2 }])).unwrap(),
        json!([{ "v": 1 }])
    );
}

#[test]
fn how_each_version_summarizes() {
    let parameters = |field: &str, aggregation: &str, split: &str| {
        json!({
            "operation": "summarize",
            "fieldsToSummarize": { "values": [{ "aggregation": aggregation, "field": field }] },
            "fieldsToSplitBy": split,
        })
    };
    let items = json!([{ "a": { "b c": "x" }, "g h": "b" }, { "a": { "b c": 2 }, "g h": 10 }, { "g h": 9 }]);
    let names = by_version(&parameters("a.b c", "count", "g h"), &items);
    assert_eq!(
        names[0],
        json!([
            { "g h": "9", "count_a.b c": 0 },
            { "g h": "10", "count_a.b c": 1 },
            { "g h": "b", "count_a.b c": 1 },
        ])
    );
    assert_eq!(
        names[1],
        json!([
            { "g_h": "9", "count_a_b_c": 0 },
            { "g_h": "10", "count_a_b_c": 1 },
            { "g_h": "b", "count_a_b_c": 1 },
        ])
    );
    assert!(names[2..].iter().all(|result| *result == names[1]));
    let texts = by_version(
        &parameters("v", "max", ""),
        &json!([{ "v": "x" }, { "v": "y" }]),
    );
    let (none, some) = (json!([{ "max_v": null }]), json!([{ "max_v": "y" }]));
    assert_eq!(texts[..4], vec![none; 4]);
    assert_eq!(texts[4..], vec![some; 2]);
    let missing = by_version(&parameters("w", "count", ""), &json!([{ "v": 1 }]));
    assert_eq!(missing[..2], vec![json!("!"); 2]);
    assert_eq!(missing[2..], vec![json!([{ "count_w": 0 }]); 4]);
}

#[test]
fn an_unknown_operation_is_said_before_a_run() {
    assert_eq!(
        listed(1.0, &json!({ "operation": "splitInBatches" }), &json!([{}])),
        Err("Item Lists has no operation `splitInBatches`".into())
    );
}
