//! Node definitions: what a node or an action of a service is called, takes, sends and yields, as data.
//!
//! The structs here are the files under `node-definitions/`; their JSON Schemas are generated from them. A service
//! folder loaded and resolved is a [`Service`]; a core node describes itself with the same [`Property`] list, so that
//! validation, documentation and editors never ask which kind of node they have.

mod action;
mod check_mock;
mod credential;
mod folder;
mod load;
mod mock;
mod node;
mod property;
mod service;
mod validate;

pub use action::{
    ActionFile, AuthenticateMode, BodyType, Example, ExampleRequest, ExampleResponse,
    RequestDeclaration, RequestForm, ResponseDeclaration, ResponseType,
};
pub use credential::{
    Authenticate, BasicAuthenticate, CredentialDefinition, CredentialTest, NamedProperty,
};
pub use folder::{ActionEntry, MockEntry, Resource, Service, kebab_case};
pub use load::ServiceSources;
pub use mock::{
    MockAction, MockChoice, MockCollection, MockConditions, MockElement, MockFile, MockFilter,
    MockFilterDeclaration, MockFirst, MockMatching, MockOperator, MockPage, MockPageCount,
    MockRefusal, MockRefusals, MockValue, MockWhich,
};
pub use node::{NodeDefinition, NodeExample};
pub use property::{
    Choice, ChoiceForm, DisplayOptions, Key, Location, Locations, Property, PropertyOrRef,
    PropertyRef, PropertyType, QueryStyle, TypeOptions,
};
pub use service::{Aliases, OneOrMany, RequestDefaults, ResourceFile, ServiceFile};
pub use validate::read_file;

/// `New Conversation` for `newConversation`, `new_conversation` and `new-conversation`.
pub fn title_case(name: &str) -> String {
    let mut title = String::with_capacity(name.len() + 4);
    let mut start_of_word = true;
    let mut previous_lower = false;
    for c in name.chars() {
        if matches!(c, '_' | '-' | ' ' | '.') {
            start_of_word = true;
            previous_lower = false;
            continue;
        }
        if c.is_uppercase() && previous_lower {
            start_of_word = true;
        }
        if start_of_word {
            if !title.is_empty() {
                title.push(' ');
            }
            title.extend(c.to_uppercase());
        } else {
            title.push(c);
        }
        start_of_word = false;
        previous_lower = c.is_lowercase() || c.is_ascii_digit();
    }
    title
}

#[cfg(test)]
mod tests {
    #[test]
    fn title_case_reads_all_spellings() {
        for name in [
            "new_conversation",
            "new-conversation",
            "newConversation",
            "New Conversation",
        ] {
            assert_eq!(super::title_case(name), "New Conversation");
        }
        assert_eq!(super::title_case("account_id"), "Account Id");
    }
}
