//! The HTTP listener: bounded in connections and in the time a request's head may take.

use std::{net::IpAddr, pin::pin, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{watch, OwnedSemaphorePermit, Semaphore, TryAcquireError},
    task::JoinSet,
    time::{sleep, timeout},
};

/// Connections from elsewhere at one time. Loopback is not counted, so that strangers who hold
/// all of them do not lock out the node beside us.
const MAX_REMOTE_CONNECTIONS: usize = 256;
/// For a request's head to arrive, and for an idle connection.
const HEAD_TIMEOUT: Duration = Duration::from_secs(20);
/// For requests in progress when the server is told to stop.
const GRACE: Duration = Duration::from_secs(5);

/// Serves until `stop` turns true, then lets requests in progress finish for a few seconds.
pub async fn serve(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    let remote = Arc::new(Semaphore::new(MAX_REMOTE_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, from)) => {
                let Ok(permit) = admit(&remote, from.ip()) else {
                    tracing::warn!(%from, "connection refused: too many are open");
                    continue;
                };
                connections.spawn(connection(stream, permit, router.clone(), stop.clone()));
            }
            Err(error) => {
                // Out of file descriptors, most likely: give connections time to close.
                tracing::warn!(%error, "cannot accept a connection");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    let finish = async { while connections.join_next().await.is_some() {} };
    if timeout(GRACE, finish).await.is_err() {
        tracing::warn!("closing connections that did not finish in time");
    }
}

/// A permit for a remote connection, none for a local one; an error where too many are open.
fn admit(
    remote: &Arc<Semaphore>,
    from: IpAddr,
) -> Result<Option<OwnedSemaphorePermit>, TryAcquireError> {
    if from.to_canonical().is_loopback() {
        return Ok(None);
    }
    remote.clone().try_acquire_owned().map(Some)
}

async fn connection(
    stream: TcpStream,
    _permit: Option<OwnedSemaphorePermit>,
    router: Router,
    mut stop: watch::Receiver<bool>,
) {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT);
    let service = TowerToHyperService::new(router);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let mut ended = None;
    tokio::select! {
        result = &mut connection => ended = Some(result),
        _ = stop.wait_for(|stop| *stop) => connection.as_mut().graceful_shutdown(),
    }
    let ended = match ended {
        Some(result) => result,
        None => connection.await,
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "connection ended early");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_cannot_lock_out_the_node_beside_us() {
        let remote = Arc::new(Semaphore::new(1));
        let stranger: IpAddr = "203.0.113.9".parse().unwrap();
        let first = admit(&remote, stranger).unwrap();
        assert!(first.is_some());
        assert!(admit(&remote, stranger).is_err());
        for local in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            assert!(admit(&remote, local.parse().unwrap()).unwrap().is_none());
        }
        drop(first);
        assert!(admit(&remote, stranger).is_ok());
    }
}
