//! The routes under `/v1/capacity`.

use std::sync::Arc;

use axum::{
    extract::{rejection::JsonRejection, Path, State},
    http::StatusCode,
    routing::{get, post},
    Json, Router,
};
use serde::Deserialize;
use serde_json::{json, Value};
use swarm_capacity::Opening;

use super::{CapacityDocument, CapacityError, Key, MOST_MILLIS, MOST_ROWS};
use crate::{api::ApiError, jobs::Executor, spec::Bytes32};

/// The routes of capacity windows; the caller guards them.
pub fn router() -> Router<Arc<Executor>> {
    Router::new()
        .route("/v1/capacity", post(begin))
        .route("/v1/capacity/{seed}/{identity}", get(show))
        .route(
            "/v1/capacity/{seed}/{identity}/rows/{first}/{second}",
            get(open),
        )
}

/// The body of `POST /v1/capacity`.
#[derive(Clone, Debug, Deserialize)]
pub struct CapacityOrder {
    /// The window's seed.
    pub seed: Bytes32,
    /// Whose rows.
    pub identity: Bytes32,
    /// How many at most.
    pub rows: u32,
    /// How long to compute at most, in milliseconds.
    pub millis: u64,
}

impl CapacityOrder {
    /// What the answer is known by.
    pub fn key(&self) -> Key {
        Key {
            seed: self.seed,
            identity: self.identity,
        }
    }

    fn check(&self) -> Result<(), String> {
        if !(1..=MOST_ROWS).contains(&self.rows) {
            return Err(format!("rows is {}: 1 to {MOST_ROWS}", self.rows));
        }
        if !(1..=MOST_MILLIS).contains(&self.millis) {
            return Err(format!("millis is {}: 1 to {MOST_MILLIS}", self.millis));
        }
        Ok(())
    }
}

impl From<CapacityError> for ApiError {
    fn from(error: CapacityError) -> Self {
        let status = match error {
            CapacityError::Unknown(_) => StatusCode::NOT_FOUND,
            CapacityError::Computing | CapacityError::Failed(_) => StatusCode::CONFLICT,
            CapacityError::NoSuchRow { .. } => StatusCode::BAD_REQUEST,
            CapacityError::Busy => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}

async fn begin(
    State(executor): State<Arc<Executor>>,
    body: Result<Json<CapacityOrder>, JsonRejection>,
) -> Result<(StatusCode, Json<CapacityDocument>), ApiError> {
    let Json(order) = body.map_err(|e| ApiError::new(e.status(), e.body_text()))?;
    order
        .check()
        .map_err(|problem| ApiError::new(StatusCode::BAD_REQUEST, problem))?;
    if executor.is_stopping() {
        let message = "the executor is stopping; try again when it is back";
        return Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, message));
    }
    let (new, document) = executor.answer_window(order)?;
    let status = if new {
        StatusCode::ACCEPTED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(document)))
}

async fn show(
    State(executor): State<Arc<Executor>>,
    Path((seed, identity)): Path<(String, String)>,
) -> Result<Json<CapacityDocument>, ApiError> {
    let key = parse_key(&seed, &identity)?;
    let document = executor.capacity.document(&key);
    Ok(Json(document.ok_or(CapacityError::Unknown(key))?))
}

async fn open(
    State(executor): State<Arc<Executor>>,
    Path((seed, identity, first, second)): Path<(String, String, String, String)>,
) -> Result<Json<Value>, ApiError> {
    let key = parse_key(&seed, &identity)?;
    let rows = [parse_row(&first)?, parse_row(&second)?];
    let openings = executor.capacity.open(&key, rows)?;
    let written = openings.map(|opening: Opening| {
        json!({
            "leaf": format!("0x{}", hex::encode(opening.leaf.concat())),
            "path": opening.path.into_iter().map(Bytes32).collect::<Vec<_>>(),
        })
    });
    Ok(Json(json!({ "openings": written })))
}

/// A key as it stands in paths.
pub(crate) fn parse_key(seed: &str, identity: &str) -> Result<Key, ApiError> {
    let parse = |what: &str, text: &str| {
        Bytes32::parse(text).ok_or_else(|| {
            let message = format!("{text:?} is no {what}: expected 0x and 64 hex digits");
            ApiError::new(StatusCode::BAD_REQUEST, message)
        })
    };
    Ok(Key {
        seed: parse("seed", seed)?,
        identity: parse("identity", identity)?,
    })
}

fn parse_row(text: &str) -> Result<u32, ApiError> {
    text.parse().map_err(|_| {
        let message = format!("{text:?} is no row: expected a number");
        ApiError::new(StatusCode::BAD_REQUEST, message)
    })
}
