//! `Fault`: something that a double does wrong on purpose, and the small grammar it is written in.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

/// Time between two bytes of an answer that trickles, when none is given.
const TRICKLE: Duration = Duration::from_millis(100);

/// Longest duration that is understood.
const MAX_SECONDS: u64 = 24 * 60 * 60;

/// Something that a double does wrong on purpose. It is written as text:
///
/// ```text
/// delay 200ms           the answer comes that much later
/// stall                 the headers come, the body never
/// trickle 50ms          the body comes byte by byte, one every 50 ms (100 when not given)
/// cut                   the body ends in its middle
/// reset                 the request is carried out, then the connection is reset
/// drop                  the connection is reset, and nothing is carried out
/// 503                   this status (400 to 599) and nothing is carried out
/// 429 retry-after 2     the same with a Retry-After header
/// limit 5/10s           429 for more than 5 requests in 10 s, with a Retry-After header
/// redirect URL          307 to the same path and query at another address
/// ```
///
/// after which may stand `every 3`, `first 3` or `after 3` (which requests, counted by this fault), and at the end
/// `on Resource/Operation` (which action).
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    text: String,
    pub(crate) kind: FaultKind,
    pub(crate) which: Which,
    /// `Resource/Operation`, or the operation alone.
    pub(crate) action: Option<String>,
}

/// What is done wrong.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FaultKind {
    Delay(Duration),
    Stall,
    Trickle(Duration),
    Cut,
    Reset,
    Drop,
    Status {
        status: u16,
        retry_after: Option<u64>,
    },
    Limit {
        requests: usize,
        window: Duration,
    },
    Redirect(String),
}

/// Which requests it concerns, of those to its action.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Which {
    #[default]
    All,
    Every(u64),
    First(u64),
    After(u64),
}

/// Why a text is no fault.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{text}` is no fault: {reason}")]
pub struct FaultError {
    /// The text.
    pub text: String,
    /// What is wrong with it, and what it could be.
    pub reason: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let parsed = parse(text);
        parsed.map_err(|reason| FaultError {
            text: text.to_owned(),
            reason,
        })
    }
}

impl Which {
    /// Whether the n-th request is concerned, counted from 1.
    pub(crate) fn includes(self, n: u64) -> bool {
        match self {
            Self::All => true,
            Self::Every(every) => n.is_multiple_of(every),
            Self::First(first) => n <= first,
            Self::After(after) => n > after,
        }
    }
}

fn parse(text: &str) -> Result<Fault, String> {
    let trimmed = text.trim();
    // An action's name may hold spaces, so it stands last.
    let (words, action) = match trimmed.split_once(" on ") {
        Some((words, action)) => (words, Some(action.trim().to_owned())),
        None => (trimmed, None),
    };
    let mut words = words.split_whitespace().peekable();
    let first = words.next().ok_or("it is empty")?;
    let kind = match first {
        "delay" => FaultKind::Delay(duration(
            words.next().ok_or("say how long: `delay 200ms`")?,
        )?),
        "stall" => FaultKind::Stall,
        "trickle" => {
            let given = words.next_if(|word| word.starts_with(|c: char| c.is_ascii_digit()));
            FaultKind::Trickle(given.map_or(Ok(TRICKLE), duration)?)
        }
        "cut" => FaultKind::Cut,
        "reset" => FaultKind::Reset,
        "drop" => FaultKind::Drop,
        "limit" => limit(words.next().unwrap_or_default())?,
        "redirect" => redirect(words.next().unwrap_or_default())?,
        status => FaultKind::Status {
            status: status_code(status)?,
            retry_after: match words.next_if_eq(&"retry-after") {
                Some(_) => Some(number(words.next().unwrap_or_default(), "retry-after")?),
                None => None,
            },
        },
    };
    let which = match words.next() {
        None => Which::All,
        Some("every") => Which::Every(number(words.next().unwrap_or_default(), "every")?),
        Some("first") => Which::First(number(words.next().unwrap_or_default(), "first")?),
        Some("after") => Which::After(number(words.next().unwrap_or_default(), "after")?),
        Some(word) => return Err(format!("`{word}` is none of every, first, after, on")),
    };
    if let Some(word) = words.next() {
        return Err(format!("`{word}` is too much"));
    }
    if action.as_ref().is_some_and(String::is_empty) {
        return Err("name the action after `on`".to_owned());
    }
    Ok(Fault {
        text: trimmed.to_owned(),
        kind,
        which,
        action,
    })
}

fn status_code(text: &str) -> Result<u16, String> {
    let status = text
        .parse()
        .ok()
        .filter(|status| (400..600).contains(status));
    status.ok_or_else(|| {
        "it begins with none of delay, stall, trickle, cut, reset, drop, limit, redirect and no status from 400 to 599"
            .to_owned()
    })
}

fn number(text: &str, word: &str) -> Result<u64, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("a number from 1 stands after `{word}`"))
}

fn limit(text: &str) -> Result<FaultKind, String> {
    let (requests, window) = text
        .split_once('/')
        .ok_or("say how many in how long: `limit 5/10s`")?;
    let requests = number(requests, "limit")?;
    Ok(FaultKind::Limit {
        requests: usize::try_from(requests).map_err(|_| "that is too many".to_owned())?,
        window: duration(window)?,
    })
}

fn redirect(text: &str) -> Result<FaultKind, String> {
    let is_url = url::Url::parse(text).is_ok_and(|url| ["http", "https"].contains(&url.scheme()));
    if !is_url {
        return Err("say where to: `redirect http://127.0.0.1:8080`".to_owned());
    }
    Ok(FaultKind::Redirect(text.trim_end_matches('/').to_owned()))
}

/// A duration such as `200ms`, `2s` or `1m`.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: Option<u64> = digits.parse().ok();
    let duration = match (number, &text[digits.len()..]) {
        (Some(number), "ms") => Some(Duration::from_millis(number)),
        (Some(number), "s") => Some(Duration::from_secs(number)),
        (Some(number), "m") => Some(Duration::from_secs(number.saturating_mul(60))),
        _ => None,
    };
    let longest = Duration::from_secs(MAX_SECONDS);
    duration
        .filter(|duration| !duration.is_zero() && *duration <= longest)
        .ok_or_else(|| format!("`{text}` is no duration of at most a day: write 200ms, 2s or 1m"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_read() {
        let ms = Duration::from_millis;
        let status = |status, retry_after| FaultKind::Status {
            status,
            retry_after,
        };
        let limit = FaultKind::Limit {
            requests: 5,
            window: ms(10_000),
        };
        let redirect = FaultKind::Redirect("http://127.0.0.1:1".to_owned());
        let cases = [
            ("delay 200ms", FaultKind::Delay(ms(200)), Which::All, None),
            ("stall first 2", FaultKind::Stall, Which::First(2), None),
            ("trickle", FaultKind::Trickle(ms(100)), Which::All, None),
            (
                "trickle 2s every 4",
                FaultKind::Trickle(ms(2000)),
                Which::Every(4),
                None,
            ),
            (
                "trickle every 4",
                FaultKind::Trickle(ms(100)),
                Which::Every(4),
                None,
            ),
            ("cut after 1", FaultKind::Cut, Which::After(1), None),
            (" reset  every 3 ", FaultKind::Reset, Which::Every(3), None),
            (
                "drop on Inboxes/Get Inbox",
                FaultKind::Drop,
                Which::All,
                Some("Inboxes/Get Inbox"),
            ),
            ("503", status(503, None), Which::All, None),
            (
                "429 retry-after 2 first 1 on Get Inbox",
                status(429, Some(2)),
                Which::First(1),
                Some("Get Inbox"),
            ),
            ("limit 5/10s", limit, Which::All, None),
            ("redirect http://127.0.0.1:1/", redirect, Which::All, None),
        ];
        for (text, kind, which, action) in cases {
            let fault: Fault = text.parse().unwrap();
            assert_eq!(fault.kind, kind, "{text}");
            assert_eq!(fault.which, which, "{text}");
            assert_eq!(fault.action.as_deref(), action, "{text}");
            assert_eq!(fault.to_string(), text.trim());
        }
    }

    #[test]
    fn every_mistake_is_told() {
        let cases = [
            ("", "it is empty"),
            (
                "explode",
                "it begins with none of delay, stall, trickle, cut, reset, drop, limit, redirect and no status from 400 to 599",
            ),
            (
                "200",
                "it begins with none of delay, stall, trickle, cut, reset, drop, limit, redirect and no status from 400 to 599",
            ),
            ("delay", "say how long: `delay 200ms`"),
            (
                "delay 0s",
                "`0s` is no duration of at most a day: write 200ms, 2s or 1m",
            ),
            (
                "delay 2h",
                "`2h` is no duration of at most a day: write 200ms, 2s or 1m",
            ),
            (
                "delay 99999999m",
                "`99999999m` is no duration of at most a day: write 200ms, 2s or 1m",
            ),
            ("reset every 0", "a number from 1 stands after `every`"),
            ("reset every", "a number from 1 stands after `every`"),
            ("reset often", "`often` is none of every, first, after, on"),
            ("reset every 3 twice", "`twice` is too much"),
            (
                "429 retry-after soon",
                "a number from 1 stands after `retry-after`",
            ),
            ("limit 5", "say how many in how long: `limit 5/10s`"),
            (
                "redirect /here",
                "say where to: `redirect http://127.0.0.1:8080`",
            ),
        ];
        for (text, reason) in cases {
            let error = text.parse::<Fault>().unwrap_err();
            assert_eq!(error.reason, reason, "{text}");
        }
    }

    #[test]
    fn requests_are_counted_from_one() {
        let included = |which: Which| (1..=5).filter(|n| which.includes(*n)).collect::<Vec<_>>();
        assert_eq!(included(Which::All), [1, 2, 3, 4, 5]);
        assert_eq!(included(Which::Every(2)), [2, 4]);
        assert_eq!(included(Which::First(2)), [1, 2]);
        assert_eq!(included(Which::After(2)), [3, 4, 5]);
    }
}
