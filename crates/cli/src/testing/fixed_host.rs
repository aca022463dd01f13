//! What makes test runs equal each time: a clock that stands, chance from a seed, and no way out to real services.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use itemflow_declarative::RequestGate;
use itemflow_model::ErrorInfo;
use itemflow_nodes::{Clock, Random};
use jiff::Timestamp;

/// The name of the error of a request that a test does not send.
pub(super) const REFUSED: &str = "RequestRefused";

/// A clock that always says the same.
pub(super) struct StandingClock(pub(super) Timestamp);

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        self.0
    }

    fn stands_still(&self) -> bool {
        true
    }
}

/// Chance that follows from a seed (SplitMix64).
pub(super) struct SeededRandom(AtomicU64);

impl SeededRandom {
    pub(super) fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Random for SeededRandom {
    fn next(&self) -> f64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        // The upper 53 bits: as many as a double holds exactly.
        (z >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Lets requests pass to some origins only, and remembers which others were tried.
#[derive(Debug)]
pub(super) struct Fence {
    open: HashSet<String>,
    refused: Mutex<Vec<String>>,
}

impl Fence {
    /// A fence with gates to these origins.
    pub(super) fn new(open: impl IntoIterator<Item = String>) -> Self {
        Self {
            open: open.into_iter().collect(),
            refused: Mutex::default(),
        }
    }

    /// The first origin that was tried in vain.
    pub(super) fn first_refused(&self) -> Option<String> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.first().cloned()
    }
}

impl RequestGate for Fence {
    fn permit(&self, origin: &str) -> Result<(), ErrorInfo> {
        if self.open.contains(origin) {
            return Ok(());
        }
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.is_empty() {
            refused.push(origin.to_owned());
        }
        Err(refusal(origin))
    }
}

/// The failure of a test that would send a real request.
pub(super) fn refusal(origin: &str) -> ErrorInfo {
    ErrorInfo {
        name: REFUSED.into(),
        description: Some(
            "put a stand-in in its place (`test: { mock: true }`, `--mock`), pin the node's items (`pinData`), \
             or let the test reach it (`--allow-network`)"
                .into(),
        ),
        ..ErrorInfo::operation(format!(
            "a test sends no real requests: one to {origin} was refused"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_give_equal_numbers_between_0_and_1() {
        let numbers = |seed| {
            let random = SeededRandom::new(seed);
            (0..100).map(|_| random.next()).collect::<Vec<f64>>()
        };
        assert_eq!(numbers(7), numbers(7));
        assert_ne!(numbers(7), numbers(8));
        assert!(numbers(u64::MAX).iter().all(|n| (0.0..1.0).contains(n)));
    }

    #[test]
    fn only_the_origins_of_stand_ins_are_open() {
        let fence = Fence::new(["http://127.0.0.1:8".to_owned()]);
        assert!(fence.permit("http://127.0.0.1:8").is_ok());
        assert_eq!(fence.first_refused(), None);
        assert!(fence.permit("http://127.0.0.1:80").is_err());
        assert_eq!(
            fence.first_refused().as_deref(),
            Some("http://127.0.0.1:80")
        );
    }
}
