//! The event that a node's parameters describe, as both nodes that write calendars take them.

use itemflow_model::definition::{Property, PropertyType};
use itemflow_model::{ErrorInfo, Item, Value};
use jiff::ToSpan;

use super::write::{Attendee, Event, EventTime, write};
use crate::core::binary::{self, NewFile};
use crate::core::javascript;
use crate::core::moment::moment;
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

const FILE_NAME: &str = "event.ics";

/// The parameters of an event.
pub(crate) struct EventParameters {
    title: Parameter,
    start: Parameter,
    end: Parameter,
    all_day: Parameter,
    property: Parameter,
    fields: Parameter,
}

/// The parameters of an event by name, for a node's definition; `all` are those of the event, `fields` what may be added.
pub(crate) fn event_properties() -> Vec<(&'static str, Property)> {
    let text = |description: &str| Property::of(PropertyType::String, description);
    let group = |description: &str| Property::of(PropertyType::FixedCollection, description);
    let fields = Property::of(PropertyType::Collection, "Further facts of the event.")
        .field(
            "attendeesUi",
            group("Who is invited: `attendeeValues`, each with `name`, `email` and `rsvp`."),
        )
        .field(
            "busyStatus",
            Property::choice(
                "Whether the time is taken.",
                &["BUSY", "FREE", "OOF", "TENTATIVE"],
            ),
        )
        .field("calName", text("Name of the calendar."))
        .field("description", text("What it is about."))
        .field(
            "fileName",
            text("Name of the file.").default_value(FILE_NAME),
        )
        .field(
            "geolocationUi",
            group("Where it is: `geolocationValues` with `lat` and `lon`."),
        )
        .field("location", text("Where it is, in words."))
        .field(
            "recurrenceRule",
            text("How it repeats, as an RRULE such as `FREQ=WEEKLY;COUNT=4`."),
        )
        .field(
            "organizerUi",
            group("Who invites: `organizerValues` with `name` and `email`."),
        )
        .field(
            "sequence",
            Property::of(
                PropertyType::Number,
                "How often the event has been changed.",
            ),
        )
        .field(
            "status",
            Property::choice(
                "Whether it takes place.",
                &["CONFIRMED", "CANCELLED", "TENTATIVE"],
            ),
        )
        .field("uid", text("Identity of the event; made up unless given."))
        .field("url", text("Address of a page about it."))
        .field(
            "useWorkflowTimezone",
            Property::of(
                PropertyType::Boolean,
                "Read times without a zone in the workflow's time zone, which is done in any case.",
            ),
        );
    vec![
        ("title", text("Title of the event.")),
        (
            "start",
            Property::of(PropertyType::DateTime, "When it begins."),
        ),
        ("end", Property::of(PropertyType::DateTime, "When it ends.")),
        (
            "allDay",
            Property::of(
                PropertyType::Boolean,
                "Whether it takes whole days, the last one included.",
            )
            .default_value(false),
        ),
        ("additionalFields", fields),
    ]
}

impl EventParameters {
    pub(crate) fn new(parameters: &Parameters) -> Self {
        Self {
            title: parameters.parameter("title", ""),
            start: parameters.parameter("start", ""),
            end: parameters.parameter("end", ""),
            all_day: parameters.parameter("allDay", false),
            property: parameters.parameter("binaryPropertyName", "data"),
            fields: parameters.parameter("additionalFields", Value::empty_object()),
        }
    }

    /// An item with the file of the event that an item describes.
    pub(crate) async fn item(&self, run: &NodeRun, i: usize) -> Result<Item, ErrorInfo> {
        let fields = run.value(&self.fields, i)?.unwrap_or_default();
        let event = self.event(run, i, &fields)?;
        let name = text(&fields, "fileName").unwrap_or_else(|| FILE_NAME.into());
        let file = NewFile {
            name: Some(name),
            mime_type: Some("text/calendar".into()),
            directory: None,
        };
        let file = binary::store(run, file, write(&event), i).await?;
        let item = Item::new(Value::empty_object());
        Ok(binary::with_file(item, run.text(&self.property, i)?, file))
    }

    fn event(&self, run: &NodeRun, i: usize, fields: &Value) -> Result<Event, ErrorInfo> {
        let inner = |group: &str, values: &str| fields.get(group)?.get(values).cloned();
        let attendees = inner("attendeesUi", "attendeeValues").unwrap_or_default();
        let attendees = attendees.as_array().unwrap_or_default().iter();
        let position = inner("geolocationUi", "geolocationValues").and_then(|place| {
            let degrees = |name: &str| javascript::number(place.get(name)).map(|n| n.as_f64());
            Some((degrees("lat")?, degrees("lon")?))
        });
        let person = |value: &Value| {
            let part = |name: &str| text(value, name).unwrap_or_default();
            (part("name"), part("email"))
        };
        Ok(Event {
            title: run.text(&self.title, i)?.to_string(),
            time: Some(self.time(run, i)?),
            uid: text(fields, "uid").unwrap_or_else(|| made_up(run)),
            stamp: run.host.clock.now(),
            calendar_name: text(fields, "calName"),
            description: text(fields, "description"),
            location: text(fields, "location"),
            url: text(fields, "url"),
            recurrence_rule: text(fields, "recurrenceRule"),
            status: text(fields, "status"),
            busy_status: text(fields, "busyStatus"),
            sequence: javascript::number(fields.get("sequence")).and_then(|n| n.as_i64()),
            position,
            organizer: inner("organizerUi", "organizerValues").map(|value| person(&value)),
            attendees: attendees
                .map(|value| {
                    let (name, email) = person(value);
                    let rsvp = javascript::truthy(value.get("rsvp"));
                    Attendee { name, email, rsvp }
                })
                .collect(),
        })
    }

    fn time(&self, run: &NodeRun, i: usize) -> Result<EventTime, ErrorInfo> {
        let zone = &run.host.execution.time_zone;
        let at = |parameter: &Parameter| {
            let value = run.value(parameter, i)?.unwrap_or_default();
            moment(&value, zone).ok_or_else(|| {
                let name = &parameter.name;
                run.error(
                    format!(
                        "`{name}` must be a date and time such as 2024-05-01T09:00:00, not {value}"
                    ),
                    Some(i),
                    Some(name),
                )
            })
        };
        let (start, end) = (at(&self.start)?, at(&self.end)?);
        if !run.flag(&self.all_day, i)? {
            return Ok(EventTime::Moments(start, end));
        }
        let day = |at: jiff::Timestamp| at.to_zoned(zone.clone()).date();
        Ok(EventTime::Days(
            day(start),
            day(end).saturating_add(1.day()),
        ))
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    let text = javascript::text(value.get(name).filter(|value| !value.is_null())?);
    (!text.is_empty()).then(|| text.to_string())
}

fn made_up(run: &NodeRun) -> String {
    let part = || (run.host.random.next() * f64::from(u32::MAX)) as u32;
    format!("{:08x}{:08x}{:08x}@itemflow", part(), part(), part())
}
