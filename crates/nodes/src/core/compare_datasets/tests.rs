//! What Compare Datasets does beyond its examples, version by version.

use itemflow_model::Link;
use serde_json::{Value as Json, json};

use crate::core::tests::{list, outcome, run};

const VERSIONS: [f64; 5] = [1.0, 2.0, 2.1, 2.2, 2.3];

/// The four outputs for two inputs that are compared by `id`.
fn compared(version: f64, more: &Json, first: &Json, second: &Json) -> Result<Json, String> {
    let mut parameters =
        json!({ "mergeByFields": { "values": [{ "field1": "id", "field2": "id" }] } });
    for (key, value) in more.as_object().unwrap() {
        parameters[key] = value.clone();
    }
    let inputs = [list(first.clone()), list(second.clone())];
    let outputs = run(
        "compareDatasets",
        Some(version),
        &parameters.into(),
        &inputs,
    )?;
    Ok(serde_json::to_value(outputs).unwrap())
}

/// The items that differ.
fn different(version: f64, more: &Json, first: &Json, second: &Json) -> Json {
    let outputs = compared(version, more, &json!([first]), &json!([second])).unwrap();
    outputs[2].clone()
}

#[test]
fn each_way_to_show_a_difference() {
    let (a, b) = (
        json!({ "id": 1, "x": 1, "only": 0 }),
        json!({ "id": 1, "x": 2, "other": null }),
    );
    for (more, expected) in [
        (json!({ "resolve": "preferInput1" }), a.clone()),
        (json!({ "resolve": "preferInput2" }), b.clone()),
        (
            json!({ "resolve": "mix", "exceptWhenMix": "x, other" }),
            json!({ "id": 1, "x": 2, "only": 0, "other": null }),
        ),
        (
            json!({ "resolve": "mix", "preferWhenMix": "input2", "exceptWhenMix": "only" }),
            json!({ "id": 1, "x": 2, "other": null, "only": 0 }),
        ),
        (
            json!({ "resolve": "mix", "exceptWhenMix": "only" }),
            json!({ "id": 1, "x": 1, "only": null }),
        ),
        (
            json!({ "resolve": "includeBoth" }),
            json!({
                "keys": { "id": 1 },
                "same": { "id": 1 },
                "different": {
                    "x": { "inputA": 1, "inputB": 2 },
                    "only": { "inputA": 0, "inputB": null },
                    "other": { "inputA": null, "inputB": null },
                },
            }),
        ),
    ] {
        assert_eq!(different(2.3, &more, &a, &b), json!([expected]), "{more}");
    }
}

#[test]
fn defaults_and_labels_of_each_version() {
    let (a, b) = (json!({ "id": 1, "x": 0 }), json!({ "id": 1, "x": 2 }));
    let shown = |labels: [&str; 2], x: Json| {
        json!([{
            "keys": { "id": 1 },
            "same": { "id": 1 },
            "different": { "x": { labels[0]: x, labels[1]: 2 } },
        }])
    };
    let both = json!({ "resolve": "includeBoth" });
    for version in VERSIONS {
        let expected = if version < 2.0 {
            shown(["input1", "input2"], json!(null))
        } else {
            shown(["inputA", "inputB"], json!(0))
        };
        assert_eq!(different(version, &both, &a, &b), expected, "{version}");
        let default = different(version, &json!({}), &a, &b);
        let second = json!([b.clone()]);
        assert_eq!(
            default,
            if version < 2.1 { second } else { expected },
            "{version}"
        );
    }
}

#[test]
fn a_key_field_that_no_item_has_is_an_error_before_2_2() {
    let (first, second) = (json!([{ "x": 1 }]), json!([{ "id": 1 }]));
    for version in VERSIONS {
        let actual = compared(version, &json!({}), &first, &second);
        if version < 2.2 {
            assert_eq!(actual, Err("no item of input A has the field `id`".into()));
        } else {
            assert_eq!(
                actual.unwrap(),
                json!([[{ "x": 1 }], [], [], [{ "id": 1 }]])
            );
        }
        let one_sided = compared(version, &json!({}), &json!([]), &second).unwrap();
        assert_eq!(one_sided, json!([[], [], [], [{ "id": 1 }]]), "{version}");
    }
}

#[test]
fn an_item_of_a_has_the_first_match_or_all() {
    let first = json!([{ "id": 1, "x": 1 }, { "id": 1, "x": 2 }, {}, { "x": 9 }]);
    let second = json!([{ "id": 1, "x": 2 }, {}, { "id": 1, "x": 1 }, { "id": 1, "x": 1 }]);
    let prefer = |multiple: &str| json!({ "resolve": "preferInput2", "options": { "multipleMatches": multiple } });
    assert_eq!(
        compared(2.3, &prefer("first"), &first, &second).unwrap(),
        json!([
            [{ "x": 9 }],
            [{ "id": 1, "x": 2 }],
            [{ "id": 1, "x": 2 }],
            [{ "id": 1, "x": 1 }, { "id": 1, "x": 1 }],
        ])
    );
    assert_eq!(
        compared(2.3, &prefer("all"), &first, &second).unwrap(),
        json!([
            [{ "x": 9 }],
            [{ "id": 1, "x": 1 }, { "id": 1, "x": 2 }],
            [{ "id": 1, "x": 2 }, { "id": 1, "x": 1 }, { "id": 1, "x": 1 }],
            [],
        ])
    );
}

#[test]
fn what_is_the_same_when_compared_fuzzily() {
    let fuzzy = |version: f64| {
        if version < 2.0 {
            json!({ "resolve": "includeBoth", "options": { "fuzzyCompare": true } })
        } else {
            json!({ "resolve": "includeBoth", "fuzzyCompare": true })
        }
    };
    let same = |version: f64, a: Json, b: Json| {
        let (a, b) = (
            json!([{ "id": 1, "x": a }]),
            json!([{ "id": "1", "x": b, "more": true }]),
        );
        let outputs = compared(version, &fuzzy(version), &a, &b).unwrap();
        outputs[1].as_array().unwrap().len() == 1
    };
    for version in VERSIONS {
        assert!(same(version, json!("TRUE"), json!(true)), "{version}");
        assert!(same(version, json!(""), json!(null)), "{version}");
        assert!(!same(version, json!("a"), json!("A")), "{version}");
        assert_eq!(
            same(version, json!(null), json!(0)),
            version >= 2.0,
            "{version}"
        );
        let (a, b) = (
            json!({ "id": 1, "y": 1, "z": "" }),
            json!({ "id": 1, "y": 2 }),
        );
        let shown = &different(version, &fuzzy(version), &a, &b)[0];
        assert_eq!(
            shown["same"].get("z").is_some(),
            version >= 2.1,
            "{version}"
        );
    }
}

#[test]
fn of_two_items_that_are_fuzzily_the_same_the_preferred_one_comes_out() {
    let (a, b) = (json!([{ "id": 1, "x": 1 }]), json!([{ "id": 1, "x": "1" }]));
    for (resolve, expected) in [
        ("preferInput1", &a),
        ("preferInput2", &b),
        ("includeBoth", &a),
    ] {
        let more = json!({ "resolve": resolve, "fuzzyCompare": true });
        let outputs = compared(2.3, &more, &a, &b).unwrap();
        assert_eq!(&outputs[1], expected, "{resolve}");
    }
}

#[test]
fn skipped_fields_make_no_difference() {
    let a = json!({ "id": 1, "x": 1, "o": { "p": 1, "q": 1 } });
    let b = json!({ "id": 1, "x": 2, "o": { "p": 2, "q": 1 } });
    let skip =
        |fields: &str| json!({ "resolve": "includeBoth", "options": { "skipFields": fields } });
    let all = |version: f64, fields: &str| {
        let inputs = [json!([a.clone()]), json!([b.clone()])];
        compared(version, &skip(fields), &inputs[0], &inputs[1]).unwrap()
    };
    for version in VERSIONS {
        assert_eq!(all(version, "x, o")[1], json!([a]), "{version}");
        assert_eq!(all(version, "x, o.p")[1], json!([a]), "{version}");
    }
    assert_eq!(
        all(2.3, "o")[2],
        json!([{
            "keys": { "id": 1 },
            "same": { "id": 1 },
            "different": { "x": { "inputA": 1, "inputB": 2 } },
            "skipped": { "o": { "inputA": { "p": 1, "q": 1 }, "inputB": { "p": 2, "q": 1 } } },
        }])
    );
    let whole = json!({ "inputA": { "p": 1, "q": 1 }, "inputB": { "p": 2, "q": 1 } });
    for version in [2.0, 2.1] {
        let shown = &all(version, "o.p")[2][0];
        if version < 2.1 {
            assert_eq!(shown["different"]["o"], whole);
            assert_eq!(shown.get("skipped"), None);
        } else {
            assert_eq!(
                shown["different"]["o"],
                json!({ "inputA": { "q": 1 }, "inputB": { "q": 1 } })
            );
            assert_eq!(
                shown["skipped"],
                json!({ "o": { "inputA": { "p": 1 }, "inputB": { "p": 2 } } })
            );
        }
    }
}

#[test]
fn a_dot_is_part_of_a_name_where_dots_do_not_lead_into_objects() {
    let more = json!({
        "mergeByFields": { "values": [{ "field1": "a.id", "field2": "b" }] },
        "resolve": "mix",
        "exceptWhenMix": "x.y",
        "options": { "disableDotNotation": true },
    });
    assert_eq!(
        compared(
            2.3,
            &more,
            &json!([{ "a.id": 1, "x.y": 1 }, { "a": { "id": 1 } }]),
            &json!([{ "b": 1, "x.y": 2 }])
        )
        .unwrap(),
        json!([[{ "a": { "id": 1 } }], [], [{ "a.id": 1, "x.y": 2 }], []])
    );
}

#[test]
fn items_are_linked_to_those_they_come_from() {
    let parameters =
        json!({ "mergeByFields": { "values": [{ "field1": "id", "field2": "id" }] } }).into();
    let inputs = [
        list(json!([{}, { "id": 1 }, { "id": 2, "x": 1 }, { "id": 3 }])),
        list(json!([{ "id": 2, "x": 2 }, { "id": 1 }, { "id": 4 }])),
    ];
    let outcome = outcome("compareDatasets", None, &parameters, &inputs).unwrap();
    let link = |output: usize| outcome.outputs[output].as_ref().unwrap().link(0);
    assert_eq!(link(0), Link::to(3));
    assert_eq!(link(1), Link::to(1));
    assert_eq!(link(2), Link::to(2).join(&Link::input(1, 0)));
    assert_eq!(link(3), Link::input(1, 2));
}

#[test]
fn faults_are_said() {
    let pairs = json!({ "mergeByFields": { "values": [{ "field1": "id" }] } });
    assert_eq!(
        compared(2.3, &pairs, &json!([]), &json!([])),
        Err("there is no field to match on".into())
    );
    let resolve = json!({ "resolve": "newest" });
    assert_eq!(
        compared(2.3, &resolve, &json!([{ "id": 1 }]), &json!([])),
        Err("`resolve` must be `preferInput1`, `preferInput2`, `mix` or `includeBoth`, not `newest`".into())
    );
}

#[test]
fn too_many_pairs_are_refused() {
    let more = json!({ "resolve": "preferInput1", "options": { "multipleMatches": "all" } });
    for differs in [true, false] {
        let item = |n: i32| json!({ "id": 1, "n": if differs { n } else { 0 } });
        let many: Vec<Json> = (0..1_100).map(item).collect();
        let error = compared(2.3, &more, &many.clone().into(), &many.into()).unwrap_err();
        assert!(
            error.starts_with("this makes more than 1000000 items"),
            "{error}"
        );
    }
}
