//! `itemflow nodes`: lists with their counts, pages in the terminal, searches; and what `check` says of pages.

use serde_json::json;

use crate::process::Folder;

/// A service of one's own with two actions of the same name.
const OWN: [(&str, &str); 4] = [
    (
        "own/echo/service.yaml",
        "name: echo\ndescription: Answers.\nrequest: { baseUrl: https://echo.example }\n",
    ),
    (
        "own/echo/things/ping.yaml",
        "operation: Ping\ndescription: Asks things.\nrequest: GET /things\n",
    ),
    (
        "own/echo/people/ping.yaml",
        "operation: Ping\ndescription: Asks people.\ndeprecated: true\nrequest: GET /people\n",
    ),
    ("own/echo/people/_resource.yaml", "description: People.\n"),
];

fn with_own_service() -> Folder {
    let folder = Folder::new();
    for (path, text) in OWN {
        let path = folder.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn nodes_are_listed_and_counted() {
    let folder = Folder::new();
    let all = folder.run(&["nodes", "list"]).succeeded();
    for name in [
        "manualTrigger",
        "set",
        "konverteDigital: Conversations / New Conversation",
    ] {
        assert!(all.stdout.contains(name), "{name}");
    }
    let told = all.stderr.trim();
    assert!(
        told.contains(" core nodes, 1 service, ") && told.ends_with(" actions"),
        "{told}"
    );

    let service = folder
        .run(&["nodes", "list", "konverteDigital"])
        .succeeded();
    let lines = service.stdout.lines().count();
    assert!(
        service
            .stdout
            .lines()
            .all(|line| line.starts_with("konverteDigital: "))
    );
    assert!(
        service
            .stderr
            .ends_with(&format!(" resources, {lines} actions\n")),
        "{service}"
    );

    let form = folder
        .run(&["nodes", "list", "konverteDigital", "--output", "json"])
        .succeeded()
        .json();
    assert_eq!(form["counts"]["actions"], json!(lines));
    assert_eq!(form["counts"]["coreNodes"], json!(0));
    assert_eq!(form["actions"].as_array().unwrap().len(), lines);
    assert_eq!(form["nodes"][0]["name"], json!("konverteDigital"));
    let options = &form["nodes"][0]["properties"]["requestOptions"]["properties"];
    assert_eq!(options["timeout"]["default"], json!(300_000));

    let core = folder.run(&["nodes", "list", "core"]).succeeded();
    let told = format!("{} core nodes\n", core.stdout.lines().count());
    assert_eq!(core.stderr, told);
    folder.run(&["nodes", "list", "konverte"]).ended(1).tells(&[
        "there is no service `konverte`",
        "did you mean `konverteDigital`?",
    ]);
    folder
        .run(&["nodes", "list", "xyzzy"])
        .ended(1)
        .tells(&["there are: ", "core"]);
}

#[test]
fn a_page_in_the_terminal_is_the_page_of_the_documents() {
    let folder = Folder::new();
    let page = folder
        .run(&["nodes", "show", "New", "Conversation"])
        .succeeded()
        .stdout;
    for text in [
        "New Conversation\n================\n",
        "Konverte Digital / Conversations",
        "Overview\n--------\n",
        "POST /api/v1/accounts/{account_id}/conversations",
        "Use Case Examples\n",
        "source_id (string; required)",
        "Request Options\n",
        "Output\n",
        "Dependencies\n",
        "`konverteDigitalApi`",
        "Troubleshooting\n",
        "Workflow\n",
        "-H \"Api-Access-Token: $ACCESS_TOKEN\"",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let form = folder
        .run(&["nodes", "show", "New Conversation", "--output", "json"])
        .succeeded()
        .json();
    assert_eq!(form["operation"], json!("New Conversation"));

    let service = folder
        .run(&["nodes", "show", "konverteDigital"])
        .succeeded()
        .stdout;
    for text in [
        "Credentials\n",
        "* Inboxes\n",
        "Get Inbox (`GET /api/v1/",
        "- Type: `konverteDigitalPlatformApi`",
    ] {
        assert!(service.contains(text), "{text}: {service}");
    }
    let service = folder
        .run(&["nodes", "show", "konverteDigital", "--output", "json"])
        .succeeded()
        .json();
    assert_eq!(service["name"], json!("konverteDigital"));
    let resource = folder.run(&["nodes", "show", "inboxes"]).succeeded().stdout;
    assert!(resource.starts_with("* Inboxes\n"), "{resource}");
    let core = folder.run(&["nodes", "show", "set"]).succeeded().stdout;
    assert!(
        core.contains("Versions: ") && core.contains("Parameters") && core.contains("Examples"),
        "{core}"
    );
    folder
        .run(&["nodes", "show", "New Conversaton"])
        .ended(1)
        .tells(&["did you mean `New Conversation`?"]);
}

#[test]
fn nodes_are_searched() {
    let folder = Folder::new();
    let found = folder
        .run(&["nodes", "search", "NEW", "conversation"])
        .succeeded()
        .stdout;
    assert!(found.contains("New Conversation"), "{found}");
    folder
        .run(&["nodes", "search", "xyzzy"])
        .ended(1)
        .tells(&["nothing found"]);
}

#[test]
fn a_name_that_several_have_asks_for_more_of_it() {
    let folder = with_own_service();
    let show = |name: &str| folder.run(&["nodes", "show", name, "--definitions", "own"]);
    show("Ping")
        .ended(1)
        .tells(&["echo People Ping", "echo Things Ping"]);
    let page = show("people ping").succeeded().stdout;
    assert!(page.starts_with("Ping (deprecated)\n"), "{page}");
    let page = show("echo Things Ping").succeeded().stdout;
    assert!(page.starts_with("Ping\n====\n"), "{page}");
    show("ing").ended(1);
    let list = folder
        .run(&["nodes", "list", "echo", "--definitions", "own"])
        .succeeded();
    assert!(
        list.stdout.contains("echo: People / Ping (deprecated)"),
        "{list}"
    );
    assert_eq!(list.stderr, "2 resources, 2 actions\n");
    let index = show("echo").succeeded().stdout;
    assert!(
        index.contains("Ping (deprecated) (`GET /people`)\n    Asks people\n"),
        "{index}"
    );
}

#[test]
fn what_a_page_lacks_is_a_warning_and_with_strict_a_failure() {
    let folder = with_own_service();
    let checked = folder.run(&["check", "own"]).succeeded();
    for text in [
        "own/echo/things/ping.yaml:1:12",
        "the page of `Ping` lacks use cases, a description of its output, troubleshooting and examples",
        "add `useCases`, `response.schema`, `troubleshooting` and `examples`",
        "the resource `Things` has no description",
        "0 errors, 3 warnings",
    ] {
        assert!(checked.stderr.contains(text), "{text}: {checked}");
    }
    folder.run(&["check", "--strict", "own"]).ended(1);
    folder
        .run(&["check", "--strict", "own/echo/people/_resource.yaml"])
        .ended(1);
}

#[test]
fn the_workflow_of_a_page_in_the_terminal_can_be_checked() {
    let folder = Folder::new();
    let page = folder
        .run(&["nodes", "show", "New Conversation"])
        .succeeded()
        .stdout;
    let snippet = page.split("Workflow\n--------\n").nth(1).unwrap();
    let snippet = snippet.split("\nRequest\n").next().unwrap();
    Folder::with_workflow(snippet)
        .run(&["check", "--strict", "workflow.yaml"])
        .succeeded();
}
