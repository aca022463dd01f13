//! Answers: which of several counts, how it is read, and the schema of one item.

use itemflow_model::definition::ResponseType;

use super::body::{Media, essence, is_json, is_text};
use super::context::Context;
use super::output::Output;
use super::part::Part;
use crate::text;

/// What an action says about its answer.
#[derive(Debug, Default)]
pub(crate) struct ResponsePlan {
    pub(crate) response_type: Option<ResponseType>,
    pub(crate) output: Option<Output>,
    /// Failures that the document explains.
    pub(crate) failures: Vec<String>,
}

/// Failures that are listed.
const MAX_FAILURES: usize = 8;

impl Context<'_> {
    /// What the answers of an operation mean for its action.
    pub(crate) fn plan_response(&mut self, operation: &Part) -> ResponsePlan {
        let mut plan = ResponsePlan::default();
        let mut answers: Vec<(String, Part)> = Vec::new();
        for (status, listed) in operation.members_of("responses") {
            if status.starts_with("x-") {
                continue;
            }
            if let Some(part) = self.resolve(&listed) {
                answers.push((status.to_uppercase(), part));
            }
        }
        for (status, part) in &answers {
            if matches!(status.as_str(), "204" | "205" | "304")
                && !self.media(operation, part).is_empty()
            {
                let why = format!("an answer of status {status} has no body");
                self.losses
                    .skipped(&part.pointer, "body of an empty answer", why);
            }
            if let Some(failure) = failure(status, part)
                && plan.failures.len() < MAX_FAILURES
            {
                plan.failures.push(failure);
            }
        }
        let success = |status: &str| match status {
            "204" | "205" => None,
            "200" => Some(0),
            "201" => Some(1),
            "2XX" => Some(3),
            "DEFAULT" => Some(4),
            _ if status.len() == 3 && status.starts_with('2') => Some(2),
            _ => None,
        };
        let has_empty_success = answers
            .iter()
            .any(|(status, _)| matches!(&**status, "204" | "205"));
        let best = answers
            .iter()
            .filter_map(|(status, part)| Some((success(status)?, part)))
            // Where an empty answer is the success, the default one is a failure.
            .filter(|(rank, _)| *rank < 4 || !has_empty_success)
            .min_by_key(|(rank, _)| *rank);
        if let Some((_, part)) = best {
            self.plan_media(operation, part, &mut plan);
        }
        plan
    }

    fn plan_media(&mut self, operation: &Part, part: &Part, plan: &mut ResponsePlan) {
        let media = self.media(operation, part);
        let Some(first) = media.first() else { return };
        let json = media
            .iter()
            .find(|media| is_json(&essence(&media.content_type)));
        let chosen = json.unwrap_or(first);
        let kind = essence(&chosen.content_type);
        plan.response_type = match &*kind {
            _ if is_json(&kind) => None,
            "text/html" => Some(ResponseType::Html),
            _ if is_text(&kind) => Some(ResponseType::Text),
            _ => Some(ResponseType::Binary),
        };
        if plan.response_type.is_some() && (kind.ends_with("xml") || kind.ends_with("yaml")) {
            let why = format!("an answer of type {kind} is given as one text");
            self.losses.weakened(&part.pointer, "text answer", why);
        }
        let Some(schema) = &chosen.schema else { return };
        if plan.response_type.is_none() {
            if self.schema(schema).is_file() {
                plan.response_type = Some(ResponseType::Binary);
                return;
            }
            plan.output = self.output(schema);
        }
    }

    /// The media types of an answer; those of Swagger 2.0 stand in `produces`.
    fn media(&self, operation: &Part, part: &Part) -> Vec<Media> {
        if let Some(schema) = part.member("schema") {
            let produces = self.media_types(operation, "produces");
            let types = if produces.is_empty() {
                vec![String::new()]
            } else {
                produces
            };
            let media = |content_type| Media {
                content_type,
                schema: Some(schema.clone()),
                part: Part::default(),
            };
            return types.into_iter().map(media).collect();
        }
        part.members_of("content")
            .into_iter()
            .map(|(content_type, part)| Media {
                content_type: content_type.to_string(),
                schema: part.member("schema"),
                part,
            })
            .collect()
    }
}

/// `409: somebody has the book`, where the document says more than the status does.
fn failure(status: &str, part: &Part) -> Option<String> {
    let number: u16 = status
        .parse()
        .ok()
        .filter(|number| (400..600).contains(number))?;
    let says = text::line(&part.text("description")?);
    let words: String = says
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphabetic())
        .collect();
    let is_plain = matches!(
        words.as_str(),
        "" | "badrequest"
            | "unauthorized"
            | "unauthorised"
            | "forbidden"
            | "accessdenied"
            | "notfound"
            | "methodnotallowed"
            | "conflict"
            | "error"
            | "unprocessableentity"
            | "toomanyrequests"
            | "internalservererror"
            | "servererror"
            | "internalerror"
            | "badgateway"
            | "serviceunavailable"
    );
    (!is_plain).then(|| text::excerpt(&format!("{number}: {says}"), 300))
}
