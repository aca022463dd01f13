//! Regular expressions at work: `test`, `exec`, `match`, `matchAll`, `replace`, `split`, `search`.

use std::rc::Rc;
use std::sync::Arc;

use fancy_regex::Captures;

use crate::error::{EvaluateError, Limit};
use crate::evaluate::{Interpreter, Run, syntax_error, type_error};
use crate::js::{Js, List, Members};
use crate::methods::argument;
use crate::regex::{Pattern, RegexObject};
use crate::utf16;

/// One match: byte ranges of the whole and of the groups.
struct Found {
    groups: Vec<Option<(usize, usize)>>,
}

impl Found {
    fn whole(&self) -> (usize, usize) {
        self.groups.first().copied().flatten().unwrap_or((0, 0))
    }
}

pub(super) fn call(
    interpreter: &mut Interpreter,
    regex: &Rc<RegexObject>,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    Ok(Some(match name {
        "test" => {
            let text = interpreter.text_argument(arguments, 0)?;
            Js::bool(next_match(interpreter, regex, &text)?.is_some())
        }
        "exec" => {
            let text = interpreter.text_argument(arguments, 0)?;
            match next_match(interpreter, regex, &text)? {
                Some(found) => match_result(interpreter, &regex.pattern, &text, &found)?,
                None => Js::NULL,
            }
        }
        "toString" => {
            let text = interpreter.text_of(&Js::Regex(regex.clone()))?;
            Js::text(text)
        }
        _ => return Ok(None),
    }))
}

/// A member of a regular expression.
pub(crate) fn member(regex: &RegexObject, name: &str) -> Option<Js> {
    let pattern = &regex.pattern;
    Some(match name {
        "source" => Js::text(pattern.source.clone()),
        "flags" => Js::text(pattern.flags.clone()),
        "hasIndices" => Js::bool(pattern.flags.contains('d')),
        "global" => Js::bool(pattern.global),
        "ignoreCase" => Js::bool(pattern.flags.contains('i')),
        "multiline" => Js::bool(pattern.flags.contains('m')),
        "dotAll" => Js::bool(pattern.flags.contains('s')),
        "unicode" => Js::bool(pattern.flags.contains('u')),
        "unicodeSets" => Js::bool(pattern.flags.contains('v')),
        "sticky" => Js::bool(pattern.sticky),
        "lastIndex" => Js::index(regex.last_index.get()),
        _ => return None,
    })
}

/// The next match, as `test` and `exec` look for it: from `lastIndex` on when the pattern is global or sticky.
fn next_match(
    interpreter: &mut Interpreter,
    regex: &RegexObject,
    text: &str,
) -> Run<Option<Found>> {
    let moves = regex.pattern.global || regex.pattern.sticky;
    let start = if moves { regex.last_index.get() } else { 0 };
    if start > utf16::length(text) {
        regex.last_index.set(0);
        return Ok(None);
    }
    let start = utf16::to_byte(text, start);
    let found = find(interpreter, &regex.pattern, text, start)?
        .filter(|found| !regex.pattern.sticky || found.whole().0 == start);
    if moves {
        regex.last_index.set(match &found {
            Some(found) => {
                let (_, to) = found.whole();
                utf16::from_byte(text, to)
            }
            None => 0,
        });
    }
    Ok(found)
}

fn find(
    interpreter: &mut Interpreter,
    pattern: &Pattern,
    text: &str,
    start: usize,
) -> Run<Option<Found>> {
    interpreter.charge_fuel(4)?;
    let Ok(captures) = pattern.regex.captures_from_pos(text, start) else {
        return Err(EvaluateError::Limit(Limit::Backtracking).into());
    };
    let found = captures.map(|captures| ranges(&captures));
    let end = found.as_ref().map_or(text.len(), |found| found.whole().1);
    interpreter.charge_fuel((end - start) as u64 / 16)?;
    Ok(found)
}

fn ranges(captures: &Captures) -> Found {
    Found {
        groups: (0..captures.len())
            .map(|i| captures.get(i).map(|group| (group.start(), group.end())))
            .collect(),
    }
}

/// All matches, one after the other.
fn find_all(interpreter: &mut Interpreter, pattern: &Pattern, text: &str) -> Run<Vec<Found>> {
    let mut all = Vec::new();
    let mut start = 0;
    while start <= text.len() {
        let Some(found) = find(interpreter, pattern, text, start)? else {
            break;
        };
        let (from, to) = found.whole();
        start = if from == to {
            to + text[to..].chars().next().map_or(1, char::len_utf8)
        } else {
            to
        };
        interpreter.charge_elements(1 + found.groups.len())?;
        all.push(found);
    }
    Ok(all)
}

fn group(text: &str, range: Option<(usize, usize)>) -> Js {
    range.map_or(Js::Undefined, |(from, to)| Js::text(&text[from..to]))
}

/// The list that `exec` gives: the match, its groups, and `index`, `input`, `groups`.
fn match_result(
    interpreter: &mut Interpreter,
    pattern: &Pattern,
    text: &Arc<str>,
    found: &Found,
) -> Run {
    interpreter.charge_elements(found.groups.len() + 8)?;
    let elements = found
        .groups
        .iter()
        .map(|range| group(text, *range))
        .collect();
    let mut members = Members::default();
    members.insert(
        "index".into(),
        Js::index(utf16::from_byte(text, found.whole().0)),
    );
    members.insert("input".into(), Js::text(text.clone()));
    members.insert("groups".into(), named_groups(pattern, text, found));
    if pattern.flags.contains('d') {
        members.insert("indices".into(), indices(pattern, text, found));
    }
    Ok(Js::Array(Rc::new(List::with_match(elements, members))))
}

/// With the flag `d`: where the match and its groups start and end.
fn indices(pattern: &Pattern, text: &str, found: &Found) -> Js {
    let pair = |range: Option<(usize, usize)>| {
        range.map_or(Js::Undefined, |(from, to)| {
            let (from, to) = (utf16::from_byte(text, from), utf16::from_byte(text, to));
            Js::array(vec![Js::index(from), Js::index(to)])
        })
    };
    let mut groups = Members::default();
    for (i, name) in pattern.regex.capture_names().enumerate() {
        if let Some(name) = name {
            groups.insert(name.into(), pair(found.groups.get(i).copied().flatten()));
        }
    }
    let groups = if groups.is_empty() {
        Js::Undefined
    } else {
        Js::object(groups)
    };
    let members = [(Arc::from("groups"), groups)].into_iter().collect();
    let elements = found.groups.iter().map(|range| pair(*range)).collect();
    Js::Array(Rc::new(List::with_match(elements, members)))
}

fn named_groups(pattern: &Pattern, text: &str, found: &Found) -> Js {
    let mut members = Members::default();
    for (i, name) in pattern.regex.capture_names().enumerate() {
        if let Some(name) = name {
            members.insert(
                name.into(),
                group(text, found.groups.get(i).copied().flatten()),
            );
        }
    }
    if members.is_empty() {
        Js::Undefined
    } else {
        Js::object(members)
    }
}

/// The argument as a regular expression; a text is one, too.
fn regex_argument(
    interpreter: &mut Interpreter,
    arguments: &[Js],
    flags: &str,
) -> Run<Rc<RegexObject>> {
    match argument(arguments, 0) {
        Js::Regex(regex) => Ok(regex.clone()),
        value => {
            let source = match value {
                Js::Undefined => "(?:)".into(),
                value => interpreter.text_of(value)?,
            };
            compile(interpreter, &source, flags)
        }
    }
}

/// Compiles a pattern that is only known now.
pub(crate) fn compile(
    interpreter: &mut Interpreter,
    source: &str,
    flags: &str,
) -> Run<Rc<RegexObject>> {
    // Compiling is expensive, and the program takes memory.
    interpreter.charge_fuel(1_000 + source.len() as u64 * 100)?;
    interpreter.charge_text(source.len() * 100)?;
    match Pattern::new(source, flags) {
        Ok(pattern) => Ok(Rc::new(RegexObject::new(Arc::new(pattern)))),
        Err(message) => syntax_error(message),
    }
}

pub(super) fn match_text(interpreter: &mut Interpreter, text: &Arc<str>, arguments: &[Js]) -> Run {
    let regex = regex_argument(interpreter, arguments, "")?;
    if !regex.pattern.global {
        return Ok(match next_match(interpreter, &regex, text)? {
            Some(found) => match_result(interpreter, &regex.pattern, text, &found)?,
            None => Js::NULL,
        });
    }
    let all = find_all(interpreter, &regex.pattern, text)?;
    if all.is_empty() {
        return Ok(Js::NULL);
    }
    Ok(Js::array(
        all.iter()
            .map(|found| group(text, Some(found.whole())))
            .collect(),
    ))
}

pub(super) fn match_all(interpreter: &mut Interpreter, text: &Arc<str>, arguments: &[Js]) -> Run {
    let regex = regex_argument(interpreter, arguments, "g")?;
    if !regex.pattern.global {
        return type_error("matchAll needs a regular expression with the flag g");
    }
    let mut results = Vec::new();
    for found in find_all(interpreter, &regex.pattern, text)? {
        results.push(match_result(interpreter, &regex.pattern, text, &found)?);
    }
    Ok(Js::iterator("RegExp String Iterator", results))
}

pub(super) fn search(interpreter: &mut Interpreter, text: &Arc<str>, arguments: &[Js]) -> Run {
    let regex = regex_argument(interpreter, arguments, "")?;
    let found = find(interpreter, &regex.pattern, text, 0)?;
    Ok(found.map_or(Js::number(-1.0), |found| {
        Js::index(utf16::from_byte(text, found.whole().0))
    }))
}

pub(super) fn split(
    interpreter: &mut Interpreter,
    text: &Arc<str>,
    regex: &RegexObject,
    limit: usize,
) -> Run<Vec<Js>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    if text.is_empty() {
        let found = find(interpreter, &regex.pattern, text, 0)?;
        return Ok(if found.is_some() {
            pieces
        } else {
            vec![Js::text("")]
        });
    }
    for found in find_all(interpreter, &regex.pattern, text)? {
        let (from, to) = found.whole();
        // Empty matches at either end split nothing off.
        if from == to && (from == start || from >= text.len()) {
            continue;
        }
        interpreter.charge_elements(2 * found.groups.len())?;
        pieces.push(Js::text(&text[start..from]));
        pieces.extend(found.groups.iter().skip(1).map(|range| group(text, *range)));
        start = to;
    }
    pieces.push(Js::text(&text[start..]));
    pieces.truncate(limit);
    Ok(pieces)
}

pub(super) fn replace(
    interpreter: &mut Interpreter,
    text: &Arc<str>,
    all: bool,
    arguments: &[Js],
) -> Run {
    let replacement = argument(arguments, 1);
    let (found, pattern) = match argument(arguments, 0) {
        Js::Regex(regex) => {
            let pattern = &regex.pattern;
            let found = if pattern.global {
                regex.last_index.set(0);
                find_all(interpreter, pattern, text)?
            } else if all {
                return type_error("replaceAll needs a regular expression with the flag g");
            } else {
                find(interpreter, pattern, text, 0)?.into_iter().collect()
            };
            (found, Some(pattern.clone()))
        }
        needle => {
            let needle = interpreter.text_of(needle)?;
            let most = if all { usize::MAX } else { 1 };
            let matches = || text.match_indices(&*needle).take(most);
            interpreter.charge_elements(matches().count() * 2)?;
            let found = matches().map(|(at, matched)| Found {
                groups: vec![Some((at, at + matched.len()))],
            });
            (found.collect(), None)
        }
    };
    let template = if replacement.is_function() {
        None
    } else {
        Some(interpreter.text_of(replacement)?)
    };
    let mut result = String::new();
    let mut start = 0;
    for found in &found {
        let (from, to) = found.whole();
        result.push_str(&text[start..from]);
        let before = result.len();
        match &template {
            Some(template) => expand(
                interpreter,
                template,
                text,
                found,
                pattern.as_deref(),
                &mut result,
            )?,
            None => {
                let mut arguments: Vec<Js> = found
                    .groups
                    .iter()
                    .map(|range| group(text, *range))
                    .collect();
                arguments.push(Js::index(utf16::from_byte(text, from)));
                arguments.push(Js::text(text.clone()));
                if let Some(pattern) = &pattern {
                    let groups = named_groups(pattern, text, found);
                    if !groups.is_undefined() {
                        arguments.push(groups);
                    }
                }
                let part = interpreter.call(replacement, &Js::Undefined, &arguments)?;
                result.push_str(&interpreter.text_of(&part)?);
            }
        }
        interpreter.charge_text(result.len() - before)?;
        start = to;
    }
    result.push_str(&text[start..]);
    interpreter.charge_text(result.len())?;
    Ok(Js::text(result))
}

/// Writes a replacement text with its `$1`, `$&`, `$<name>` and so on filled in.
fn expand(
    interpreter: &mut Interpreter,
    template: &str,
    text: &str,
    found: &Found,
    pattern: Option<&Pattern>,
    out: &mut String,
) -> Run<()> {
    let (from, to) = found.whole();
    // Where no name is closed any more, none is looked for.
    let last_close = template.rfind('>').unwrap_or(0);
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        // Each of them may put in the whole text.
        interpreter.charge_fuel(1)?;
        interpreter.check_length(out.len())?;
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let mut chars = rest.chars();
        let taken = match chars.next() {
            Some('$') => {
                out.push('$');
                1
            }
            Some('&') => {
                out.push_str(&text[from..to]);
                1
            }
            Some('`') => {
                out.push_str(&text[..from]);
                1
            }
            Some('\'') => {
                out.push_str(&text[to..]);
                1
            }
            Some('<') => match (pattern, closing(rest, template.len() - last_close)) {
                (Some(pattern), Some(end)) => {
                    let name = &rest[1..end];
                    let index = pattern
                        .regex
                        .capture_names()
                        .position(|known| known == Some(name));
                    if let Some((from, to)) =
                        index.and_then(|i| found.groups.get(i).copied().flatten())
                    {
                        out.push_str(&text[from..to]);
                    }
                    end + 1
                }
                _ => {
                    out.push('$');
                    0
                }
            },
            Some(digit) if digit.is_ascii_digit() => {
                let two = rest
                    .get(..2)
                    .and_then(|digits| digits.parse::<usize>().ok());
                let one = digit.to_digit(10).unwrap_or(0) as usize;
                let (index, length) = match two {
                    Some(index) if (1..found.groups.len()).contains(&index) => (index, 2),
                    _ => (one, 1),
                };
                if (1..found.groups.len()).contains(&index) {
                    if let Some((from, to)) = found.groups[index] {
                        out.push_str(&text[from..to]);
                    }
                    length
                } else {
                    out.push('$');
                    0
                }
            }
            _ => {
                out.push('$');
                0
            }
        };
        rest = &rest[taken..];
    }
    out.push_str(rest);
    Ok(())
}

/// Where the first `>` is in the rest of a template; `from_end` is how far the last one is from its end.
fn closing(rest: &str, from_end: usize) -> Option<usize> {
    (rest.len() >= from_end).then(|| rest.find('>')).flatten()
}
