//! What Merge does beyond its examples, version by version.

use itemflow_model::{Items, Link, Node as WorkflowNode, Value};
use serde_json::{Value as Json, json};

use crate::catalog::Catalog;
use crate::core::tests::{list, outcome, run};
use crate::node::RequiredInputs;

/// The outcome for two inputs.
fn merge(version: f64, parameters: &Json, first: &Json, second: &Json) -> Result<Json, String> {
    let parameters: Value = parameters.clone().into();
    let inputs = [list(first.clone()), list(second.clone())];
    let outputs = run("merge", Some(version), &parameters, &inputs)?;
    Ok(serde_json::to_value(&outputs[0]).unwrap())
}

fn by_id(version: f64, join: &str, more: &Json) -> Json {
    let mut parameters = json!({ "mode": "combine", "joinMode": join });
    let match_on = if version < 3.0 {
        json!({ "mergeByFields": { "values": [{ "field1": "id", "field2": "id" }] } })
    } else {
        json!({ "fieldsToMatchString": "id" })
    };
    for part in [&match_on, more] {
        for (key, value) in part.as_object().unwrap() {
            parameters[key] = value.clone();
        }
    }
    parameters
}

#[test]
fn every_join_keeps_its_own_items() {
    let first = json!([{ "id": 1, "v": "a" }, { "id": 2, "v": "b" }, { "v": "c" }]);
    let second = json!([{ "id": 3, "w": "x" }, { "id": 2, "v": "y" }, { "id": null }]);
    let pair = json!({ "id": 2, "v": "y" });
    for (join, from, expected) in [
        ("keepMatches", "both", json!([pair])),
        ("keepMatches", "input1", json!([{ "id": 2, "v": "b" }])),
        ("keepMatches", "input2", json!([{ "id": 2, "v": "y" }])),
        (
            "keepNonMatches",
            "both",
            json!([
                { "id": 1, "v": "a", "_source": "input1" },
                { "v": "c", "_source": "input1" },
                { "id": 3, "w": "x", "_source": "input2" },
                { "id": null, "_source": "input2" },
            ]),
        ),
        (
            "keepNonMatches",
            "input1",
            json!([{ "id": 1, "v": "a" }, { "v": "c" }]),
        ),
        (
            "keepNonMatches",
            "input2",
            json!([{ "id": 3, "w": "x" }, { "id": null }]),
        ),
        (
            "keepEverything",
            "both",
            json!([pair, { "id": 1, "v": "a" }, { "v": "c" }, { "id": 3, "w": "x" }, { "id": null }]),
        ),
        (
            "enrichInput1",
            "both",
            json!([pair, { "id": 1, "v": "a" }, { "v": "c" }]),
        ),
        (
            "enrichInput2",
            "both",
            json!([{ "id": 2, "v": "b" }, { "id": 3, "w": "x" }, { "id": null }]),
        ),
    ] {
        for version in [2.1, 3.2] {
            let parameters = by_id(version, join, &json!({ "outputDataFrom": from }));
            assert_eq!(
                merge(version, &parameters, &first, &second).unwrap(),
                expected,
                "{join} {from} in version {version}"
            );
        }
    }
}

#[test]
fn an_empty_side_lets_the_other_pass_or_not() {
    let some = json!([{ "id": 1 }]);
    let none = json!([]);
    for (join, from, without_second, without_first) in [
        ("keepMatches", "both", &none, &none),
        ("keepNonMatches", "both", &some, &some),
        ("keepNonMatches", "input1", &some, &none),
        ("keepNonMatches", "input2", &none, &some),
        ("keepEverything", "both", &some, &some),
        ("enrichInput1", "both", &some, &none),
        ("enrichInput2", "both", &none, &some),
    ] {
        for version in [2.1, 3.0] {
            let parameters = by_id(version, join, &json!({ "outputDataFrom": from }));
            let actual = merge(version, &parameters, &some, &none).unwrap();
            assert_eq!(&actual, without_second, "{join} {from}, input 2 empty");
            let actual = merge(version, &parameters, &none, &some).unwrap();
            assert_eq!(&actual, without_first, "{join} {from}, input 1 empty");
        }
    }
}

#[test]
fn version_2_insists_on_the_fields() {
    let parameters = by_id(2.0, "keepEverything", &json!({}));
    assert_eq!(
        merge(2.0, &parameters, &json!([{ "id": 1 }]), &json!([])),
        Err("no item of input 2 has the field `id`".into())
    );
    assert_eq!(
        merge(2.1, &parameters, &json!([{ "id": 1 }]), &json!([])),
        Ok(json!([{ "id": 1 }]))
    );
}

#[test]
fn clashes_are_resolved_as_told() {
    let first = json!([{ "id": 1, "v": { "a": 1, "b": 2 } }, { "id": 5 }]);
    let second = json!([{ "id": 1, "v": { "b": null } }]);
    for (values, expected) in [
        (
            json!({ "resolveClash": "preferInput1" }),
            json!({ "id": 1, "v": { "a": 1, "b": 2 } }),
        ),
        (
            json!({ "resolveClash": "preferLast", "mergeMode": "shallowMerge" }),
            json!({ "id": 1, "v": { "b": null } }),
        ),
        (
            json!({ "overrideEmpty": true }),
            json!({ "id": 1, "v": { "a": 1, "b": 2 } }),
        ),
    ] {
        let options = json!({ "options": { "clashHandling": { "values": values } } });
        let parameters = by_id(3.2, "keepMatches", &options);
        assert_eq!(
            merge(3.2, &parameters, &first, &second).unwrap(),
            json!([expected])
        );
    }
    let suffix =
        json!({ "options": { "clashHandling": { "values": { "resolveClash": "addSuffix" } } } });
    assert_eq!(
        merge(3.2, &by_id(3.2, "enrichInput1", &suffix), &first, &second).unwrap(),
        json!([
            { "id_1": 1, "v_1": { "a": 1, "b": 2 }, "id_2": 1, "v_2": { "b": null } },
            { "id_1": 5 },
        ])
    );
}

#[test]
fn several_matches_and_several_fields() {
    let first = json!([{ "a": 1, "b": { "c": "x" } }, { "a": 1, "b": { "c": "y" } }]);
    let second = json!([
        { "k": "1", "l": "x", "n": 0 },
        { "k": 1, "l": "x", "n": 1 },
        { "k": 1, "l": "x", "n": 2 },
    ]);
    let numbers = |options: Json| -> Vec<i64> {
        let parameters = json!({
            "mode": "combine",
            "advanced": true,
            "mergeByFields": { "values": [
                { "field1": "a", "field2": "k" },
                { "field1": "b.c", "field2": "l" },
            ] },
            "options": options,
        });
        let items = merge(3.2, &parameters, &first, &second).unwrap();
        let items = items.as_array().unwrap();
        items
            .iter()
            .map(|item| item["n"].as_i64().unwrap())
            .collect()
    };
    assert_eq!(numbers(json!({})), [1, 2]);
    assert_eq!(numbers(json!({ "multipleMatches": "first" })), [1]);
    assert_eq!(numbers(json!({ "fuzzyCompare": true })), [0, 1, 2]);
    assert_eq!(
        numbers(json!({ "fuzzyCompare": true, "multipleMatches": "first" })),
        [0]
    );
    assert_eq!(numbers(json!({ "disableDotNotation": true })), [0; 0]);
}

#[test]
fn merged_items_link_to_both_sides() {
    let parameters: Value = by_id(3.2, "keepEverything", &json!({})).into();
    let inputs = [
        list(json!([{ "id": 1 }, { "id": 2 }])),
        list(json!([{ "id": 3 }, { "id": 2 }])),
    ];
    let outcome = outcome("merge", None, &parameters, &inputs).unwrap();
    let items: Items = outcome.outputs[0].clone().unwrap();
    let links: Vec<Link> = (0..3).map(|i| items.link(i)).collect();
    assert_eq!(
        links,
        [
            Link::to(1).join(&Link::input(1, 1)),
            Link::to(0),
            Link::input(1, 0)
        ]
    );
}

#[test]
fn a_large_join_is_quick_and_an_endless_one_is_refused() {
    let rows: Vec<Json> = (0..20_000).map(|id| json!({ "id": id })).collect();
    let parameters = by_id(3.2, "keepMatches", &json!({}));
    let joined = merge(3.2, &parameters, &json!(rows), &json!(rows)).unwrap();
    assert_eq!(joined.as_array().unwrap().len(), 20_000);

    let same: Vec<Json> = (0..1_001).map(|_| json!({ "id": 1 })).collect();
    let refused = |parameters: &Json| merge(3.2, parameters, &json!(same), &json!(same));
    let all = json!({ "mode": "combine", "combineBy": "combineAll" });
    for parameters in [&parameters, &all] {
        assert!(
            refused(parameters)
                .unwrap_err()
                .starts_with("this makes more than")
        );
    }
    let first_only = by_id(3.2, "keepMatches", &json!({ "outputDataFrom": "input1" }));
    assert_eq!(refused(&first_only).unwrap(), json!(same));
}

#[test]
fn by_position_in_versions_2_and_3() {
    let first = json!([{ "id": 1, "a": "a" }, { "id": 2, "a": "b" }]);
    let second = json!([{ "id": 7, "b": "c" }, { "id": 8, "b": "d" }, { "id": 9, "b": "e" }]);
    let by_position = |version: f64, options: Json, second: &Json| {
        let name = if version < 3.0 {
            "combinationMode"
        } else {
            "combineBy"
        };
        let value = if version < 3.0 {
            "mergeByPosition"
        } else {
            "combineByPosition"
        };
        let parameters = json!({ "mode": "combine", name: value, "options": options });
        merge(version, &parameters, &first, second).unwrap()
    };
    let clash = |values: Json| json!({ "clashHandling": { "values": values } });
    for version in [2.0, 3.0] {
        assert_eq!(
            by_position(version, json!({ "includeUnpaired": true }), &second),
            json!([
                { "id": 7, "a": "a", "b": "c" },
                { "id": 8, "a": "b", "b": "d" },
                { "id": 9, "b": "e" },
            ])
        );
        assert_eq!(
            by_position(
                version,
                clash(json!({ "resolveClash": "preferInput1" })),
                &second
            ),
            json!([{ "id": 1, "a": "a", "b": "c" }, { "id": 2, "a": "b", "b": "d" }])
        );
        assert_eq!(
            by_position(
                version,
                clash(json!({ "resolveClash": "addSuffix" })),
                &second
            )[0],
            json!({ "id_1": 1, "a_1": "a", "id_2": 7, "b_2": "c" })
        );
    }
    assert_eq!(
        by_position(3.0, clash(json!({})), &second)[0],
        json!({ "id_1": 1, "a_1": "a", "id_2": 7, "b_2": "c" })
    );
    assert_eq!(by_position(2.0, json!({}), &json!([])), first);
    assert_eq!(by_position(3.0, json!({}), &json!([])), json!([]));
}

#[test]
fn preferring_the_first_input_turns_the_loops_of_each_with_each() {
    let options = json!({ "clashHandling": { "values": { "resolveClash": "preferInput1" } } });
    let parameters =
        json!({ "mode": "combine", "combinationMode": "multiplex", "options": options });
    assert_eq!(
        merge(
            2.1,
            &parameters,
            &json!([{ "a": 1, "c": 1 }, { "a": 2, "c": 1 }]),
            &json!([{ "b": 1, "c": 2 }, { "b": 2, "c": 2 }])
        )
        .unwrap(),
        json!([
            { "b": 1, "c": 1, "a": 1 },
            { "b": 1, "c": 1, "a": 2 },
            { "b": 2, "c": 1, "a": 1 },
            { "b": 2, "c": 1, "a": 2 },
        ])
    );
}

#[test]
fn a_branch_is_chosen_once_all_inputs_have_data() {
    let required = |version: f64, parameters: Json| {
        let node = WorkflowNode {
            node_type: "merge".into(),
            type_version: Some(version),
            parameters: Value::from(parameters).as_object().unwrap().clone(),
            ..WorkflowNode::default()
        };
        let compiled = Catalog::default()
            .compile(&node)
            .unwrap_or_else(|_| panic!());
        compiled.node.required_inputs()
    };
    let choose = json!({ "mode": "chooseBranch", "numberInputs": 3 });
    assert_eq!(
        required(3.0, choose.clone()),
        RequiredInputs::Listed(vec![0, 1, 2])
    );
    assert_eq!(required(2.0, choose), RequiredInputs::Listed(vec![0, 1]));
    assert_eq!(required(3.2, json!({})), RequiredInputs::Any);

    let (first, second) = (json!([{ "a": 1 }]), json!([{ "b": 1 }, { "b": 2 }]));
    for (version, more, expected) in [
        (2.0, json!({ "output": "input2" }), second.clone()),
        (2.0, json!({}), first.clone()),
        (3.2, json!({ "output": "empty" }), json!([{}])),
        (3.2, json!({ "useDataOfInput": "2" }), second.clone()),
    ] {
        let mut parameters = more;
        parameters["mode"] = "chooseBranch".into();
        assert_eq!(
            merge(version, &parameters, &first, &second).unwrap(),
            expected
        );
    }
}

#[test]
fn version_1_by_index() {
    let by_index = |join: &str, first: &Json, second: &Json| {
        let parameters = json!({ "mode": "mergeByIndex", "join": join });
        merge(1.0, &parameters, first, second).unwrap()
    };
    let two = json!([{ "a": 1, "v": { "x": 1 } }, { "a": 2 }]);
    let one = json!([{ "v": { "y": 2 } }]);
    let merged = json!({ "a": 1, "v": { "y": 2 } });
    assert_eq!(by_index("left", &two, &one), json!([merged, { "a": 2 }]));
    assert_eq!(by_index("inner", &two, &one), json!([merged]));
    assert_eq!(
        by_index("outer", &one, &two),
        json!([{ "v": { "x": 1 }, "a": 1 }, { "a": 2 }])
    );
    assert_eq!(by_index("outer", &json!([]), &two), two);
    assert_eq!(by_index("left", &json!([]), &two), json!([]));
}

#[test]
fn version_1_by_key() {
    let first = json!([
        { "k": "1", "v": "a" },
        { "k": 2, "v": "" },
        { "k": 3, "v": "c" },
        { "k": true, "v": "d" },
        { "v": "e" },
    ]);
    let second = json!([
        { "id": 1, "v": "old" },
        { "id": 1, "v": "x", "w": 1 },
        { "id": "2", "v": "y" },
        { "id": 0, "v": "z" },
    ]);
    let keyed = |mode: &str, overwrite: &str| {
        let parameters = json!({
            "mode": mode,
            "propertyName1": "k",
            "propertyName2": "id",
            "overwrite": overwrite,
        });
        merge(1.0, &parameters, &first, &second).unwrap()
    };
    assert_eq!(
        keyed("mergeByKey", "always"),
        json!([{ "k": "1", "v": "x", "w": 1 }, { "k": 2, "v": "y" }, { "k": 3, "v": "c" }])
    );
    assert_eq!(
        keyed("mergeByKey", "blank"),
        json!([{ "k": "1", "v": "a", "w": 1 }, { "k": 2, "v": "y" }, { "k": 3, "v": "c" }])
    );
    assert_eq!(
        keyed("mergeByKey", "undefined"),
        json!([{ "k": "1", "v": "a", "w": 1 }, { "k": 2, "v": "" }, { "k": 3, "v": "c" }])
    );
    assert_eq!(
        keyed("keepKeyMatches", "always"),
        json!([{ "k": "1", "v": "a" }, { "k": 2, "v": "" }])
    );
    assert_eq!(
        keyed("removeKeyMatches", "always"),
        json!([{ "k": 3, "v": "c" }, { "k": true, "v": "d" }, { "v": "e" }])
    );
}

#[test]
fn version_1_other_modes() {
    let (first, second) = (json!([{ "a": 1 }, { "a": 2 }]), json!([{ "b": 1 }]));
    for (parameters, expected) in [
        (json!({}), json!([{ "a": 1 }, { "a": 2 }, { "b": 1 }])),
        (
            json!({ "mode": "passThrough", "output": "input2" }),
            second.clone(),
        ),
        (json!({ "mode": "wait" }), json!([{}])),
        (
            json!({ "mode": "multiplex" }),
            json!([{ "a": 1, "b": 1 }, { "a": 2, "b": 1 }]),
        ),
    ] {
        assert_eq!(merge(1.0, &parameters, &first, &second).unwrap(), expected);
    }
}

#[test]
fn an_unknown_mode_yields_nothing_and_says_so() {
    let parameters = json!({ "mode": "mergeByIndex" }).into();
    let inputs = [list(json!([{}])), list(json!([{}]))];
    let outcome = outcome("merge", Some(2.0), &parameters, &inputs).unwrap();
    assert!(outcome.outputs[0].as_ref().unwrap().is_empty());
    assert_eq!(
        outcome.hints,
        ["version 2 has no mode `mergeByIndex`, so nothing comes out"]
    );
}

#[test]
fn what_cannot_run_is_said_before() {
    for (version, parameters, message) in [
        (
            3.2,
            json!({ "mode": "combineBySql" }),
            "combining by SQL is not supported yet",
        ),
        (
            3.2,
            json!({ "mode": "combine" }),
            "there is no field to match on",
        ),
        (
            3.2,
            json!({ "numberInputs": 11 }),
            "`numberInputs` must be a fixed number from 2 to 10",
        ),
        (4.0, json!({}), "`n8n-nodes-base.merge` has no version 4"),
        (
            1.0,
            json!({ "mode": "mergeByKey", "propertyName1": "a" }),
            "`propertyName2` is missing",
        ),
    ] {
        let error = merge(version, &parameters, &json!([]), &json!([])).unwrap_err();
        assert_eq!(error, message);
    }
}
