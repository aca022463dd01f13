//! What Markdown takes.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType, TypeOptions};
use serde_json::json;

/// Options of `markdownToHtml` that are on or off.
const FLAGS: &[(&str, &str, bool)] = &[
    (
        "backslashEscapesHTMLTags",
        "Let `\\<div>` stand for the text `<div>`.",
        false,
    ),
    (
        "completeHTMLDocument",
        "Give a whole document with head and body.",
        false,
    ),
    (
        "customizedHeaderId",
        "Take `{id}` behind a header as its id.",
        false,
    ),
    (
        "disableForced4SpacesIndentedSublists",
        "Let any indentation make an inner list, not four spaces alone.",
        false,
    ),
    ("ellipsis", "Write three dots as one sign.", true),
    ("encodeEmails", "Hide mail addresses behind entities.", true),
    (
        "excludeTrailingPunctuationFromURLs",
        "Leave the dot behind an address out of its link.",
        false,
    ),
    (
        "ghCodeBlocks",
        "Read code between lines of three backticks.",
        true,
    ),
    (
        "ghCompatibleHeaderId",
        "Write ids of headers with dashes, as GitHub does.",
        false,
    ),
    ("ghMentions", "Make links of `@names`.", false),
    (
        "literalMidWordAsterisks",
        "Let asterisks inside words stand.",
        false,
    ),
    (
        "literalMidWordUnderscores",
        "Let underscores inside words stand.",
        false,
    ),
    (
        "metadata",
        "Read `key: value` lines between `---` lines at the top.",
        false,
    ),
    ("noHeaderId", "Write headers without ids.", false),
    (
        "omitExtraWLInCodeBlocks",
        "Leave out the line break at the end of code blocks.",
        false,
    ),
    (
        "openLinksInNewWindow",
        "Let links open a window of their own.",
        false,
    ),
    (
        "parseImgDimensions",
        "Read the sizes of images behind their addresses, such as `=100x80`.",
        false,
    ),
    ("rawHeaderId", "Leave most signs in ids of headers.", false),
    (
        "rawPrefixHeaderId",
        "Leave the prefix of ids as it is.",
        false,
    ),
    (
        "requireSpaceBeforeHeadingText",
        "Read a header only where a space follows the `#`.",
        false,
    ),
    ("simpleLineBreaks", "Make every line break one.", false),
    (
        "simplifiedAutoLink",
        "Make links of addresses in the text.",
        false,
    ),
    (
        "smartIndentationFix",
        "Take off the indentation that the first line has.",
        false,
    ),
    ("smoothLivePreview", "Read no header below one dash.", false),
    (
        "splitAdjacentBlockquotes",
        "Let an empty line end a quote.",
        false,
    ),
    ("strikethrough", "Read `~~text~~`.", false),
    ("tables", "Read tables.", false),
    ("tablesHeaderId", "Give the headers of tables ids.", false),
    ("tasklists", "Read `- [x] entries`.", false),
    ("underline", "Underline `__text__`.", false),
];

pub(super) static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let text = |description: &str| Property::of(PropertyType::String, description);
    let pair = |description: &str| {
        Property::of(PropertyType::Collection, description)
            .field("pattern", text("A regular expression, also as `/…/gi`."))
            .field(
                "replacement",
                text("What it is replaced by; `$1` is its first group."),
            )
    };
    let group = |description: &str| {
        Property::of(PropertyType::FixedCollection, description)
            .field("value", pair("Pattern and replacement."))
    };
    let flag = |description: &str, default: bool| {
        Property::of(PropertyType::Boolean, description).default_value(default)
    };
    let mut options = Property::of(PropertyType::Collection, "Further settings.")
        .field("bulletMarker", text("The sign of entries (htmlToMarkdown).").default_value("*"))
        .field("codeFence", text("The line around code (htmlToMarkdown).").default_value("```"))
        .field(
            "codeBlockStyle",
            Property::choice("How code is set apart (htmlToMarkdown).", &["fence", "indented"]).default_value("fence"),
        )
        .field("emDelimiter", text("The sign around emphasis (htmlToMarkdown).").default_value("_"))
        .field("strongDelimiter", text("The sign around strong text (htmlToMarkdown).").default_value("**"))
        .field("globalEscape", group("Which signs are escaped everywhere (htmlToMarkdown)."))
        .field("lineStartEscape", group("Which signs are escaped at the beginning of a line (htmlToMarkdown)."))
        .field("ignore", text("Elements that are left out, separated by commas; blocks cannot be (htmlToMarkdown)."))
        .field("blockElements", text("Elements that are blocks too, separated by commas (htmlToMarkdown)."))
        .field("keepDataImages", flag("Keep images whose data is in the html (htmlToMarkdown).", false))
        .field(
            "maxConsecutiveNewlines",
            Property::of(PropertyType::Number, "The most line breaks in a row (htmlToMarkdown).").default_value(3),
        )
        .field("useLinkReferenceDefinitions", flag("Put the addresses of links at the end (htmlToMarkdown).", false))
        .field(
            "textReplace",
            Property::of(PropertyType::FixedCollection, "What is replaced in texts (htmlToMarkdown).").field(
                "values",
                Property {
                    type_options: Some(TypeOptions { multiple_values: true, ..TypeOptions::default() }),
                    ..pair("A pattern and its replacement.")
                },
            ),
        )
        .field(
            "headerLevelStart",
            Property::of(PropertyType::Number, "The level of the first headers (markdownToHtml).").default_value(1),
        )
        .field("prefixHeaderId", text("What stands before ids of headers (markdownToHtml)."))
        .field(
            "ghMentionsLink",
            text("Where `@names` lead; `{u}` is the name (markdownToHtml).").default_value("https://github.com/{u}"),
        );
    for (name, description, default) in FLAGS {
        let description = format!("{} (markdownToHtml).", description.trim_end_matches('.'));
        options = options.field(name, flag(&description, *default));
    }
    NodeDefinition::new(
        "n8n-nodes-base.markdown",
        "Markdown",
        "Writes HTML as Markdown and Markdown as HTML.",
    )
    .property(
        "mode",
        Property::choice("Which way to convert.", &["htmlToMarkdown", "markdownToHtml"])
            .default_value("htmlToMarkdown"),
    )
    .property("html", text("The HTML.").required().shown_when("mode", ["htmlToMarkdown"]))
    .property("markdown", text("The Markdown.").required().shown_when("mode", ["markdownToHtml"]))
    .property(
        "destinationKey",
        text("Where the result goes; dots lead into objects.").default_value("data"),
    )
    .property("options", options)
    .example(
        "html as Markdown",
        json!({ "html": "={{ $json.html }}", "destinationKey": "text" }),
        json!([[{ "html": "<h1>News</h1><p>Read <a href=\"https://example.com/a\">this</a>, <b>now</b>:</p><ul><li>one</li><li>two</li></ul>" }]]),
        json!([[{
            "html": "<h1>News</h1><p>Read <a href=\"https://example.com/a\">this</a>, <b>now</b>:</p><ul><li>one</li><li>two</li></ul>",
            "text": "# News\n\nRead [this](https://example.com/a), **now**:\n\n* one\n* two",
        }]]),
    )
    .example(
        "Markdown as html",
        json!({ "mode": "markdownToHtml", "markdown": "# News\n\nRead [this](https://example.com/a), **now**:\n\n- one\n- two" }),
        json!([[{}]]),
        json!([[{ "data": "<h1 id=\"news\">News</h1>\n<p>Read <a href=\"https://example.com/a\">this</a>, <strong>now</strong>:</p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>" }]]),
    )
    .example(
        "Markdown with tables and strikethrough",
        json!({ "mode": "markdownToHtml", "markdown": "|a|b|\n|--|:--:|\n|~~1~~|2|", "options": { "tables": true, "strikethrough": true } }),
        json!([[{}]]),
        json!([[{ "data": "<table>\n<thead>\n<tr>\n<th>a</th>\n<th style=\"text-align:center;\">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td><del>1</del></td>\n<td style=\"text-align:center;\">2</td>\n</tr>\n</tbody>\n</table>" }]]),
    )
});
