//! Both formats in both versions, there and back.

use itemflow_model::Item;
use serde_json::json;

use crate::core::file_bench::Bench;

fn files(item: &Item) -> Vec<(String, String)> {
    let files = item.binary.iter().flat_map(|binaries| binaries.iter());
    files
        .map(|(property, file)| {
            (
                property.to_string(),
                file.file_name.clone().unwrap_or_default(),
            )
        })
        .collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let pairs = pairs.iter();
    pairs
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect()
}

#[tokio::test]
async fn files_are_packed_and_unpacked() {
    let bench = Bench::new();
    let item = bench.item(
        json!({ "id": 1 }),
        &[
            ("data", "a.txt", b"hello"),
            ("b", "b.csv", b"x,y"),
            ("rest", "c", b""),
        ],
    );
    for (version, parameters, packed, mime_type) in [
        (
            1.1,
            json!({}),
            &[("data", "data.zip")][..],
            "application/zip",
        ),
        (
            1.1,
            json!({ "fileName": "all.zip", "binaryPropertyOutput": "zip" }),
            &[("zip", "all.zip")],
            "application/zip",
        ),
        (
            1.1,
            json!({ "outputFormat": "gzip" }),
            &[("data", "a.txt.gz"), ("data1", "b.csv.gz")],
            "application/gzip",
        ),
        (
            1.1,
            json!({ "outputFormat": "gzip", "fileName": "x.gz" }),
            &[("data", "x.gz"), ("data1", "b.csv.gz")],
            "application/gzip",
        ),
        (
            1.0,
            json!({ "outputFormat": "zip", "fileName": "x.zip" }),
            &[("data", "x.zip")],
            "application/zip",
        ),
        (
            1.0,
            json!({ "outputFormat": "gzip" }),
            &[("data0", "a.gzip"), ("data1", "b.gzip")],
            "application/gzip",
        ),
        (
            1.0,
            json!({ "outputFormat": "gzip", "outputPrefix": "p_" }),
            &[("p_0", "a.gzip"), ("p_1", "b.gzip")],
            "application/gzip",
        ),
        (1.0, json!({}), &[], ""),
    ] {
        let mut parameters = parameters;
        parameters["operation"] = "compress".into();
        parameters["binaryPropertyName"] = "data, b".into();
        let made = bench
            .run(
                "compression",
                version,
                parameters.clone(),
                std::slice::from_ref(&item),
            )
            .await;
        let made = made.get(0).unwrap();
        assert_eq!(files(made), pairs(packed), "{version}: {parameters}");
        assert_eq!(made.json, json!({ "id": 1 }).into());
        if packed.is_empty() {
            continue;
        }
        assert!(
            made.binary
                .as_ref()
                .unwrap()
                .values()
                .all(|file| file.mime_type == mime_type)
        );
        let names: Vec<&str> = packed.iter().map(|(property, _)| *property).collect();
        let parameters = json!({ "binaryPropertyName": names.join(",") });
        let back = bench
            .run(
                "compression",
                version,
                parameters,
                std::slice::from_ref(made),
            )
            .await;
        let back = back.get(0).unwrap();
        let properties: Vec<String> = files(back)
            .into_iter()
            .map(|(property, _)| property)
            .collect();
        assert_eq!(properties, ["file_0", "file_1"]);
        assert_eq!(
            (bench.text(back, "file_0"), bench.text(back, "file_1")),
            ("hello".into(), "x,y".into())
        );
    }
}

#[tokio::test]
async fn unpacked_files_keep_names_and_get_a_prefix() {
    let bench = Bench::new();
    let item = bench.item(json!({}), &[("data", "a.txt", b"hello")]);
    let packed = bench
        .run(
            "compression",
            1.1,
            json!({ "operation": "compress" }),
            &[item],
        )
        .await;
    let parameters = json!({ "outputPrefix": "part" });
    let back = bench
        .run(
            "compression",
            1.1,
            parameters,
            &[packed.get(0).unwrap().clone()],
        )
        .await;
    assert_eq!(files(back.get(0).unwrap()), pairs(&[("part0", "a.txt")]));
    let file = &back.get(0).unwrap().binary.as_ref().unwrap()["part0"];
    assert_eq!(file.mime_type, "text/plain");
}

#[tokio::test]
async fn what_is_no_archive_is_an_error_of_its_item() {
    let bench = Bench::new();
    let items = [
        bench.item(json!({}), &[("data", "a.txt", b"hello")]),
        bench.item(json!({}), &[("data", "a.zip", b"hello")]),
        bench.item(json!({}), &[("data", "a.gz", b"hello")]),
        bench.item(json!({}), &[]),
    ];
    let parameters = json!({ "continueOnFail": true });
    let made = bench.run("compression", 1.0, parameters, &items).await;
    for (i, expected) in [
        "cannot be unpacked, only",
        "no zip archive",
        "cannot be unpacked",
        "no file named `data`",
    ]
    .iter()
    .enumerate()
    {
        let error = made.get(i).unwrap().error.clone().unwrap();
        assert!(error.message.contains(expected), "{}", error.message);
        assert_eq!(error.item_index, Some(i));
    }
}
