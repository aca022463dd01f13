//! The plain text of a piece of HTML, as feeds' readers show it.

use super::entities;

/// Tags that begin with one of these end a line.
const BLOCKS: [&str; 11] = [
    "h",
    "br",
    "p",
    "ul",
    "ol",
    "li",
    "blockquote",
    "section",
    "table",
    "tr",
    "div",
];

/// The text without tags and with its references resolved. A tag of a block between two characters becomes a line break.
pub(super) fn snippet(html: &str) -> String {
    let text = without_tags(&with_breaks(html));
    let text = entities::decode_html(&text);
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
        .to_owned()
}

/// Puts a line break in place of each tag of a block that stands between two characters of one line.
fn with_breaks(html: &str) -> String {
    let mut broken = String::with_capacity(html.len());
    let mut ends = Ends::new(html);
    let mut written = 0;
    let mut from = 0;
    while let Some(tag) = html[from..].find('<').map(|at| from + at) {
        from = tag + 1;
        let before = html[written..tag].chars().next_back();
        if before.is_none_or(|c| c == '\n') || !is_block(&html[tag + 1..]) {
            continue;
        }
        // What follows the tag has to be another character, on the same line.
        let Some(end) = ends.before_character(tag) else {
            continue;
        };
        broken.push_str(&html[written..tag]);
        broken.push('\n');
        let next = html[end..].chars().next().map_or(0, char::len_utf8);
        broken.push_str(&html[end..end + next]);
        written = end + next;
        from = written;
    }
    broken.push_str(&html[written..]);
    broken
}

fn is_block(after: &str) -> bool {
    let name = after.strip_prefix('/').unwrap_or(after);
    BLOCKS.iter().any(|block| name.starts_with(block))
}

fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut ends = Ends::new(html);
    let mut written = 0;
    while let Some(tag) = html[written..].find('<').map(|at| written + at) {
        text.push_str(&html[written..tag]);
        written = match ends.after(tag) {
            Some(end) => end,
            None => {
                text.push('<');
                tag + 1
            }
        };
    }
    text.push_str(&html[written..]);
    text
}

/// Finds the ends of tags, each search from where the one before has come, so that all of them together read the text
/// once.
struct Ends<'a> {
    html: &'a str,
    /// First `>` at or after the last place asked for.
    close: usize,
    /// First `>` there with a character of the same line behind it.
    followed: usize,
    /// First character there that no tag may hold.
    stop: usize,
}

impl<'a> Ends<'a> {
    fn new(html: &'a str) -> Self {
        Self {
            html,
            close: 0,
            followed: 0,
            stop: 0,
        }
    }

    /// Where the tag that begins at `tag` has ended.
    fn after(&mut self, tag: usize) -> Option<usize> {
        let is_close = |rest: &str| rest.starts_with('>');
        self.close = self.seek(self.close.max(tag + 1), is_close);
        self.unstopped(tag, self.close)
    }

    /// As [`Ends::after`], for the first end that a character of the same line follows.
    fn before_character(&mut self, tag: usize) -> Option<usize> {
        let is_followed = |rest: &str| {
            let next = rest.strip_prefix('>').and_then(|rest| rest.chars().next());
            next.is_some_and(|c| c != '\n')
        };
        self.followed = self.seek(self.followed.max(tag + 1), is_followed);
        self.unstopped(tag, self.followed)
    }

    fn unstopped(&mut self, tag: usize, close: usize) -> Option<usize> {
        let stops = |rest: &str| rest.starts_with(['\r', '\u{2028}', '\u{2029}']);
        self.stop = self.seek(self.stop.max(tag + 1), stops);
        (close < self.html.len() && close < self.stop).then_some(close + 1)
    }

    /// The first place from `from` on where the rest of the text is as asked; its end where there is none.
    fn seek(&self, from: usize, is: impl Fn(&str) -> bool) -> usize {
        let rest = self.html.get(from..).unwrap_or_default();
        let mut places = rest.char_indices();
        let found = places.find(|(at, _)| is(&rest[*at..]));
        found.map_or(self.html.len(), |(at, _)| from + at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_blocks_break_lines() {
        for (html, expected) in [
            ("<p>Hello <b>you</b></p>", "Hello you"),
            ("one<br>two<br/>three", "one\ntwo\nthree"),
            ("a<p>b<p>c", "a\nbc"),
            ("a<p>\nb", "a\nb"),
            ("a<pre>b</pre>c", "a\nbc"),
            ("x<p>>y", "x\n>y"),
            ("a<p>\nb>c", "a\nc"),
            ("a<p\r><br>d", "a<p\r>\nd"),
            ("a <span title='1'>b</span>", "a b"),
            (
                "1 < 2 & 3 &gt; 2 &amp;amp; &eacute;",
                "1 < 2 & 3 > 2 &amp; é",
            ),
            ("a <b\r\nc> d", "a <b\r\nc> d"),
            (" \u{feff} x \n", "x"),
            ("ü<br>ß", "ü\nß"),
            ("", ""),
        ] {
            assert_eq!(snippet(html), expected, "{html}");
        }
    }

    #[test]
    fn hostile_texts_are_read_once() {
        for text in ["<", "x<p", "x<p>\n", "<p\r>", "a<br>"] {
            let text = text.repeat(300_000);
            assert!(snippet(&text).len() <= text.len());
        }
    }
}
