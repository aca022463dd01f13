//! Which faults a request meets. Time is passed in.

use std::collections::VecDeque;
use std::time::Duration;

use itemflow_model::did_you_mean;

use crate::error::MockError;
use crate::fault::{Fault, FaultKind};

/// The faults of a double and what they have counted.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Counted>);

#[derive(Debug)]
struct Counted {
    fault: Fault,
    /// Requests to its action so far.
    seen: u64,
    /// When the requests of the window arrived that it let through.
    window: VecDeque<Duration>,
}

/// What one request meets.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Met {
    /// Time that the answer is held back.
    pub(crate) delay: Duration,
    /// The first other fault.
    pub(crate) trouble: Option<Trouble>,
}

/// A fault that takes the place of the answer or spoils it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Trouble {
    /// The connection is reset, and nothing carried out.
    Drop,
    /// A status, and nothing carried out.
    Refuse {
        status: u16,
        retry_after: Option<u64>,
    },
    /// Another address.
    Redirect(String),
    /// Carried out, but the connection is reset.
    Reset,
    /// Carried out, but the body never comes.
    Stall,
    /// Carried out, but the body comes byte by byte.
    Trickle(Duration),
    /// Carried out, but the body ends in its middle.
    Cut,
}

impl Faults {
    /// Faults that have counted nothing.
    ///
    /// # Errors
    /// One names an action that is none of these; they are `Resource/Operation`.
    pub(crate) fn new(faults: &[Fault], actions: &[String]) -> Result<Self, MockError> {
        let mut counted = Vec::new();
        for fault in faults {
            let mut fault = fault.clone();
            if let Some(named) = fault.action.take() {
                let full = full_name(&named, actions).map_err(|reason| MockError::Fault {
                    fault: fault.to_string(),
                    reason,
                })?;
                fault.action = Some(full);
            }
            counted.push(Counted {
                fault,
                seen: 0,
                window: VecDeque::new(),
            });
        }
        Ok(Self(counted))
    }

    /// What a request meets that arrives now and is for this action.
    pub(crate) fn meet(&mut self, action: Option<&str>, now: Duration) -> Met {
        let mut met = Met::default();
        for counted in &mut self.0 {
            let named = counted.fault.action.as_deref();
            if named.is_some() && named != action {
                continue;
            }
            counted.seen += 1;
            if !counted.fault.which.includes(counted.seen) {
                continue;
            }
            match &counted.fault.kind {
                FaultKind::Delay(delay) => met.delay += *delay,
                kind if met.trouble.is_none() => {
                    met.trouble = trouble(kind, &mut counted.window, now)
                }
                _ => {}
            }
        }
        met
    }
}

fn trouble(kind: &FaultKind, window: &mut VecDeque<Duration>, now: Duration) -> Option<Trouble> {
    Some(match kind {
        FaultKind::Delay(_) => return None,
        FaultKind::Stall => Trouble::Stall,
        FaultKind::Trickle(pause) => Trouble::Trickle(*pause),
        FaultKind::Cut => Trouble::Cut,
        FaultKind::Reset => Trouble::Reset,
        FaultKind::Drop => Trouble::Drop,
        FaultKind::Redirect(url) => Trouble::Redirect(url.clone()),
        FaultKind::Status {
            status,
            retry_after,
        } => Trouble::Refuse {
            status: *status,
            retry_after: *retry_after,
        },
        FaultKind::Limit {
            requests,
            window: length,
        } => {
            while window.front().is_some_and(|first| *first + *length <= now) {
                window.pop_front();
            }
            let oldest = match window.front() {
                Some(oldest) if window.len() >= *requests => *oldest,
                _ => {
                    window.push_back(now);
                    return None;
                }
            };
            let left = (oldest + *length).saturating_sub(now);
            Trouble::Refuse {
                status: 429,
                // Whole seconds, and never too few.
                retry_after: Some(left.as_millis().div_ceil(1000) as u64),
            }
        }
    })
}

/// The full name of an action that may be named by its operation alone, when only one has that.
fn full_name(named: &str, actions: &[String]) -> Result<String, String> {
    if let Some(exact) = actions.iter().find(|action| *action == named) {
        return Ok(exact.clone());
    }
    let operation = |action: &'_ String| action.split_once('/').map(|(_, o)| o.to_owned());
    let found: Vec<&String> = actions
        .iter()
        .filter(|action| operation(action).as_deref() == Some(named))
        .collect();
    if let [only] = found.as_slice() {
        return Ok((*only).clone());
    }
    if !found.is_empty() {
        return Err(format!(
            "several actions are called `{named}`; write `Resource/Operation`"
        ));
    }
    let known: Vec<String> = actions.iter().filter_map(operation).collect();
    let known = known.iter().chain(actions).map(String::as_str);
    Err(match did_you_mean(named, known) {
        Some(near) => format!("there is no action `{named}`; did you mean `{near}`?"),
        None => format!("there is no action `{named}`; write `Resource/Operation`"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(texts: &[&str]) -> Faults {
        let parsed: Vec<Fault> = texts.iter().map(|text| text.parse().unwrap()).collect();
        let actions = [
            "Books/Find".to_owned(),
            "Books/Lend".into(),
            "Rooms/Find".into(),
        ];
        Faults::new(&parsed, &actions).unwrap()
    }

    #[test]
    fn a_limit_counts_those_it_lets_through() {
        let mut faults = faults(&["limit 2/10s"]);
        let mut at = |ms| faults.meet(None, Duration::from_millis(ms)).trouble;
        let refused = |seconds| {
            Some(Trouble::Refuse {
                status: 429,
                retry_after: Some(seconds),
            })
        };
        assert_eq!(at(0), None);
        assert_eq!(at(4000), None);
        assert_eq!(at(4001), refused(6));
        assert_eq!(at(9999), refused(1));
        assert_eq!(at(10_000), None);
        assert_eq!(at(10_001), refused(4));
    }

    #[test]
    fn faults_count_only_their_own_action_and_delays_add_up() {
        let mut faults = faults(&[
            "delay 1s",
            "delay 2s every 2",
            "reset every 2 on Lend",
            "503 on Rooms/Find",
        ]);
        let mut meet = |action| faults.meet(Some(action), Duration::ZERO);
        assert_eq!(meet("Books/Lend").trouble, None);
        let second = meet("Books/Find");
        assert_eq!(
            (second.delay, second.trouble),
            (Duration::from_secs(3), None)
        );
        assert_eq!(meet("Books/Lend").trouble, Some(Trouble::Reset));
        let refused = Trouble::Refuse {
            status: 503,
            retry_after: None,
        };
        assert_eq!(meet("Rooms/Find").trouble, Some(refused));
    }

    #[test]
    fn an_unknown_action_is_told() {
        let actions = ["Books/Find".to_owned(), "Rooms/Find".into()];
        let of = |text: &str| {
            Faults::new(&[text.parse().unwrap()], &actions)
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            of("reset on Books/Fnd"),
            "`reset on Books/Fnd`: there is no action `Books/Fnd`; did you mean `Books/Find`?"
        );
        assert_eq!(
            of("reset on Find"),
            "`reset on Find`: several actions are called `Find`; write `Resource/Operation`"
        );
    }
}
