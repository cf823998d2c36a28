//! Openings of proven outputs, for requesters that miss them: the node publishes them on chain.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    http::{header, StatusCode},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use swarm_network::BatchOutput;

use crate::{
    api::{parse_id, ApiError},
    jobs::Executor,
    proving,
    queue::QueueError,
    spec::JobId,
    worker::Stop,
};

/// Bytes of an element.
const ELEMENT: usize = 32;
/// Most elements in one answer.
pub(crate) const MAX_ELEMENTS: u32 = 2048;

/// Which elements of an opening.
#[derive(Deserialize)]
pub(crate) struct Range {
    /// The first.
    first: u32,
    /// How many at most.
    count: u32,
}

/// Elements of the opening of a batch's `C_y`: packed values and, last, the blind, 32 little-endian
/// bytes each.
pub(crate) async fn opening(
    State(executor): State<Arc<Executor>>,
    Path((id, batch)): Path<(String, u32)>,
    Query(range): Query<Range>,
) -> Result<Response, ApiError> {
    let id = parse_id(&id)?;
    if range.count == 0 || range.count > MAX_ELEMENTS {
        let message = format!("count is 1 to {MAX_ELEMENTS}");
        return Err(ApiError::new(StatusCode::BAD_REQUEST, message));
    }
    let elements = tokio::task::spawn_blocking(move || elements(&executor, &id, batch))
        .await
        .map_err(ApiError::internal)??;
    let from = (range.first as usize).saturating_mul(ELEMENT);
    let to = from
        .saturating_add(range.count as usize * ELEMENT)
        .min(elements.len());
    let Some(part) = elements.get(from..to).filter(|part| !part.is_empty()) else {
        let message = format!("the opening has {} elements", elements.len() / ELEMENT);
        return Err(ApiError::new(StatusCode::NOT_FOUND, message));
    };
    let kind = [(header::CONTENT_TYPE, "application/octet-stream")];
    Ok((kind, part.to_vec()).into_response())
}

/// The whole opening of a batch that was proven here.
fn elements(executor: &Executor, id: &JobId, batch: u32) -> Result<Vec<u8>, ApiError> {
    let gone = |what: String| ApiError::new(StatusCode::NOT_FOUND, what);
    let job = executor.queue.job(id).ok_or(QueueError::Unknown(*id))?;
    let result = job
        .results
        .get(&batch)
        .ok_or_else(|| gone(format!("batch {batch} was not proven here")))?;
    let file = executor
        .store
        .get(&result.output)
        .map_err(ApiError::internal)?
        .ok_or_else(|| gone(format!("the output of batch {batch} is not kept any more")))?;
    let key = proving::commitment_key(executor, &job.record.spec).map_err(|stop| match stop {
        Stop::Failed(failure) => ApiError::internal(failure.message),
        Stop::Abandoned | Stop::BlobLost | Stop::Yielded => {
            gone("the circuit's commitment key is not kept any more".into())
        }
    })?;
    let output =
        BatchOutput::from_bytes(&file, key.topology(), key.batch()).map_err(ApiError::internal)?;
    key.output_elements(&output).map_err(ApiError::internal)
}
