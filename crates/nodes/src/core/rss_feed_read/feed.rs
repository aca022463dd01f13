//! From a document to the entries of a feed: RSS 0.9, 1.0 and 2.0 and Atom, in the field names of n8n's parser.

use itemflow_model::{Map, Value};
use jiff::tz::TimeZone;

use super::snippet::snippet;
use super::xml::Document;
use crate::core::moment::javascript_date;

/// Elements of an RSS entry and the names of their fields.
const RSS: [(&str, &str); 17] = [
    ("author", "creator"),
    ("dc:creator", "creator"),
    ("dc:date", "date"),
    ("dc:language", "language"),
    ("dc:rights", "rights"),
    ("dc:source", "source"),
    ("dc:title", "title"),
    ("title", "title"),
    ("link", "link"),
    ("pubDate", "pubDate"),
    ("author", "author"),
    ("summary", "summary"),
    ("content:encoded", "content:encoded"),
    ("enclosure", "enclosure"),
    ("dc:creator", "dc:creator"),
    ("dc:date", "dc:date"),
    ("comments", "comments"),
];

/// Elements of a podcast's entry, each with the prefix `itunes:`.
const PODCAST: [&str; 10] = [
    "author",
    "subtitle",
    "summary",
    "explicit",
    "duration",
    "image",
    "episode",
    "season",
    "keywords",
    "episodeType",
];

/// The entries of a feed, with the elements of further names that are asked for.
///
/// # Errors
/// When the document is no feed.
pub(super) fn entries(
    document: &Document,
    further: &[&str],
    zone: &TimeZone,
) -> Result<Vec<Value>, String> {
    let root = &document.content;
    let version = attribute(root, "version").unwrap_or_default();
    match &*document.name {
        "feed" => Ok(list(root, "entry")
            .iter()
            .map(|entry| atom(entry, further, zone))
            .collect()),
        "rdf:RDF" => rss(list(root, "item"), further, zone, false),
        "rss" if version.starts_with('2') || version.contains("0.9") => {
            let Some(channel) = first(root, "channel") else {
                return Err("it has no channel".into());
            };
            let podcast = version.starts_with('2') && attribute(root, "xmlns:itunes").is_some();
            rss(list(channel, "item"), further, zone, podcast)
        }
        "rss" => Err("it names no version of RSS that is known".into()),
        other => Err(format!(
            "its first element is <{other}>, which is neither RSS nor Atom"
        )),
    }
}

fn rss(
    items: &[Value],
    further: &[&str],
    zone: &TimeZone,
    podcast: bool,
) -> Result<Vec<Value>, String> {
    let entry = |item: &Value| {
        let mut entry = rss_entry(item, further, zone);
        if podcast {
            entry.insert("itunes".into(), podcast_fields(item).into());
        }
        entry.into()
    };
    Ok(items.iter().map(entry).collect())
}

fn rss_entry(item: &Value, further: &[&str], zone: &TimeZone) -> Map {
    let mut entry = Map::default();
    for (from, to) in RSS {
        copy(item, from, to, &mut entry);
    }
    if let Some(Value::String(content)) = entry.get("content:encoded").filter(|c| is_true(c)) {
        let text = snippet(content);
        // n8n's parser adds it right behind the content.
        let at = entry.get_index_of("content:encoded").map_or(0, |at| at + 1);
        entry.shift_insert(at, "content:encodedSnippet".into(), Value::from(text));
    }
    for name in further {
        copy(item, name, name, &mut entry);
    }
    if let Some(enclosure) = first(item, "enclosure") {
        match enclosure.get("$") {
            Some(attributes) => entry.insert("enclosure".into(), attributes.clone()),
            None => entry.shift_remove("enclosure"),
        };
    }
    if let Some(description) = first(item, "description") {
        add_content(&mut entry, description);
    }
    if let Some(guid) = first(item, "guid") {
        let text = guid.get("_").filter(|text| is_true(text));
        entry.insert("guid".into(), text.unwrap_or(guid).clone());
    }
    if let Some(about) = attribute(item, "rdf:about").filter(|about| !about.is_empty()) {
        entry.insert("rdf:about".into(), Value::from(about));
    }
    if let Some(categories) = item.get("category") {
        entry.insert("categories".into(), categories.clone());
    }
    add_iso_date(&mut entry, zone);
    entry
}

fn podcast_fields(item: &Value) -> Map {
    let mut fields = Map::default();
    for name in PODCAST {
        copy(item, &format!("itunes:{name}"), name, &mut fields);
    }
    let image = first(item, "itunes:image").and_then(|image| attribute(image, "href"));
    if let Some(address) = image.filter(|address| !address.is_empty()) {
        fields.insert("image".into(), Value::from(address));
    }
    fields
}

fn atom(item: &Value, further: &[&str], zone: &TimeZone) -> Value {
    let mut entry = Map::default();
    for name in further {
        copy(item, name, name, &mut entry);
    }
    if let Some(title) = first(item, "title") {
        let title = title.get("_").filter(|text| is_true(text)).unwrap_or(title);
        if is_true(title) {
            entry.insert("title".into(), title.clone());
        }
    }
    if let Some(link) = link(list(item, "link")) {
        entry.insert("link".into(), Value::from(link));
    }
    let is_text = |value: &&Value| value.as_str().is_some_and(|text| !text.is_empty());
    let dates = ["published", "updated"];
    if let Some(date) = dates
        .iter()
        .find_map(|name| first(item, name).filter(is_text))
    {
        let date = iso(date, zone).map_or_else(|| date.clone(), Value::from);
        entry.insert("pubDate".into(), date);
    }
    if let Some(author) = first(item, "author").and_then(|author| first(author, "name")) {
        entry.insert("author".into(), author.clone());
    }
    if let Some(content) = first(item, "content") {
        add_content(&mut entry, content);
    }
    if let Some(summary) = first(item, "summary") {
        entry.insert("summary".into(), Value::from(content(summary)));
    }
    if let Some(id) = first(item, "id") {
        entry.insert("id".into(), id.clone());
    }
    add_iso_date(&mut entry, zone);
    entry.into()
}

/// The address of the page, or the first address there is.
fn link(links: &[Value]) -> Option<&str> {
    let of_page = links
        .iter()
        .find(|link| attribute(link, "rel") == Some("alternate"));
    attribute(of_page.or(links.first())?, "href")
}

/// Copies the first element of a name; one that has text and attributes counts as its text.
fn copy(item: &Value, from: &str, to: &str, entry: &mut Map) {
    let Some(value) = first(item, from) else {
        return;
    };
    let text = value.get("_").filter(|text| text.as_str().is_some());
    entry.insert(to.into(), text.unwrap_or(value).clone());
}

fn add_content(entry: &mut Map, element: &Value) {
    let content = content(element);
    entry.insert("contentSnippet".into(), Value::from(snippet(&content)));
    let at = entry.len() - 1;
    entry.shift_insert(at, "content".into(), Value::from(content));
}

fn add_iso_date(entry: &mut Map, zone: &TimeZone) {
    let date = ["pubDate", "date"]
        .iter()
        .find_map(|name| entry.get(*name).filter(|date| is_true(date)));
    if let Some(date) = date.and_then(|date| iso(date, zone)) {
        entry.insert("isoDate".into(), Value::from(date));
    }
}

fn iso(date: &Value, zone: &TimeZone) -> Option<String> {
    let text = Value::from(date.as_str()?.trim());
    let moment = javascript_date(&text, zone)?;
    Some(format!("{moment:.3}"))
}

/// The text of an element, or its markup where it has elements inside.
fn content(element: &Value) -> String {
    if let Some(text) = element.get("_").unwrap_or(element).as_str() {
        return text.to_owned();
    }
    let mut markup = String::new();
    write_element(&mut markup, "div", element);
    markup
}

fn write_element(markup: &mut String, name: &str, element: &Value) {
    markup.push('<');
    markup.push_str(name);
    let mut inner = String::new();
    match element {
        Value::String(text) => push_escaped(&mut inner, text, &['&', '<', '>', '\r']),
        Value::Object(members) => {
            for (member, value) in members.iter() {
                match (&**member, value) {
                    ("$", Value::Object(attributes)) => {
                        for (name, value) in attributes.iter() {
                            markup.push_str(&format!(" {name}=\""));
                            let text = value.as_str().unwrap_or_default();
                            push_escaped(markup, text, &['&', '<', '"', '\t', '\n', '\r']);
                            markup.push('"');
                        }
                    }
                    ("_", Value::String(text)) => {
                        push_escaped(&mut inner, text, &['&', '<', '>', '\r']);
                    }
                    (name, Value::Array(elements)) => {
                        for element in elements.iter() {
                            write_element(&mut inner, name, element);
                        }
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
    if inner.is_empty() {
        markup.push_str("/>");
    } else {
        markup.push('>');
        markup.push_str(&inner);
        markup.push_str(&format!("</{name}>"));
    }
}

fn push_escaped(to: &mut String, text: &str, escaped: &[char]) {
    for c in text.chars() {
        match c {
            _ if !escaped.contains(&c) => to.push(c),
            '&' => to.push_str("&amp;"),
            '<' => to.push_str("&lt;"),
            '>' => to.push_str("&gt;"),
            '"' => to.push_str("&quot;"),
            other => to.push_str(&format!("&#x{:X};", u32::from(other))),
        }
    }
}

fn list<'a>(element: &'a Value, name: &str) -> &'a [Value] {
    let list = element.get(name).and_then(Value::as_array);
    list.unwrap_or_default()
}

fn first<'a>(element: &'a Value, name: &str) -> Option<&'a Value> {
    list(element, name).first()
}

fn attribute<'a>(element: &'a Value, name: &str) -> Option<&'a str> {
    element.get("$")?.get(name)?.as_str()
}

/// Whether JavaScript would take it for true.
fn is_true(value: &Value) -> bool {
    value.as_str().is_none_or(|text| !text.is_empty())
}
