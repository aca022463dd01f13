//! Results as JUnit's XML, which build servers read: a suite for each file, a case for each expectation and one for the run.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Check, Tested, Verdict, report};

/// The whole report.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn junit(all: &[Tested]) -> anyhow::Result<String> {
    let mut report = Report::new("itemflow test");
    report.set_time(all.iter().map(|tested| tested.elapsed).sum());
    for tested in all {
        report.add_test_suite(suite(tested));
    }
    Ok(report.to_string()?)
}

fn suite(tested: &Tested) -> TestSuite {
    let mut suite = TestSuite::new(tested.path.display().to_string());
    suite.set_time(tested.elapsed);
    let mut run = TestCase::new("run", run_status(tested));
    run.set_classname(tested.name.as_str());
    run.set_time(tested.elapsed);
    suite.add_test_case(run);
    for check in &tested.checks {
        let mut case = TestCase::new(check.title.as_str(), check_status(check));
        case.set_classname(tested.name.as_str());
        suite.add_test_case(case);
    }
    suite
}

fn run_status(tested: &Tested) -> TestCaseStatus {
    if tested.verdict() == Verdict::WithoutExpectations {
        let mut status = TestCaseStatus::skipped();
        status.set_message("no expectations");
        return status;
    }
    let mut reasons: Vec<String> = tested.problems.iter().map(ToString::to_string).collect();
    reasons.extend(
        tested
            .failure
            .as_ref()
            .map(itemflow_model::ErrorInfo::summary),
    );
    let Some(first) = reasons.first() else {
        return TestCaseStatus::success();
    };
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(first.as_str());
    status.set_description(reasons.join("\n"));
    status
}

fn check_status(check: &Check) -> TestCaseStatus {
    if check.differences.is_empty() {
        return TestCaseStatus::success();
    }
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(format!(
        "{} is not as expected",
        crate::report::count(check.differences.len(), "value")
    ));
    status.set_description(report::check_text(check));
    status
}
