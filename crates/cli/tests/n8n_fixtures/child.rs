//! `itemflow test` as a child process: what crashes or never ends fails one case and not all.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Longest time of one run, in the child and until the child is ended.
const RUN_SECONDS: &str = "30";
const LIMIT: Duration = Duration::from_secs(60);

/// The result of a workflow, as `--output json` gives it.
///
/// # Errors
/// Why there is none.
pub(crate) fn test(file: &Path, workflow: &Value) -> Result<Value, String> {
    std::fs::write(file, workflow.to_string()).map_err(|error| error.to_string())?;
    let out = file.with_extension("out");
    let told = file.with_extension("told");
    let create = |path: &Path| std::fs::File::create(path).map_err(|error| error.to_string());
    let child = Command::new(env!("CARGO_BIN_EXE_itemflow"))
        .args(["test", "--output", "json", "--timeout", RUN_SECONDS])
        .arg(file)
        // n8n's default, in which the workflows were recorded.
        .env("TZ", "America/New_York")
        .stdin(Stdio::null())
        .stdout(create(&out)?)
        .stderr(create(&told)?)
        .spawn()
        .map_err(|error| error.to_string())?;
    let ended = wait(child);
    let printed = std::fs::read_to_string(&out).unwrap_or_default();
    let all: Value = serde_json::from_str(&printed).unwrap_or_default();
    if all[0].is_object() && ended.is_ok() {
        return Ok(all[0].clone());
    }
    let told = std::fs::read_to_string(&told).unwrap_or_default();
    let code = ended.unwrap_or_else(|why| why);
    Err(format!("{code}: {}", told.trim()))
}

/// Waits for its end, or ends it.
fn wait(mut child: Child) -> Result<String, String> {
    let deadline = Instant::now() + LIMIT;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.to_string()),
            Ok(None) if Instant::now() < deadline => {
                std::thread::park_timeout(Duration::from_millis(5));
            }
            Ok(None) => {
                // It may have ended in this moment.
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("it did not end within {LIMIT:?}"));
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}
