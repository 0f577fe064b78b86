//! `openapi.json`, composed from the registry: method, path, permission and errors come from each function's
//! declaration, shapes from the types that its handler reads and answers.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::{
    endpoint::Endpoint,
    error::problem_schema,
    function::{Access, Function, Trigger},
};

/// What an operation reads and answers. Shapes are made when the document is asked for: a function that starts on AWS
/// never asks.
#[derive(Clone, Default)]
pub(crate) struct Operation {
    body: Option<MakeOwnShape>,
    query: Option<MakeOwnShape>,
    answers: Vec<(u16, Option<MakeShape>)>,
    headers: Vec<&'static str>,
}

/// Makes the shape of a type that functions share.
type MakeShape = fn() -> Shape;

/// Makes the shape of a function's own type: every handler calls its `Input`, so the schema is named after the function.
type MakeOwnShape = fn(&Function) -> Shape;

/// A schema by name, with those it refers to.
type Shape = (String, Value, Vec<(String, Value)>);

pub(crate) fn named_schema<T: ToSchema>() -> Shape {
    let mut others = Vec::new();
    T::schemas(&mut others);
    let to_json = |schema: &utoipa::openapi::RefOr<utoipa::openapi::Schema>| serde_json::to_value(schema).unwrap_or(Value::Null);
    let mut schema = to_json(&T::schema());
    let mut others: Vec<_> = others.iter().map(|(name, schema)| (name.clone(), to_json(schema))).collect();
    let known = others.clone();
    others.iter_mut().map(|(_, schema)| schema).chain([&mut schema]).for_each(|schema| loosen(schema, &known));
    (T::name().into_owned(), schema, others)
}

/// Of a flattened option that is none, serde leaves out every field, where utoipa says that one part of the object is
/// null, which no object is. Meant are the fields, none of them required.
fn loosen(schema: &mut Value, known: &[(String, Value)]) {
    for part in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        let choices = part["oneOf"].as_array().map(Vec::as_slice).unwrap_or_default();
        let [whole, none] = choices else { continue };
        let whole = known.iter().find(|(name, _)| *none == json!({ "type": "null" }) && whole["$ref"] == reference(name)["$ref"]);
        if let Some((_, whole)) = whole {
            *part = json!({ "type": "object", "description": whole["description"], "properties": whole["properties"] });
        }
    }
}

impl Endpoint {
    /// Says what body it reads. The schema is named after the function, as every handler calls its own `Input`.
    #[must_use]
    pub fn body<T: ToSchema>(mut self) -> Self {
        self.operation.body = Some(|function| own_schema::<T>(function, "Input"));
        self
    }

    /// Says that it reads a JSON Merge Patch of what a body makes elsewhere: the same fields, none of them required, but for
    /// the id, which stays.
    #[must_use]
    pub fn body_patches<T: ToSchema>(mut self) -> Self {
        self.operation.body = Some(patch_schema::<T>);
        self
    }

    /// Says what query string it reads.
    #[must_use]
    pub fn query<T: ToSchema>(mut self) -> Self {
        self.operation.query = Some(|function| own_schema::<T>(function, "Query"));
        self
    }

    /// Says what it answers.
    #[must_use]
    pub fn answers<T: ToSchema>(mut self, status: u16) -> Self {
        self.operation.answers.push((status, Some(named_schema::<T>)));
        self
    }

    /// Says that it answers a page of these.
    #[must_use]
    pub fn answers_page<T: ToSchema>(mut self) -> Self {
        self.operation.answers.push((200, Some(page_schema::<T>)));
        self
    }

    /// Says that it answers without a body.
    #[must_use]
    pub fn answers_nothing(mut self) -> Self {
        self.operation.answers.push((204, None));
        self
    }

    /// Says that it may send its caller elsewhere.
    #[must_use]
    pub fn answers_redirect(mut self) -> Self {
        self.operation.answers.push((303, None));
        self
    }

    /// Says that it answers a page for a browser.
    #[must_use]
    pub fn answers_html(mut self) -> Self {
        self.operation.answers.push((200, None));
        self
    }

    /// Says that it heeds `If-Match`.
    #[must_use]
    pub fn heeds_if_match(mut self) -> Self {
        self.operation.headers.push("If-Match");
        self
    }

    /// What the operation answers, by status; for tests that compare.
    pub fn statuses(&self) -> Vec<u16> {
        self.operation.answers.iter().map(|(status, _)| *status).collect()
    }
}

fn own_schema<T: ToSchema>(function: &Function, suffix: &str) -> Shape {
    let words = function.name.split('-').map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
    });
    let (_, mut schema, others) = named_schema::<T>();
    schema["additionalProperties"] = Value::Bool(false);
    (words.collect::<String>() + suffix, schema, others)
}

fn patch_schema<T: ToSchema>(function: &Function) -> Shape {
    let (name, mut schema, others) = own_schema::<T>(function, "Input");
    if let Some(fields) = schema.as_object_mut() {
        fields.remove("required");
        fields.insert("description".to_owned(), json!("What changes: absent leaves, null clears (JSON Merge Patch)."));
    }
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.remove("id");
    }
    (name, schema, others)
}

fn page_schema<T: ToSchema>() -> Shape {
    let (name, schema, mut others) = named_schema::<T>();
    let page = json!({
        "type": "object",
        "description": "A page of a list; it may hold fewer items than asked for before the end.",
        "required": ["items", "next_cursor"],
        "properties": {
            "items": { "type": "array", "items": reference(&name) },
            "next_cursor": { "type": ["string", "null"], "description": "Where to go on; null at the end." },
        },
    });
    let page_name = format!("{name}Page");
    others.push((name, schema));
    (page_name, page, others)
}

/// The whole document (OpenAPI 3.1).
pub fn document(endpoints: &[Endpoint], version: &str) -> Value {
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let mut schemas: BTreeMap<String, Value> = BTreeMap::new();
    keep(&mut schemas, &problem_schema());
    for endpoint in endpoints {
        let Trigger::Http { method, path, access } = endpoint.function.trigger else { continue };
        let operation = operation(endpoint, method, path, access, &mut schemas);
        paths.entry(path).or_default().insert(method.to_lowercase(), operation);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Lambdesk",
            "version": version,
            "description": "A support desk: tickets over HTTP. docs/API.md explains what all operations share.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An OIDC token (JWT), or an API key `ldk_<id>_<secret>`.",
                },
            },
        },
    })
}

fn operation(endpoint: &Endpoint, method: &str, path: &str, access: Access, schemas: &mut BTreeMap<String, Value>) -> Value {
    let Operation { body, query, answers, headers } = &endpoint.operation;
    let (body, query) = (body.map(|make| make(&endpoint.function)), query.map(|make| make(&endpoint.function)));
    let mut parameters: Vec<Value> = path_parameters(path);
    parameters.extend(query.iter().flat_map(query_parameters));
    query.iter().flat_map(|(_, _, others)| others).for_each(|(name, schema)| {
        schemas.insert(name.clone(), schema.clone());
    });
    let header = |name: &str, text: &str| json!({ "name": name, "in": "header", "required": false, "description": text, "schema": { "type": "string" } });
    if method == "POST" {
        parameters
            .push(header("Idempotency-Key", "The same key and request within 24 hours is done once and answered the same."));
    }
    parameters.extend(headers.iter().map(|name| header(name, "The ETag that the caller last saw; another version answers 412.")));
    let mut responses: BTreeMap<String, Value> = BTreeMap::new();
    for (status, shape) in answers {
        let mut response = json!({ "description": "Done." });
        if let Some(shape) = shape.map(|make| make()) {
            keep(schemas, &shape);
            response["content"] = json!({ "application/json": { "schema": reference(&shape.0) } });
        }
        responses.insert(status.to_string(), response);
    }
    for (status, description) in failures(endpoint, method, path, access) {
        let content = json!({ "application/problem+json": { "schema": reference("Problem") } });
        responses.insert(status.to_string(), json!({ "description": description, "content": content }));
    }
    let mut operation = json!({
        "operationId": endpoint.function.name,
        "summary": endpoint.function.summary,
        "tags": [endpoint.function.name.split('-').next().unwrap_or("")],
        "parameters": parameters,
        "responses": responses,
        "security": if access == Access::Open { json!([]) } else { json!([{ "bearer": [] }]) },
    });
    if let Access::Permission(permission) = access {
        operation["x-permission"] = json!(permission.as_str());
    }
    if let Some(shape) = &body {
        keep(schemas, shape);
        operation["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": reference(&shape.0) } } });
    }
    operation
}

/// The errors that an operation can answer follow from its shape.
fn failures(endpoint: &Endpoint, method: &str, path: &str, access: Access) -> Vec<(u16, &'static str)> {
    let writes = method != "GET";
    let has_body = endpoint.operation.body.is_some();
    let candidates = [
        (true, 500, "Our fault; quote the request id."),
        (true, 503, "Try again, after Retry-After."),
        (access != Access::Open, 401, "No valid credential."),
        (matches!(access, Access::Permission(_)), 403, "Your role does not allow this."),
        (access != Access::Open, 429, "Too many failed credentials or requests; wait for Retry-After."),
        (path.contains('{'), 404, "Not there, or not yours."),
        (has_body || endpoint.operation.query.is_some(), 400, "Unreadable."),
        (has_body || endpoint.operation.query.is_some() || method == "POST", 422, "Fields that are not valid, all of them."),
        (has_body, 413, "Too large."),
        (has_body, 415, "Not JSON."),
        (writes, 409, "The workflow does not allow this now."),
        (!endpoint.operation.headers.is_empty(), 412, "Changed since the version in If-Match; says what changed."),
    ];
    candidates.into_iter().filter(|(applies, ..)| *applies).map(|(_, status, description)| (status, description)).collect()
}

fn keep(schemas: &mut BTreeMap<String, Value>, (name, schema, others): &Shape) {
    let own = (name.clone(), schema.clone());
    for (name, schema) in others.iter().chain([&own]) {
        let before = schemas.insert(name.clone(), schema.clone());
        debug_assert!(before.is_none_or(|before| before == *schema), "two schemas are called {name}");
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn path_parameters(path: &str) -> Vec<Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let describe = |name: &str| match name {
        "ticket" => "The ticket's id or number.",
        "address" => "The e-mail address.",
        _ => "The id.",
    };
    names
        .map(|name| json!({ "name": name, "in": "path", "required": true, "description": describe(name), "schema": { "type": "string" } }))
        .collect()
}

fn query_parameters((_, schema, _): &Shape) -> Vec<Value> {
    let properties = schema["properties"].as_object().cloned().unwrap_or_default();
    let required: Vec<_> = schema["required"].as_array().cloned().unwrap_or_default();
    let parameter = |(name, mut schema): (String, Value)| {
        let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        let required = required.contains(&Value::String(name.clone()));
        json!({ "name": name, "in": "query", "required": required, "description": description, "schema": not_null(schema) })
    };
    properties.into_iter().map(parameter).collect()
}

/// A query parameter is there or not; it is never null.
fn not_null(mut schema: Value) -> Value {
    if let Some(types) = schema["type"].as_array() {
        let types: Vec<_> = types.iter().filter(|name| *name != "null").cloned().collect();
        schema["type"] = if let [only] = types.as_slice() { only.clone() } else { Value::Array(types) };
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let choices: Vec<_> = choices.iter().filter(|choice| choice["type"] != "null").cloned().collect();
        if let [only] = choices.as_slice() {
            return only.clone();
        }
        schema["oneOf"] = Value::Array(choices);
    }
    schema
}
