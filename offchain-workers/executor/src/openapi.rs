//! The OpenAPI 3.1 description of the API, served at `/v1/openapi.json`.

use serde_json::{json, Value};

use crate::{
    capacity::{MOST_MILLIS, MOST_ROWS},
    openings::MAX_ELEMENTS,
    queue::JobState,
    spec::{MAX_ASKED, MAX_BATCHES, MAX_SOURCE_BYTES, MAX_VERIFYING_KEY_BYTES},
};

/// The whole description.
pub fn document() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "swarm-executor",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Computes batches of a quantised network and proves them.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths(),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas(),
        },
    })
}

fn paths() -> Value {
    let token = json!([{"token": []}]);
    let json_of = |schema: &str| json!({"application/json": {"schema": reference(schema)}});
    let answer =
        |text: &str, schema: &str| json!({"description": text, "content": json_of(schema)});
    let error = |text: &str| answer(text, "Error");
    let job = |text: &str| answer(text, "Job");
    let id = json!({"name": "id", "in": "path", "required": true, "schema": reference("Bytes32")});
    let cid = json!({
        "name": "cid", "in": "path", "required": true, "schema": {"type": "string"},
        "description": "CIDv1 (raw, BLAKE3, base32 lower case), or the digest as 0x and hex",
    });
    let place = |name: &str, schema: Value| json!({"name": name, "in": "path", "required": true, "schema": schema});
    let window = [
        place("seed", reference("Bytes32")),
        place("identity", reference("Bytes32")),
    ];
    let row = json!({"type": "integer", "minimum": 0, "maximum": MOST_ROWS - 1});
    let rows = [
        window[0].clone(),
        window[1].clone(),
        place("first", row.clone()),
        place("second", row),
    ];
    let bytes =
        json!({"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}});
    json!({
        "/v1/jobs": {
            "post": {
                "summary": "Hand over a job; the same job again changes nothing",
                "security": token,
                "requestBody": {"required": true, "content": json_of("JobSpec")},
                "responses": {
                    "202": job("Taken in (a cancelled job starts over)"),
                    "200": job("Known already"),
                    "400": error("A field is out of bounds"),
                    "401": error("No token, or a wrong one"),
                    "409": error("Another job is at work under this id"),
                    "413": error("The body is too large"),
                    "415": error("The body is not declared as JSON"),
                    "422": error("A field is missing or does not read"),
                    "503": error("The queue is full, or the executor is stopping"),
                },
            },
            "get": {
                "summary": "All jobs, in the order they were submitted",
                "security": token,
                "responses": {"200": answer("Jobs", "JobList"), "401": error("No token, or a wrong one")},
            },
        },
        "/v1/jobs/{id}": {
            "parameters": [id],
            "get": {
                "summary": "A job with the batches proven so far",
                "security": token,
                "responses": {
                    "200": job("The job"),
                    "400": error("Not a job id"),
                    "401": error("No token, or a wrong one"),
                    "404": error("There is no such job; POST it"),
                },
            },
            "delete": {
                "summary": "Cancel a job; one that is done stays done",
                "security": token,
                "responses": {
                    "200": job("The job as it is now"),
                    "400": error("Not a job id"),
                    "401": error("No token, or a wrong one"),
                    "404": error("There is no such job"),
                },
            },
        },
        "/v1/jobs/{id}/openings/{batch}": {
            "parameters": [id, place("batch", json!({"type": "integer", "minimum": 0}))],
            "get": {
                "summary": "Elements that open the commitment to a proven output, to be published",
                "security": token,
                "parameters": [
                    {"name": "first", "in": "query", "required": true, "schema": {"type": "integer", "minimum": 0}},
                    {"name": "count", "in": "query", "required": true, "schema": {"type": "integer", "minimum": 1, "maximum": MAX_ELEMENTS}},
                ],
                "responses": {
                    "200": {"description": "Elements, 32 little-endian bytes each", "content": {"application/octet-stream": {}}},
                    "400": error("Not a job id, or a query out of bounds"),
                    "401": error("No token, or a wrong one"),
                    "404": error("There is no such job, batch or element"),
                },
            },
        },
        "/v1/hardware": {
            "get": {
                "summary": "The devices of this machine, with their measured throughput",
                "security": token,
                "responses": {"200": answer("Devices", "Hardware"), "401": error("No token, or a wrong one")},
            },
        },
        "/v1/capacity": {
            "post": {
                "summary": "Compute rows of a capacity window; the same window again changes nothing",
                "security": token,
                "requestBody": {"required": true, "content": json_of("CapacityOrder")},
                "responses": {
                    "202": answer("Begun (one that failed begins anew)", "Capacity"),
                    "200": answer("Known already", "Capacity"),
                    "400": error("A field is out of bounds"),
                    "401": error("No token, or a wrong one"),
                    "413": error("The body is too large"),
                    "415": error("The body is not declared as JSON"),
                    "422": error("A field is missing or does not read"),
                    "503": error("As many windows are computed as can be, or the executor is stopping"),
                },
            },
        },
        "/v1/capacity/{seed}/{identity}": {
            "parameters": window,
            "get": {
                "summary": "How far the rows of an identity in a window are",
                "security": token,
                "responses": {
                    "200": answer("Rows", "Capacity"),
                    "400": error("Not a seed, or not an identity"),
                    "401": error("No token, or a wrong one"),
                    "404": error("Nobody has asked for it; POST it"),
                },
            },
        },
        "/v1/capacity/{seed}/{identity}/rows/{first}/{second}": {
            "parameters": rows,
            "get": {
                "summary": "The leaves of two rows, and their paths to the root",
                "security": token,
                "responses": {
                    "200": answer("Openings", "Openings"),
                    "400": error("Not a seed or an identity, or not a row of the answer"),
                    "401": error("No token, or a wrong one"),
                    "404": error("Nobody has asked for it; POST it"),
                    "409": error("It is being computed, or could not be"),
                },
            },
        },
        "/v1/bandwidth": {
            "post": {
                "summary": "Measure a peer's bandwidth; the same peer and seed again change nothing",
                "security": token,
                "requestBody": {"required": true, "content": json_of("BandwidthOrder")},
                "responses": {
                    "202": answer("Begun", "Bandwidth"),
                    "200": answer("Known already", "Bandwidth"),
                    "401": error("No token, or a wrong one"),
                    "413": error("The body is too large"),
                    "415": error("The body is not declared as JSON"),
                    "422": error("A field is missing or does not read"),
                    "503": error("As many peers wait to be measured as can"),
                },
            },
        },
        "/v1/bandwidth/{seed}/{identity}": {
            "parameters": window,
            "get": {
                "summary": "What a peer's bandwidth is",
                "security": token,
                "responses": {
                    "200": answer("Bandwidth", "Bandwidth"),
                    "400": error("Not a seed, or not an identity"),
                    "401": error("No token, or a wrong one"),
                    "404": error("Nobody has asked for it; POST it"),
                },
            },
        },
        "/bandwidth": {
            "get": {
                "summary": "Noise for peers to time its download by",
                "responses": {
                    "200": {"description": "32 MiB", "content": bytes},
                    "503": error("Others are measuring this line"),
                },
            },
        },
        "/v1/openapi.json": {
            "get": {"summary": "This description", "responses": {"200": {"description": "OpenAPI 3.1"}}},
        },
        "/healthz": {
            "get": {
                "summary": "Whether the executor takes jobs",
                "responses": {"200": {"description": "It does"}, "503": {"description": "It is stopping"}},
            },
        },
        "/metrics": {
            "get": {"summary": "Prometheus metrics", "responses": {"200": {"description": "Text exposition"}}},
        },
        "/blobs/{cid}": {
            "parameters": [cid],
            "get": {
                "summary": "A blob",
                "responses": {
                    "200": {"description": "Its bytes", "content": bytes},
                    "400": error("Not a content id"),
                    "404": error("It is not here"),
                },
            },
            "head": {
                "summary": "Whether a blob is here, and its size",
                "responses": {"200": {"description": "It is"}, "404": {"description": "It is not"}},
            },
            "put": {
                "summary": "Store a blob: without token only what a job waits for",
                "security": [{}, {"token": []}],
                "requestBody": {"required": true, "content": bytes},
                "responses": {
                    "200": answer("It was here already", "Stored"),
                    "201": answer("Stored", "Stored"),
                    "400": error("Not a content id, or the body is other content"),
                    "401": error("A wrong token"),
                    "403": error("No job waits for it"),
                    "408": error("The body came too slowly"),
                    "413": error("Larger than --max-blob-bytes"),
                    "503": error("Too many uploads at one time"),
                },
            },
        },
    })
}

fn schemas() -> Value {
    let states = JobState::ALL.map(JobState::name);
    let kinds = [
        "input_unavailable",
        "input_invalid",
        "model_unavailable",
        "model_invalid",
        "key_invalid",
        "time_limit",
        "internal",
    ];
    let hash = reference("Bytes32");
    let hex = json!({"type": "string", "pattern": "^0x([0-9a-f]{2})*$"});
    let text = json!({"type": "string"});
    let nullable = json!({"type": ["string", "null"]});
    let count = json!({"type": "integer", "minimum": 0});
    let path = json!({"type": "array", "items": hash, "maxItems": swarm_merkle::MAX_DEPTH});
    let share = json!({"type": "number", "minimum": 0, "maximum": 1});
    let kind = json!({"enum": kinds.map(Value::from).into_iter().chain([Value::Null]).collect::<Vec<_>>()});
    json!({
        "Bytes32": {"type": "string", "pattern": "^0x[0-9a-f]{64}$"},
        "Error": object(&[("error", text.clone())], &["error"]),
        "Locator": object(
            &[("content", hash.clone()), ("source", json!({"type": "string", "maxLength": MAX_SOURCE_BYTES}))],
            &["content"],
        ),
        "JobSpec": object(
            &[
                ("id", hash.clone()),
                ("genesis", hash.clone()),
                ("provider", hash.clone()),
                ("circuit", object(
                    &[
                        ("id", hash.clone()),
                        ("vk", json!({"type": "string", "maxLength": 2 * MAX_VERIFYING_KEY_BYTES + 2})),
                        ("proving_key", reference("Locator")),
                        ("commitment_key", reference("Locator")),
                    ],
                    &["id", "vk", "proving_key", "commitment_key"],
                )),
                ("model", object(
                    &[("id", hash.clone()), ("commitment", hash.clone()), ("content", hash.clone()), ("source", text.clone())],
                    &["id", "commitment", "content"],
                )),
                ("input", reference("Locator")),
                ("commitments", json!({
                    "type": "array", "items": hash, "maxItems": MAX_BATCHES,
                    "description": "C_x of each batch; none if there is a root",
                })),
                ("rooted", object(
                    &[
                        ("batches", json!({"type": "integer", "minimum": 1, "maximum": swarm_merkle::MAX_LEAVES})),
                        ("root", hash.clone()),
                        ("asked", json!({"type": "array", "items": count, "maxItems": MAX_ASKED})),
                    ],
                    &["batches", "root"],
                )),
                ("done", json!({"type": "array", "items": count})),
                ("priority", json!({"type": "integer", "default": 0})),
            ],
            &["id", "genesis", "provider", "circuit", "model", "input"],
        ),
        "Job": object(
            &[
                ("id", hash.clone()),
                ("state", json!({"enum": states})),
                ("progress", share.clone()),
                ("device", nullable.clone()),
                ("batches", json!({"type": "array", "items": object(
                    &[
                        ("index", count.clone()),
                        ("proof", hex),
                        ("output", hash.clone()),
                        ("opening", object(
                            &[("input", hash.clone()), ("input_path", path.clone()), ("result_path", path)],
                            &["input", "input_path", "result_path"],
                        )),
                    ],
                    &["index", "proof", "output"],
                )})),
                ("results", json!({"anyOf": [
                    object(&[("root", hash.clone()), ("list", hash.clone())], &["root", "list"]),
                    {"type": "null"},
                ]})),
                ("error", nullable.clone()),
                ("error_kind", kind.clone()),
                ("priority", json!({"type": "integer"})),
                ("batches_total", count.clone()),
                ("waiting_for", json!({"type": "array", "items": object(
                    &[
                        ("what", json!({"enum": ["input", "input_piece", "model", "commitment_key", "proving_key"]})),
                        ("cid", text.clone()),
                        ("reason", text.clone()),
                        ("since", json!({"type": "integer", "minimum": 0, "description": "Unix seconds"})),
                        ("local", json!({"type": "boolean", "description": "whether the executor's own store is why"})),
                    ],
                    &["what", "cid", "reason", "since", "local"],
                )})),
                ("input", json!({
                    "enum": ["missing", "arriving", "here", null],
                    "description": "how a job at work has its input; null where that cannot be said",
                })),
            ],
            &["id", "state", "progress", "device", "batches", "error", "error_kind"],
        ),
        "JobList": object(
            &[("jobs", json!({"type": "array", "items": object(
                &[
                    ("id", hash),
                    ("state", json!({"enum": states})),
                    ("progress", share),
                    ("priority", json!({"type": "integer"})),
                    ("batches_total", count.clone()),
                    ("batches_proven", count.clone()),
                    ("error", nullable.clone()),
                    ("error_kind", kind),
                ],
                &["id", "state"],
            )}))],
            &["jobs"],
        ),
        "Hardware": object(
            &[
                ("cpu", object(&[("name", text.clone()), ("threads", count.clone())], &["name", "threads"])),
                ("memory_bytes", json!({"type": ["integer", "null"]})),
                ("devices", json!({"type": "array", "items": object(
                    &[
                        ("id", text.clone()),
                        ("name", text.clone()),
                        ("backend", text.clone()),
                        ("software", json!({"type": "boolean"})),
                        ("selected", json!({"type": "boolean"})),
                        ("in_service", json!({"type": "boolean"})),
                        ("method", json!({"enum": ["i32", "split_f32", null]})),
                        ("exact_methods", json!({"type": ["array", "null"]})),
                        ("macs_per_second", json!({"type": ["number", "null"]})),
                        ("problem", nullable),
                    ],
                    &["id", "name", "backend", "selected", "in_service"],
                )})),
            ],
            &["cpu", "devices"],
        ),
        "CapacityOrder": object(
            &[
                ("seed", reference("Bytes32")),
                ("identity", reference("Bytes32")),
                ("rows", json!({"type": "integer", "minimum": 1, "maximum": MOST_ROWS})),
                ("millis", json!({"type": "integer", "minimum": 1, "maximum": MOST_MILLIS})),
            ],
            &["seed", "identity", "rows", "millis"],
        ),
        "Capacity": object(
            &[
                ("seed", reference("Bytes32")),
                ("identity", reference("Bytes32")),
                ("state", json!({"enum": ["computing", "ready", "failed"]})),
                ("rows", count.clone()),
                ("root", json!({"anyOf": [reference("Bytes32"), {"type": "null"}]})),
                ("error", json!({"type": ["string", "null"]})),
            ],
            &["seed", "identity", "state", "rows", "root", "error"],
        ),
        "BandwidthOrder": object(
            &[
                ("seed", reference("Bytes32")),
                ("identity", reference("Bytes32")),
                ("url", json!({"type": "string"})),
            ],
            &["seed", "identity", "url"],
        ),
        "Bandwidth": object(
            &[
                ("seed", reference("Bytes32")),
                ("identity", reference("Bytes32")),
                ("state", json!({"enum": ["measuring", "done"]})),
                ("kib_per_second", json!({"type": ["integer", "null"], "minimum": 0})),
                ("error", json!({"type": ["string", "null"]})),
            ],
            &["seed", "identity", "state", "kib_per_second", "error"],
        ),
        "Openings": object(
            &[("openings", json!({"type": "array", "minItems": 2, "maxItems": 2, "items": object(
                &[
                    ("leaf", json!({"type": "string", "pattern": "^0x[0-9a-f]{512}$"})),
                    ("path", json!({"type": "array", "items": reference("Bytes32")})),
                ],
                &["leaf", "path"],
            )}))],
            &["openings"],
        ),
        "Stored": object(&[("cid", text), ("bytes", count)], &["cid", "bytes"]),
    })
}

fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

fn object(properties: &[(&str, Value)], required: &[&str]) -> Value {
    let properties: serde_json::Map<String, Value> = properties
        .iter()
        .map(|(name, schema)| (name.to_string(), schema.clone()))
        .collect();
    json!({"type": "object", "properties": properties, "required": required})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str));
                map.values().for_each(|v| references(v, found));
            }
            Value::Array(list) => list.iter().for_each(|v| references(v, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document();
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > 20);
        for reference in found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(
                document.pointer(pointer).is_some(),
                "{reference} leads nowhere"
            );
        }
    }
}
