//! Time and memory: a large document is read in seconds, and ten times the operations take no more than ten times as long.
//!
//! The figures of a release build: `cargo test --release -p itemflow-import --test openapi -- --ignored --nocapture speed`.

use std::time::{Duration, Instant};

use itemflow_model::Value;

use super::generated::document;
use super::import;

/// Processor time of one import; other programs may be busy.
fn taken(text: &str, file: &str) -> Duration {
    let start = processor_time();
    let imported = import(text, file);
    assert!(imported.actions >= 100);
    processor_time() - start
}

/// Processor time of this thread, where the system says it; else the time of day.
fn processor_time() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let elapsed = START.get_or_init(Instant::now).elapsed();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let on_processor = text.split(' ').next().and_then(|text| text.parse().ok());
    on_processor.map_or(elapsed, Duration::from_nanos)
}

#[test]
fn time_grows_with_the_document_and_no_faster() {
    let few = document(100, 100).to_string();
    let many = document(1_000, 100).to_string();
    let best = |text: &str| (0..2).map(|_| taken(text, "a.json")).min().unwrap();
    let (short, long) = (best(&few), best(&many));
    let ratio = long.as_secs_f64() / short.as_secs_f64();
    assert!(
        ratio < 15.0,
        "1,000 operations take {ratio:.1} times as long as 100: {short:?}, {long:?}"
    );
}

#[test]
fn a_thousand_operations_become_a_thousand_actions() {
    let imported = import(&document(1_000, 50).to_string(), "a.json");
    assert_eq!((imported.actions, imported.resources), (1_000, 40));
    assert_eq!(imported.losses_omitted, 0);
}

#[test]
#[ignore = "measures a release build; see above"]
fn ten_megabytes_take_less_than_three_seconds_and_half_a_gigabyte() {
    let json = document(1_000, 1_400);
    let texts = [
        ("a.json", json.to_string()),
        ("a.yaml", itemflow_model::yaml::block(&Value::from(json), 0)),
    ];
    for (file, text) in texts {
        assert!(text.len() > 10 << 20, "{file} has {} bytes", text.len());
        let taken = taken(&text, file);
        println!(
            "{file}: {} bytes in {taken:?}, at most {} MB in use",
            text.len(),
            peak_mb()
        );
        assert!(taken < Duration::from_secs(3), "{file}: {taken:?}");
        assert!(peak_mb() < 500, "{file}: {} MB", peak_mb());
    }
}

/// Most memory that this process has had; 0 where the system does not say.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1_024
}
