//! `/blobs/{cid}`: public reading, and writing of what a job is waiting for.

use std::{io, sync::Arc};

use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::{header, HeaderMap, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
    Json, Router,
};
use futures::stream;
use serde_json::json;
use swarm_store::{BlobReader, ContentId, StoreError};
use tokio::sync::Semaphore;

use crate::{
    api::{token_given, unauthorised, ApiError},
    ingest::{ingest, IngestError},
    jobs::Executor,
};

/// Bytes of one piece of an answer.
const PIECE: usize = 256 << 10;
/// Uploads without a token at one time.
static OPEN_UPLOADS: Semaphore = Semaphore::const_new(16);

/// The routes of the blobs.
pub fn router(executor: Arc<Executor>) -> Router<Arc<Executor>> {
    Router::new()
        .route("/blobs/{cid}", get(read).head(head).put(write))
        .with_state(executor)
}

fn parse(cid: &str) -> Result<ContentId, ApiError> {
    cid.parse::<ContentId>()
        .map_err(|e| ApiError::new(StatusCode::BAD_REQUEST, e.to_string()))
}

fn absent(id: ContentId) -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, format!("blob {id} is not here"))
}

fn headers(id: ContentId, len: u64) -> Result<HeaderMap, ApiError> {
    let mut headers = HeaderMap::new();
    let tag = HeaderValue::try_from(format!("\"{id}\"")).map_err(ApiError::internal)?;
    headers.insert(header::ETAG, tag);
    headers.insert(header::CONTENT_LENGTH, len.into());
    let fixed = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    headers.extend(fixed.map(|(name, value)| (name, HeaderValue::from_static(value))));
    Ok(headers)
}

async fn head(
    State(executor): State<Arc<Executor>>,
    Path(cid): Path<String>,
) -> Result<Response, ApiError> {
    let id = parse(&cid)?;
    let len = executor.store.size(&id).ok_or_else(|| absent(id))?;
    Ok(headers(id, len)?.into_response())
}

async fn read(
    State(executor): State<Arc<Executor>>,
    Path(cid): Path<String>,
) -> Result<Response, ApiError> {
    let id = parse(&cid)?;
    let reader = executor.store.reader(&id).map_err(ApiError::internal)?;
    let reader = reader.ok_or_else(|| absent(id))?;
    let headers = headers(id, reader.len())?;
    let pieces = stream::try_unfold(Some((executor, reader)), move |state| async move {
        let Some((executor, reader)) = state else {
            return Ok(None);
        };
        let read = tokio::task::spawn_blocking(move || read_piece(reader));
        match read.await.map_err(io::Error::other)? {
            Ok((piece, _)) if piece.is_empty() => Ok(None),
            Ok((piece, reader)) => Ok(Some((piece, Some((executor, reader))))),
            Err(error) => {
                tracing::error!(blob = %id, %error, "a blob could not be served");
                if error.kind() == io::ErrorKind::InvalidData {
                    executor.store.remove(&id).map_err(io::Error::other)?;
                }
                Err(error)
            }
        }
    });
    Ok((headers, Body::from_stream(pieces)).into_response())
}

fn read_piece(mut reader: BlobReader) -> io::Result<(Bytes, BlobReader)> {
    let mut piece = vec![0; PIECE];
    let len = io::Read::read(&mut reader, &mut piece)?;
    piece.truncate(len);
    Ok((piece.into(), reader))
}

async fn write(
    State(executor): State<Arc<Executor>>,
    Path(cid): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let id = parse(&cid)?;
    let owner = match token_given(&executor, &headers) {
        Some(false) => return Ok(unauthorised("the token is not this executor's")),
        Some(true) => true,
        None => false,
    };
    if let Some(bytes) = executor.store.size(&id) {
        return Ok(Json(json!({"cid": id.to_string(), "bytes": bytes})).into_response());
    }
    if !owner && !executor.wants(&id) {
        let message = format!("no job here is waiting for {id}; send the token to store it anyway");
        return Err(ApiError::new(StatusCode::FORBIDDEN, message));
    }
    let limit = executor.store.max_blob_bytes();
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok()?.parse().ok());
    if announced.is_some_and(|bytes: u64| bytes > limit) {
        return Err(too_large(limit));
    }
    let _slot = if owner {
        None
    } else {
        Some(OPEN_UPLOADS.try_acquire().map_err(|_| {
            let message = "too many uploads at one time; try again in a minute";
            ApiError::new(StatusCode::SERVICE_UNAVAILABLE, message)
        })?)
    };
    let limits = &executor.config.fetch;
    match ingest(&executor.store, id, body.into_data_stream(), limits).await {
        Ok(bytes) => {
            executor.blob_arrived();
            tracing::info!(blob = %id, bytes, "uploaded");
            let document = json!({"cid": id.to_string(), "bytes": bytes});
            Ok((StatusCode::CREATED, Json(document)).into_response())
        }
        Err(IngestError::Store(StoreError::TooLarge { limit })) => Err(too_large(limit)),
        Err(IngestError::Store(error @ StoreError::OtherContent { .. })) => {
            Err(ApiError::new(StatusCode::BAD_REQUEST, error.to_string()))
        }
        Err(error @ (IngestError::Idle(_) | IngestError::TooSlow { .. })) => Err(ApiError::new(
            StatusCode::REQUEST_TIMEOUT,
            error.to_string(),
        )),
        Err(error @ IngestError::Broken(_)) => {
            Err(ApiError::new(StatusCode::BAD_REQUEST, error.to_string()))
        }
        Err(error) => Err(ApiError::internal(error)),
    }
}

fn too_large(limit: u64) -> ApiError {
    let message = format!("a blob has at most {limit} bytes here (--max-blob-bytes)");
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, message)
}
