//! An iCalendar file with one event.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::lines::{escape, push, quote};

/// What an event says of itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Event {
    pub(super) title: String,
    pub(super) time: Option<EventTime>,
    pub(super) uid: String,
    /// When the file was made.
    pub(super) stamp: Timestamp,
    pub(super) calendar_name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) location: Option<String>,
    pub(super) url: Option<String>,
    pub(super) recurrence_rule: Option<String>,
    pub(super) status: Option<String>,
    pub(super) busy_status: Option<String>,
    pub(super) sequence: Option<i64>,
    /// Latitude and longitude.
    pub(super) position: Option<(f64, f64)>,
    /// Name and address.
    pub(super) organizer: Option<(String, String)>,
    pub(super) attendees: Vec<Attendee>,
}

/// When an event is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum EventTime {
    /// From a moment to another.
    Moments(Timestamp, Timestamp),
    /// Whole days; the last one is no more part of it.
    Days(Date, Date),
}

#[derive(Clone, Debug)]
pub(super) struct Attendee {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) rsvp: bool,
}

/// Writes the file.
pub(super) fn write(event: &Event) -> String {
    let mut out = String::new();
    let mut line = |text: &str| push(&mut out, text);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("CALSCALE:GREGORIAN");
    line("PRODID:itemflow");
    line("METHOD:PUBLISH");
    if let Some(name) = &event.calendar_name {
        line(&format!("X-WR-CALNAME:{}", escape(name)));
    }
    line("X-PUBLISHED-TTL:PT1H");
    line("BEGIN:VEVENT");
    line(&format!("UID:{}", event.uid));
    line(&format!("SUMMARY:{}", escape(&event.title)));
    line(&format!("DTSTAMP:{}", moment(event.stamp)));
    match event.time {
        Some(EventTime::Moments(start, end)) => {
            line(&format!("DTSTART:{}", moment(start)));
            line(&format!("DTEND:{}", moment(end)));
        }
        Some(EventTime::Days(start, end)) => {
            line(&format!("DTSTART;VALUE=DATE:{}", start.strftime("%Y%m%d")));
            line(&format!("DTEND;VALUE=DATE:{}", end.strftime("%Y%m%d")));
        }
        None => {}
    }
    if let Some(sequence) = event.sequence {
        line(&format!("SEQUENCE:{sequence}"));
    }
    let texts = [
        ("DESCRIPTION", &event.description),
        ("LOCATION", &event.location),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            line(&format!("{name}:{}", escape(text)));
        }
    }
    let raw = [
        ("URL", &event.url),
        ("STATUS", &event.status),
        ("RRULE", &event.recurrence_rule),
        ("X-MICROSOFT-CDO-BUSYSTATUS", &event.busy_status),
    ];
    for (name, text) in raw {
        if let Some(text) = text {
            line(&format!("{name}:{text}"));
        }
    }
    if let Some((latitude, longitude)) = event.position {
        line(&format!("GEO:{latitude};{longitude}"));
    }
    if let Some((name, email)) = &event.organizer {
        line(&format!("ORGANIZER;CN={}:mailto:{email}", quote(name)));
    }
    for attendee in &event.attendees {
        let rsvp = if attendee.rsvp { "TRUE" } else { "FALSE" };
        let name = quote(&attendee.name);
        line(&format!(
            "ATTENDEE;RSVP={rsvp};CN={name}:mailto:{}",
            attendee.email
        ));
    }
    line("END:VEVENT");
    line("END:VCALENDAR");
    out
}

fn moment(moment: Timestamp) -> String {
    moment
        .to_zoned(TimeZone::UTC)
        .strftime("%Y%m%dT%H%M%SZ")
        .to_string()
}
