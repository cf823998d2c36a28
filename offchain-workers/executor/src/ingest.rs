//! From the network into the store: a stream of pieces, hashed and written on a blocking thread.

use std::{fmt::Display, time::Duration};

use axum::body::Bytes;
use futures::{Stream, StreamExt};
use swarm_store::{ContentId, Store, StoreError};
use tokio::{
    sync::mpsc,
    time::{timeout_at, Instant},
};

use crate::config::FetchLimits;

/// Pieces that may wait for the disk.
const PIECES_AHEAD: usize = 16;

/// Why a blob did not get into the store.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("nothing came for {} s", .0.as_secs())]
    Idle(Duration),
    #[error("only {bytes} bytes came in {} s", .after.as_secs())]
    TooSlow { bytes: u64, after: Duration },
    #[error("the transfer broke off: {0}")]
    Broken(String),
    #[error("the writer of the blob stopped: {0}")]
    Writer(String),
}

enum Piece {
    Bytes(Bytes),
    End,
}

/// Stores `stream` as the blob `expected`, within the store's size cap and the time limits.
/// Nothing stays behind on any error.
pub async fn ingest<S, E>(
    store: &Store,
    expected: ContentId,
    mut stream: S,
    limits: &FetchLimits,
) -> Result<u64, IngestError>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Display,
{
    let (pieces, mut received) = mpsc::channel(PIECES_AHEAD);
    let store = store.clone();
    let disk = tokio::task::spawn_blocking(move || {
        let mut writer = store.writer(Some(expected), u64::MAX)?;
        while let Some(piece) = received.blocking_recv() {
            match piece {
                Piece::Bytes(bytes) => writer.write(&bytes)?,
                Piece::End => {
                    let written = writer.written();
                    return writer.finish().map(|_| Some(written));
                }
            }
        }
        Ok(None)
    });
    let feed = async {
        let began = Instant::now();
        let mut bytes = 0;
        loop {
            let earned = Duration::from_secs(bytes / limits.least_bytes_per_second.max(1));
            let too_slow = began + limits.patience + earned;
            let idle = Instant::now() + limits.idle;
            let next = timeout_at(idle.min(too_slow), stream.next())
                .await
                .map_err(|_| {
                    if idle < too_slow {
                        IngestError::Idle(limits.idle)
                    } else {
                        IngestError::TooSlow {
                            bytes,
                            after: began.elapsed(),
                        }
                    }
                })?;
            let piece = match next {
                Some(Ok(piece)) => {
                    bytes += piece.len() as u64;
                    Piece::Bytes(piece)
                }
                Some(Err(e)) => return Err(IngestError::Broken(e.to_string())),
                None => Piece::End,
            };
            let last = matches!(piece, Piece::End);
            // A closed channel means that the disk side has failed; its own error is returned.
            if pieces.send(piece).await.is_err() || last {
                return Ok(());
            }
        }
    };
    let fed = feed.await;
    drop(pieces);
    let written: Result<Option<u64>, StoreError> =
        disk.await.map_err(|e| IngestError::Writer(e.to_string()))?;
    fed?;
    written?.ok_or_else(|| IngestError::Writer("it was never told the end".into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::stream;

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), 1000).unwrap();
        (folder, store)
    }

    fn pieces(bytes: &[u8]) -> impl Stream<Item = Result<Bytes, String>> + Unpin {
        let pieces: Vec<_> = bytes
            .chunks(7)
            .map(|piece| Ok(Bytes::copy_from_slice(piece)))
            .collect();
        stream::iter(pieces)
    }

    #[tokio::test]
    async fn a_good_stream_is_stored() {
        let (_folder, store) = store();
        let bytes = [3; 1000];
        let id = ContentId::of(&bytes);
        assert_eq!(
            ingest(&store, id, pieces(&bytes), &FetchLimits::default())
                .await
                .unwrap(),
            1000
        );
        assert_eq!(store.get(&id).unwrap().unwrap(), bytes);
    }

    #[tokio::test]
    async fn bad_streams_leave_nothing() {
        let (folder, store) = store();
        let id = ContentId::of(&[3; 100]);
        let other = ingest(&store, id, pieces(&[4; 100]), &FetchLimits::default())
            .await
            .unwrap_err();
        assert!(
            matches!(other, IngestError::Store(StoreError::OtherContent { expected, .. }) if expected == id)
        );
        let endless = stream::repeat(Ok::<_, String>(Bytes::from_static(&[3; 100])));
        let large = ingest(&store, id, endless, &FetchLimits::default())
            .await
            .unwrap_err();
        assert!(matches!(
            large,
            IngestError::Store(StoreError::TooLarge { limit: 1000 })
        ));
        let broken = stream::iter([Ok(Bytes::from_static(&[3; 99])), Err("reset")]);
        let broken = ingest(&store, id, broken, &FetchLimits::default())
            .await
            .unwrap_err();
        assert!(matches!(broken, IngestError::Broken(reason) if reason == "reset"));
        assert!(store.list().unwrap().is_empty());
        assert_eq!(
            std::fs::read_dir(folder.path().join("tmp"))
                .unwrap()
                .count(),
            0
        );
    }

    #[tokio::test]
    async fn stalled_and_dripping_streams_end() {
        let (_folder, store) = store();
        let id = ContentId::of(&[3; 100]);
        let short = Duration::from_millis(100);
        let stalled = stream::pending::<Result<Bytes, String>>();
        let limits = FetchLimits {
            idle: short,
            ..FetchLimits::default()
        };
        let error = ingest(&store, id, stalled, &limits).await.unwrap_err();
        assert!(matches!(error, IngestError::Idle(_)), "{error}");

        let drip = Box::pin(stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            Some((Ok::<_, String>(Bytes::from_static(b"x")), ()))
        }));
        let limits = FetchLimits {
            patience: short,
            ..FetchLimits::default()
        };
        let error = ingest(&store, id, drip, &limits).await.unwrap_err();
        assert!(
            matches!(error, IngestError::TooSlow { bytes: 1..=20, .. }),
            "{error}"
        );
    }
}
