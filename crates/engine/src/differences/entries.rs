//! The differences themselves, in the order of `docs/n8n-differences.md`.

use itemflow_model::Node;

use super::{Concerns, Difference, any_text};

pub(super) const DIFFERENCES: &[Difference] = &[
    Difference {
        id: "invalid-json",
        text: "Invalid JSON in a `json` property is an error with line and column. n8n drops the property without a word.",
        concerns: Concerns::Nodes(|subject| subject.is_service),
    },
    Difference {
        id: "encoded-path",
        text: "Values in a path are percent-encoded. n8n puts them in raw, so that a `/` changes the address.",
        concerns: Concerns::Nodes(|subject| subject.is_service),
    },
    Difference {
        id: "requests-in-flight",
        text: "At most 16 requests of a node are in flight (`maxConcurrency`). n8n starts all at once.",
        concerns: Concerns::Nodes(|subject| subject.sends_requests() && !subject.has_batches()),
    },
    Difference {
        id: "batches",
        text: "A batch waits until the one before has finished. n8n only waits for the interval.",
        concerns: Concerns::Nodes(|subject| subject.sends_requests() && subject.has_batches()),
    },
    Difference {
        id: "user-agent",
        text: "A request names itself `itemflow/VERSION` in `User-Agent`. n8n says `n8n`.",
        concerns: Concerns::Nodes(|subject| subject.sends_requests()),
    },
    Difference {
        id: "credential-origins",
        text: "A credential is sent to the origins in its definition only. n8n sends it wherever the URL points.",
        concerns: Concerns::Nodes(|subject| {
            subject.is_service && !subject.node.credentials.is_empty()
        }),
    },
    Difference {
        id: "credential-redirects",
        text: "A generic credential goes to the address of the request and never follows a redirect elsewhere.",
        concerns: Concerns::Nodes(|subject| {
            subject.kind == "httpRequest" && !subject.node.credentials.is_empty()
        }),
    },
    Difference {
        id: "empty-answers",
        text: "An empty body becomes `{}`, text becomes `{ \"data\": \"…\" }`. n8n puts a bare string where an object belongs.",
        concerns: Concerns::Nodes(|subject| subject.is_service),
    },
    Difference {
        id: "answers-of-http-request",
        text: "An empty answer is `{}` unless text or a file is asked for, and values of a list that are no objects are put under `data`. n8n puts them where an object belongs.",
        concerns: Concerns::Nodes(|subject| subject.kind == "httpRequest"),
    },
    Difference {
        id: "bodies-of-head",
        text: "HEAD, OPTIONS and TRACE send the body as the node says. n8n turns forms into JSON there.",
        concerns: Concerns::Nodes(|subject| {
            subject.kind == "httpRequest"
                && matches!(subject.text("method"), Some("HEAD" | "OPTIONS" | "TRACE"))
        }),
    },
    Difference {
        id: "lower-case-headers",
        text: "Header names travel in lower case, whatever `lowercaseHeaders` says.",
        concerns: Concerns::Nodes(|subject| subject.option("lowercaseHeaders").is_some()),
    },
    Difference {
        id: "retries",
        text: "`retryOnFail` on a node that sends requests repeats only the items that failed, and of those only requests that may be repeated. n8n runs the whole node again.",
        concerns: Concerns::Nodes(|subject| subject.sends_requests() && subject.node.retry_on_fail),
    },
    Difference {
        id: "environment",
        text: "`$env` reads nothing unless `--allow-env NAME` allows that one variable. n8n allows all or none.",
        concerns: Concerns::Nodes(|subject| subject.uses("$env")),
    },
    Difference {
        id: "time-zone",
        text: "A workflow without a time zone uses the machine's. n8n uses America/New_York unless configured.",
        concerns: Concerns::Workflow(|workflow| {
            let has_zone = workflow
                .settings
                .timezone
                .as_deref()
                .is_some_and(|zone| zone != "DEFAULT");
            !has_zone && workflow.nodes.iter().any(uses_time)
        }),
    },
    Difference {
        id: "order-of-mixed-values",
        text: "Sort has one order for mixed values: numbers, then texts regardless of case, then the rest.",
        concerns: Concerns::Nodes(|subject| subject.kind == "sort"),
    },
    Difference {
        id: "merged-items",
        text: "Merge makes at most 1,000,000 items, unless its inputs have more.",
        concerns: Concerns::Nodes(|subject| {
            subject.kind == "merge"
                && matches!(
                    subject.text("mode"),
                    Some("combine" | "multiplex" | "mergeByKey")
                )
        }),
    },
    Difference {
        id: "regular-expressions",
        text: "Regular expressions in conditions stop after a number of steps, with an error.",
        concerns: Concerns::Nodes(|subject| {
            matches!(subject.kind, "if" | "filter" | "switch") && subject.has_text("regex")
        }),
    },
    Difference {
        id: "endless-loops",
        text: "After 100,000 node runs an execution ends as an endless loop. n8n goes on.",
        concerns: Concerns::Nodes(|subject| subject.kind == "splitInBatches"),
    },
    Difference {
        id: "equal-objects",
        text: "Remove Duplicates and Summarize take lists and objects as equal when their content is.",
        concerns: Concerns::Nodes(|subject| {
            matches!(subject.kind, "removeDuplicates" | "summarize")
        }),
    },
    Difference {
        id: "excluded-objects",
        text: "Remove Duplicates with `allFieldsExcept` leaves out everything within an excluded object.",
        concerns: Concerns::Nodes(|subject| {
            subject.kind == "removeDuplicates" && subject.text("compare") == Some("allFieldsExcept")
        }),
    },
    Difference {
        id: "links-of-cut-items",
        text: "Remove Duplicates with `removeOtherFields` links each item to the one it was.",
        concerns: Concerns::Nodes(|subject| {
            subject.kind == "removeDuplicates" && subject.is_set("removeOtherFields")
        }),
    },
    Difference {
        id: "remembered-values",
        text: "What Remove Duplicates remembers is lost when the program ends;",
        concerns: Concerns::Nodes(|subject| {
            subject.kind == "removeDuplicates"
                && subject.text("operation") == Some("removeItemsSeenInPreviousExecutions")
        }),
    },
    Difference {
        id: "history-size",
        text: "`historySize` counts different values. n8n counts items.",
        concerns: Concerns::Nodes(|subject| subject.option("historySize").is_some()),
    },
    Difference {
        id: "swapped-names",
        text: "Rename Keys takes all values out of an item before it puts any back, so that two fields can change their names.",
        concerns: Concerns::Nodes(|subject| subject.kind == "renameKeys"),
    },
    Difference {
        id: "made-up-data",
        text: "Debug Helper never fills the memory (`oom`), and makes up other people than n8n does with the same seed.",
        concerns: Concerns::Nodes(|subject| subject.kind == "debugHelper"),
    },
    Difference {
        id: "compared-items",
        text: "Compare Datasets makes at most 1,000,000 items.",
        concerns: Concerns::Nodes(|subject| subject.kind == "compareDatasets"),
    },
    Difference {
        id: "dates-without-offset",
        text: "Date & Time takes a text without an offset as local to the zone in which the result is shown:",
        concerns: Concerns::Nodes(|subject| {
            subject.kind == "dateTime" && subject.node.type_version != Some(1.0)
        }),
    },
    Difference {
        id: "dates-of-version-1",
        text: "In Date & Time 1 what has no zone is UTC. n8n takes the machine's zone.",
        concerns: Concerns::Nodes(|subject| {
            subject.kind == "dateTime" && subject.node.type_version == Some(1.0)
        }),
    },
    Difference {
        id: "encrypted-texts",
        text: "What Crypto encrypts is base64 of nonce, text and tag (AES-GCM), or RSA-OAEP with SHA-256.",
        concerns: Concerns::Nodes(|subject| {
            subject.kind == "crypto"
                && matches!(subject.text("action"), Some("encrypt" | "decrypt"))
        }),
    },
    Difference {
        id: "nested-html",
        text: "HTML nested more than 512 deep, or made to take long, is an error. n8n hangs or crashes.",
        concerns: Concerns::Nodes(|subject| matches!(subject.kind, "html" | "htmlExtract")),
    },
    Difference {
        id: "empty-values-in-html",
        text: "In a template of HTML null and undefined are empty, as in other expressions. n8n writes `undefined`.",
        concerns: Concerns::Nodes(|subject| {
            subject.kind == "html"
                && matches!(
                    subject.text("operation"),
                    None | Some("generateHtmlTemplate")
                )
        }),
    },
    Difference {
        id: "xml-without-elements",
        text: "XML without any element, and entities that XML does not define, are errors.",
        concerns: Concerns::Nodes(|subject| subject.kind == "xml"),
    },
];

fn uses_time(node: &Node) -> bool {
    let kind = node.node_type.trim_start_matches("n8n-nodes-base.");
    matches!(kind, "scheduleTrigger" | "cron" | "dateTime")
        || any_text(&node.parameters, &|text| {
            text.starts_with('=')
                && ["$now", "$today", "DateTime", "toDateTime", "new Date"]
                    .iter()
                    .any(|name| text.contains(name))
        })
}
