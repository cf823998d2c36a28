//! The HTTP API under `/v1`, health and metrics. Errors are JSON: `{"error": "…"}`.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{rejection::JsonRejection, DefaultBodyLimit, Path, Request, State},
    http::{header, HeaderMap, StatusCode},
    middleware::{from_fn, from_fn_with_state, Next},
    response::{IntoResponse, Response},
    routing::get,
    Json, Router,
};
use serde_json::{json, Value};

use crate::{
    bandwidth, blobs, capacity,
    documents::JobDocument,
    jobs::Executor,
    openapi, openings,
    queue::{QueueError, Submission},
    spec::{Bytes32, JobId, JobSpec},
};

/// Most bytes of a job's body; the longest the chain can ask for is a fifth of it.
const MAX_BODY_BYTES: usize = 64 << 10;
/// For a request under `/v1` to be answered, its body included.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// All routes of an executor.
pub fn router(executor: Arc<Executor>) -> Router {
    let guarded = Router::new()
        .route("/v1/jobs", get(list_jobs).post(submit_job))
        .route("/v1/jobs/{id}", get(show_job).delete(cancel_job))
        .route("/v1/jobs/{id}/openings/{batch}", get(openings::opening))
        .route("/v1/hardware", get(hardware))
        .merge(capacity::router())
        .merge(bandwidth::router())
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn(in_time))
        .layer(from_fn_with_state(executor.clone(), require_token));
    Router::new()
        .merge(guarded)
        .route(
            "/v1/openapi.json",
            get(|| async { Json(openapi::document()) }),
        )
        .route("/healthz", get(health))
        .route("/metrics", get(metrics))
        .merge(blobs::router(executor.clone()))
        .merge(bandwidth::public_router())
        .fallback(|| async {
            ApiError::new(
                StatusCode::NOT_FOUND,
                "no such path; /v1/openapi.json lists them",
            )
        })
        .method_not_allowed_fallback(|| async {
            let message = "no such method here; /v1/openapi.json lists them";
            ApiError::new(StatusCode::METHOD_NOT_ALLOWED, message)
        })
        .with_state(executor)
}

/// An error as it is answered.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    message: String,
}

impl ApiError {
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
        }
    }

    pub fn internal(error: impl std::fmt::Display) -> Self {
        tracing::error!(%error, "request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.message }))).into_response()
    }
}

impl From<QueueError> for ApiError {
    fn from(error: QueueError) -> Self {
        let status = match error {
            QueueError::Conflict(_) => StatusCode::CONFLICT,
            QueueError::Full => StatusCode::SERVICE_UNAVAILABLE,
            QueueError::Unknown(_) => StatusCode::NOT_FOUND,
            other => return Self::internal(other),
        };
        Self::new(status, error.to_string())
    }
}

/// Whether the request carries the token: `None` where it carries none at all.
pub fn token_given(executor: &Executor, headers: &HeaderMap) -> Option<bool> {
    let value = headers.get(header::AUTHORIZATION)?;
    let given = value.to_str().ok().and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    Some(given.is_some_and(|token| executor.config.token.matches(token)))
}

/// The answer to a missing or wrong token.
pub fn unauthorised(message: &str) -> Response {
    let error = ApiError::new(StatusCode::UNAUTHORIZED, message);
    ([(header::WWW_AUTHENTICATE, "Bearer")], error).into_response()
}

async fn require_token(
    State(executor): State<Arc<Executor>>,
    request: Request,
    next: Next,
) -> Response {
    match token_given(&executor, request.headers()) {
        Some(true) => next.run(request).await,
        Some(false) => {
            tracing::warn!(path = request.uri().path(), "wrong token");
            unauthorised("the token is not this executor's; it is in the file --token-file names")
        }
        None => unauthorised("send the header Authorization: Bearer <token>"),
    }
}

async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(REQUEST_TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            ApiError::new(StatusCode::REQUEST_TIMEOUT, "the request took too long").into_response()
        }
    }
}

async fn submit_job(
    State(executor): State<Arc<Executor>>,
    body: Result<Json<JobSpec>, JsonRejection>,
) -> Result<(StatusCode, Json<JobDocument>), ApiError> {
    let Json(spec) = body.map_err(|e| ApiError::new(e.status(), e.body_text()))?;
    spec.check()
        .map_err(|problem| ApiError::new(StatusCode::BAD_REQUEST, problem))?;
    if executor.is_stopping() {
        let message = "the executor is stopping; try again when it is back";
        return Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, message));
    }
    let (submission, document) = tokio::task::spawn_blocking(move || executor.submit(spec))
        .await
        .map_err(ApiError::internal)??;
    let status = match submission {
        Submission::Accepted => StatusCode::ACCEPTED,
        Submission::Known => StatusCode::OK,
    };
    Ok((status, Json(document)))
}

async fn list_jobs(State(executor): State<Arc<Executor>>) -> Json<Value> {
    Json(json!({ "jobs": executor.summaries() }))
}

async fn show_job(
    State(executor): State<Arc<Executor>>,
    Path(id): Path<String>,
) -> Result<Json<JobDocument>, ApiError> {
    let id = parse_id(&id)?;
    let document = executor.document(&id).ok_or(QueueError::Unknown(id))?;
    Ok(Json(document))
}

async fn cancel_job(
    State(executor): State<Arc<Executor>>,
    Path(id): Path<String>,
) -> Result<Json<JobDocument>, ApiError> {
    let id = parse_id(&id)?;
    let document = tokio::task::spawn_blocking(move || executor.cancel(&id))
        .await
        .map_err(ApiError::internal)??;
    Ok(Json(document))
}

pub(crate) fn parse_id(text: &str) -> Result<JobId, ApiError> {
    Bytes32::parse(text).ok_or_else(|| {
        let message = format!("{text:?} is no job id: expected 0x and 64 hex digits");
        ApiError::new(StatusCode::BAD_REQUEST, message)
    })
}

async fn hardware(State(executor): State<Arc<Executor>>) -> Json<Value> {
    Json(executor.devices.document())
}

async fn health(State(executor): State<Arc<Executor>>) -> (StatusCode, Json<Value>) {
    let stopping = executor.is_stopping();
    let status = if stopping {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::OK
    };
    let document = json!({
        "status": if stopping { "stopping" } else { "ok" },
        "version": env!("CARGO_PKG_VERSION"),
        "queue_length": executor.queue.count(|state| !state.is_final()),
        "device": executor.devices.label(),
    });
    (status, Json(document))
}

async fn metrics(State(executor): State<Arc<Executor>>) -> Result<Response, ApiError> {
    let (blobs, cache) = (executor.store.total_bytes(), executor.cache.bytes());
    let text = executor
        .metrics
        .text(&executor.queue, blobs, cache)
        .map_err(ApiError::internal)?;
    Ok(([(header::CONTENT_TYPE, prometheus::TEXT_FORMAT)], text).into_response())
}
