//! Dates in scripts are those of expressions.

use serde_json::json;

use crate::bench::{Bench, message, value};

#[test]
fn date_times_are_made_read_and_changed() {
    assert_eq!(
        value("const d = DateTime.fromISO('2024-01-31T10:00:00');
            return [d.toISO(), d.plus({ months: 1 }).toISODate(), d.year, d.weekdayLong, d.zoneName, d.toFormat('dd.MM.yyyy HH:mm'),
                d.setZone('UTC').toISO(), d.startOf('month').day, d.toMillis(), +d, d.isValid, d.toJSDate().toISOString()]"),
        json!([
            "2024-01-31T10:00:00.000+01:00", "2024-02-29", 2024, "Wednesday", "Europe/Berlin", "31.01.2024 10:00",
            "2024-01-31T09:00:00.000Z", 1, 1_706_691_600_000_i64, 1_706_691_600_000_i64, true, "2024-01-31T09:00:00.000Z"
        ])
    );
}

#[test]
fn durations_and_intervals_come_of_them() {
    assert_eq!(
        value("const a = DateTime.fromISO('2024-01-01'), b = DateTime.fromISO('2024-01-03T12:00');
            return [b.diff(a, 'days').days, b.diff(a, ['days', 'hours']).toObject(), Duration.fromObject({ hours: 1.5 }).as('minutes'),
                Interval.fromDateTimes(a, b).length('hours'), Interval.fromDateTimes(a, b).start.toISODate(), a < b,
                DateTime.max(a, b).day, JSON.stringify({ a })]"),
        json!([2.5, { "days": 2, "hours": 12 }, 90, 60, "2024-01-01", true, 3, "{\"a\":\"2024-01-01T00:00:00.000+01:00\"}"])
    );
}

#[test]
fn now_and_today_are_in_the_workflows_zone() {
    assert_eq!(
        value(
            "return [$now.zoneName, $today.hour, Math.abs($now.toMillis() - Date.now()) < 2000, $now instanceof DateTime]"
        ),
        json!(["Europe/Berlin", 0, true, true])
    );
}

#[test]
fn values_of_all_kinds_cross_both_ways() {
    assert_eq!(
        value("return [DateTime.fromJSDate(new Date(0)).toMillis(), DateTime.fromISO('x').isValid, Number.isNaN(DateTime.fromISO('x').year),
            DateTime.fromISO('x').toISO(), DateTime.fromObject({ year: 2024, month: 5 }).toISODate(),
            DateTime.now().equals(undefined), Duration.isDuration(Duration.fromMillis(5)), DateTime.isDateTime($now)]"),
        json!([0, false, true, null, "2024-05-01", false, true, true])
    );
}

#[test]
fn numbers_and_dates_have_locale_formats_without_intl() {
    assert_eq!(
        value("return [(1234567.891).toLocaleString(), (1234.5).toLocaleString('de-DE'),
            new Date(0).toLocaleDateString('en-US', { timeZone: 'UTC' }),
            new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' }).format(5),
            Intl.NumberFormat('en-US').format(1000), new Intl.DateTimeFormat('en-US').resolvedOptions().timeZone,
            $now.toLocaleString(DateTime.DATE_SHORT).split('/').length]"),
        json!(["1,234,567.891", "1.234,5", "1/1/1970", "$5.00", "1,000", "Europe/Berlin", 3])
    );
}

#[test]
fn a_present_that_stands_still_does_so_for_all_clocks() {
    let ran = Bench {
        standing_at_ms: Some(1_704_067_200_000),
        ..Bench::default()
    }
    .run(
        "const timed = await new Promise((done) => setTimeout(done, 20, 'timed'));
         return [new Date().toISOString(), Date.now(), $now.toISO(), DateTime.now().toMillis(), $today.toISODate(), timed,
            new Date(5).getTime(), new Date() instanceof Date, new Date(new Date()).getTime(), JSON.stringify(new Date()), DateTime.fromJSDate(new Date()).year]",
    );
    assert_eq!(
        ran.value(),
        json!([
            "2024-01-01T00:00:00.000Z",
            1_704_067_200_000_i64,
            "2024-01-01T01:00:00.000+01:00",
            1_704_067_200_000_i64,
            "2024-01-01",
            "timed",
            5,
            true,
            1_704_067_200_000_i64,
            "\"2024-01-01T00:00:00.000Z\"",
            2024
        ])
    );
}

#[test]
fn chance_begins_where_the_host_says() {
    let code = "return Array.from({ length: 1000 }, Math.random)";
    let numbers = value(code);
    assert_eq!(numbers, value(code));
    let numbers: Vec<f64> = serde_json::from_value(numbers).unwrap();
    let mean = numbers.iter().sum::<f64>() / 1000.0;
    assert!(
        (0.45..0.55).contains(&mean) && numbers.iter().all(|n| (0.0..1.0).contains(n)),
        "{mean}"
    );
}

#[test]
fn mistakes_are_errors_of_the_script() {
    assert_eq!(
        message("return DateTime.fromISO('2024-01-01').plus('nonsense')"),
        "this is no duration: write for example { days: 1 }"
    );
    assert!(message("return new DateTime()").contains("DateTime.now()"));
    assert!(message("return $now.nothing()").contains("not a function"));
}

#[test]
fn data_can_be_queried() {
    assert_eq!(
        value("return $jmespath([{ a: 1 }, { a: 2 }], '[].a')"),
        json!([1, 2])
    );
}

#[test]
fn intl_is_that_of_expressions() {
    assert_eq!(
        value("const parts = new Intl.DateTimeFormat('en-US', { timeZone: 'Asia/Tokyo', year: 'numeric', month: '2-digit' }).formatToParts(new Date(0));
            return [parts.map((part) => part.type), [1, 2].map(new Intl.NumberFormat('de-DE', { minimumFractionDigits: 2 }).format),
                ['b', 'a', 'C'].sort(new Intl.Collator('en').compare), ['b', 'C', 'a', 'ä'].sort((a, b) => a.localeCompare(b)),
                new Intl.PluralRules('en').select(1), new Intl.ListFormat('en').format(['a', 'b']),
                DateTime.fromISO('2024-05-01').setLocale('de').toFormat('MMMM'), DateTime.fromISO('2024-05-01').setLocale('de').plus({ months: 5 }).monthLong]"),
        json!([["month", "literal", "year"], ["1,00", "2,00"], ["a", "b", "C"], ["a", "ä", "b", "C"], "one", "a and b", "Mai", "Oktober"])
    );
}
