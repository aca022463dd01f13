//! Service folders: what loads, what is looked up, and every kind of problem of a folder.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod changes;

use std::borrow::Cow;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use itemflow_model::SourceText;
use itemflow_model::definition::{
    ActionFile, RequestForm, Service, ServiceSources, kebab_case, read_file,
};
use itemflow_model::schema::FileKind;
use proptest::prelude::*;

const SERVICE: &str =
    "name: acmeDesk\ncredentials: [acmeApi]\naliases: { credentials: { oldApi: acmeApi } }\n";
const CREDENTIAL: &str =
    "name: acmeApi\nproperties: [{ name: token, secret: true }]\norigins: [https://acme.test]\n";
const ACTION: &str = "operation: New Ticket\ndescription: Opens one.\nrequest: POST /tickets\n";
const BROKEN: &str = "operation: Broken\ndescriptio: x\n";

fn sources(files: &[(&str, &str)]) -> ServiceSources {
    ServiceSources {
        folder: "defs/acme".into(),
        files: files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), Cow::Owned((*text).to_owned())))
            .collect(),
    }
}

fn problems(files: &[(&str, &str)]) -> String {
    let problems = match Service::load(&sources(files)) {
        Ok((service, mut warnings)) => {
            warnings.extend(service.check());
            warnings
        }
        Err(problems) => problems,
    };
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[test]
fn a_folder_loads_and_its_names_have_defaults() {
    let (service, warnings) = Service::load(&sources(&[
        ("open-tickets/new-ticket.yaml", ACTION),
        ("open-tickets/other.json", r#"{ "$schema": "x", "operation": "List", "description": "Lists.", "request": { "method": "GET", "path": "/" } }"#),
        ("service.yaml", SERVICE),
        ("credentials/acme-api.yml", CREDENTIAL),
        ("people/_resource.yaml", "resource: person\ndisplayName: People\n"),
        ("people/find.yaml", ACTION),
        ("icon.svg", "<svg/>"),
        ("README.md", "# Acme"),
    ]))
    .unwrap();
    assert!(warnings.is_empty() && service.check().is_empty());
    assert_eq!(service.display_name(), "Acme Desk");
    let tickets = service.resource("Open Tickets").unwrap();
    assert_eq!(tickets.display_name(), "Open Tickets");
    assert_eq!(service.resource("person").unwrap().display_name(), "People");
    let entry = tickets.action("List").unwrap().unwrap();
    assert_eq!(&**entry.file(), "defs/acme/open-tickets/other.json");
    assert!(matches!(
        entry.action().unwrap().request,
        RequestForm::Long(_)
    ));
    assert!(tickets.action("Delete").unwrap().is_none());
    assert_eq!(
        service.credential("acmeApi").unwrap().origins,
        ["https://acme.test"]
    );
}

#[test]
fn one_action_is_found_without_reading_the_others() {
    let (service, _) = Service::load(&sources(&[
        ("service.yaml", SERVICE),
        ("credentials/acme-api.yaml", CREDENTIAL),
        ("tickets/a-broken.yaml", BROKEN),
        ("tickets/new-ticket.yaml", ACTION),
    ]))
    .unwrap();
    let tickets = service.resource("Tickets").unwrap();
    assert!(tickets.action("New Ticket").unwrap().is_some());
    assert!(
        tickets.action("Elsewhere").is_err(),
        "it may be in the file that cannot be read"
    );
    assert!(!service.check().is_empty());
}

#[test]
fn every_problem_of_a_folder_is_told() {
    assert_eq!(
        problems(&[]),
        "defs/acme/service.yaml: error: defs/acme has no service.yaml"
    );
    assert_eq!(
        problems(&[
            ("service.yaml", "name: acme\ncredentials: [acmApi]\naliases: { credentials: { old: nope } }\n"),
            ("credentials/a.yaml", CREDENTIAL),
            ("credentials/b.yaml", CREDENTIAL),
            ("new-ticket.yaml", ACTION),
            ("a/b/new-ticket.yaml", ACTION),
            ("empty/_resource.yaml", "credential: acmePi\n"),
            ("tickets/_resource.yaml", "resource: Empty\n"),
            ("tickets/new-ticket.yaml", ACTION),
        ]),
        "defs/acme/a/b/new-ticket.yaml: error: this file is in no resource (an action is `<resource>/<action>.yaml`, a credential `credentials/<type>.yaml`)
defs/acme/new-ticket.yaml: error: this file is in no resource (an action is `<resource>/<action>.yaml`, a credential `credentials/<type>.yaml`)
defs/acme/empty/_resource.yaml: error: resource folder `empty` has no actions
defs/acme/tickets/_resource.yaml:1:11: error: resource `Empty` is already in folder `empty`
defs/acme/credentials/b.yaml:1:7: error: credential `acmeApi` is already in defs/acme/credentials/a.yaml
defs/acme/service.yaml:2:15: error: there is no credential `acmApi` under credentials/ (did you mean `acmeApi`?)
defs/acme/service.yaml:3:32: error: the service has no credential `nope` (list it in service.yaml and describe it under credentials/)
defs/acme/empty/_resource.yaml:1:13: error: the service has no credential `acmePi` (did you mean `acmApi`?)
defs/acme/credentials/a.yaml:1:7: warning: no action can use `acmeApi`: service.yaml does not list it
defs/acme/credentials/b.yaml:1:7: warning: no action can use `acmeApi`: service.yaml does not list it"
    );
    assert_eq!(
        problems(&[
            ("service.yaml", SERVICE),
            ("credentials/a.yaml", CREDENTIAL),
            ("tickets/broken.yaml", BROKEN),
            ("tickets/new-ticket.yaml", ACTION),
            ("tickets/second.yaml", &format!("{ACTION}credential: acmeAp\n")),
        ]),
        "defs/acme/tickets/broken.yaml:1:1: error: an action file needs `request`
defs/acme/tickets/broken.yaml:2:1: error: `descriptio` is no member of an action file (did you mean `description`?)
defs/acme/tickets/second.yaml:1:12: error: operation `New Ticket` is already in defs/acme/tickets/new-ticket.yaml
defs/acme/tickets/second.yaml:4:13: error: the service has no credential `acmeAp` (did you mean `acmeApi`?)"
    );
}

#[test]
fn the_services_of_the_repository_load() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../node-definitions");
    let mut services = 0;
    for folder in fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if !folder.join("service.yaml").exists() {
            continue;
        }
        services += 1;
        let mut files = Vec::new();
        collect(&folder, "", &mut files);
        let sources = ServiceSources {
            folder: folder.display().to_string(),
            files,
        };
        let (service, warnings) = Service::load(&sources).unwrap_or_else(|p| panic!("{p:#?}"));
        assert!(warnings.is_empty(), "{warnings:#?}");
        assert_eq!(service.check(), [], "{}", folder.display());
        for resource in &service.resources {
            for entry in &resource.actions {
                let operation = &entry.action().unwrap().operation;
                assert_eq!(
                    entry.name,
                    kebab_case(operation),
                    "a file is named after its operation"
                );
            }
        }
    }
    assert!(services > 0);
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<(String, Cow<'static, str>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            collect(&path, &format!("{name}/"), files);
        } else if let Ok(text) = fs::read_to_string(&path) {
            files.push((name, text.into()));
        }
    }
}

#[test]
fn deep_properties_are_read_or_refused_at_once() {
    for last in ["", r#","typ":1"#] {
        let depth = 55;
        let property = format!(
            "{}{{\"type\":\"string\"{last}}}{}",
            r#"{"properties":{"a":"#.repeat(depth),
            "}}".repeat(depth)
        );
        let text = format!(
            r#"{{"operation":"A","description":"B","request":"GET /","properties":{{"a":{property}}}}}"#
        );
        let start = Instant::now();
        let found = read_file::<ActionFile>(FileKind::Action, &SourceText::new("a.json", text));
        assert_eq!(found.is_ok(), last.is_empty(), "{found:?}");
        assert!(
            start.elapsed() < Duration::from_secs(1),
            "{:?}",
            start.elapsed()
        );
    }
}

const SEEDS: [(&str, &str); 4] = [
    ("service.yaml", SERVICE),
    ("credentials/a.yaml", CREDENTIAL),
    (
        "tickets/_resource.yaml",
        include_str!("problems/resource/unknown.yaml"),
    ),
    (
        "tickets/new-ticket.yaml",
        include_str!("problems/action/wrong_types.yaml"),
    ),
];

proptest! {
    #[test]
    fn any_changed_folder_is_read_or_refused(
        file in 0..SEEDS.len(),
        changes in changes::changes(),
    ) {
        let text = changes::apply(SEEDS[file].1, &changes);
        let mut files = SEEDS;
        files[file].1 = &text;
        problems(&files);
    }
}

const LIST: &str = "operation: List\ndescription: Lists.\nrequest: GET /tickets\n";

#[test]
fn a_mock_file_loads_with_its_service() {
    let (service, warnings) = Service::load(&sources(&[
        ("service.yaml", SERVICE),
        ("credentials/acme-api.yaml", CREDENTIAL),
        ("tickets/new-ticket.yaml", ACTION),
        (
            "mock.yaml",
            "collections: { tickets: { key: number, page: { size: 2 } } }\n",
        ),
    ]))
    .unwrap();
    assert!(warnings.is_empty() && service.check().is_empty());
    let mock = service.mock.as_ref().unwrap().mock().unwrap();
    assert_eq!(mock.collections["tickets"].key.as_deref(), Some("number"));
}

#[test]
fn every_problem_of_a_mock_file_is_told() {
    let with = |mock: &str| {
        problems(&[
            ("service.yaml", SERVICE),
            ("credentials/acme-api.yaml", CREDENTIAL),
            ("tickets/new-ticket.yaml", ACTION),
            ("tickets/list.yaml", LIST),
            ("mock.yaml", mock),
        ])
    };
    let mock = "
refusalsFor: { acmApi: { invalid: { body: no } } }
collections:
  tickets: {}
  members: { of: peopl }
actions:
  Tickets/Lst: { lists: tickets }
  Tickets/List: { lists: tickts, removes: tickets }
  Tickets/New Ticket:
    creates: tickets
    set: { owner: { $element: tikets, key: 1 }, kind: { $choos: 1 } }
";
    assert_eq!(
        with(mock),
        "defs/acme/mock.yaml:2:16: error: there is no credential `acmApi` (did you mean `acmeApi`?)
defs/acme/mock.yaml:5:18: error: there is no collection `peopl` (describe it under `collections`)
defs/acme/mock.yaml:7:3: error: there is no action `Tickets/Lst` (did you mean `Tickets/List`?)
defs/acme/mock.yaml:8:3: error: an action does one thing, not lists and removes
defs/acme/mock.yaml:8:26: error: there is no collection `tickts` (did you mean `tickets`?)
defs/acme/mock.yaml:11:31: error: there is no collection `tikets` (did you mean `tickets`?)
defs/acme/mock.yaml:11:57: error: `$choos` has other members beside it, or none of these (write `{ $element: collection, key: … }`, `{ $choose: …, values: … }` or `{ $first: […] }`)"
    );
    assert_eq!(
        with("collectons: {}\n"),
        "defs/acme/mock.yaml:1:1: error: `collectons` is no member of a mock file (did you mean `collections`?)"
    );
    assert_eq!(
        with("collections: { tickets: { pag: { size: 2 } } }\n"),
        "defs/acme/mock.yaml:1:27: error: `pag` is no member of `tickets` (did you mean `page`?)"
    );
}
