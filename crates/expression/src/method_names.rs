//! The names of methods: native ones by kind of value, n8n's extensions.

use itemflow_model::Value;

use crate::js::Js;
use crate::special::Special;

/// n8n's extension methods, which win over a native method of the same name.
const EXTENSIONS: &[&str] = &[
    // text
    "hash",
    "removeMarkdown",
    "removeTags",
    "toDate",
    "toDateTime",
    "toBoolean",
    "toNumber",
    "toFloat",
    "toDecimalNumber",
    "toInt",
    "toWholeNumber",
    "toSentenceCase",
    "toSnakeCase",
    "toTitleCase",
    "urlEncode",
    "urlDecode",
    "quote",
    "replaceSpecialChars",
    "length",
    "isDomain",
    "isEmail",
    "isNumeric",
    "isUrl",
    "isEmpty",
    "isNotEmpty",
    "extractEmail",
    "extractDomain",
    "extractUrl",
    "extractUrlPath",
    "parseJson",
    "toJsonString",
    "base64Encode",
    "base64Decode",
    // numbers
    "ceil",
    "floor",
    "abs",
    "round",
    "format",
    "isInteger",
    "isEven",
    "isOdd",
    // lists
    "first",
    "last",
    "reverse",
    "randomItem",
    "unique",
    "removeDuplicates",
    "pluck",
    "sum",
    "min",
    "max",
    "average",
    "compact",
    "smartJoin",
    "chunk",
    "renameKeys",
    "merge",
    "mergeIntoObject",
    "union",
    "difference",
    "intersection",
    "append",
    // objects
    "keys",
    "values",
    "hasField",
    "removeField",
    "removeFieldsContaining",
    "keepFieldsContaining",
    // dates
    "beginningOf",
    "endOfMonth",
    "extract",
    "isBetween",
    "isDst",
    "isInLast",
    "isWeekend",
    "plus",
    "minus",
    "diffTo",
    "diffToNow",
];

/// Members that every object has.
const OBJECT: &[&str] = &[
    "length",
    "toString",
    "valueOf",
    "toLocaleString",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "call",
    "apply",
    "bind",
    "name",
    "message",
];

/// Methods of text.
const TEXT: &[&str] = &[
    "at",
    "charAt",
    "charCodeAt",
    "codePointAt",
    "concat",
    "endsWith",
    "includes",
    "indexOf",
    "lastIndexOf",
    "localeCompare",
    "match",
    "matchAll",
    "normalize",
    "padEnd",
    "padStart",
    "repeat",
    "replace",
    "replaceAll",
    "search",
    "slice",
    "split",
    "startsWith",
    "substr",
    "substring",
    "toLowerCase",
    "toUpperCase",
    "toLocaleLowerCase",
    "toLocaleUpperCase",
    "trim",
    "trimEnd",
    "trimStart",
    "trimLeft",
    "trimRight",
    "isWellFormed",
    "toWellFormed",
    "@@iterator",
];

/// Methods of numbers.
const NUMBER: &[&str] = &["toFixed", "toExponential", "toPrecision"];

/// Methods of lists.
const LIST: &[&str] = &[
    "at",
    "concat",
    "includes",
    "indexOf",
    "keys",
    "lastIndexOf",
    "reverse",
    "slice",
    "values",
    "@@iterator",
    "copyWithin",
    "entries",
    "every",
    "fill",
    "filter",
    "find",
    "findIndex",
    "findLast",
    "findLastIndex",
    "flat",
    "flatMap",
    "forEach",
    "join",
    "map",
    "pop",
    "push",
    "reduce",
    "reduceRight",
    "shift",
    "some",
    "sort",
    "splice",
    "toReversed",
    "toSorted",
    "toSpliced",
    "unshift",
    "with",
    "item",
];

/// Members of regular expressions.
const REGEX: &[&str] = &[
    "test",
    "exec",
    "source",
    "flags",
    "global",
    "ignoreCase",
    "multiline",
    "lastIndex",
    "hasIndices",
    "dotAll",
    "unicode",
    "unicodeSets",
    "sticky",
];

/// Members of Map and Set.
const COLLECTION: &[&str] = &[
    "get",
    "set",
    "has",
    "add",
    "delete",
    "clear",
    "size",
    "forEach",
    "entries",
    "keys",
    "values",
    "@@iterator",
];

/// Methods of iterators.
const ITERATOR: &[&str] = &[
    "next",
    "toArray",
    "take",
    "drop",
    "map",
    "filter",
    "flatMap",
    "forEach",
    "some",
    "every",
    "find",
    "reduce",
    "@@iterator",
];

/// Members of `Intl` and its classes, of symbols and big integers.
const INTL: &[&str] = &[
    "NumberFormat",
    "DateTimeFormat",
    "Collator",
    "PluralRules",
    "RelativeTimeFormat",
    "ListFormat",
    "format",
    "formatToParts",
    "compare",
    "select",
    "resolvedOptions",
    "supportedLocalesOf",
    "asIntN",
    "asUintN",
    "for",
    "description",
];

/// Members of `Math`, `JSON`, `Object`, `Number` and the other globals.
const STATIC: &[&str] = &[
    "abs",
    "max",
    "min",
    "round",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "ceil",
    "clz32",
    "cos",
    "cosh",
    "exp",
    "expm1",
    "floor",
    "fround",
    "hypot",
    "imul",
    "log",
    "log10",
    "log1p",
    "log2",
    "pow",
    "random",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "tan",
    "tanh",
    "trunc",
    "parse",
    "stringify",
    "assign",
    "freeze",
    "isFrozen",
    "seal",
    "fromEntries",
    "is",
    "hasOwn",
    "groupBy",
    "create",
    "getOwnPropertyNames",
    "isArray",
    "from",
    "of",
    "fromCharCode",
    "fromCodePoint",
    "raw",
    "isFinite",
    "isInteger",
    "isNaN",
    "isSafeInteger",
    "parseFloat",
    "parseInt",
    "now",
    "UTC",
    "error",
    "warn",
    "info",
    "debug",
];

/// Methods of Date.
const DATE: &[&str] = &[
    "getDate",
    "getDay",
    "getFullYear",
    "getHours",
    "getMilliseconds",
    "getMinutes",
    "getMonth",
    "getSeconds",
    "getTime",
    "getTimezoneOffset",
    "getUTCDate",
    "getUTCDay",
    "getUTCFullYear",
    "getUTCHours",
    "getUTCMilliseconds",
    "getUTCMinutes",
    "getUTCMonth",
    "getUTCSeconds",
    "getYear",
    "setDate",
    "setFullYear",
    "setHours",
    "setMilliseconds",
    "setMinutes",
    "setMonth",
    "setSeconds",
    "setTime",
    "setUTCDate",
    "setUTCFullYear",
    "setUTCHours",
    "setUTCMilliseconds",
    "setUTCMinutes",
    "setUTCMonth",
    "setUTCSeconds",
    "toDateString",
    "toISOString",
    "toJSON",
    "toLocaleDateString",
    "toLocaleTimeString",
    "toTimeString",
    "toUTCString",
    "toGMTString",
];

/// Members of DateTime, Duration and Interval.
const LUXON: &[&str] = &[
    "fromISO",
    "fromFormat",
    "fromMillis",
    "fromSeconds",
    "fromJSDate",
    "fromObject",
    "fromSQL",
    "fromHTTP",
    "fromRFC2822",
    "fromString",
    "local",
    "utc",
    "invalid",
    "toISO",
    "toISODate",
    "toISOTime",
    "toISOWeekDate",
    "toFormat",
    "toMillis",
    "toSeconds",
    "toUnixInteger",
    "toJSDate",
    "toUTC",
    "toLocal",
    "toRelative",
    "toRelativeCalendar",
    "toSQL",
    "toSQLDate",
    "toSQLTime",
    "toHTTP",
    "toRFC2822",
    "toObject",
    "toHuman",
    "toBSON",
    "startOf",
    "endOf",
    "diff",
    "diffNow",
    "setZone",
    "setLocale",
    "reconfigure",
    "hasSame",
    "equals",
    "as",
    "shiftTo",
    "shiftToAll",
    "normalize",
    "negate",
    "rescale",
    "mapUnits",
    "fromISOTime",
    "fromDurationLike",
    "isDuration",
    "isDateTime",
    "fromDateTimes",
    "after",
    "before",
    "contains",
    "overlaps",
    "count",
    "toDuration",
    "splitBy",
    "isAfter",
    "isBefore",
    "resolvedOptions",
    "toString",
    "formatToParts",
];

/// Methods of n8n's own objects.
const HOST: &[&str] = &["all", "pairedItem", "itemMatching", "setAll", "getAll"];

/// All native members, for the check of unknown methods.
const NATIVE: &[&[&str]] = &[
    OBJECT, TEXT, NUMBER, LIST, REGEX, COLLECTION, ITERATOR, INTL, STATIC, DATE, LUXON, HOST,
];

/// Methods that change the list they are called on.
const CHANGING: &[&str] = &[
    "push",
    "pop",
    "shift",
    "unshift",
    "splice",
    "sort",
    "fill",
    "copyWithin",
];

/// The methods of dates that other values have as well, or that hardly any expression uses.
const MORE_OF_DATES: &[&str] = &[
    "now",
    "min",
    "max",
    "get",
    "set",
    "plus",
    "minus",
    "until",
    "valueOf",
    "toJSON",
    "toLocaleString",
    "toLocaleParts",
    "length",
    "abutsEnd",
    "abutsStart",
    "difference",
    "divideEqually",
    "engulfs",
    "intersection",
    "isEmpty",
    "isInterval",
    "merge",
    "removeZeros",
    "resolvedLocaleOptions",
    "splitAt",
    "union",
    "xor",
];

/// The methods of DateTime, Duration and Interval, those of the classes among them.
pub(crate) fn date_methods() -> impl Iterator<Item = &'static str> {
    LUXON.iter().chain(MORE_OF_DATES).copied()
}

/// The method most like `name`.
pub(crate) fn nearest_method(name: &str) -> Option<&'static str> {
    itemflow_model::did_you_mean(
        name,
        NATIVE.iter().copied().flatten().chain(EXTENSIONS).copied(),
    )
}

/// Whether any value has a method of this name.
pub(crate) fn is_method(name: &str) -> bool {
    NATIVE.iter().any(|names| names.contains(&name)) || EXTENSIONS.contains(&name)
}

/// Whether this is one of n8n's extension methods.
pub(crate) fn is_extension(name: &str) -> bool {
    EXTENSIONS.contains(&name)
}

/// Whether a method of this name changes the list it is called on.
pub(crate) fn changes_list(name: &str) -> bool {
    CHANGING.contains(&name)
}

/// Whether reading this member of a value gives a function.
pub(crate) fn is_native_method(value: &Js, name: &str) -> bool {
    let names = match value {
        Js::Undefined | Js::Data(Value::Null) | Js::Host(_) => return false,
        Js::Data(Value::String(_)) => TEXT,
        Js::Data(Value::Number(_)) => NUMBER,
        Js::Data(Value::Array(_)) | Js::Array(_) | Js::Items(_) => LIST,
        Js::Map(_) | Js::Set(_) => COLLECTION,
        Js::Regex(_) => REGEX,
        Js::Date(_) => DATE,
        Js::DateTime(_) | Js::Duration(_) | Js::Interval(_) => LUXON,
        Js::Global(_) => {
            return STATIC.contains(&name)
                || LUXON.contains(&name)
                || OBJECT.contains(&name)
                || INTL.contains(&name);
        }
        Js::Data(Value::Bool(_) | Value::Object(_)) | Js::Object(_) | Js::Item(_) => &[],
        Js::Function(_) | Js::Native(_) => return matches!(name, "call" | "apply" | "bind"),
        Js::Special(special) => match &**special {
            Special::Iterator(_) => ITERATOR,
            Special::Formatter(_) => INTL,
            Special::Bound(_) => return matches!(name, "call" | "apply" | "bind"),
            Special::Symbol(_) | Special::BigInt(_) => &[],
        },
    };
    names.contains(&name)
        || matches!(
            name,
            "toString" | "valueOf" | "hasOwnProperty" | "toLocaleString"
        )
}
