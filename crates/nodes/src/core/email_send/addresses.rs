//! Lists of e-mail addresses as people write them: `ada@example.com, "Bo, the builder" <bo@example.com>`.

use itemflow_declarative::unquoted;
use lettre::Address;
use lettre::message::Mailbox;
use url::Host;

/// Most addresses of one list.
const MAX_ADDRESSES: usize = 1000;

/// The addresses of a list, in order. An empty text has none.
///
/// # Errors
/// Which part is no address; a line break is never part of one.
pub(super) fn parse(text: &str) -> Result<Vec<Mailbox>, String> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err(
            "a list of addresses must not hold line breaks or other control characters".into(),
        );
    }
    let mut mailboxes = Vec::new();
    for part in parts(text) {
        let part = part.trim();
        if part.is_empty() {
            continue;
        }
        if mailboxes.len() == MAX_ADDRESSES {
            return Err(format!("there are more than {MAX_ADDRESSES} addresses"));
        }
        mailboxes.push(mailbox(part)?);
    }
    Ok(mailboxes)
}

/// The list cut at commas and semicolons that stand outside quotes and angle brackets.
fn parts(text: &str) -> Vec<&str> {
    let (mut quoted, mut escaped, mut bracketed) = (false, false, false);
    text.split(|c| {
        let cuts = matches!(c, ',' | ';') && !quoted && !bracketed;
        match c {
            '"' if !escaped => quoted = !quoted,
            '<' if !quoted => bracketed = true,
            '>' if !quoted => bracketed = false,
            _ => {}
        }
        escaped = c == '\\' && quoted && !escaped;
        cuts
    })
    .collect()
}

fn mailbox(part: &str) -> Result<Mailbox, String> {
    let (name, address) = match part
        .strip_suffix('>')
        .and_then(|part| part.rsplit_once('<'))
    {
        Some((name, address)) => (unquoted(name.trim()), address.trim()),
        // `ada@example.com (Ada)`
        None => match part.strip_suffix(')').and_then(|part| part.split_once('(')) {
            Some((address, name)) => (name.trim().to_owned(), address.trim()),
            None => (String::new(), part),
        },
    };
    let shown: String = part.chars().take(80).collect();
    if name.contains(['<', '>']) {
        return Err(format!(
            "\"{shown}\" is no e-mail address: separate several by commas"
        ));
    }
    let (user, domain) = address
        .rsplit_once('@')
        .ok_or_else(|| format!("\"{shown}\" is no e-mail address: it has no `@`"))?;
    let domain = domain.trim_end_matches('.');
    // Servers know international names by their letters alone.
    let ascii = match domain.is_ascii() {
        true => domain.to_owned(),
        false => Host::parse(domain)
            .map_err(|_| format!("\"{shown}\" is no e-mail address: its domain is no name"))?
            .to_string(),
    };
    let address = Address::new(user, ascii)
        .map_err(|error| format!("\"{shown}\" is no e-mail address: {error}"))?;
    Ok(Mailbox::new(
        Some(name).filter(|name| !name.is_empty()),
        address,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_write_addresses_in_many_ways() {
        for (text, expected) in [
            ("", vec![]),
            ("a@x.example", vec![("", "a@x.example")]),
            (
                " a@x.example , b@x.example;",
                vec![("", "a@x.example"), ("", "b@x.example")],
            ),
            ("Ada L. <a@x.example>", vec![("Ada L.", "a@x.example")]),
            (
                r#""Bo, \"the\" builder" <b@x.example>, <c@x.example>"#,
                vec![("Bo, \"the\" builder", "b@x.example"), ("", "c@x.example")],
            ),
            (
                "Jürgen <j@bücher.example>",
                vec![("Jürgen", "j@xn--bcher-kva.example")],
            ),
            ("a@x.example (Ada)", vec![("Ada", "a@x.example")]),
        ] {
            let found = parse(text).unwrap();
            let found: Vec<(&str, String)> = found
                .iter()
                .map(|one| {
                    (
                        one.name.as_deref().unwrap_or_default(),
                        one.email.to_string(),
                    )
                })
                .collect();
            let expected: Vec<(&str, String)> = expected
                .into_iter()
                .map(|(name, address)| (name, address.to_owned()))
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "ada",
            "a@x.example\r\nBcc: evil@x.example",
            "a b@x.example",
            "<a@x.example> RCPT TO:<b@x.example>",
            "a@",
            "@x.example",
            "<a@x.example>>",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        let many = "a@x.example,".repeat(2000);
        assert!(parse(&many).unwrap_err().contains("1000"));
    }
}
