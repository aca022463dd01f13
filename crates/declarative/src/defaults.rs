//! What service, resource and action say about every request, laid over each other.

use indexmap::IndexMap;
use itemflow_model::Value;
use itemflow_model::definition::{
    BodyType, QueryStyle, RequestDeclaration, RequestDefaults, ResourceFile, ServiceFile,
};

use crate::error::DefinitionFile;
use crate::references::escape;

/// A place in one of the files.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) file: DefinitionFile,
    pub(crate) pointer: String,
}

/// What service, resource and action say about every request, the nearer over the farther.
pub(crate) struct Defaults {
    pub(crate) base_url: Option<(String, Place)>,
    pub(crate) headers: IndexMap<String, (Value, Place)>,
    pub(crate) query: IndexMap<String, (Value, Place)>,
    pub(crate) query_style: Option<QueryStyle>,
    pub(crate) body_type: BodyType,
}

impl Defaults {
    /// The three layers over each other.
    pub(crate) fn merge(
        service: &ServiceFile,
        resource: &ResourceFile,
        action: &RequestDeclaration,
    ) -> Self {
        let own = RequestDefaults {
            base_url: action.base_url.clone(),
            headers: action.headers.clone(),
            query: action.query.clone(),
            query_style: action.query_style,
            body_type: action.body_type,
        };
        let layers = [
            (&service.request, DefinitionFile::Service),
            (&resource.request, DefinitionFile::Resource),
            (&own, DefinitionFile::Action),
        ];
        let mut merged = Self {
            base_url: None,
            headers: IndexMap::new(),
            query: IndexMap::new(),
            query_style: None,
            body_type: BodyType::default(),
        };
        for (layer, file) in layers {
            let place = |pointer: String| Place { file, pointer };
            if let Some(url) = &layer.base_url {
                merged.base_url = Some((url.clone(), place("/request/baseUrl".into())));
            }
            for (name, value) in &layer.headers {
                merged
                    .headers
                    .retain(|other, _| !other.eq_ignore_ascii_case(name));
                let at = place(format!("/request/headers/{}", escape(name)));
                merged.headers.insert(name.clone(), (value.clone(), at));
            }
            for (name, value) in &layer.query {
                let at = place(format!("/request/query/{}", escape(name)));
                merged.query.insert(name.clone(), (value.clone(), at));
            }
            merged.query_style = layer.query_style.or(merged.query_style);
            merged.body_type = layer.body_type.unwrap_or(merged.body_type);
        }
        merged.headers.retain(|_, (value, _)| !value.is_null());
        merged.query.retain(|_, (value, _)| !value.is_null());
        merged
    }
}
