//! `docs/nodes/` is written from the definitions of nodes and services. `ITEMFLOW_UPDATE=1` writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use itemflow_nodes::Catalog;

use crate::root;

const PAGES: &str = "docs/nodes";

/// The sections of every page of an action.
const SECTIONS: [&str; 9] = [
    "Overview",
    "Use Case Examples",
    "Properties",
    "Request Options",
    "Output",
    "Dependencies",
    "Troubleshooting",
    "Workflow",
    "Request",
];

/// What a page says where its definition says nothing.
const GAPS: [&str; 3] = [
    "The definition names none.",
    "The definition names no members.",
    "It cannot be shown",
];

#[test]
fn the_pages_are_what_the_definitions_say() {
    if std::env::var_os("ITEMFLOW_UPDATE").is_some() {
        build(&root().join(PAGES), &[]);
    }
    let fresh = Fresh::new(&[]);
    let (written, expected) = (pages(&root().join(PAGES)), fresh.pages());
    let stale: Vec<&String> = expected
        .keys()
        .chain(written.keys())
        .filter(|name| expected.get(*name) != written.get(*name))
        .collect();
    assert!(
        stale.is_empty(),
        "{stale:?} in {PAGES} are out of date: run `cargo run -p itemflow-cli -- docs build`, \
         or this test with ITEMFLOW_UPDATE=1"
    );
    assert!(expected.len() > 60);
}

#[test]
fn every_action_has_a_page_with_every_section() {
    let pages = Fresh::new(&[]).pages();
    let mut actions = 0;
    for (name, page) in pages.iter().filter(|(name, _)| is_action(name)) {
        actions += 1;
        let found: Vec<(&str, &str)> = page
            .split("\n## ")
            .skip(1)
            .map(|part| part.split_once('\n').unwrap())
            .collect();
        let titles: Vec<&str> = found.iter().map(|(title, _)| *title).collect();
        assert_eq!(titles, SECTIONS, "{name}");
        for (title, content) in found {
            assert!(content.trim().len() > 20, "{name}: {title} is empty");
            for gap in GAPS {
                assert!(!content.contains(gap), "{name}: {title} is missing");
            }
        }
    }
    assert_eq!(actions, definitions_of_actions());
    for service in Catalog::embedded().services() {
        let folder = itemflow_model::definition::title_case(&service.service().file.name);
        let folder = itemflow_model::definition::kebab_case(&folder);
        let index = &pages[&format!("{folder}/README.md")];
        let mut linked = 0;
        for name in pages.keys().filter(|name| is_action(name)) {
            if let Some(path) = name.strip_prefix(&format!("{folder}/")) {
                linked += 1;
                assert!(
                    index.contains(&format!("]({path})")),
                    "{name} is not in the index"
                );
            }
        }
        let resources = service.service().resources.len();
        let counts = format!("- {linked} actions in {resources} resources\n");
        assert!(index.contains(&counts), "{counts}");
    }
}

#[test]
fn the_workflow_on_every_page_is_sound() {
    let folder = tempfile::tempdir().unwrap();
    let mut found = 0;
    for (name, page) in Fresh::new(&[]).pages() {
        let snippet = ["## In a workflow\n\n```yaml\n", "## Workflow\n\n```yaml\n"]
            .iter()
            .find_map(|title| page.split_once(title));
        let Some((_, rest)) = snippet else {
            assert!(name.ends_with("README.md"), "{name}");
            continue;
        };
        found += 1;
        let workflow = rest.split("```").next().unwrap();
        let file = folder
            .path()
            .join(name.replace('/', "-").replace(".md", ".yaml"));
        fs::write(file, workflow).unwrap();
    }
    assert!(found > definitions_of_actions() + 50);
    let checked = itemflow()
        .args(["check", "--strict", "--output", "json"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(
        checked.status.success(),
        "{}",
        String::from_utf8_lossy(&checked.stdout)
    );
}

#[test]
fn the_request_on_every_page_is_a_command_that_a_shell_takes() {
    let mut script = String::from(
        "set -eu\nACCESS_TOKEN='a secret'\ncurl() { echo \"$#\"; printf '[%s]\\n' \"$@\"; }\n",
    );
    let mut found = 0;
    for (name, page) in Fresh::new(&[]).pages() {
        let Some((_, rest)) = page.split_once("\n## Request\n\n") else {
            continue;
        };
        found += 1;
        let command = rest
            .split("```sh\n")
            .nth(1)
            .and_then(|rest| rest.split("\n```").next());
        let command = command.unwrap_or_else(|| panic!("{name} shows no request"));
        assert!(
            !command.contains("***") && !command.contains("placeholder"),
            "{name}: {command}"
        );
        let is_signed = !page.contains("None of its secrets is sent");
        assert_eq!(
            command.contains("$ACCESS_TOKEN\""),
            is_signed,
            "{name}: {command}"
        );
        script.push_str(command);
        script.push('\n');
    }
    assert_eq!(found, definitions_of_actions());
    let ran = Command::new("sh").arg("-c").arg(&script).output().unwrap();
    let printed = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    assert!(
        printed.contains("[Api-Access-Token: a secret]"),
        "{printed}"
    );
    assert_eq!(printed.matches("[-X]").count(), found);
}

#[test]
fn the_page_about_configuration_tells_every_request_option() {
    let page = fs::read_to_string(root().join("docs/configuration.md")).unwrap();
    let (_, section) = page.split_once("## Request Options").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let told: BTreeSet<&str> = section
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    let shown = itemflow()
        .args(["nodes", "show", "New Conversation"])
        .output()
        .unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    let (_, shown) = shown.split_once("Request Options\n").unwrap();
    let shown = shown.split("\nOutput\n").next().unwrap();
    let known = itemflow_declarative::RequestOptions::property();
    for name in known.properties.keys() {
        assert!(
            told.iter().any(|told| told.split('.').next() == Some(name)),
            "{name}"
        );
    }
    for name in told {
        let first = name.split('.').next().unwrap();
        assert!(known.properties.contains_key(first), "{name} is no option");
        assert!(
            shown.contains(name),
            "{name} is not on the page of an action"
        );
    }
}

#[test]
fn links_between_pages_lead_to_pages_and_headings() {
    let pages = pages(&root().join(PAGES));
    let mut anchored = 0;
    for (name, page) in &pages {
        let folder = Path::new(name).parent().unwrap();
        for link in page
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            if link.contains("://") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => name.clone(),
                file => plain(&folder.join(file)),
            };
            let text = match pages.get(&target) {
                Some(text) => text.clone(),
                None => fs::read_to_string(root().join(PAGES).join(&target))
                    .unwrap_or_else(|_| panic!("{name} links to {link}")),
            };
            if !anchor.is_empty() {
                anchored += 1;
                let anchors: BTreeSet<String> = headings(&text).map(slug).collect();
                assert!(
                    anchors.contains(anchor),
                    "{name} links to {link}: {anchors:?}"
                );
            }
        }
    }
    assert!(anchored > definitions_of_actions());
}

#[test]
fn pages_of_what_is_no_more_go_and_other_files_stay() {
    let fresh = Fresh::new(&[]);
    let core = fresh.folder().join("core");
    let page = fs::read_to_string(core.join("set.md")).unwrap();
    fs::write(core.join("gone.md"), &page).unwrap();
    fs::write(core.join("notes.md"), "My own.\n").unwrap();
    let old = fresh.folder().join("old-service/things");
    fs::create_dir_all(&old).unwrap();
    fs::write(old.join("do.md"), &page).unwrap();
    let told = build(&fresh.folder(), &[]);
    assert!(told.contains(": 0 written, 2 removed"), "{told}");
    assert!(!core.join("gone.md").exists() && !fresh.folder().join("old-service").exists());
    assert!(core.join("notes.md").exists() && core.join("set.md").exists());
}

/// A definition of a stranger: words that are markup, no examples, nothing that a page needs.
#[test]
fn words_of_a_strangers_definition_never_break_a_page() {
    let own = tempfile::tempdir().unwrap();
    let hostile =
        "a | b <script>alert(1)</script> `c|d` `e\\n| f | g |\\n# h [i](javascript:j) \u{202e}*k*";
    let files = [
        (
            "service.yaml",
            format!(
                "name: core\ndisplayName: \"{hostile}\"\ndescription: \"{hostile}\"\ncredentials: [xApi]\nrequest: {{ baseUrl: \"=https://{{{{ $credentials.host }}}}.x.example\" }}\n"
            ),
        ),
        (
            "credentials/x.yaml",
            format!(
                "name: xApi\ndisplayName: \"{hostile}\"\ndescription: \"{hostile}\"\nproperties: [{{ name: \"ho|st\", description: \"{hostile}\" }}]\norigins: [https://x.example]\n"
            ),
        ),
        (
            "things/_resource.yaml",
            format!("resource: \"{hostile}\"\ndescription: \"{hostile}\"\n"),
        ),
        (
            "things/do.yaml",
            format!(
                "operation: \"{hostile}\"\ndescription: \"{hostile}\"\nuseCases: [\"{hostile}\"]\nrequest: POST /a\nproperties:\n  \"{hostile}\": {{ description: \"{hostile}\", required: true, placeholder: \"{hostile}\", schema: {{ pattern: \"a\\\\|b\" }} }}\nresponse: {{ schema: {{ properties: {{ \"{hostile}\": {{ description: \"{hostile}\" }} }} }} }}\ntroubleshooting: [\"{hostile}\"]\n"
            ),
        ),
    ];
    for (name, text) in files {
        let path = own.path().join("own").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let fresh = Fresh::new(&[own.path()]);
    let pages = fresh.pages();
    for name in ["core-2/README.md", "core-2/things/do.md"] {
        let mut in_code = false;
        let mut columns = None;
        for line in pages[name].lines() {
            if line.starts_with("```") {
                in_code = !in_code;
                continue;
            }
            if in_code {
                continue;
            }
            let words = without_code(line).replace("\\<", "").replace("\\[", "");
            assert!(
                !words.contains('<') || words.contains("<code>"),
                "{name}: {line}"
            );
            assert!(
                !words.contains("<script") && !words.contains("[i"),
                "{name}: {line}"
            );
            // A cell ends at every bar that has no backslash before it, in code too.
            let cells = line.replace("\\|", "").matches('|').count();
            if line.starts_with('|') {
                assert_eq!(*columns.get_or_insert(cells), cells, "{name}: {line}");
            } else {
                columns = None;
            }
        }
        assert!(!in_code, "{name}");
    }
    let titles: Vec<&str> = headings(&pages["core-2/things/do.md"]).skip(1).collect();
    assert_eq!(titles, SECTIONS);
}

/// Pages written into a folder of their own, with the page about configuration beside it.
struct Fresh(tempfile::TempDir);

impl Fresh {
    fn new(definitions: &[&Path]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("configuration.md"),
            "## Request Options\n",
        )
        .unwrap();
        let fresh = Self(folder);
        fs::create_dir(fresh.folder()).unwrap();
        build(&fresh.folder(), definitions);
        fresh
    }

    fn folder(&self) -> PathBuf {
        self.0.path().join("nodes")
    }

    fn pages(&self) -> BTreeMap<String, String> {
        pages(&self.folder())
    }
}

fn itemflow() -> Command {
    Command::new(env!("CARGO_BIN_EXE_itemflow"))
}

/// Writes pages and returns what is told of it.
fn build(folder: &Path, definitions: &[&Path]) -> String {
    let mut command = itemflow();
    command.args(["docs", "build", "--out"]).arg(folder);
    for definitions in definitions {
        command.arg("--definitions").arg(definitions);
    }
    let built = command.output().unwrap();
    let told = String::from_utf8_lossy(&built.stderr).into_owned();
    assert!(built.status.success(), "{told}");
    told
}

/// The pages below a folder, by their paths in it.
fn pages(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(at) = pending.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
                found.insert(name.to_owned(), fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

/// Whether a path is that of an action's page: service, resource, action.
fn is_action(path: &str) -> bool {
    path.matches('/').count() == 2
}

/// How many actions the folder of definitions has.
fn definitions_of_actions() -> usize {
    let is_action = |(path, _): &(String, String)| {
        let name = path.rsplit('/').next().unwrap();
        path.matches('/').count() == 3
            && !path.contains("/credentials/")
            && name != "_resource.yaml"
    };
    let all = crate::files("node-definitions", ".yaml");
    let found = all.into_iter().filter(is_action).count();
    assert!(found > 5);
    found
}

/// The text of each heading outside of code.
fn headings(page: &str) -> impl Iterator<Item = &str> {
    let outside = page.split("```").step_by(2);
    let lines = outside.flat_map(str::lines);
    lines
        .filter(|line| line.starts_with('#'))
        .map(|line| line.trim_start_matches('#').trim())
}

/// A line without the code in it: from each run of backticks to the next of the same length.
fn without_code(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        let ticks = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        let is_escaped = rest[..at].ends_with('\\');
        let inside = &rest[at + ticks..];
        let closing = inside.match_indices(&"`".repeat(ticks)).find(|(end, _)| {
            !inside[..*end].ends_with('`') && !inside[end + ticks..].starts_with('`')
        });
        out.push_str(&rest[..at]);
        rest = match closing {
            Some((end, _)) if !is_escaped => &inside[end + ticks..],
            _ => inside,
        };
    }
    out + rest
}

/// The anchor of a heading, as GitHub makes it.
fn slug(heading: &str) -> String {
    let lower = heading.to_lowercase();
    let kept = lower
        .chars()
        .filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
    kept.collect::<String>().replace(' ', "-")
}

/// A path without `..`.
fn plain(path: &Path) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in path.iter().map(|part| part.to_string_lossy().into_owned()) {
        if part == ".." && parts.last().is_some_and(|last| last != "..") {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}
