//! Documents made by the thousand: large ones as services have them.

use serde_json::{Value, json};

/// A document of so many operations, with schemas, examples and descriptions as machines write them.
pub(crate) fn document(operations: usize, padding: usize) -> Value {
    let mut paths = serde_json::Map::new();
    let mut schemas = serde_json::Map::new();
    for i in 0..operations {
        let name = format!("Thing{i}");
        let next = format!("#/components/schemas/Thing{}", (i + 1) % operations);
        let mut properties = serde_json::Map::new();
        for field in 0..12 {
            let schema = match field % 4 {
                0 => {
                    json!({ "type": "string", "description": text(padding, i), "pattern": "^[a-z]+$" })
                }
                1 => json!({ "type": "integer", "minimum": 1, "example": 7 }),
                2 => {
                    json!({ "type": "array", "items": { "type": "string", "enum": ["a", "b", "c"] } })
                }
                _ => json!({ "$ref": next }),
            };
            properties.insert(format!("field_{field}"), schema);
        }
        schemas.insert(
            name.clone(),
            json!({ "type": "object", "required": ["field_0"], "properties": properties }),
        );
        let reference = json!({ "$ref": format!("#/components/schemas/{name}") });
        let method = ["get", "post", "put", "delete"][i % 4];
        let mut operation = json!({
            "operationId": format!("{method}Thing{i}"),
            "tags": [format!("Group {}", i % 40)],
            "description": text(padding * 4, i),
            "parameters": [
                { "name": "account_id", "in": "path", "required": true, "schema": { "type": "integer" } },
                { "name": "page", "in": "query", "schema": { "type": "integer", "default": 1 } },
                { "name": format!("only_{i}"), "in": "query", "schema": { "type": "string" } },
            ],
            "responses": { "200": { "description": "ok", "content": { "application/json": { "schema": reference } } } },
        });
        if method != "get" && method != "delete" {
            operation["requestBody"] = json!({ "required": true, "content": { "application/json": { "schema": reference } } });
        }
        paths.insert(
            format!("/accounts/{{account_id}}/things/{i}"),
            json!({ method: operation }),
        );
    }
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Things", "version": "1" },
        "servers": [{ "url": "https://things.example" }],
        "security": [{ "key": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "key": { "type": "apiKey", "in": "header", "name": "X-Key" } },
        },
    })
}

fn text(length: usize, seed: usize) -> String {
    let mut text = format!("Number {seed}");
    while text.len() < length {
        text.push_str(" says a little more about the thing that it describes");
    }
    text
}
