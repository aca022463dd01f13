//! Any data comes back from a script that leaves it alone.

use itemflow_model::Value;
use itemflow_script::{Integers, Style};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::bench::Bench;

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<f64>()
            .prop_filter("JSON has no such number", |n| n.is_finite() && *n != 0.0)
            .prop_map(Json::from),
        any::<String>().prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
            prop::collection::btree_map(
                prop_oneof![
                    any::<String>(),
                    Just("__proto__".to_owned()),
                    Just("@".to_owned())
                ],
                inner,
                0..6
            )
            .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn any_data_comes_back_as_it_was(values in prop::collection::vec(any_json(), 1..20)) {
        let items: Json = values.iter().map(|value| json!({ "json": { "value": value } })).collect();
        let mut integers = Integers::default();
        integers.add(&Value::from(items.clone()));
        let ran = Bench { style: Style::Each, items: items.clone(), ..Bench::default() }.run("return item");
        for (outcome, item) in ran.outcomes.unwrap().into_iter().zip(items.as_array().unwrap()) {
            let mut value = outcome.result.unwrap().unwrap();
            integers.restore(&mut value);
            prop_assert_eq!(value, Value::from(item.clone()));
        }
    }

    #[test]
    fn no_text_as_a_script_breaks_the_worker(code in any::<String>()) {
        let ran = Bench::default().run(&code);
        prop_assert!(ran.outcomes.is_ok(), "{:?}", ran.outcomes);
    }
}
