//! Whether work takes time in proportion to its size: measured by the processor time of this thread, so that other work
//! on the machine does not count.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The large size is ten times the small one.
const FACTOR: usize = 10;
const SMALL: usize = 1_000;
/// Work of which the small size takes longer than this is compared at a tenth of the sizes.
const SLOW: Duration = Duration::from_millis(50);
/// Ten times the size may take this many times as long; sorting needs 13.
pub(super) const MAX_RATIO: f64 = 20.0;
/// Work of which the large size is done in this time is quick enough, whatever the ratio.
const QUICK: Duration = Duration::from_millis(20);
/// Attempts to stay below the ratio; the best times count, because a busy machine only ever adds to them.
const ATTEMPTS: usize = 3;

/// How many times as long the large size takes as the small one; 0 where it is quick. `prepare` makes ready the work of
/// a size, which is then done and timed several times.
///
/// The small size is timed on ten pieces of work one after the other, so that both sizes use equally much memory:
/// what fits into a cache is quicker, and that is not what is asked.
pub(super) fn ratio<W: Fn()>(prepare: impl Fn(usize) -> W) -> f64 {
    let mut size = SMALL;
    let mut first = prepare(size);
    if time(&first) > SLOW {
        size /= FACTOR;
        first = prepare(size);
    }
    let large = prepare(size * FACTOR);
    let mut large_time = time(&large);
    if large_time < QUICK {
        return 0.0;
    }
    let mut small = vec![first];
    small.resize_with(FACTOR, || prepare(size));
    let mut small_time = Duration::MAX;
    let mut ratio = f64::INFINITY;
    for _ in 0..ATTEMPTS {
        small_time = small_time.min(small.iter().map(time).sum());
        large_time = large_time.min(time(&large));
        ratio = FACTOR as f64 * large_time.as_secs_f64() / small_time.as_secs_f64();
        if ratio <= MAX_RATIO {
            break;
        }
    }
    ratio
}

fn time(work: &impl Fn()) -> Duration {
    let start = processor_time();
    work();
    processor_time().saturating_sub(start)
}

fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

#[test]
fn work_that_grows_with_the_square_is_caught_and_other_work_is_not() {
    let steps = |count: usize| {
        move || {
            let sum = (0..count).fold(0_usize, |sum, n| sum ^ std::hint::black_box(n));
            std::hint::black_box(sum);
        }
    };
    assert!(ratio(|size| steps(size * size / 10)) > MAX_RATIO);
    assert!(ratio(|size| steps(size * 200)) <= MAX_RATIO);
}
