//! `mock.yaml`: what a double of the service cannot infer from the actions: refusals, collections, what actions change.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::Value;

use super::service::OneOrMany;

/// What a double of the service cannot infer from its actions. Everything in it is an exception; a service whose paths
/// are plain REST needs none.
///
/// Texts may hold `{name}`: a parameter of the request, or `element.member`, `parent.member` (what the element is kept
/// within), `count` and `page` (of a list). A
/// text that is nothing else keeps the type of its value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct MockFile {
    /// How the service refuses a request.
    pub refusals: MockRefusals,
    /// How it refuses requests of actions that need this credential type, where that differs.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub refusals_for: IndexMap<String, MockRefusals>,
    /// What it keeps, by names that actions use.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub collections: IndexMap<String, MockCollection>,
    /// What actions do with it, by `Resource/Operation`.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub actions: IndexMap<String, MockAction>,
}

/// How a service refuses a request, by the reason. Absent ones have the double's own words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct MockRefusals {
    /// The credential is missing or wrong: 401.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unauthorized: Option<MockRefusal>,
    /// There is no such element: 404.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_found: Option<MockRefusal>,
    /// The body cannot be read: 400.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub malformed: Option<MockRefusal>,
    /// Parameters are missing or wrong: 422.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invalid: Option<MockRefusal>,
    /// Too many requests: 429.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub too_many_requests: Option<MockRefusal>,
    /// Any other status that a fault asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<MockRefusal>,
}

/// One refusal. Its texts may hold `{message}` (what is wrong), `{names}` and `{faults}` (the parameters, and each with
/// its message), `{seconds}` (how long to wait).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct MockRefusal {
    /// Status, where it is not the usual one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Headers.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub headers: IndexMap<String, String>,
    /// Body: an object, or text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

/// Things of one kind that the service keeps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct MockCollection {
    /// Where it is, for example `/accounts/{account_id}/contacts`; its placeholders say what it is kept within. Absent:
    /// the only inferred collection whose path ends in the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Further paths that lead to its elements, where a service has several doors to the same thing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also_at: Vec<String>,
    /// Member that tells elements apart; absent, `id`, or the name by which paths lead to an element.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Collection whose elements these are: only their keys are kept here, as the members of a team are agents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Whether keys count from 1 in every place it is kept within, and not through the whole service.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub counts_within: bool,
    /// Whether lists begin with the newest.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub newest_first: bool,
    /// How many elements a list shows at a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<MockPage>,
    /// Elements that exist from the start beside those of the examples: placeholders of the path, and members.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub start: Vec<IndexMap<String, Value>>,
}

/// The pages of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MockPage {
    /// Elements on a page.
    pub size: usize,
    /// Parameter that says how many, where requests may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_parameter: Option<String>,
    /// Parameter that says which; absent, `page`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// What the parameter counts; absent, pages from 1.
    #[serde(default)]
    pub counts: MockPageCount,
}

/// What the parameter of a page counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum MockPageCount {
    /// Pages, from 1.
    #[default]
    Pages,
    /// Pages, from 0.
    PagesFromZero,
    /// Elements to pass over.
    Elements,
}

/// What an action does with what the service keeps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct MockAction {
    /// Collection that it adds an element to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creates: Option<String>,
    /// Collection whose elements it lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lists: Option<String>,
    /// Collection of which it shows one element.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shows: Option<String>,
    /// Collection of which it changes one element.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<String>,
    /// Collection that it removes elements from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removes: Option<String>,
    /// Collection of keys (`of`) that it replaces by others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// Whether it only answers from its examples, although its path looks as if it did more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub stateless: bool,
    /// Parameter that names the element, or the list of keys; absent, the last placeholder of the path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// For placeholders of the collection's path: the parameter that has the value, where its name differs, or a value.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub within: IndexMap<String, Value>,
    /// Place of the element, or of the list, in the answer, where it is not that of the items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Query parameters and what they ask of a listed element; `null` for one that asks nothing. A parameter that is
    /// named like a member asks for its value by itself.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub filter: IndexMap<String, Option<MockFilter>>,
    /// A parameter that holds a list of conditions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditions: Option<MockConditions>,
    /// Which elements it lists at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only: Option<MockWhich>,
    /// Parameter that names the member to sort by, `-` before it for the other way round.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Members of the element (dotted paths) and their new values. One whose parameter is not sent stays as it is.
    /// Members that begin with `$` are kept and never shown.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub set: IndexMap<String, MockValue>,
    /// Places in the answer (dotted paths; empty for all of it) and what stands there. One whose parameter is not sent
    /// is left as the example has it.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub answer: IndexMap<String, MockValue>,
    /// Places in the answer of a list and which elements are counted there, on all pages.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub counts: IndexMap<String, MockWhich>,
}

/// What a parameter asks of a listed element.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum MockFilter {
    /// The member that must have the value.
    Member(String),
    /// Everything.
    Long(Box<MockFilterDeclaration>),
}

/// What a parameter asks of a listed element, in full.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct MockFilterDeclaration {
    /// Members of which one must match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
    /// How it must match.
    pub matching: MockMatching,
    /// Value when the parameter is not sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// Which elements each value of the parameter asks for; a value that is not here asks nothing.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub choices: IndexMap<String, MockWhich>,
}

/// How a member must match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum MockMatching {
    /// It is the value, or one of a list of values.
    #[default]
    Equals,
    /// It holds the value: text within text without regard to case, or one element of a list.
    Contains,
}

/// Which elements are meant: all that meet everything given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct MockWhich {
    /// Those that have these members, and not as `null`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with: Option<OneOrMany<String>>,
    /// Those that have none of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without: Option<OneOrMany<String>>,
    /// Those whose members have these values.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub equals: IndexMap<String, Value>,
    /// Those whose members do not have these values.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub differs: IndexMap<String, Value>,
}

/// A parameter that holds a list of conditions, each an object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MockConditions {
    /// The parameter.
    pub parameter: String,
    /// Member of a condition that names a member of the element.
    pub member: String,
    /// Member that names an operator.
    pub operator: String,
    /// Member that holds a value or a list of them.
    pub values: String,
    /// Member that says `and` or `or` before the next condition, in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join: Option<String>,
    /// The service's operators.
    pub operators: IndexMap<String, MockOperator>,
    /// Names that are paths in an element.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub members: IndexMap<String, String>,
    /// Objects in an element that hold further members.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inside: Vec<String>,
}

/// What an operator means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum MockOperator {
    /// The member is one of the values.
    Equals,
    /// It is none of them.
    Differs,
    /// It holds one of them.
    Contains,
    /// It holds none of them.
    Lacks,
    /// It is there.
    Present,
    /// It is not there.
    Absent,
    /// It is greater than the first.
    Greater,
    /// It is less than the first.
    Less,
}

/// A value that is set in an element or an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum MockValue {
    /// An element of a collection.
    Element(MockElement),
    /// One of several values.
    Choice(MockChoice),
    /// The first of several that can be had.
    First(MockFirst),
    /// The value itself; texts in it may hold `{name}`.
    Plain(Value),
}

/// An element of a collection. If there is none, the answer is 404.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MockElement {
    /// The collection.
    #[serde(rename = "$element")]
    pub collection: String,
    /// Its key, such as `{contact_id}`. Empty text and 0 stand for nobody.
    pub key: Value,
}

/// One of several values, such as the number that stands for a word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MockChoice {
    /// What decides, such as `{message_type}`.
    #[serde(rename = "$choose")]
    pub choose: Value,
    /// Values by what decides.
    pub values: IndexMap<String, Value>,
    /// Value when none of them is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<Value>,
}

/// The first of several values whose parameters are all sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MockFirst {
    /// The values.
    #[serde(rename = "$first")]
    pub first: Vec<MockValue>,
}

impl MockAction {
    /// What it does, in a word, and to which collection; all of them, of which one is allowed.
    pub fn effects(&self) -> Vec<(&'static str, &str)> {
        let effects = [
            ("creates", &self.creates),
            ("lists", &self.lists),
            ("shows", &self.shows),
            ("changes", &self.changes),
            ("removes", &self.removes),
            ("replaces", &self.replaces),
        ];
        effects
            .into_iter()
            .filter_map(|(word, name)| Some((word, name.as_deref()?)))
            .collect()
    }
}
