//! Names of files, operations and properties: from whatever a document says to names that are safe on every disk and
//! unique without regard to case.

use std::collections::HashSet;

use itemflow_model::definition::{kebab_case, title_case};

use crate::limits;

/// Names that Windows keeps for devices, with or without an extension.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// Parameters that every action of a service has beside its properties.
const RESERVED: [&str; 3] = ["resource", "operation", "requestOptions"];

/// Names that are taken.
#[derive(Debug, Default)]
pub(crate) struct Taken(HashSet<String>);

impl Taken {
    /// Whether a name is taken.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains(&name.to_lowercase())
    }

    /// The name, or the first free one of `name 2`, `name 3`, …
    pub(crate) fn claim(&mut self, name: &str, separator: char) -> String {
        let mut free = name.to_owned();
        let mut number = 1;
        while !self.0.insert(free.to_lowercase()) {
            number += 1;
            free = format!("{name}{separator}{number}");
        }
        free
    }
}

/// The name of a file or folder for a title, in kebab case: letters, digits and hyphens, never a device, never hidden.
/// `otherwise` is taken where nothing of the title is left.
pub(crate) fn file_name(title: &str, otherwise: &str) -> String {
    let kebab = bounded(&kebab_case(title));
    let kebab = kebab.trim_matches('-');
    let is_device = DEVICES.iter().any(
        |device| matches!(kebab.strip_prefix(device), Some(rest) if is_digit_or_nothing(rest)),
    );
    match kebab {
        "" => otherwise.to_owned(),
        // The folder of credentials and the file of the service are no resources.
        "credentials" | "service" => format!("{kebab}-{otherwise}"),
        _ if is_device => format!("{kebab}-{otherwise}"),
        _ => kebab.to_owned(),
    }
}

fn is_digit_or_nothing(text: &str) -> bool {
    matches!(text.as_bytes(), [] | [b'0'..=b'9'])
}

/// The title of an operation or label: words with capitals, without anything but letters and digits.
pub(crate) fn title(text: &str) -> String {
    let words: String = text
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    bounded(&title_case(&words)).trim().to_owned()
}

/// The title of an operation without a name of its own: `Get Books By Id` for `GET /books/{id}`.
pub(crate) fn title_of_path(method: &str, path: &str) -> String {
    let mut words = method.to_lowercase();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        match part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'))
        {
            Some(name) => words.push_str(&format!(" by {name}")),
            None => words.push_str(&format!(" {part}")),
        }
    }
    title(&words)
}

/// The name of a property for its name on the wire: the same where an expression can name it easily.
pub(crate) fn property_name(wire: &str) -> String {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let mut name = String::new();
    for c in wire.chars() {
        if fits(c) {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let is_whole = name == wire;
    let name = if is_whole {
        &*name
    } else {
        name.trim_end_matches('_')
    };
    let name = bounded(name);
    match &*name {
        "" => "parameter".to_owned(),
        _ if RESERVED.contains(&&*name) => format!("{name}_value"),
        _ => name,
    }
}

/// `thing_name` for `ThingName`: the name of a shared schema.
pub(crate) fn schema_name(name: &str) -> String {
    let name = title(name).to_lowercase().replace(' ', "_");
    if name.is_empty() {
        "schema".into()
    } else {
        name
    }
}

/// `UserApiKey` for `user_api_key`.
pub(crate) fn pascal_case(name: &str) -> String {
    let ascii: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect();
    title(&ascii).replace(' ', "")
}

fn bounded(name: &str) -> String {
    match name.char_indices().nth(limits::NAME) {
        Some((at, _)) => name[..at].to_owned(),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_safe_everywhere() {
        for (title, name) in [
            ("List Pets", "list-pets"),
            ("../../etc/passwd", "etc-passwd"),
            ("C:\\x", "c-x"),
            ("Über uns", "über-uns"),
            ("...", "action"),
            ("CON", "con-action"),
            ("com1", "com1-action"),
            ("console", "console"),
            ("Credentials", "credentials-action"),
            ("\u{202e}a\u{0}b", "a-b"),
        ] {
            assert_eq!(file_name(title, "action"), name);
        }
        assert_eq!(file_name(&"a".repeat(500), "action").len(), limits::NAME);
    }

    #[test]
    fn what_is_taken_is_numbered_without_regard_to_case() {
        let mut taken = Taken::default();
        assert_eq!(taken.claim("List Pets", ' '), "List Pets");
        assert_eq!(taken.claim("list pets", ' '), "list pets 2");
        assert_eq!(taken.claim("List Pets", ' '), "List Pets 3");
    }

    #[test]
    fn names_of_all_kinds() {
        assert_eq!(title("repos/list-for_org"), "Repos List For Org");
        assert_eq!(title("listPets"), "List Pets");
        assert_eq!(
            title_of_path("GET", "/books/{id}/pages"),
            "Get Books By Id Pages"
        );
        assert_eq!(property_name("account_id"), "account_id");
        assert_eq!(property_name("filter[name]"), "filter_name");
        assert_eq!(property_name("resource"), "resource_value");
        assert_eq!(property_name("[]"), "parameter");
        assert_eq!(schema_name("PetWithTag"), "pet_with_tag");
        assert_eq!(pascal_case("user_api-key"), "UserApiKey");
    }
}
