//! What Summarize does beyond its examples.

use itemflow_model::{Link, Value};
use serde_json::{Value as Json, json};

use crate::core::tests::{list, outcome, run};

fn summarized(version: f64, parameters: Json, items: &Json) -> Result<Json, String> {
    let outputs = run(
        "summarize",
        Some(version),
        &parameters.into(),
        &[list(items.clone())],
    )?;
    Ok(serde_json::to_value(&outputs[0]).unwrap())
}

fn one(version: f64, entry: &Json, items: &Json) -> Json {
    let parameters = json!({ "fieldsToSummarize": { "values": [entry] } });
    summarized(version, parameters, items).unwrap()[0].clone()
}

#[test]
fn each_aggregation_over_values_of_all_kinds() {
    let items = json!([
        { "v": 3 }, { "v": "10" }, { "v": "" }, { "v": null }, {}, { "v": 3 }, { "v": { "a": 1 } }, { "v": { "a": 1 } }, { "v": 1.5 }
    ]);
    for (entry, name, expected) in [
        (json!({ "field": "v" }), "count_v", json!(6)),
        (
            json!({ "field": "v", "includeEmpty": true }),
            "count_v",
            json!(9),
        ),
        (
            json!({ "aggregation": "countUnique", "field": "v" }),
            "unique_count_v",
            json!(4),
        ),
        (
            json!({ "aggregation": "countUnique", "field": "v", "includeEmpty": true }),
            "unique_count_v",
            json!(7),
        ),
        (
            json!({ "aggregation": "sum", "field": "v" }),
            "sum_v",
            json!(7.5),
        ),
        (
            json!({ "aggregation": "average", "field": "v" }),
            "average_v",
            json!(2.5),
        ),
        (
            json!({ "aggregation": "min", "field": "v" }),
            "min_v",
            json!(1.5),
        ),
        (
            json!({ "aggregation": "max", "field": "v" }),
            "max_v",
            json!("10"),
        ),
        (
            json!({ "aggregation": "append", "field": "v" }),
            "appended_v",
            json!([3, "10", 3, { "a": 1 }, { "a": 1 }, 1.5]),
        ),
        (
            json!({ "aggregation": "append", "field": "v", "includeEmpty": true }),
            "appended_v",
            json!([3, "10", "", null, null, 3, { "a": 1 }, { "a": 1 }, 1.5]),
        ),
        (
            json!({ "aggregation": "concatenate", "field": "v", "separateBy": "other", "customSeparator": " + " }),
            "concatenated_v",
            json!("3 + 10 + 3 + {\"a\":1} + {\"a\":1} + 1.5"),
        ),
        (
            json!({ "aggregation": "concatenate", "field": "v", "includeEmpty": true, "separateBy": "\n" }),
            "concatenated_v",
            json!("3\n10\n\nnull\nundefined\n3\n{\"a\":1}\n{\"a\":1}\n1.5"),
        ),
    ] {
        let expected = json!({ name: expected });
        assert_eq!(one(1.1, &entry, &items), expected, "{entry}");
    }
}

#[test]
fn of_no_numbers_there_is_no_average_and_no_extreme() {
    let items = json!([{ "v": "" }, { "v": null }]);
    for (aggregation, name, expected) in [
        ("average", "average_v", json!(null)),
        ("min", "min_v", json!(null)),
        ("max", "max_v", json!(null)),
        ("sum", "sum_v", json!(0)),
    ] {
        let entry = json!({ "aggregation": aggregation, "field": "v" });
        assert_eq!(one(1.1, &entry, &items), json!({ name: expected }));
    }
}

#[test]
fn large_whole_numbers_add_up_exactly() {
    let large = 9_007_199_254_740_993_i64;
    assert_eq!(
        one(
            1.1,
            &json!({ "aggregation": "sum", "field": "v" }),
            &json!([{ "v": large }, { "v": 1 }])
        ),
        json!({ "sum_v": large + 1 })
    );
}

#[test]
fn names_of_results_have_no_dots_spaces_and_brackets() {
    let items = json!([{ "a b": { "c": [{ "x": 1 }] }, "k l": "z" }]);
    let parameters = json!({
        "fieldsToSummarize": { "values": [{ "field": "[\"a b\"].c[0].x" }] },
        "fieldsToSplitBy": "k l",
    });
    assert_eq!(
        summarized(1.1, parameters, &items).unwrap(),
        json!([{ "k_l": "z", "count_a_b_c0_x": 1 }])
    );
    let parameters = json!({
        "fieldsToSummarize": { "values": [{ "field": "a.b" }] },
        "options": { "disableDotNotation": true },
    });
    assert_eq!(
        summarized(
            1.1,
            parameters,
            &json!([{ "a.b": 1, "a": {} }, { "a": { "b": 1 } }])
        )
        .unwrap(),
        json!([{ "count_a_b": 1 }])
    );
}

#[test]
fn groups_come_in_the_order_of_their_values_and_keep_their_kind_since_1_1() {
    let items = json!([
        { "g": 2, "n": 1 }, { "g": "2", "n": 1 }, { "g": 1, "n": 1 }, { "g": 2, "n": 1 }, { "g": null, "n": 1 }, { "n": 1 }, { "g": [1], "n": 1 }
    ]);
    let parameters = json!({
        "fieldsToSummarize": { "values": [{ "aggregation": "sum", "field": "n" }] },
        "fieldsToSplitBy": "g",
    });
    assert_eq!(
        summarized(1.1, parameters.clone(), &items).unwrap(),
        json!([
            { "g": 2, "sum_n": 2 },
            { "g": "2", "sum_n": 1 },
            { "g": 1, "sum_n": 1 },
            { "g": null, "sum_n": 1 },
            { "sum_n": 1 },
            { "g": "[1]", "sum_n": 1 },
        ])
    );
    assert_eq!(
        summarized(1.0, parameters, &items).unwrap(),
        json!([
            { "g": "2", "sum_n": 3 },
            { "g": "1", "sum_n": 1 },
            { "g": "null", "sum_n": 1 },
            { "g": "undefined", "sum_n": 1 },
            { "g": "[1]", "sum_n": 1 },
        ])
    );
}

#[test]
fn items_without_a_value_to_group_by_can_be_left_out() {
    let items = json!([{ "g": "a", "n": 1 }, { "g": "", "n": 2 }, { "g": null, "n": 4 }, { "n": 8 }, { "g": 0, "n": 16 }]);
    let parameters = json!({
        "fieldsToSummarize": { "values": [{ "aggregation": "sum", "field": "n" }] },
        "fieldsToSplitBy": "g",
        "options": { "skipEmptySplitFields": true },
    });
    assert_eq!(
        summarized(1.1, parameters, &items).unwrap(),
        json!([{ "g": "a", "sum_n": 1 }, { "g": 0, "sum_n": 16 }])
    );
}

#[test]
fn values_of_two_kinds_with_one_text_meet_in_the_single_item() {
    let items = json!([{ "g": 1, "n": 1 }, { "g": "1", "n": 2 }, { "g": true, "n": 4 }]);
    let parameters = json!({
        "fieldsToSummarize": { "values": [{ "aggregation": "sum", "field": "n" }] },
        "fieldsToSplitBy": "g",
        "options": { "outputFormat": "singleItem" },
    });
    assert_eq!(
        summarized(1.1, parameters, &items).unwrap(),
        json!([{ "1": { "sum_n": 3 }, "true": { "sum_n": 4 } }])
    );
}

#[test]
fn an_item_is_linked_to_the_items_of_its_group() {
    let inputs = [list(json!([{ "g": "a" }, { "g": "b" }, { "g": "a" }]))];
    let parameters = |format: &str| -> Value {
        json!({
            "fieldsToSummarize": { "values": [{ "field": "g" }] },
            "fieldsToSplitBy": "g",
            "options": { "outputFormat": format },
        })
        .into()
    };
    let items = |format: &str| {
        let outcome = outcome("summarize", None, &parameters(format), &inputs).unwrap();
        outcome.outputs[0].clone().unwrap()
    };
    let separate = items("separateItems");
    assert_eq!(separate.link(0), Link::all([0, 2]));
    assert_eq!(separate.link(1), Link::all([1]));
    assert_eq!(items("singleItem").link(0), Link::all([0, 1, 2]));
}

#[test]
fn a_field_that_no_item_has_is_an_error_in_version_1_unless_it_may_be_missing() {
    let items = json!([{ "v": 1 }]);
    let parameters = |options: Json| {
        json!({
            "fieldsToSummarize": { "values": [{ "field": "v" }, { "field": "w.x" }] },
            "options": options,
        })
    };
    assert_eq!(
        summarized(1.0, parameters(json!({})), &items),
        Err("no input item has the field `w.x`".into())
    );
    let result = json!([{ "count_v": 1, "count_w_x": 0 }]);
    let allowed = parameters(json!({ "continueIfFieldNotFound": true }));
    assert_eq!(summarized(1.0, allowed, &items).unwrap(), result);
    let inputs = [list(items)];
    let outcome = outcome(
        "summarize",
        Some(1.1),
        &parameters(json!({})).into(),
        &inputs,
    )
    .unwrap();
    assert_eq!(outcome.hints, ["no input item has the field `w.x`"]);
}

#[test]
fn what_cannot_be_summarized_is_said_before_a_run() {
    for (values, message) in [
        (json!([]), "there is no field to summarize"),
        (
            json!([{ "aggregation": "sum" }]),
            "there is no field to summarize",
        ),
        (
            json!([{ "aggregation": "median", "field": "v" }]),
            "there is no aggregation `median`: use append, average, concatenate, count, countUnique, max, min or sum",
        ),
    ] {
        let parameters = json!({ "fieldsToSummarize": { "values": values } });
        assert_eq!(
            summarized(1.1, parameters, &json!([{}])),
            Err(message.into())
        );
    }
}

#[test]
fn the_depth_of_the_single_item_is_bounded() {
    let fields = vec!["v"; 51].join(",");
    let parameters = json!({
        "fieldsToSummarize": { "values": [{ "field": "v" }] },
        "fieldsToSplitBy": fields,
    });
    assert_eq!(
        summarized(1.1, parameters, &json!([{ "v": 1 }])),
        Err("`fieldsToSplitBy` may name at most 50 fields".into())
    );
}
