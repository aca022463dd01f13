//! The names of the language: variables, globals, extension methods, and the names that may never be used.

use std::sync::Arc;

use crate::scope::Variable;

macro_rules! globals {
    ($($name:ident),* $(,)?) => {
        /// An object or function of the language that every expression can name.
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "they are spelled as in the language")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Global { $($name),*, If, IfEmpty, Min, Max, Average, Not, Jmespath, FromAi, EvaluateExpression, NodeFunction, NumberFormat, DateTimeFormat, Collator, PluralRules, RelativeTimeFormat, ListFormat, Harmless }

        const NAMED_GLOBALS: &[(&str, Global)] = &[
            $((stringify!($name), Global::$name)),*,
            ("$if", Global::If), ("$ifEmpty", Global::IfEmpty), ("$min", Global::Min), ("$max", Global::Max),
            ("$average", Global::Average), ("$not", Global::Not), ("min", Global::Min), ("max", Global::Max),
            ("average", Global::Average), ("not", Global::Not), ("$jmespath", Global::Jmespath),
            ("$jmesPath", Global::Jmespath), ("$fromAI", Global::FromAi), ("$fromAi", Global::FromAi),
            ("$fromai", Global::FromAi), ("$evaluateExpression", Global::EvaluateExpression),
            ("$", Global::NodeFunction),
        ];
    };
}
globals!(
    Math,
    JSON,
    Object,
    Array,
    String,
    Number,
    Boolean,
    Date,
    RegExp,
    Map,
    Set,
    WeakMap,
    WeakSet,
    Error,
    TypeError,
    RangeError,
    SyntaxError,
    ReferenceError,
    EvalError,
    URIError,
    DateTime,
    Duration,
    Interval,
    Intl,
    Symbol,
    BigInt,
    parseInt,
    parseFloat,
    isNaN,
    isFinite,
    encodeURI,
    encodeURIComponent,
    decodeURI,
    decodeURIComponent,
    numberList,
    zip,
    toPathSegment,
    console,
);

/// Global objects of JavaScript hosts: in expressions they are empty objects (n8n: so nothing can be reached there).
const HARMLESS: &[&str] = &[
    "document",
    "window",
    "global",
    "globalThis",
    "self",
    "alert",
    "prompt",
    "confirm",
    "eval",
    "setTimeout",
    "setInterval",
    "setImmediate",
    "queueMicrotask",
    "clearTimeout",
    "clearInterval",
    "Function",
    "require",
    "module",
    "exports",
    "Buffer",
    "fetch",
    "XMLHttpRequest",
    "Promise",
    "GeneratorFunction",
    "AsyncFunction",
    "AsyncGeneratorFunction",
    "WebAssembly",
    "Reflect",
    "Proxy",
    "escape",
    "unescape",
    "__dirname",
    "__filename",
    "process",
    "Atomics",
    "SharedArrayBuffer",
    "WeakRef",
    "FinalizationRegistry",
    "ArrayBuffer",
    "DataView",
    "Uint8Array",
    "URL",
    "URLSearchParams",
    "crypto",
    "performance",
];

/// Member names that no expression may use, in whatever way they are written.
const FORBIDDEN: &[&str] = &[
    "__proto__",
    "prototype",
    "constructor",
    "getPrototypeOf",
    "setPrototypeOf",
    "getOwnPropertyDescriptor",
    "getOwnPropertyDescriptors",
    "defineProperty",
    "defineProperties",
    "__lookupGetter__",
    "__lookupSetter__",
    "__defineGetter__",
    "__defineSetter__",
    "caller",
    "callee",
    "arguments",
    "prepareStackTrace",
    "mainModule",
    "binding",
    "_linkedBinding",
    "_load",
    "getBuiltinModule",
    "dlopen",
    "execve",
    "loadEnvFile",
    "___n8n_data",
    "__sanitize",
];

/// Variables by name, as n8n spells them.
const VARIABLES: &[(&str, Variable)] = &[
    ("$binary", Variable::Binary),
    ("$input", Variable::Input),
    ("$items", Variable::Items),
    ("$item", Variable::Item),
    ("$node", Variable::NodeLegacy),
    ("$itemIndex", Variable::ItemIndex),
    ("$position", Variable::ItemIndex),
    ("$thisItemIndex", Variable::ItemIndex),
    ("$runIndex", Variable::RunIndex),
    ("$thisRunIndex", Variable::RunIndex),
    ("$prevNode", Variable::PrevNode),
    ("$parameter", Variable::Parameter),
    ("$rawParameter", Variable::RawParameter),
    ("$workflow", Variable::Workflow),
    ("$execution", Variable::Execution),
    ("$vars", Variable::Vars),
    ("$secrets", Variable::Secrets),
    ("$env", Variable::Env),
    ("$value", Variable::Value),
    ("$parent", Variable::Parent),
    ("$index", Variable::Index),
    ("$credentials", Variable::Credentials),
    ("$response", Variable::Response),
    ("$responseItem", Variable::ResponseItem),
    ("$request", Variable::Request),
    ("$pageCount", Variable::PageCount),
    ("$version", Variable::Version),
    ("$mode", Variable::Mode),
    ("$nodeVersion", Variable::NodeVersion),
    ("$nodeId", Variable::NodeId),
    ("$webhookId", Variable::WebhookId),
    ("$resumeWebhookUrl", Variable::ResumeWebhookUrl),
    ("$executionId", Variable::ExecutionId),
    ("$self", Variable::Self_),
];

/// Names that have their own place in the tree.
const OWN: &[&str] = &[
    "$json",
    "$data",
    "$now",
    "$today",
    "undefined",
    "NaN",
    "Infinity",
    "$thisItem",
];

/// Names that n8n knows and a [`crate::Scope`] may answer as [`Variable::Other`].
const OTHER: &[&str] = &[
    "$agentInfo",
    "$tool",
    "$getPairedItem",
    "$getWorkflowStaticData",
];

/// What a free name means.
pub(crate) enum Meaning {
    Variable(Variable),
    Global(Global),
    /// A variable that only some hosts know.
    Other(Arc<str>),
    Unknown,
}

/// What a free name means, [`OWN`] names apart.
pub(crate) fn meaning(name: &str) -> Meaning {
    if let Some((_, variable)) = VARIABLES.iter().find(|(known, _)| *known == name) {
        return Meaning::Variable(variable.clone());
    }
    if let Some((_, global)) = NAMED_GLOBALS.iter().find(|(known, _)| *known == name) {
        return Meaning::Global(*global);
    }
    if HARMLESS.contains(&name) {
        return Meaning::Global(Global::Harmless);
    }
    if OTHER.contains(&name) {
        return Meaning::Other(name.into());
    }
    Meaning::Unknown
}

/// How a variable is written.
pub(crate) fn variable_name(variable: &Variable) -> &str {
    match variable {
        Variable::Other(name) => name,
        variable => VARIABLES
            .iter()
            .find(|(_, known)| known == variable)
            .map_or("undefined", |(name, _)| *name),
    }
}

/// How a global is written.
pub(crate) fn global_name(global: Global) -> &'static str {
    NAMED_GLOBALS
        .iter()
        .find(|(_, known)| *known == global)
        .map_or("globalThis", |(name, _)| *name)
}

/// The known name most like `name`.
pub(crate) fn nearest_variable(name: &str) -> Option<&'static str> {
    let known = VARIABLES
        .iter()
        .map(|(known, _)| *known)
        .chain(NAMED_GLOBALS.iter().map(|(known, _)| *known))
        .chain(OWN.iter().copied())
        .filter(|known| known.starts_with('$') == name.starts_with('$') && known.len() > 1);
    itemflow_model::did_you_mean(name, known)
}

/// Whether no expression may use this member name.
pub(crate) fn is_forbidden(name: &str) -> bool {
    // A cheap look at the length first: this is asked for every computed member.
    (5..=25).contains(&name.len()) && FORBIDDEN.contains(&name)
}
