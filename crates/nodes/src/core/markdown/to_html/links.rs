//! Images, links and addresses.

use fancy_regex::{Captures, Regex};

use super::patterns::{self, Failure, group, has, replace};
use super::spans::{self, without};
use super::{Converter, Reference};

/// Signs that mean something in Markdown, put aside in addresses.
const SIGNS: [char; 4] = ['*', '_', ':', '~'];

/// What a link or an image says.
#[derive(Default)]
struct Target<'a> {
    whole: &'a str,
    text: &'a str,
    id: &'a str,
    url: &'a str,
    title: Option<&'a str>,
    size: Option<(String, String)>,
}

impl Converter<'_> {
    pub(super) fn images(&mut self, text: String) -> Result<String, Failure> {
        if !(text.contains("![") && text.contains(']')) {
            return Ok(text);
        }
        let mut text = replace(&patterns::IMAGE_REFERENCE, &text, |found| {
            let target = Target {
                id: group(found, 2),
                ..target(found, "")
            };
            self.image(&target)
        })?;
        for pattern in [
            &patterns::IMAGE_DATA,
            &patterns::IMAGE_CRAZY,
            &patterns::IMAGE_INLINE,
        ] {
            if !text.contains("![") {
                break;
            }
            text = replace(pattern, &text, |found| {
                let (width, height) = (group(found, 3), group(found, 4));
                let sized = !width.is_empty() && !height.is_empty();
                let target = Target {
                    title: found.get(6).map(|title| title.as_str()),
                    size: sized.then(|| (width.into(), height.into())),
                    ..target(found, group(found, 2))
                };
                self.image(&target)
            })?;
        }
        replace(&patterns::IMAGE_SHORT, &text, |found| {
            self.image(&target(found, ""))
        })
    }

    fn image(&mut self, target: &Target) -> Result<String, Failure> {
        let Some(reference) = self.resolved(target)? else {
            return Ok(target.whole.into());
        };
        let mut url = reference.url;
        if url.starts_with("data:") {
            url.retain(|c| !c.is_whitespace());
        }
        let alt = without(&target.text.replace('"', "&quot;"), &SIGNS);
        let mut html = format!("<img src=\"{}\" alt=\"{alt}\"", without(&url, &SIGNS));
        if let Some(title) = reference.title.filter(|title| !title.is_empty()) {
            let title = without(&title.replace('"', "&quot;"), &SIGNS);
            html.push_str(&format!(" title=\"{title}\""));
        }
        if let Some((width, height)) = reference.size {
            let auto = |length: String| if length == "*" { "auto".into() } else { length };
            html.push_str(&format!(
                " width=\"{}\" height=\"{}\"",
                auto(width),
                auto(height)
            ));
        }
        html.push_str(" />");
        Ok(html)
    }

    pub(super) fn links(&mut self, text: String) -> Result<String, Failure> {
        let mut text = text;
        if text.contains('[') && text.contains(']') {
            text = replace(&patterns::LINK_REFERENCE, &text, |found| {
                let target = Target {
                    id: group(found, 2),
                    ..target(found, "")
                };
                self.link(&target)
            })?;
            for pattern in [&patterns::LINK_CRAZY, &patterns::LINK_INLINE] {
                text = replace(pattern, &text, |found| {
                    let target = Target {
                        title: found.get(5).map(|title| title.as_str()),
                        ..target(found, group(found, 2))
                    };
                    self.link(&target)
                })?;
            }
            text = replace(&patterns::LINK_SHORT, &text, |found| {
                self.link(&target(found, ""))
            })?;
        }
        if self.options.is("ghMentions") && text.contains('@') {
            let pattern = self
                .options
                .text("ghMentionsLink")
                .unwrap_or("https://github.com/{u}");
            let window = self.window("");
            text = replace(&patterns::MENTION, &text, |found| {
                let (space, mention) = (group(found, 1), group(found, 3));
                if found.get(2).is_some() {
                    return Ok(format!("{space}{mention}"));
                }
                let url = pattern.replace("{u}", group(found, 4));
                Ok(format!("{space}<a href=\"{url}\"{window}>{mention}</a>"))
            })?;
        }
        Ok(text)
    }

    fn link(&mut self, target: &Target) -> Result<String, Failure> {
        let Some(reference) = self.resolved(target)? else {
            return Ok(target.whole.into());
        };
        let url = without(&reference.url, &SIGNS);
        let mut html = format!("<a href=\"{url}\"");
        if let Some(title) = reference.title.filter(|title| !title.is_empty()) {
            let title = without(&title.replace('"', "&quot;"), &SIGNS);
            html.push_str(&format!(" title=\"{title}\""));
        }
        html.push_str(self.window(&url));
        html.push_str(&format!(">{}</a>", target.text));
        Ok(html)
    }

    /// Where a link leads: what it says itself, or what its reference says.
    fn resolved(&self, target: &Target) -> Result<Option<Reference>, Failure> {
        let own = |url: &str| Reference {
            url: url.into(),
            title: target.title.map(str::to_owned),
            size: target.size.clone(),
        };
        if target.whole.ends_with(')') && has(&patterns::EMPTY_ADDRESS, target.whole)? {
            return Ok(Some(own("")));
        }
        if !target.url.is_empty() {
            return Ok(Some(own(target.url)));
        }
        let id = if target.id.is_empty() {
            target
                .text
                .to_lowercase()
                .replace(" \n", " ")
                .replace('\n', " ")
        } else {
            target.id.to_lowercase()
        };
        Ok(self.references.get(&id).cloned())
    }

    fn window(&self, url: &str) -> &'static str {
        if self.options.is("openLinksInNewWindow") && !url.starts_with('#') {
            " rel=\"noopener noreferrer\" target=\"¨E95Eblank\""
        } else {
            ""
        }
    }

    /// `<https://…>` and `<a@b.c>`.
    pub(super) fn delimited_links(&mut self, text: String) -> Result<String, Failure> {
        if !(text.contains('<') && text.contains('>')) {
            return Ok(text);
        }
        let text = replace(&patterns::DELIMITED_URL, &text, |found| {
            Ok(self.address("", group(found, 1), "", ""))
        })?;
        if !text.contains('@') {
            return Ok(text);
        }
        replace(&patterns::DELIMITED_MAIL, &text, |found| {
            Ok(self.mail("", group(found, 1)))
        })
    }

    /// Addresses that stand alone, where that is asked for.
    pub(super) fn plain_links(&mut self, text: String) -> Result<String, Failure> {
        if !self.options.is("simplifiedAutoLink") {
            return Ok(text);
        }
        let cuts = self.options.is("excludeTrailingPunctuationFromURLs");
        let pattern: &Regex = if cuts {
            &patterns::PLAIN_URL_CUT
        } else {
            &patterns::PLAIN_URL
        };
        let mut text = text;
        if text.contains("://") || text.to_ascii_lowercase().contains("www.") {
            text = replace(pattern, &text, |found| {
                let end = if cuts { group(found, 5) } else { "" };
                Ok(self.address(group(found, 1), group(found, 2), end, group(found, 6)))
            })?;
        }
        if !text.contains('@') {
            return Ok(text);
        }
        replace(&patterns::PLAIN_MAIL, &text, |found| {
            Ok(self.mail(group(found, 1), group(found, 2)))
        })
    }

    fn address(&self, before: &str, url: &str, end: &str, after: &str) -> String {
        let text = without(url, &SIGNS);
        let is_bare = text
            .get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("www."));
        let href = if is_bare {
            format!("http://www.{}", &text[4..])
        } else {
            text.clone()
        };
        let window = self.window("");
        format!("{before}<a href=\"{href}\"{window}>{text}</a>{end}{after}")
    }

    fn mail(&self, before: &str, mail: &str) -> String {
        let mail = spans::with_characters(mail);
        let (href, text) = if self.options.is("encodeEmails") {
            (hidden(&format!("mailto:{mail}")), hidden(&mail))
        } else {
            (format!("mailto:{mail}"), mail)
        };
        format!("{before}<a href=\"{href}\">{text}</a>")
    }
}

fn target<'a>(found: &'a Captures, url: &'a str) -> Target<'a> {
    Target {
        whole: group(found, 0),
        text: group(found, 1),
        url,
        ..Target::default()
    }
}

/// Every character as an entity, so that programs that look for addresses find none.
fn hidden(text: &str) -> String {
    text.chars().map(|c| format!("&#{};", c as u32)).collect()
}
