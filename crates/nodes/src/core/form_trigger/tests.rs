//! What a form asks, and the item of its answers.

use itemflow_model::{Binary, FieldKind, FormEnding, FormSpec, TriggerSpec};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{Submission, form_item};
use crate::core::tests::node_and_run;

fn spec(version: f64, parameters: Value) -> Result<FormSpec, String> {
    let (node, run) = node_and_run("formTrigger", Some(version), &parameters.into(), &[]);
    match node.trigger(&run).unwrap() {
        Ok(TriggerSpec::Form(spec)) => Ok((*spec).clone()),
        Ok(other) => panic!("a form, not {other:?}"),
        Err(error) => Err(error.message),
    }
}

fn fields() -> Value {
    json!({ "values": [
        { "fieldLabel": "Name", "requiredField": true },
        { "fieldLabel": "Age", "fieldType": "number" },
        { "fieldLabel": "Colours", "fieldType": "checkbox", "fieldOptions": { "values": [{ "option": "red" }, { "option": "blue" }] } },
        { "fieldLabel": "Size", "fieldType": "radio" },
        { "fieldLabel": "Your file", "fieldType": "file", "multipleFiles": false },
        { "fieldLabel": "More", "fieldType": "file" },
        { "fieldType": "html", "html": "<b>x</b>" },
        { "fieldType": "hiddenField", "fieldName": "source" },
        { "fieldLabel": "Note", "fieldType": "textarea" },
    ] })
}

#[test]
fn a_form_has_its_fields_and_its_ending() {
    let form = spec(
        2.2,
        json!({ "formTitle": "Hi", "formFields": fields(), "options": { "path": "/hi/" } }),
    )
    .unwrap();
    assert_eq!(
        (&*form.title, &*form.path, &*form.button_label),
        ("Hi", "hi", "Submit")
    );
    assert!(form.fields[0].required);
    assert_eq!(form.fields[2].options, ["red".into(), "blue".into()]);
    assert!(form.fields[2].multiple && form.fields[5].multiple && !form.fields[4].multiple);
    assert_eq!(form.fields[7].kind, FieldKind::Hidden);
    assert_eq!(&*form.fields[7].name, "source");
    assert_eq!(form.ending, FormEnding::default());
    let old = spec(
        1.0,
        json!({ "path": "p", "options": { "formSubmittedText": "bye" } }),
    )
    .unwrap();
    assert_eq!(old.ending, FormEnding::Text("bye".into()));
    let away = json!({ "options": { "respondWithOptions": { "values": { "respondWith": "redirect", "redirectUrl": "https://example.com" } } } });
    assert_eq!(
        spec(2.2, away).unwrap().ending,
        FormEnding::Redirect("https://example.com".into())
    );
    assert_eq!(
        spec(
            2.2,
            json!({ "formFields": { "values": [{ "fieldType": "colour" }] } })
        )
        .unwrap_err(),
        "`formFields.values[0].fieldType` is no known kind of field: `colour`"
    );
}

#[test]
fn the_key_of_an_answer_depends_on_the_version() {
    let field =
        json!({ "formFields": { "values": [{ "fieldLabel": "Name", "fieldName": "name" }] } });
    assert_eq!(&*spec(2.3, field.clone()).unwrap().fields[0].name, "Name");
    assert_eq!(&*spec(2.4, field).unwrap().fields[0].name, "name");
}

#[test]
fn answers_become_an_item() {
    let form = spec(2.2, json!({ "formFields": fields() })).unwrap();
    let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let file = |name: &str| Binary {
        file_name: Some(name.into()),
        mime_type: "text/plain".into(),
        bytes: 3,
        ..Binary::default()
    };
    let sent = Submission {
        texts: vec![
            text("Name", " Ada "),
            text("Age", "36"),
            text("Colours", "[\"red\",\"blue\"]"),
            text("Size", "[\"L\"]"),
            text("source", "web"),
        ],
        files: vec![
            ("Your file".into(), file("a.txt")),
            ("More".into(), file("b.txt")),
            ("More".into(), file("c.txt")),
        ],
        ..Submission::default()
    };
    let now = Timestamp::from_second(1_700_000_000).unwrap();
    let zone = TimeZone::get("Europe/Paris").unwrap();
    let item = form_item(&form, &sent, now, &zone, true);
    assert_eq!(
        Value::from(&item.json),
        json!({
            "Name": "Ada",
            "Age": 36,
            "Colours": ["red", "blue"],
            "Size": "L",
            "Your file": { "filename": "a.txt", "mimetype": "text/plain", "size": 3 },
            "More": [
                { "filename": "b.txt", "mimetype": "text/plain", "size": 3 },
                { "filename": "c.txt", "mimetype": "text/plain", "size": 3 },
            ],
            "source": "web",
            "Note": null,
            "submittedAt": "2023-11-14T23:13:20.000+01:00",
            "formMode": "production",
        })
    );
    let binary = item.binary.unwrap();
    assert_eq!(
        binary.keys().map(|key| &**key).collect::<Vec<_>>(),
        ["Your_file", "More_0", "More_1"]
    );
    let utc = FormSpec {
        use_workflow_time_zone: false,
        ..FormSpec::default()
    };
    let item = form_item(&utc, &Submission::default(), now, &zone, false);
    assert_eq!(
        Value::from(&item.json),
        json!({ "submittedAt": "2023-11-14T22:13:20.000Z", "formMode": "test" })
    );
}
