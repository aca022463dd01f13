//! Blocks of plain text whose words are broken into lines.

/// What separates words.
const SPACES: [char; 6] = [' ', '\t', '\r', '\n', '\u{c}', '\u{200b}'];

/// A block: text that is finished, and words that still come.
pub(super) struct Block {
    pub(super) inline: Inline,
    /// Line breaks before it.
    pub(super) leading: usize,
    /// Line breaks that come before the next text.
    pub(super) stashed: usize,
    /// Whether space counts.
    pub(super) preformatted: bool,
    finished: String,
}

impl Block {
    pub(super) fn new(width: usize, leading: usize) -> Self {
        Self {
            inline: Inline::new(width),
            leading,
            stashed: 0,
            preformatted: false,
            finished: String::new(),
        }
    }

    /// All its text.
    pub(super) fn text(mut self) -> String {
        self.inline.write(&mut self.finished);
        self.finished
    }

    pub(super) fn line_break(&mut self) {
        if self.preformatted {
            self.finished.push('\n');
        } else {
            self.inline.start_line(1);
        }
    }

    /// Adds words, each changed; says whether there were any.
    pub(super) fn add(&mut self, text: &str, change: &dyn Fn(&str) -> String) -> bool {
        if self.preformatted {
            self.finished.push_str(text);
            return false;
        }
        let blank = text.chars().all(|c| SPACES.contains(&c));
        if text.is_empty() || (self.stashed > 0 && blank) {
            return false;
        }
        if self.stashed > 0 {
            self.inline.start_line(self.stashed);
        }
        self.stashed = 0;
        self.inline.add(text, change);
        !blank
    }

    /// Puts the text of an inner block behind what there is.
    pub(super) fn append(&mut self, text: &str, leading: usize, trailing: usize) {
        self.inline.write(&mut self.finished);
        self.inline.clear();
        let breaks = self.stashed.max(leading);
        if self.finished.is_empty() {
            self.finished.push_str(text);
            self.leading = breaks;
        } else {
            self.finished.extend(std::iter::repeat_n('\n', breaks));
            self.finished.push_str(text);
        }
        self.stashed = trailing;
    }
}

/// Words on their way into lines.
pub(super) struct Inline {
    /// The longest line.
    pub(super) width: usize,
    /// Whether the next word may go to a new line although no space is before it.
    pub(super) may_break: bool,
    lines: String,
    any_line: bool,
    words: Vec<String>,
    room: isize,
    space_pending: bool,
}

impl Inline {
    fn new(width: usize) -> Self {
        Self {
            width,
            may_break: false,
            lines: String::new(),
            any_line: false,
            words: Vec::new(),
            room: width as isize,
            space_pending: false,
        }
    }

    fn write(&self, text: &mut String) {
        text.push_str(&self.lines);
        if self.any_line {
            text.push('\n');
        }
        text.push_str(&self.words.join(" "));
    }

    fn clear(&mut self) {
        self.lines.clear();
        self.any_line = false;
        self.words.clear();
        self.room = self.width as isize;
    }

    fn start_line(&mut self, count: usize) {
        for _ in 0..count {
            if self.any_line {
                self.lines.push('\n');
            }
            self.any_line = true;
            self.lines.push_str(&self.words.join(" "));
            self.words.clear();
        }
        self.room = self.width as isize;
    }

    fn add(&mut self, text: &str, change: &dyn Fn(&str) -> String) {
        let pending = self.space_pending;
        let mut joined = !pending && !text.starts_with(SPACES);
        let mut any = false;
        for word in text.split(SPACES).filter(|word| !word.is_empty()) {
            any = true;
            let word = change(word);
            if std::mem::take(&mut joined) {
                self.join(word);
            } else {
                self.push(word);
            }
        }
        self.space_pending = (pending && !any) || text.ends_with(SPACES);
    }

    fn push(&mut self, word: String) {
        if self.room <= 0 {
            self.start_line(1);
        }
        let cost = length(&word) + isize::from(!self.words.is_empty());
        if cost > self.room && !self.words.is_empty() {
            self.start_line(1);
            self.room -= length(&word);
        } else {
            self.room -= cost;
        }
        self.words.push(word);
    }

    /// Adds to the last word.
    fn join(&mut self, word: String) {
        if self.may_break && length(&word) > self.room {
            self.push(word);
            self.may_break = false;
            return;
        }
        match self.words.pop() {
            Some(mut last) => {
                self.room += length(&last) + isize::from(!self.words.is_empty());
                last.push_str(&word);
                self.push(last);
            }
            None => self.push(word),
        }
    }
}

/// Length as JavaScript counts.
fn length(word: &str) -> isize {
    word.encode_utf16().count() as isize
}
