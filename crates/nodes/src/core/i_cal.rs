//! iCalendar: makes a calendar file with one event of each item. The older form of Convert to File.

use std::sync::{Arc, LazyLock};

use itemflow_model::ErrorInfo;
use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use serde_json::json;

use super::calendar::{EventParameters, event_properties};
use crate::gathered::Gathered;
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::Parameters;
use crate::run::NodeRun;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let definition = NodeDefinition::new(
        "n8n-nodes-base.iCal",
        "iCalendar",
        "Makes a calendar file with one event of each item. In new workflows use Convert to File.",
    )
    .property(
        "operation",
        Property::choice("What to make.", &["createEventFile"]).default_value("createEventFile"),
    )
    .property(
        "binaryPropertyName",
        Property::of(PropertyType::String, "Name that the file gets in the item.")
            .default_value("data"),
    );
    event_properties()
        .into_iter()
        .fold(definition, |definition, (name, property)| {
            definition.property(name, property)
        })
        .example(
            "an event becomes a file",
            json!({
                "title": "=Lunch with {{ $json.who }}",
                "start": "2026-07-01T12:00:00Z",
                "end": "2026-07-01T13:00:00Z",
                "additionalFields": { "uid": "u-1" },
            }),
            json!([[{ "who": "the auditors" }]]),
            json!([[{ "$binary": { "data": {
                "mimeType": "text/calendar",
                "fileName": "event.ics",
                "text": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nCALSCALE:GREGORIAN\r\nPRODID:itemflow\r\nMETHOD:PUBLISH\r\n\
                         X-PUBLISHED-TTL:PT1H\r\nBEGIN:VEVENT\r\nUID:u-1\r\nSUMMARY:Lunch with the auditors\r\n\
                         DTSTAMP:20231114T221320Z\r\nDTSTART:20260701T120000Z\r\nDTEND:20260701T130000Z\r\n\
                         END:VEVENT\r\nEND:VCALENDAR\r\n",
            } } }]]),
        )
});

pub(crate) struct ICal;

impl NodeType for ICal {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        Ok(Box::new(MakeEvents(Arc::new(EventParameters::new(
            parameters,
        )))))
    }
}

struct MakeEvents(Arc<EventParameters>);

impl Node for MakeEvents {
    fn execute(&self, run: &NodeRun) -> Step {
        let (event, run) = (self.0.clone(), run.clone());
        Step::Pending(Box::pin(async move { make(&event, &run).await }))
    }
}

async fn make(event: &EventParameters, run: &NodeRun) -> Result<Outcome, ErrorInfo> {
    let mut gathered = Gathered::new(run);
    for i in 0..run.input(0).len() {
        gathered.add(i, event.item(run, i).await.map(Some))?;
    }
    Ok(gathered.outcome())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::core::file_bench::Bench;

    #[tokio::test]
    async fn an_event_becomes_a_file() {
        let bench = Bench::new();
        let items = [bench.item(json!({ "n": 1 }), &[])];
        let parameters = json!({
            "title": "Lunch, with \"Ann\"",
            "start": "2024-07-01T12:00:00+02:00",
            "end": "2024-07-01T13:00:00+02:00",
            "additionalFields": {
                "uid": "u-1",
                "description": "line 1\nline 2",
                "location": "Room 5; left",
                "url": "https://example.com\r\nATTACH:x",
                "status": "CONFIRMED",
                "busyStatus": "BUSY",
                "sequence": 3,
                "recurrenceRule": "FREQ=DAILY;COUNT=2",
                "calName": "Work",
                "geolocationUi": { "geolocationValues": { "lat": "52.5", "lon": 13.4 } },
                "organizerUi": { "organizerValues": { "name": "Bob", "email": "bob@example.com" } },
                "attendeesUi": { "attendeeValues": [{ "name": "Ann: x", "email": "ann@example.com", "rsvp": true }] },
            },
        });
        let made = bench.run("iCal", 1.0, parameters, &items).await;
        let item = made.get(0).unwrap();
        assert_eq!(item.json, json!({}).into());
        let file = &item.binary.as_ref().unwrap()["data"];
        assert_eq!(
            (file.mime_type.as_str(), file.file_name.as_deref()),
            ("text/calendar", Some("event.ics"))
        );
        let expected = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "CALSCALE:GREGORIAN",
            "PRODID:itemflow",
            "METHOD:PUBLISH",
            "X-WR-CALNAME:Work",
            "X-PUBLISHED-TTL:PT1H",
            "BEGIN:VEVENT",
            "UID:u-1",
            "SUMMARY:Lunch\\, with \"Ann\"",
            "DTSTAMP:20231114T221320Z",
            "DTSTART:20240701T100000Z",
            "DTEND:20240701T110000Z",
            "SEQUENCE:3",
            "DESCRIPTION:line 1\\nline 2",
            "LOCATION:Room 5\\; left",
            "URL:https://example.comATTACH:x",
            "STATUS:CONFIRMED",
            "RRULE:FREQ=DAILY;COUNT=2",
            "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
            "GEO:52.5;13.4",
            "ORGANIZER;CN=Bob:mailto:bob@example.com",
            "ATTENDEE;RSVP=TRUE;CN=\"Ann: x\":mailto:ann@example.com",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ];
        assert_eq!(bench.text(item, "data"), expected.join("\r\n"));
    }

    #[tokio::test]
    async fn whole_days_end_on_the_day_after() {
        let bench = Bench::new();
        let items = [bench.item(json!({}), &[])];
        let parameters = json!({
            "title": "Fair", "start": "2024-02-28T10:00:00", "end": "2024-02-29T10:00:00", "allDay": true,
            "binaryPropertyName": "fair", "additionalFields": { "fileName": "fair.ics" },
        });
        let made = bench.run("iCal", 1.0, parameters, &items).await;
        let text = bench.text(made.get(0).unwrap(), "fair");
        assert!(
            text.contains("DTSTART;VALUE=DATE:20240228\r\nDTEND;VALUE=DATE:20240301\r\n"),
            "{text}"
        );
        assert!(text.contains("@itemflow\r\n"));
        let parameters = json!({ "start": "soon", "end": "2024-02-29" });
        let error = bench
            .try_run("iCal", 1.0, parameters, &items)
            .await
            .unwrap_err();
        assert_eq!(error.parameter.as_deref(), Some("start"));
    }
}
