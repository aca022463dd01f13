//! csv by the rules: every cell is text, and what is not right is an error with its line.

use itemflow_model::{Map, Value};

/// What can be said about a csv file.
#[derive(Clone, Debug)]
pub(super) struct CsvOptions {
    /// What stands between cells.
    pub(super) delimiter: String,
    /// Whether the first record names the columns.
    pub(super) header_row: bool,
    /// Keep cells without text.
    pub(super) include_empty: bool,
    /// Most records that are read, the header not counted.
    pub(super) max_rows: Option<usize>,
    /// Line from which on the file is read, counted from 1.
    pub(super) from_line: usize,
    /// Take a quote inside a cell as it is.
    pub(super) relax_quotes: bool,
    /// Take a quote that is never closed for one that is closed at the end.
    pub(super) forgives_open_quotes: bool,
    /// Leave out records that are not right; at most so many where a number is given.
    pub(super) skip_errors: Option<Option<usize>>,
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self {
            delimiter: ",".into(),
            header_row: true,
            include_empty: false,
            max_rows: None,
            from_line: 1,
            relax_quotes: false,
            forgives_open_quotes: false,
            skip_errors: None,
        }
    }
}

/// The rows of a file, and the fault at which reading ended early.
#[derive(Debug, PartialEq)]
pub(super) struct CsvRows {
    /// The json of each row.
    pub(super) rows: Vec<Value>,
    /// What is wrong with the file.
    pub(super) fault: Option<String>,
}

/// Reads the rows of a file, as objects by the header, or as lists of cells.
pub(super) fn read_csv(text: &str, options: &CsvOptions) -> CsvRows {
    let mut rows = Vec::new();
    let mut header: Option<Vec<std::sync::Arc<str>>> = None;
    let mut width = None;
    let mut skipped = 0;
    for record in records(text, options) {
        if options.max_rows.is_some_and(|max| rows.len() >= max)
            && (header.is_some() || !options.header_row)
        {
            break;
        }
        let row = record.and_then(|record| {
            if record.line < options.from_line {
                return Ok(None);
            }
            let expected = *width.get_or_insert(record.fields.len());
            if record.fields.len() != expected {
                return Err(format!(
                    "line {} has {} cells and the first has {expected}",
                    record.line,
                    record.fields.len()
                ));
            }
            Ok(Some(record.fields))
        });
        let fields = match row {
            Ok(None) => continue,
            Ok(Some(fields)) => fields,
            Err(fault) => {
                skipped += 1;
                match options.skip_errors {
                    Some(limit) if limit.is_none_or(|limit| skipped <= limit) => continue,
                    _ => {
                        return CsvRows {
                            rows,
                            fault: Some(fault),
                        };
                    }
                }
            }
        };
        if !options.header_row {
            rows.push(Value::from(
                fields.into_iter().map(Value::from).collect::<Vec<_>>(),
            ));
            continue;
        }
        let Some(names) = &header else {
            header = Some(fields.into_iter().map(Into::into).collect());
            continue;
        };
        let cells = names.iter().cloned().zip(fields);
        let kept = cells.filter(|(_, text)| options.include_empty || !text.is_empty());
        let row: Map = kept.map(|(name, text)| (name, Value::from(text))).collect();
        rows.push(Value::from(row));
    }
    CsvRows { rows, fault: None }
}

/// One record and the line on which it begins.
pub(super) struct Record {
    pub(super) fields: Vec<String>,
    pub(super) line: usize,
}

/// The records of a text. Lines without anything on them are none.
pub(super) fn records<'a>(
    text: &'a str,
    options: &'a CsvOptions,
) -> impl Iterator<Item = Result<Record, String>> + 'a {
    Reader {
        rest: text,
        options,
        line: 1,
        newline: first_newline(text),
    }
}

struct Reader<'a> {
    rest: &'a str,
    options: &'a CsvOptions,
    line: usize,
    newline: &'static str,
}

/// How lines end in this file: as the first one does.
fn first_newline(text: &str) -> &'static str {
    match text.find(['\r', '\n']) {
        Some(at) if text[at..].starts_with("\r\n") => "\r\n",
        Some(at) if text[at..].starts_with('\r') => "\r",
        _ => "\n",
    }
}

impl Iterator for Reader<'_> {
    type Item = Result<Record, String>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(rest) = self.rest.strip_prefix(self.newline) {
            self.rest = rest;
            self.line += 1;
        }
        if self.rest.is_empty() {
            return None;
        }
        let line = self.line;
        let mut fields = Vec::new();
        loop {
            let field = if self.rest.starts_with('"') {
                self.quoted()
            } else {
                self.plain()
            };
            match field {
                Ok(field) => fields.push(field),
                Err(fault) => {
                    self.skip_line();
                    return Some(Err(format!("line {line}: {fault}")));
                }
            }
            if self.ends_record() {
                return Some(Ok(Record { fields, line }));
            }
        }
    }
}

impl Reader<'_> {
    /// Goes over what follows a cell; whether the record is over.
    fn ends_record(&mut self) -> bool {
        let delimiter = self.options.delimiter.as_str();
        if !delimiter.is_empty()
            && let Some(rest) = self.rest.strip_prefix(delimiter)
        {
            self.rest = rest;
            return false;
        }
        if let Some(rest) = self.rest.strip_prefix(self.newline) {
            self.rest = rest;
            self.line += 1;
        }
        true
    }

    /// Where a cell without quotes ends.
    fn boundary(&self) -> usize {
        let marks = [self.options.delimiter.as_bytes(), self.newline.as_bytes()];
        let bytes = self.rest.as_bytes();
        let is_mark = |at: &usize| {
            marks
                .iter()
                .any(|mark| !mark.is_empty() && bytes[*at..].starts_with(mark))
        };
        (0..bytes.len()).find(is_mark).unwrap_or(bytes.len())
    }

    fn plain(&mut self) -> Result<String, &'static str> {
        let (field, rest) = self.rest.split_at(self.boundary());
        if field.contains('"') && !self.options.relax_quotes {
            return Err("there is a quote inside a cell that does not begin with one");
        }
        self.rest = rest;
        Ok(field.to_owned())
    }

    fn quoted(&mut self) -> Result<String, &'static str> {
        let mut field = String::new();
        let mut rest = &self.rest[1..];
        loop {
            let Some(at) = rest.find('"') else {
                // It swallows all that is left, so nothing is looked at twice.
                self.rest = "";
                if !self.options.forgives_open_quotes {
                    return Err("a quote is opened and not closed");
                }
                field.push_str(rest);
                return Ok(field);
            };
            field.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('"') {
                field.push('"');
                rest = after;
                continue;
            }
            let delimiter = self.options.delimiter.as_str();
            let is_end = rest.is_empty()
                || rest.starts_with(self.newline)
                || !delimiter.is_empty() && rest.starts_with(delimiter);
            if is_end {
                self.line += field.matches(self.newline).count();
                self.rest = rest;
                return Ok(field);
            }
            if !self.options.relax_quotes {
                return Err("something follows a closing quote");
            }
            field.push('"');
        }
    }

    fn skip_line(&mut self) {
        let end = self.rest.find(self.newline);
        self.rest = end.map_or("", |end| &self.rest[end + self.newline.len()..]);
        self.line += 1;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str, options: &CsvOptions) -> serde_json::Value {
        let read = read_csv(text, options);
        assert_eq!(read.fault, None);
        serde_json::to_value(Value::from(read.rows)).unwrap()
    }

    #[test]
    fn cells_are_text_by_the_names_of_their_columns() {
        let options = CsvOptions::default();
        for (text, expected) in [
            ("a,b\n1,2\n", json!([{ "a": "1", "b": "2" }])),
            ("a,b\r\n1,\r\n\r\n,2", json!([{ "a": "1" }, { "b": "2" }])),
            ("a,b\r1,2", json!([{ "a": "1", "b": "2" }])),
            (
                "a,b\n\"x,\"\"y\n\",2",
                json!([{ "a": "x,\"y\n", "b": "2" }]),
            ),
            ("a,a\n1,2", json!([{ "a": "2" }])),
            ("a,b\n , x ", json!([{ "a": " ", "b": " x " }])),
            ("a,b", json!([])),
            ("", json!([])),
        ] {
            assert_eq!(read(text, &options), expected, "{text:?}");
        }
    }

    #[test]
    fn options_change_what_is_read() {
        let text = "# note\na;b\n1;\n2;\"x\"\n3;y\n";
        let base = CsvOptions {
            delimiter: ";".into(),
            from_line: 2,
            ..CsvOptions::default()
        };
        let all = json!([{ "a": "1" }, { "a": "2", "b": "x" }, { "a": "3", "b": "y" }]);
        assert_eq!(read(text, &base), all);
        let options = CsvOptions {
            include_empty: true,
            max_rows: Some(1),
            ..base.clone()
        };
        assert_eq!(read(text, &options), json!([{ "a": "1", "b": "" }]));
        let options = CsvOptions {
            header_row: false,
            from_line: 3,
            ..base.clone()
        };
        assert_eq!(
            read(text, &options),
            json!([["1", ""], ["2", "x"], ["3", "y"]])
        );
        let options = CsvOptions {
            max_rows: Some(0),
            ..base
        };
        assert_eq!(read(text, &options), json!([]));
        let options = CsvOptions {
            delimiter: "::".into(),
            ..CsvOptions::default()
        };
        assert_eq!(
            read("a::b\n1:::2", &options),
            json!([{ "a": "1", "b": ":2" }])
        );
    }

    #[test]
    fn faults_are_told_with_their_line_or_passed_over() {
        for (text, fault, rows) in [
            ("a,b\n1,2\n3\n4,5", "line 3 has 1 cells", 2),
            (
                "a,b\n1,2\nx\"y,3\n4,5",
                "line 3: there is a quote inside",
                2,
            ),
            ("a,b\n1,2\n\"x\"y,3\n4,5", "line 3: something follows", 2),
            ("a,b\n1,2\n\"xy,3\n4,5", "line 3: a quote is opened", 1),
        ] {
            let read = read_csv(text, &CsvOptions::default());
            assert!(
                read.fault.as_ref().is_some_and(|told| told.contains(fault)),
                "{read:?}"
            );
            assert_eq!(read.rows.len(), 1, "{text}");
            let skip = |limit| CsvOptions {
                skip_errors: Some(limit),
                ..CsvOptions::default()
            };
            assert_eq!(read_csv(text, &skip(None)).rows.len(), rows, "{text}");
            assert!(read_csv(text, &skip(Some(0))).fault.is_some());
        }
        let options = CsvOptions {
            relax_quotes: true,
            ..CsvOptions::default()
        };
        let expected = json!([{ "a": "x\"y", "b": "z\"w" }]);
        assert_eq!(self::read("a,b\nx\"y,\"z\"w\"", &options), expected);
    }

    #[test]
    fn any_text_is_read_in_time_that_grows_with_it() {
        let options = CsvOptions {
            relax_quotes: true,
            skip_errors: Some(None),
            ..CsvOptions::default()
        };
        for piece in ["\"", "\",", "a\"", ",", ",\n", "\r", "\"\"\n", "\"a\"b,"] {
            let text = piece.repeat(200_000 / piece.len());
            read_csv(&text, &options);
            read_csv(&text, &CsvOptions::default());
        }
    }
}
