//! What it costs to clone and to change an item of 25 fields.

use divan::{Bencher, black_box};
use itemflow_model::{Item, Map, Value};

fn main() {
    divan::main();
}

fn item() -> Item {
    let fields = (0..25).map(|i| {
        (
            format!("field{i}").into(),
            Value::from(format!("value number {i}, some text")),
        )
    });
    Item::new(Value::from(fields.collect::<Map>()))
}

/// Nothing is copied.
#[divan::bench]
fn clone_25_fields(bencher: Bencher) {
    let item = item();
    bencher.bench(|| black_box(&item).clone());
}

/// The members are copied, their values are shared.
#[divan::bench]
fn change_one_of_25_fields(bencher: Bencher) {
    let item = item();
    bencher.bench(|| {
        let mut changed = black_box(&item).clone();
        changed
            .json
            .make_object()
            .insert("field3".into(), Value::from(1));
        changed
    });
}

#[divan::bench]
fn read_json_of_25_fields(bencher: Bencher) {
    let text = item().json.to_string();
    bencher.bench(|| serde_json::from_str::<Value>(black_box(&text)));
}
